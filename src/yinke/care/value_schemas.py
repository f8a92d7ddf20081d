"""What the API says of a customer's value and next product."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from yinke.common.schema import Schema

Barred = Literal["MINOR", "NO_PRODUCT", "NO_ASSESSMENT", "EXPIRED", "RISK", "ELDER", "OVERDUE"]


class Proposal(Schema):
    """A category that the customer may newly hold, and that suits them."""

    category: str
    label: str
    probability: float
    """To newly hold it within three months."""
    worth: Decimal | None
    """What it brings in a year if as much comes into it as with others, CNY."""
    up_to: int | None
    """The highest risk level, 1 to 5, that may be proposed; null for a category without risk."""
    reasons: list[str]


class Forbidden(Schema):
    """Categories that suitability forbids to propose, and why."""

    why: Barred
    labels: list[str]


class ValueCard(Schema):
    """价值与下一产品 of one customer."""

    state: Literal["KNOWN", "NONE", "OBJECTED"]
    day: date | None = None
    """The night that told it."""
    banded: bool = False
    contribution: Decimal | None = None
    """Of a month, CNY."""
    expected: Decimal | None = None
    """Of the next twelve months, CNY; null while no value model is in use."""
    low: Decimal | None = None
    high: Decimal | None = None
    model: int | None = None
    product_model: int | None = None
    elder: bool = False
    """Whether the customer is of an age at which special care is due when selling."""
    proposals: list[Proposal] = []
    forbidden: list[Forbidden] = []
