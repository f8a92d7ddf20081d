"""流失预警: who may leave, what is at stake, and whether anybody does something about it.

The board is counted from the alerts alone, in one statement: they are some percent of the customers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from yinke.access.models import Org, User
from yinke.access.viewer import Viewer
from yinke.care.churn_schemas import (
    AlertPage,
    AlertQuery,
    AlertRow,
    AlertScope,
    AlertTask,
    AtRisk,
    Band,
    BandLine,
    ChurnSummary,
    FeedbackReason,
    ManagerAtRisk,
    OrgAtRisk,
    Outcome,
    TierLine,
)
from yinke.care.models import Task
from yinke.care.queries.day import today
from yinke.care.queries.shape import last_contacts
from yinke.care.services.by_hand import held_out
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer
from yinke.customers.queries import visible
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount, shown_name
from yinke.scoring.churn.reasons import sentence, telling
from yinke.scoring.models import ChurnAlert, ScoreFeedback, ScoreNight, ScoringModel

PAGE, MANAGERS = 50, 20
WEEK, HALF_A_YEAR = timedelta(days=7), timedelta(days=182)


def last_night() -> date | None:
    """The last night that gave scores."""
    nights = ScoreNight.objects.filter(kind="churn", blocked="").order_by("-biz_date")
    return nights.values_list("biz_date", flat=True).first()


def alerts(viewer: Viewer, wanted: AlertScope) -> QuerySet[ChurnAlert]:
    """The alerts of customers in the viewer's scope.

    An alert has its customer's org, so that an overseer's need not be looked up one by one; the few whom a head looks
    after elsewhere, and a manager's own, come by their ids.
    """
    rows = ChurnAlert.objects.order_by()
    if not viewer.may("customer.read"):
        return rows.none()
    if viewer.org_ids is not None:
        own = visible(replace(viewer, org_ids=frozenset())).order_by()
        rows = rows.filter(
            Q(org_id__in=viewer.org_ids) | Q(customer_id__in=list(own.values_list("id", flat=True)))
        )
    if wanted.org is not None:
        rows = rows.filter(org__path__startswith=_path(wanted.org))
    if wanted.manager is not None:
        rows = rows.filter(manager_id=wanted.manager or None)
    return rows


def _path(org_id: int) -> str:
    return Org.objects.filter(id=org_id).values_list("path", flat=True).first() or "none"


def churn_summary(viewer: Viewer, wanted: AlertScope) -> ChurnSummary:
    """What is at stake by band, tier, org and manager, and what became of earlier alerts."""
    night = last_night()
    newest = ScoreNight.objects.filter(kind="churn").order_by("-biz_date").first()
    found = _groups(viewer, wanted, night) if night else []
    few = _few(night) if night and viewer.masked else 0

    def told(part: AtRisk) -> dict[str, Any]:
        body = part.model_dump()
        if part.customers < few:  # a sum over so few would tell one customer's amount
            body["aum"], body["aum_at_risk"] = (
                shown_amount(viewer, part.aum),
                shown_amount(viewer, part.aum_at_risk),
            )
        return body

    tiers, bands = _by(found, lambda g: g.tier), _by(found, lambda g: g.band)
    managers = _most(_by(found, lambda g: g.manager))[:MANAGERS]
    people = User.objects.in_bulk([user for user, _ in managers if user])
    outcomes: dict[Any, int] = {"OPEN": sum(g.part.customers for g in found)}
    if night:
        decided = alerts(viewer, wanted).exclude(outcome="").filter(decided_on__gt=night - HALF_A_YEAR)
        outcomes |= dict(decided.values_list("outcome").annotate(Count("id")))
    return ChurnSummary(
        night=night, blocked_on=newest.biz_date if newest and newest.blocked else None,
        released=ScoringModel.objects.filter(kind="churn", status="RELEASED").exists(),
        may_release=viewer.may("model.approve"), sees_models=viewer.may("model.read"), banded=viewer.masked,
        bands=[BandLine(band=band, **told(bands.get(band, _NONE))) for band in ("HIGH", "MEDIUM")],
        tiers=[TierLine(tier=tier, **told(part)) for tier, part in sorted(tiers.items(), reverse=True)],
        orgs=[
            OrgAtRisk(id=org.id, name=org.name, **told(part)) for org, part in _below(viewer, wanted.org, found)
        ],
        managers=[
            ManagerAtRisk(user=person(people[user]) if user else None, **told(part)) for user, part in managers
        ],
        outcomes=outcomes,
    )  # fmt: skip


@dataclass(frozen=True)
class _Group:
    band: Any
    tier: int
    org: int
    manager: int | None
    part: AtRisk


_NONE = AtRisk(customers=0, aum=Decimal(0), aum_at_risk=Decimal(0), new=0, idle=0)


def _groups(viewer: Viewer, wanted: AlertScope, night: date) -> list[_Group]:
    rows = alerts(viewer, wanted).filter(ended_on=None).values("band", "tier", "org_id", "manager_id").annotate(
        customers=Count("id"), all_aum=Sum("aum"), at_risk=Sum("aum_at_risk"),
        fresh=Count("id", filter=Q(entered_on__gt=night - WEEK)), idle=Count("id", filter=Q(acted_at=None)),
    )  # fmt: skip
    return [
        _Group(
            row["band"], row["tier"], row["org_id"], row["manager_id"],
            AtRisk(customers=row["customers"], aum=row["all_aum"], aum_at_risk=row["at_risk"], new=row["fresh"],
                   idle=row["idle"]),
        )
        for row in rows
    ]  # fmt: skip


def _by(groups: Iterable[_Group], key: Callable[[_Group], Hashable]) -> dict[Any, AtRisk]:
    found: dict[Any, list[AtRisk]] = {}
    for group in groups:
        found.setdefault(key(group), []).append(group.part)
    return {name: _sum(parts) for name, parts in found.items()}


def _sum(parts: Sequence[AtRisk]) -> AtRisk:
    return AtRisk(
        customers=sum(p.customers for p in parts), aum=sum((p.aum for p in parts), Decimal(0)),
        aum_at_risk=sum((p.aum_at_risk for p in parts), Decimal(0)), new=sum(p.new for p in parts),
        idle=sum(p.idle for p in parts),
    )  # fmt: skip


def _most(parts: dict[Any, AtRisk]) -> list[tuple[Any, AtRisk]]:
    return sorted(parts.items(), key=lambda item: -item[1].aum_at_risk)


def _below(viewer: Viewer, chosen: int | None, groups: Sequence[_Group]) -> list[tuple[Org, AtRisk]]:
    """Sums of the orgs straight below the chosen one (the viewer's own); none for who oversees no org."""
    if viewer.org_ids == frozenset():
        return []
    orgs = Org.objects.filter(parent_id=chosen or viewer.org_id)
    paths = dict(Org.objects.filter(id__in={g.org for g in groups}).values_list("id", "path"))
    by_org = _by(groups, lambda g: g.org)
    found = {}
    for org in orgs:
        parts = [part for of, part in by_org.items() if paths.get(of, "").startswith(org.path)]
        if parts:
            found[org] = _sum(parts)
    return _most(found)


def _few(night: date) -> int:
    return int(load_thresholds(settings.YINKE.thresholds).at(night)["rule.few"])


def alert_page(viewer: Viewer, wanted: AlertQuery) -> AlertPage:
    """A page of alerts, most at risk first (or the newest)."""
    night = last_night()
    if night is None:
        return AlertPage(total=0, banded=viewer.masked, rows=[])
    rows = alerts(viewer, wanted)
    if wanted.state == "STANDING":
        rows = rows.filter(ended_on=None)
    elif wanted.state == "ENDED":
        rows = rows.filter(ended_on__isnull=False, outcome="")
    else:
        rows = rows.filter(outcome=wanted.state)
    if wanted.tier:
        rows = rows.filter(tier__in=wanted.tier)
    if wanted.band:
        rows = rows.filter(band=wanted.band)
    if wanted.new:
        rows = rows.filter(entered_on__gt=night - WEEK)
    if wanted.idle:
        rows = rows.filter(acted_at=None)
    order = ("-entered_on", "-aum_at_risk", "-id") if wanted.sort == "entered" else ("-aum_at_risk", "-id")
    start = (wanted.page - 1) * PAGE
    page = rows.order_by(*order).values_list("id", flat=True)[start : start + PAGE]
    people = ChurnAlert.objects.select_related("customer__metrics", "org", "manager").in_bulk(list(page))
    return AlertPage(
        total=rows.count(), banded=viewer.masked, rows=_rows(viewer, [people[i] for i in page], night)
    )


def _rows(viewer: Viewer, found: Sequence[ChurnAlert], night: date) -> list[AlertRow]:
    ids = [alert.customer_id for alert in found]
    contacts = last_contacts(ids)
    tasks = {
        task.customer_id: AlertTask(id=task.id, due_on=task.next_on or task.due_on, status=task.status)
        for task in Task.objects.filter(customer_id__in=ids, status__in=Task.OPEN)
    }
    told = ScoreFeedback.objects.filter(customer_id__in=ids, withdrawn_at=None).order_by("biz_date")
    feedback = {(row.customer_id, row.biz_date): row.reason for row in told}
    held = held_out(ids, today().workday - timedelta(days=1))
    shown = []
    for alert in found:
        customer: Customer = alert.customer
        aum = alert.aum if alert.ended_on is None else customer.metrics.aum
        said = [why for (who, day), why in feedback.items() if who == customer.id and day >= alert.entered_on]
        shown.append(AlertRow(
            customer_id=customer.id, name=shown_name(viewer, customer), tier=alert.tier, org_name=alert.org.name,
            manager=person(alert.manager) if alert.manager else None, band=cast(Band, alert.band), probability=alert.probability,
            aum=shown_amount(viewer, aum), aum_at_risk=shown_amount(viewer, alert.aum_at_risk),
            held=round(float(aum / alert.base), 3) if alert.base > 0 else None,
            reasons=told_reasons(viewer, alert.why), entered_on=alert.entered_on,
            is_new=alert.entered_on > night - WEEK, ended_on=alert.ended_on, outcome=cast(Outcome, alert.outcome or "OPEN"),
            acted_at=alert.acted_at, last_contact=contacts.get(customer.id), task=tasks.get(customer.id),
            feedback=cast(FeedbackReason, said[-1]) if said else None, held_out=held.get(customer.id),
        ))  # fmt: skip
    return shown


def told_reasons(viewer: Viewer, why: Iterable[tuple[str, float | None]]) -> list[str]:
    """Reasons as sentences in the viewer's language. Who sees no exact amounts is not told the one that is an amount."""
    return [
        sentence(name, value, viewer.language)
        for name, value in telling(why)
        if not (viewer.masked and name == "mda")
    ]
