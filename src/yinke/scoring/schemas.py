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
    auc: float | None = None
    """Of the next-product model the mean over the categories that it proposes."""
    precision_top: float | None = None
    calibration_error: float | None = None
    weeks_of_warning: float | None = None
    coverage: float | None = None
    """Of the value model: how many outcomes lay within its 80 % span."""
    offered: int | None = None
    """Of the next-product model: the categories that it proposes."""
    topic: float | None = None
    """Of the model of texts: how often the topic was right, and ``tone``: the tone."""
    tone: float | None = None
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
    challenger: bool
    """Whether it scores each night beside the model in use."""


class FeatureOut(Schema):
    """A feature: its name to people, and in which direction it may count (0: as the data say)."""

    name: str
    label: str
    monotone: int


class DifferenceOut(Schema):
    """The challenger's measure less the champion's, and the interval that holds it with 95 %."""

    by: float
    low: float
    high: float


class ComparisonOut(Schema):
    """模型对比: two models on the same customers of one month, from which neither had learned."""

    champion: int
    challenger: int
    month: date
    customers: int
    measure: Literal["auc", "error"]
    """What decides."""
    of_champion: dict[str, float]
    of_challenger: dict[str, float]
    difference: DifferenceOut
    better: Literal["CHAMPION", "CHALLENGER", "NEITHER"]
    made_at: datetime


class DriftOut(Schema):
    """How far a feature has drifted: PSI against the model's test month."""

    name: str
    label: str
    psi: float


class ChallengerNightOut(Schema):
    """挑战者评分: one night's scores of a challenger beside the champion's, of the customers whom both scored."""

    biz_date: date
    champion: int
    challenger: int
    customers: int
    same: int
    mix: list[list[int]]
    """Of churn: by the champion's band and the challenger's, each HIGH, MEDIUM, LOW."""
    worst: DriftOut | None
    blocked: str
    blocked_features: list[str]


class ModelCard(ModelOut):
    """模型卡: all that is known of a model. ``metrics`` as ``churn/prove.py``, ``value/train_value.py`` ``value/train_products.py``
    or ``text/train.py`` of ``scoring`` tells."""

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
    own: int | None = None
    """Of the model of texts: how many of its rows the bank handed over; the others come with Yinke."""
    comparisons: list[ComparisonOut]
    """In which it took part, the newest month first; of one month the latest made first."""
    challenged: list[ChallengerNightOut]
    """The newest nights on which it scored as a challenger, the newest first."""


class ReasonIn(Schema):
    """Why a model is taken out of use, or set aside."""

    reason: str = Field(max_length=200)


class RolledBack(Schema):
    """The model used from now on; null: none, the rules alone hold."""

    number: int | None


class NightOut(Schema):
    """One night's scoring."""

    biz_date: date
    model: int
    scored: int
    bands: dict[str, int]
    score_psi: float | None
    worst: DriftOut | None
    blocked: str
    """Why it gave no scores (model, features, missing, drift); empty: it did."""
    blocked_features: list[str]


class CohortOut(Schema):
    """Alerts whose outcome became known at a month's end: how many left, beside what was told of them."""

    decided_on: date
    band: str
    customers: int
    lost: int
    told: float
    """Mean probability when last scored."""


class MonthOut(Schema):
    """逐月表现: what the model in use was worth on a month whose outcome became known."""

    number: int
    month: date
    customers: int
    figures: dict[str, float]
    tested: dict[str, float]
    """The same figures of its test month, where the card has them."""
    fell: bool
    """Whether it is so much poorer that another should be trained."""


class Monitoring(Schema):
    """评分监测: nights, oldest first, and the limits of PSI at which an alarm is raised and scoring stops."""

    warn: float
    block: float
    least: int
    """Of fewer customers (of texts: notes) drift is not told."""
    days: int | None
    """Of texts: as many days of notes, the first and the newest, are compared."""
    nights: list[NightOut]
    measured_on: date | None
    features: list[DriftOut]
    """All features on ``measured_on``, the farthest first."""
    outcomes: list[CohortOut]
    months: list[MonthOut]
    """The newest first."""


class TrainIn(Schema):
    """Which model to train."""

    kind: str = Field(max_length=20)
    note: str = Field(default="", max_length=200)


class TrainingOut(Schema):
    """A training that somebody asked for."""

    id: int
    kind: str
    note: str
    status: Literal["WAITING", "RUNNING", "DONE", "FAILED"]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    number: int | None
    code: str


class TextIn(Schema):
    """What somebody said or wrote; no more than a contact's note."""

    text: str = Field(min_length=1, max_length=500)


class TextOut(Schema):
    """文本识别: what a text is about. Nothing of it is kept."""

    topic: Literal[
        "SERVICE", "SYSTEM", "RULES", "FEES", "RETURN", "SALES", "SAFETY", "PRIVACY", "PESTER", "DEBT", "NONE"
    ]
    tone: Literal["NEGATIVE", "NEUTRAL", "POSITIVE"]
    is_complaint: bool
    """Whether it is likely enough a complaint to say so."""
    complaint: float
    """How likely it is one, 0 to 1."""
    because: list[str]
    """Words that speak for the topic."""
