"""时间线: reasons, contacts, tier changes, lifecycle stage and the first account, in one order."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from yinke.access.viewer import Viewer
from yinke.care.models import ContactRecord, Reason
from yinke.care.reasons import event_name, sentence
from yinke.customers.models import Customer
from yinke.customers.queries import tier_changes
from yinke.customers.schemas import TimelineEntry

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEWEST = 100
"""Entries of each kind; older ones stay in the database."""

TEXTS = {
    "zh-hans": {
        "UP": "客户等级上升", "DOWN": "客户等级下降", "STAGE": "进入生命周期阶段", "OPENED": "成为本行客户",
    },
    "en": {
        "UP": "Moved up a tier", "DOWN": "Moved down a tier", "STAGE": "Entered a lifecycle stage",
        "OPENED": "Became a customer",
    },
}  # fmt: skip
RESULTS_EN = {
    "INTERESTED": "Interested", "CONSIDER": "Thinking it over", "DEAL": "Deal made", "APPOINT": "Meeting arranged",
    "REFUSED": "Refused", "DND_REQUEST": "Asked not to be disturbed", "COMPLAINT_RISK": "May complain",
    "WRONG_PERSON": "Wrong person", "NO_ANSWER": "No answer", "BUSY": "Line busy", "OFF": "Switched off",
    "EMPTY_NUMBER": "Number not in service", "HANG_UP": "Hung up",
}  # fmt: skip


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def timeline(viewer: Viewer, customer: Customer) -> list[TimelineEntry]:
    """Entries about a customer that the viewer was already shown, newest first, in the viewer's language."""
    language = viewer.language
    texts = TEXTS[language]
    entries = [
        TimelineEntry(
            at=_at(reason.biz_date), kind="EVENT", code=reason.type, title=event_name(reason.type, language),
            detail=sentence(reason.type, reason.payload, reason.amount, language), by=None,
        )
        for reason in Reason.objects.filter(customer=customer).order_by("-biz_date", "id")[:NEWEST]
    ]  # fmt: skip
    for contact in (
        ContactRecord.objects.filter(customer=customer, withdrawn_at=None)
        .select_related("user")
        .order_by("-at")[:NEWEST]
    ):
        result = (
            RESULTS_EN[contact.result] if language == "en" else ContactRecord.Result(contact.result).label
        )
        entries.append(TimelineEntry(
            at=contact.at, kind="CONTACT", code=contact.result, title=str(result), detail=contact.note,
            by=contact.user.name,
        ))  # fmt: skip
    for change in tier_changes(customer):
        code = "UP" if change.tier_to > change.tier_from else "DOWN"
        entries.append(TimelineEntry(
            at=_at(change.on_date), kind="TIER", code=code, title=texts[code],
            detail=f"{change.tier_from}>{change.tier_to}", by=None,
        ))  # fmt: skip
    metrics = customer.metrics
    if metrics.stage_since and metrics.stage_since > customer.open_date:
        entries.append(TimelineEntry(
            at=_at(metrics.stage_since), kind="STAGE", code=metrics.stage, title=texts["STAGE"], detail="", by=None
        ))  # fmt: skip
    entries.append(TimelineEntry(
        at=_at(customer.open_date), kind="OPENED", code="OPENED", title=texts["OPENED"],
        detail=customer.org.name, by=None,
    ))  # fmt: skip
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
