"""What goes in and out of the API of experiments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

Status = Literal["PENDING", "APPROVED", "RUNNING", "ENDED", "STOPPED", "REFUSED", "WITHDRAWN"]
Measure = Literal["KEPT", "AUM"]


class ArmOut(Schema):
    """One arm; ``change`` is the mean change in AUM of the measured, ``aum_before`` the sum at assignment, in CNY."""

    customers: int
    measured: int
    reached: int
    kept: int
    change: float
    aum_before: float


class EffectOut(Schema):
    """Care minus held out, with the guarded interval: a rate (0 to 1) or CNY a customer."""

    difference: float
    low: float
    high: float
    p: float
    treated: float
    control: float
    claims: bool


class LayerOut(Schema):
    """One stratum (tier and churn band at assignment); rates are null where an arm is too small to tell."""

    stratum: str
    care: int
    held_out: int
    care_kept: float | None
    held_out_kept: float | None


class ReportOut(Schema):
    """One look; see ``effect/report.py``."""

    verdict: Literal["TOO_FEW", "UNEQUAL", "NOT_YET", "BETTER", "WORSE", "NONE"]
    final: bool
    fraction: float
    care: ArmOut
    held_out: ArmOut
    ratio_p: float
    ratio_alarm: bool
    unlike: dict[str, float]
    unlike_limit: float
    unlike_alarm: bool
    kept: EffectOut | None
    aum: EffectOut | None
    layers: list[LayerOut]
    withheld: int
    looks: int
    first_claim: date | None
    proven: int | None


class TestedSegment(Schema):
    """A segment whose members are drawn."""

    code: str
    name: str


class ExperimentOut(Schema):
    """An experiment in the list, with its newest look."""

    id: int
    name: str
    note: str
    events: list[str]
    segment: TestedSegment | None
    """Whose members are drawn, if it is not on events."""
    share: int
    measure: Measure
    horizon_days: int
    enrol_days: int
    planned: int
    status: Status
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    starts_on: date | None
    enrols_until: date | None
    ends_on: date | None
    """Business date of the last look, if nobody stops it: foreseen while it runs."""
    ended_on: date | None
    reason: str
    report: ReportOut | None
    as_of: date | None
    may_decide: bool
    """Whether the viewer may approve or refuse it: holds the right, and did not ask for it."""
    may_withdraw: bool
    may_run: bool
    """Whether the viewer may start or stop it."""


class LookOut(Schema):
    """What one look said of the measure that the experiment is judged by."""

    biz_date: date
    measured: int
    difference: float | None
    low: float | None
    high: float | None


class LearnerOut(Schema):
    """What one learner found on customers held back; see ``scoring/effect/uplift.py``. Curves are customers won per customer."""

    learner: Literal["T", "X"]
    qini: float
    low: float
    high: float
    best_share: float | None
    curve: list[float]
    lot: list[float]
    tested: int


class UpliftOut(Schema):
    """增量模型: whom care changes, learned from all ended experiments on the same events or segment.

    ``NOT_YET``: the experiment has not ended. ``FEW``: ``measured`` customers are fewer than ``needed``, or the rarest outcome
    of an arm (``rarest``) is seen less often than ``rarest_needed``. ``OPEN``: there is enough, and nobody has learned yet.
    """

    state: Literal["NOT_YET", "FEW", "OPEN", "LEARNED"]
    measured: int = 0
    needed: int
    rarest: int = 0
    rarest_needed: int
    learners: list[LearnerOut] = []
    learned_on: date | None = None
    """Business date of the newest outcome that was learned from."""
    may_learn: bool = False


class ExperimentDetail(ExperimentOut):
    """One experiment with all looks. The seed is shown once it is over; SHA-256 of its bytes is the digest."""

    uplift: UpliftOut
    looks: list[LookOut]
    seed_digest: str
    seed: str | None
    kept_share: float


class ExperimentIn(Schema):
    """A plan; see ``Experiment``."""

    name: str = Field(max_length=60)
    note: str = Field(max_length=500)
    events: list[str] = Field(max_length=40, default=[])
    segment: str = Field(max_length=40, default="")
    """A segment's code, instead of events."""
    share: int
    measure: Measure
    horizon_days: int
    enrol_days: int
    planned: int


class WhyIn(Schema):
    """Why it is refused or stopped."""

    reason: str = Field(max_length=200)


class Chance(Schema):
    """What can be seen after so many days of taking in (1: of a segment): customers, and the smallest effects claimed four times in five.

    ``points``: of the rate that is kept, null if none can be seen. ``yuan``: CNY a customer, null if nothing is known of them.
    """

    days: int
    customers: int
    points: float | None
    yuan: float | None


class PowerOut(Schema):
    """把握度: what an experiment on these events could see, reckoned from who had them lately; or from a segment's members.

    ``seen`` customers in ``seen_days`` days; of ``known`` of them, ``base`` is the rate whose AUM of 30 days ago is still there,
    ``deviation`` what is left of the change's standard deviation in CNY.
    """

    seen: int
    seen_days: int
    known: int
    base: float | None
    deviation: float | None
    chances: list[Chance]


class TestableSegmentOut(TestedSegment):
    """A segment on which an experiment may be, with its members now."""

    customers: int | None
    """Null: too few to be told."""
    running: str | None
    """Name of the running experiment that tests it."""


class TestableOut(Schema):
    """Events that may be tested, with how many customers had each in the last 90 days."""

    code: str
    customers: int
    running: str | None
    """Name of the running experiment that tests it."""
