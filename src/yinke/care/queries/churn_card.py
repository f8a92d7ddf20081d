"""流失风险 of one customer: the newest score with its reasons, and how it came to be."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.conf import settings

from yinke.access.viewer import Viewer
from yinke.care.churn_schemas import FeedbackOut, FeedbackReason, ScoreCard, ScorePoint
from yinke.care.queries.churn import told_reasons
from yinke.common.errors import NotFound
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer
from yinke.customers.queries import one
from yinke.customers.shown import shown_amount
from yinke.lake.reading import curve_days, rows_of
from yinke.lake.store import Lake
from yinke.privacy.consents import objects_to_profiling
from yinke.scoring.churn.actions import actions, texts
from yinke.scoring.churn.score_table import REASONS
from yinke.scoring.models import ChurnAlert, ScoreFeedback, ScoreNight
from yinke.scoring.services.feedback import Told

BACK = 365
"""Days of the curve: daily for a quarter, weekly before."""
SHORT = 2
"""Reasons told of a past score."""
COLUMNS = (
    "model", "probability", "band", "aum", "aum_at_risk",
    *(f"{part}_{n}" for n in range(1, REASONS + 1) for part in ("reason", "value")),
)  # fmt: skip


def score_card(viewer: Viewer, customer_id: int) -> ScoreCard:
    """The card on 客户一览; of who objected to automated decisions nothing but that.

    Raises:
        NotFound: no such customer in the viewer's scope.
    """
    customer = one(viewer, customer_id)
    if objects_to_profiling().filter(id=customer.id).exists():
        return ScoreCard(state="OBJECTED")
    nights = _nights()
    if not nights:
        return ScoreCard(state="NO_MODEL")
    row, rows = _scores(customer.id, nights)
    past = [
        ScorePoint(
            day=r["biz_date"], probability=r["probability"], band=r["band"], reasons=told_reasons(viewer, _why(r))[:SHORT]
        )
        for r in rows
    ]  # fmt: skip
    feedback = _feedback(viewer, customer, nights[-1])
    if row is None:
        return ScoreCard(state="NOT_SCORED", day=nights[-1], history=past, feedback=feedback)
    alert = ChurnAlert.objects.filter(customer=customer, ended_on=None).first()
    why = _why(row)
    return ScoreCard(
        state="SCORED", day=row["biz_date"], banded=viewer.masked, band=row["band"], probability=row["probability"],
        aum=shown_amount(viewer, row["aum"]), aum_at_risk=shown_amount(viewer, row["aum_at_risk"]), model=row["model"],
        entered_on=alert.entered_on if alert else None, reasons=told_reasons(viewer, why),
        actions=[texts(viewer.language)[action] for action in actions(why)] if row["band"] != "LOW" else [], history=past,
        feedback=feedback, may_tell=viewer.may("task.work") and row["band"] != "LOW",
    )  # fmt: skip


def newest_score(viewer: Viewer, customer_id: int) -> tuple[Customer, Told]:
    """The score that feedback speaks of.

    Raises:
        NotFound: no such customer in the viewer's scope, or no score of them.
    """
    customer = one(viewer, customer_id)
    nights = _nights()
    row = None
    if nights and not objects_to_profiling().filter(id=customer.id).exists():
        row, _ = _scores(customer.id, nights[-1:])
    if row is None:
        raise NotFound("The last night gave no score of them", place="score", remedy="Reload the page")
    return customer, Told(row["biz_date"], row["model"], row["band"], row["probability"])


def _nights() -> list[date]:
    """The nights of the curve that gave scores, oldest first."""
    nights = ScoreNight.objects.filter(kind="churn", blocked="").order_by("-biz_date")
    dates = list(nights.values_list("biz_date", flat=True)[:BACK])
    return sorted(set(curve_days(dates[0], BACK)).intersection(dates)) if dates else []


def _why(row: dict[str, Any]) -> list[tuple[str, float | None]]:
    return [(row[f"reason_{n}"], row[f"value_{n}"]) for n in range(1, REASONS + 1) if row[f"reason_{n}"]]


def _scores(cust_id: int, nights: list[date]) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The newest night's row, and the rows of all of them, oldest first."""
    lake = Lake(settings.YINKE.lake)
    days = [day for day in map(lake.day, nights) if day is not None]
    rows = rows_of(days, "score", cust_id, COLUMNS)
    return (rows[-1] if rows and rows[-1]["biz_date"] == nights[-1] else None), rows


def _feedback(viewer: Viewer, customer: Customer, night: date) -> list[FeedbackOut]:
    explains = set(load_thresholds(settings.YINKE.thresholds).at(night)["churn.feedback_explains"])
    rows = ScoreFeedback.objects.filter(customer=customer, withdrawn_at=None).select_related("by")
    return [
        FeedbackOut(
            id=row.id, day=row.biz_date, reason=cast(FeedbackReason, row.reason), note=row.note, by=row.by.name, at=row.at,
            mine=row.by_id == viewer.user_id, explains=row.reason in explains,
        )
        for row in rows.order_by("-biz_date")[:10]
    ]  # fmt: skip
