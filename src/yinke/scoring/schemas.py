"""What the API says of models."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field


class ModelWindow(Schema):
    """Months: learned from and to, tested on, and until when the test's outcome counts."""

    learned_from: date
    learned_to: date
    tested_on: date
    outcome_to: date


class ModelOut(Schema):
    """A model in the list."""

    kind: str
    number: int
    status: Literal["CANDIDATE", "APPROVED", "RELEASED", "RETIRED"]
    window: ModelWindow
    auc: float
    precision_top: float
    calibration_error: float
    weeks_of_warning: float | None
    code_version: str
    note: str
    reason: str
    trained_by: str
    trained_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    retired_at: datetime | None
    may_decide: bool
    """Whether the viewer may approve and release it: holds the right, and did not train it."""


class FeatureOut(Schema):
    """A feature: its name to people, and in which direction it may count (0: as the data say)."""

    name: str
    label: str
    monotone: int


class ModelCard(ModelOut):
    """模型卡: all that is known of a model. ``metrics`` as ``scoring/churn/prove.py`` tells."""

    metrics: dict[str, Any]
    features: list[FeatureOut]
    rows: int
    positives: int
    months: int
    rounds: int
    bands: dict[str, float]
    thresholds: dict[str, Any]
    recipe: dict[str, Any]
    lightgbm: str


class RollBackIn(Schema):
    """Why the released model is taken out of use."""

    reason: str = Field(max_length=200)


class RolledBack(Schema):
    """The model used from now on; null: none, the rules alone hold."""

    number: int | None
