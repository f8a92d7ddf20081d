"""What can be asked about missions, rewards and points. Customers are those within the viewer's scope; the ledger's sums are the
whole bank's: they tell of no customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.care.reasons import event_name
from yinke.common.row_security import whole_bank
from yinke.customers.queries import one, visible
from yinke.outreach.journeys.schemas import Choice
from yinke.outreach.points.counter import cancellable_until
from yinke.outreach.points.known import HALTING, faults_of, known, mission_plan, reward_plan
from yinke.outreach.points.ledger import wrong
from yinke.outreach.points.models import (
    Mission,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsPlan,
    PointsPosting,
    Redemption,
    Reward,
    Stand,
)
from yinke.outreach.points.plan import Known, period
from yinke.outreach.points.schemas import (
    CustomerPoints,
    EntryKind,
    HandMission,
    MissionOut,
    PlanState,
    PointsChoices,
    PointsDue,
    PointsRedemption,
    PointsRow,
    PointsSummary,
    PointsWrong,
    RedemptionState,
    RewardChoice,
    RewardOut,
)
from yinke.outreach.points.services import OPEN
from yinke.outreach.services.templates import in_force
from yinke.segments.definitions import in_use, names_of, visible_segments
from yinke.segments.kept import members_of, scope_of, within
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

MOST = 300
ROWS = 50
SOON = 90
"""Days within which points that expire are told of."""
ORDER = {Stand.RUNNING: 1, Stand.PAUSED: 1, Stand.REVIEW: 2, Stand.DRAFT: 3}


def missions(viewer: Viewer) -> list[MissionOut]:
    """All missions: what waits for the viewer first, then what runs, the newest first."""
    names, held_against = names_of(Segment.objects.all(), viewer.language), known()
    rows = PointsEntry.objects.filter(kind="AWARD", mission__isnull=False)
    if not (viewer.org_ids is None and viewer.may("customer.read")):
        rows = rows.filter(customer__in=visible(viewer))
    earned = dict(rows.values_list("mission").annotate(Count("customer", distinct=True)).order_by())
    found = []
    for row in Mission.objects.select_related("made_by", "decided_by").order_by("-id")[:MOST]:
        plan = mission_plan(row)
        counts = plan.counts
        named = {"SEGMENT": names.get(counts.segment, counts.segment), "HAND": ""}
        found.append(
            MissionOut(
                **_row(viewer, row, held_against),
                plan=plan,
                segment=names.get(plan.segment, plan.segment),
                counts=named[counts.type]
                if counts.type in named
                else _event(counts.event, held_against, viewer),
                customers=earned.get(row.id, 0),
            )
        )
    return sorted(found, key=_turn)


def rewards(viewer: Viewer) -> list[RewardOut]:
    """All rewards, in the order of ``missions``."""
    held_against = known()
    rows = Reward.objects.select_related("made_by", "decided_by").order_by("-id")[:MOST]
    return sorted(
        (RewardOut(**_row(viewer, row, held_against), plan=reward_plan(row)) for row in rows), key=_turn
    )


def _turn(one: MissionOut | RewardOut) -> int:
    return 0 if one.may_decide else ORDER.get(Stand(one.state), 4)


def _event(code: str, held_against: Known, viewer: Viewer) -> str:
    return event_name(code, viewer.language) if code in held_against.events else code


def _row(viewer: Viewer, row: PointsPlan, held_against: Known) -> dict[str, Any]:
    faults = faults_of(row, held_against) if row.state != Stand.ENDED else []
    if row.state in (Stand.RUNNING, Stand.PAUSED):
        faults = [one for one in faults if one.code in HALTING]
    writes = viewer.org_ids is None and viewer.may("template.write")
    waits = row.state == Stand.REVIEW
    return {
        "id": row.id, "name": row.name, "state": cast(PlanState, row.state), "most": row.most, "used": row.used,
        "faults": faults, "digest": row.digest, "made_by": row.made_by.name, "made_at": row.made_at,
        "decided_by": row.decided_by.name if row.decided_by else None, "decided_at": row.decided_at, "reason": row.reason,
        "may_write": writes and row.state in OPEN,
        "may_decide": waits and row.made_by_id != viewer.user_id and viewer.may("template.approve"),
        "may_withdraw": waits and row.made_by_id == viewer.user_id and viewer.may("template.write"),
        "may_pause": writes and row.state == Stand.RUNNING, "may_resume": writes and row.state == Stand.PAUSED,
        "may_end": writes and row.state != Stand.ENDED,
    }  # fmt: skip


def choices(viewer: Viewer) -> PointsChoices:
    """What a plan may name, by name: nothing that speaks of deposits."""
    held_against, scope = known(), scope_of(viewer)
    seen = visible_segments(viewer).filter(id__in=in_use()).exclude(scope=Segment.Scope.MINE)
    names = names_of(seen, viewer.language)
    segments = [
        Choice(code=code, name=name, size=len(within(members_of(code), scope)))
        for code, name in sorted(names.items(), key=lambda pair: pair[1])
        if code in held_against.approachable and code not in held_against.deposits
    ]
    events = sorted(held_against.events - held_against.deposit_events)
    return PointsChoices(
        segments=segments, enterable=[one for one in segments if one.code in held_against.enterable],
        events=[Choice(code=code, name=event_name(code, viewer.language)) for code in events],
        reward_value=Decimal(str(held_against.values["points.reward_value"])), months=int(held_against.values["points.months"]),
    )  # fmt: skip


def summary() -> PointsSummary:
    """The ledger of the whole bank, and whether its books hold."""
    values = in_force()
    soon = timezone.localdate() + timedelta(days=SOON)
    with whole_bank():  # sums, which name nobody
        sides = PointsPosting.objects.filter(of_bank=True).values_list("account__kind")
        sums = {kind: int(points) for kind, points in sides.annotate(Sum("points")).order_by()}
        owners = PointsAccount.objects.filter(kind="CUSTOMER", balance__gt=0)
        owed = int(owners.aggregate(sum=Sum("balance"))["sum"] or 0)
        due = PointsLot.objects.filter(rest__gt=0, expires_on__lte=soon).aggregate(sum=Sum("rest"))["sum"]
        customers, found = owners.count(), wrong()
    value = Decimal(str(values["points.value"]))
    return PointsSummary(
        issued=-sums.get("ISSUED", 0), redeemed=sums.get("REDEEMED", 0), expired=sums.get("EXPIRED", 0),
        reversed=sums.get("REVERSED", 0), owed=owed, liability=(owed * value).quantize(Decimal("0.01")), value=value,
        due=int(due or 0), customers=customers, wrong=[PointsWrong(code=code, rows=rows) for code, rows in found.items()],
    )  # fmt: skip


def of_customer(viewer: Viewer, customer_id: int) -> CustomerPoints:
    """A customer's points, and what the viewer may do with them.

    Raises:
        NotFound: no such customer within the viewer's scope.
    """
    customer = one(viewer, customer_id)
    account = PointsAccount.objects.filter(customer=customer).first()
    lots = PointsLot.objects.filter(account=account, rest__gt=0).values_list("expires_on")
    next_due = lots.annotate(Sum("rest")).order_by("expires_on").first() if account else None
    may_work = viewer.may("task.work")
    entries = PointsEntry.objects.filter(customer=customer).select_related(
        "mission", "reward", "by", "redemption", "lot"
    )
    undone = set(entries.filter(of_entry__isnull=False).values_list("of_entry", flat=True))
    values = in_force()
    return CustomerPoints(
        balance=account.balance if account else 0, due=PointsDue(on=next_due[0], points=next_due[1]) if next_due else None,
        rows=[_entry(viewer, row, values, undone) for row in entries.order_by("-at", "-id")[:ROWS]],
        rewards=_rewards() if may_work else [], missions=_by_hand(customer_id) if may_work else [], may_work=may_work,
    )  # fmt: skip


def _entry(viewer: Viewer, row: PointsEntry, values: Mapping[str, Any], undone: set[int | None]) -> PointsRow:
    about = row.mission or row.reward
    redemption: Redemption | None = getattr(row, "redemption", None)
    works = viewer.may("task.work")
    return PointsRow(
        id=row.id, kind=cast(EntryKind, row.kind), points=row.points, biz_date=row.biz_date, at=row.at,
        name=about.name if about else "", by=row.by.name if row.by else "", why=row.why,
        redemption=PointsRedemption(
            id=redemption.id, code=redemption.code if works else "", state=cast(RedemptionState, redemption.state),
            may_cancel=works and redemption.state == Redemption.State.GIVEN
            and timezone.localdate() <= cancellable_until(redemption.at, int(values["points.cancel_days"])),
        ) if redemption else None,
        may_reverse=row.kind == "AWARD" and row.id not in undone and row.lot.rest > 0 and row.by_id != viewer.user_id
        and viewer.org_ids is None and viewer.may("template.write"),
    )  # fmt: skip


def _open_now(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.filter(state=Stand.RUNNING).order_by("name", "id"))


def _rewards() -> list[RewardChoice]:
    today, found = timezone.localdate(), []
    for row in _open_now(Reward.objects.all()):
        plan = reward_plan(row)
        if row.used < row.most and plan.starts_on <= today <= plan.ends_on:
            found.append(
                RewardChoice(
                    id=row.id, name=row.name, about=plan.about, points=plan.points, stock=row.most - row.used
                )
            )
    return sorted(found, key=lambda one: one.points)


def _by_hand(customer_id: int) -> list[HandMission]:
    today, found = timezone.localdate(), []
    for row in _open_now(Mission.objects.all()):
        plan = mission_plan(row)
        if plan.counts.type != "HAND" or not plan.starts_on <= today <= plan.ends_on:
            continue
        if row.used + plan.points > row.most or customer_id not in members_of(plan.segment):
            continue
        key = f"award|{row.id}|{customer_id}|{period(plan.often, today)}"
        earned = PointsEntry.objects.filter(natural_key=key).exists()
        found.append(
            HandMission(id=row.id, name=row.name, about=plan.about, points=plan.points, earned=earned)
        )
    return found


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Missions that are not over and name a segment: it stays open as long.

    A viewer who may not read missions is told that there is one, and not which.
    """
    may, found = viewer.may("template.read"), []
    for row in Mission.objects.exclude(state=Stand.ENDED).order_by("id"):
        plan = mission_plan(row)
        if segment.code in (plan.segment, plan.counts.segment):
            found.append(
                SegmentUse(kind="mission", code=f"{row.id}" if may else "", name=row.name if may else "")
            )
    return found
