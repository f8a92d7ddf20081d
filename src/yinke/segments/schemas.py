"""What the API of rules takes and gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yinke.common.schema import Schema


class RuleIn(Schema):
    """A rule as JSON (``docs/rules.schema.json``); whatever it is, the checker answers."""

    rule: Any


class ExplainIn(RuleIn):
    """Of whom."""

    customer_id: int


class TextIn(Schema):
    """What somebody typed."""

    text: str


class ValueOut(Schema):
    """A suggested value and what it is called. ``parent``: of an org, the number of the one above it."""

    value: str | int
    name: str
    parent: str | None = None


class RuleField(Schema):
    """A field of rules, in the viewer's language."""

    name: str
    kind: str
    title: str
    about: str
    group: str
    unit: str
    operators: list[str]
    values: list[ValueOut]
    open: bool
    """Whether values beside the suggested ones make sense."""


class GroupOut(Schema):
    """A class of fields (标签体系)."""

    code: str
    title: str


class RowsOut(Schema):
    """A table whose rows rules count. ``journal``: it needs a window of days."""

    name: str
    title: str
    group: str
    journal: bool
    columns: list[RuleField]


class FieldsOut(Schema):
    """The field catalogue (字段目录)."""

    as_of: date
    groups: list[GroupOut]
    fields: list[RuleField]
    rows: list[RowsOut]


class ProblemOut(Schema):
    """What is wrong at one place (JSON pointer)."""

    place: str
    code: str
    text: str


class ShareOut(Schema):
    """How many of one org, tier or stage. ``customers`` null: fewer than ``few``."""

    key: str
    name: str
    customers: int | None


class CountOut(Schema):
    """How many a rule holds of, within the viewer's scope. Null counts: fewer than ``few``."""

    as_of: date
    customers: int | None
    of: int
    share: float | None
    few: int
    orgs: list[ShareOut]
    tiers: list[ShareOut]
    stages: list[ShareOut]


class CheckOut(Schema):
    """Whether a rule makes sense; if so how it reads (in the viewer's language, and in both) and of how many it holds."""

    problems: list[ProblemOut]
    sentence: str
    zh: str
    en: str
    count: CountOut | None


class SampleRow(Schema):
    """One customer whom the rule holds of, masked as the viewer must see them. ``banded``: ``aum`` is a band's edge."""

    id: int
    cust_no: str
    name: str
    org_name: str
    tier: int
    stage: str
    aum: Decimal
    banded: bool


class WhyOut(Schema):
    """One condition and the customer's own value."""

    place: str
    text: str
    state: str
    kind: str
    value: str | None
    on: date


class ExplainOut(Schema):
    """Why a customer is in, or not. ``banded``: amounts are edges of bands."""

    holds: bool
    banded: bool
    reasons: list[WhyOut]


class PartOut(Schema):
    """A piece of what was typed, and what was understood by it ('': nothing)."""

    text: str
    start: int
    end: int
    understood: str


class ParseOut(Schema):
    """The rule that the text means; null if some of it was not understood."""

    rule: Any
    sentence: str
    parts: list[PartOut]
    problems: list[ProblemOut]
