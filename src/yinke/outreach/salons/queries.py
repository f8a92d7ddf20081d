"""What can be asked about salons. Guests are those among the viewer's customers; a salon's numbers are whole: they tell of nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yinke.access.masking import mask_name
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.row_security import whole_bank
from yinke.customers.models import Customer
from yinke.customers.queries import visible
from yinke.customers.shown import shown_name
from yinke.outreach.campaigns.plan import CENT
from yinke.outreach.channels.settings import configured
from yinke.outreach.journeys.schemas import Choice, TextChoice
from yinke.outreach.models import Message, Template
from yinke.outreach.salons.guests import DOOR
from yinke.outreach.salons.link import code_of, page_of
from yinke.outreach.salons.models import Salon, SalonGuest
from yinke.outreach.salons.plan import SalonPlan
from yinke.outreach.salons.schemas import (
    CheckedIn,
    GuestState,
    SalonArm,
    SalonChoices,
    SalonDetail,
    SalonGuestOut,
    SalonGuests,
    SalonHost,
    SalonOut,
    SalonResult,
    SalonState,
)
from yinke.outreach.salons.services import EDITED, check, found, hosts, may_host, over, plan_of, seen_by
from yinke.outreach.schemas import ChannelCode, KindCode, MessageState
from yinke.outreach.services.send import templates_in_use
from yinke.segments.definitions import in_use, names_of, visible_segments
from yinke.segments.kept import members_of, scope_of, within
from yinke.segments.models import Segment

PAGE = 50
MOST = 300
State, Guest = Salon.State, SalonGuest.State
_FEWEST = 5
"""Fewer customers' balances are not summed up: they would tell of one (domain rule on small cells)."""


def salons(viewer: Viewer) -> list[SalonOut]:
    """The salons of the viewer's org, and of those above and below: what waits for the viewer first, then those to come, the next one
    first, then what is over."""
    now = timezone.now()
    rows = list(_joined(viewer).order_by("-starts_at", "-id")[:MOST])
    counts = _counted(row.id for row in rows)
    listed = [SalonOut(**_row(viewer, row, counts[row.id])) for row in rows]
    to_come = sorted((one for one in listed if _ahead(one, now)), key=lambda one: one.starts_at)
    gone = [one for one in listed if not _ahead(one, now)]
    return sorted([*to_come, *gone], key=lambda one: not one.may_decide)


def _ahead(one: SalonOut, now: datetime) -> bool:
    return one.state not in ("OVER", "CANCELLED") and one.ends_at > now


def _joined(viewer: Viewer) -> QuerySet[Salon]:
    return seen_by(viewer).select_related("host", "made_by", "decided_by")


def _counted(of: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    ids = list(of)
    with whole_bank():  # sums, which name nobody
        rows = list(
            SalonGuest.objects.filter(salon__in=ids)
            .order_by()
            .values_list("salon")
            .annotate(
                all=Count("id"),
                wait=Count("id", filter=Q(state=Guest.WAITING)),
                came=Count("id", filter=Q(attended_at__isnull=False)),
            )
        )
    counts = {one: {"invited": asked, "waiting": wait, "attended": came} for one, asked, wait, came in rows}
    return {one: counts.get(one, {"invited": 0, "waiting": 0, "attended": 0}) for one in ids}


def _row(viewer: Viewer, row: Salon, counts: Mapping[str, int]) -> dict[str, Any]:
    plan = plan_of(row)
    state = "OVER" if over(row) else row.state
    return {
        "id": row.id, "name": row.name, "host": row.host.name, "state": cast(SalonState, state), "place": plan.place,
        "starts_at": plan.starts_at, "ends_at": plan.ends_at, "seats": row.seats, "taken": row.taken, **counts,
        "may_decide": row.state == State.REVIEW and row.made_by_id != viewer.user_id and viewer.may("salon.approve")
        and may_host(viewer, row.host),
        "may_write": viewer.may("salon.write") and may_host(viewer, row.host) and row.state in EDITED,
    }  # fmt: skip


def salon(viewer: Viewer, salon_id: int) -> SalonDetail:
    """One salon with its numbers, and once it has begun what it came to.

    Raises:
        NotFound: there is none that the viewer sees.
    """
    row, now = found(viewer, salon_id), timezone.now()
    plan, head = plan_of(row), _row(viewer, row, _counted([salon_id])[salon_id])
    writes = viewer.may("salon.write") and may_host(viewer, row.host)
    template = Template.objects.filter(id=plan.template).first() if plan.template is not None else None
    began = row.state == State.OPEN and row.starts_at <= now
    return SalonDetail(
        **head, plan=plan, host_id=row.host_id, text=template.name if template else "", link=bool(configured().salon_url),
        faults=check(row.name, plan) if row.state in EDITED else [], digest=row.digest, made_by=row.made_by.name,
        made_at=row.made_at, decided_by=row.decided_by.name if row.decided_by else None, decided_at=row.decided_at,
        reason=row.reason, cancelled_at=row.cancelled_at, answers=row.state == State.OPEN and now < plan.closes_at,
        door=row.state == State.OPEN and row.starts_at - DOOR <= now < plan.ends_at + DOOR,
        unsuited=sum(_unsuited(plan, guest.customer) for guest in _guests(viewer, row).filter(state=Guest.COMING))
        if plan.risk is not None else 0,
        result=_result(row) if began else None,
        may_withdraw=row.state == State.REVIEW and row.made_by_id == viewer.user_id and viewer.may("salon.write"),
        may_invite=viewer.may("salon.invite") and row.state == State.OPEN and now < plan.closes_at,
        may_cancel=writes and (row.state in EDITED or (row.state == State.OPEN and row.starts_at > now)),
        may_spend=writes and began,
    )  # fmt: skip


def _guests(viewer: Viewer, row: Salon) -> QuerySet[SalonGuest]:
    return row.guests.filter(customer__in=visible(viewer)).select_related("customer")


def _unsuited(plan: SalonPlan, customer: Customer) -> bool:
    """R ≤ C by an assessment that is valid on the day of the salon, as the gate asks it (金融机构产品适当性管理办法, 2025 No. 7)."""
    if plan.risk is None:
        return False
    day = timezone.localdate(plan.starts_at)
    valid = customer.risk_expiry is not None and customer.risk_expiry >= day
    return (int(customer.risk_level[1:]) if customer.risk_level and valid else 0) < plan.risk


_CHANGES = """
SELECT attended_at IS NOT NULL, count(*),
    sum(aum_30 - aum_before), count(aum_30 - aum_before), sum(aum_60 - aum_before), count(aum_60 - aum_before),
    sum(aum_90 - aum_before), count(aum_90 - aum_before)
FROM outreach_salonguest WHERE salon_id = %s GROUP BY 1
"""


def _result(row: Salon) -> SalonResult:
    with whole_bank(), connection.cursor() as cursor:  # sums of five customers or more, which name nobody
        cursor.execute(_CHANGES, [row.id])
        arms = {came: SalonArm(
            customers=many,
            **{f"change_{days}": total if seen >= _FEWEST else None
               for days, total, seen in ((30, *sums[:2]), (60, *sums[2:4]), (90, *sums[4:]))},
        ) for came, many, *sums in cursor.fetchall()}  # fmt: skip
    none = SalonArm(customers=0, change_30=None, change_60=None, change_90=None)
    came = arms.get(True, none)
    each = (row.spent / came.customers).quantize(CENT) if row.spent is not None and came.customers else None
    return SalonResult(attended=came, others=arms.get(False, none), spent=row.spent, per_guest=each)


def guests(viewer: Viewer, salon_id: int, part: str, page: int) -> SalonGuests:
    """The viewer's guests of a salon: who comes and who waits first, in the order of their answers.

    Raises:
        NotFound: there is no such salon.
    """
    row = found(viewer, salon_id)
    plan = plan_of(row)
    kept = {
        "ATTENDED": Q(attended_at__isnull=False), "ABSENT": Q(attended_at=None, state=Guest.COMING),
        **{state: Q(state=state) for state in Guest.values},
    }  # fmt: skip
    rows = _guests(viewer, row).filter(kept.get(part, Q()))
    order = ["COMING", "WAITING", "INVITED", "DECLINED"]
    sent = Message.objects.filter(salon_guest=OuterRef("id"))
    said = rows.annotate(message=Subquery(sent.values("state")[:1]), why=Subquery(sent.values("why")[:1]))
    ranked = sorted(
        said.values_list("id", "state", "answered_at"),
        key=lambda one: (order.index(one[1]), one[2] or row.starts_at, one[0]),
    )
    wanted = [one for one, *_ in ranked[(page - 1) * PAGE : page * PAGE]]
    shown = {one.id: one for one in said.filter(id__in=wanted).select_related("customer", "invited_by")}
    shows = viewer.may("salon.invite")
    return SalonGuests(total=len(ranked), rows=[_guest(viewer, plan, shown[one], shows) for one in wanted])


def _guest(viewer: Viewer, plan: SalonPlan, row: Any, shows: bool) -> SalonGuestOut:
    return SalonGuestOut(
        id=row.id, customer_id=row.customer_id, name=shown_name(viewer, row.customer), state=cast(GuestState, row.state),
        seats=row.seats, invited_by=row.invited_by.name, invited_at=row.invited_at, answered_at=row.answered_at,
        by_page=row.answered_at is not None and row.answered_by_id is None, moved_up=row.moved_up_at is not None,
        attended_at=row.attended_at, unsuited=_unsuited(plan, row.customer), message=cast(MessageState | None, row.message),
        why=row.why or "", link=page_of(row.id) if shows else "",
        code=code_of(row.id) if shows and row.state == Guest.COMING else "",
    )  # fmt: skip


def one_guest(viewer: Viewer, guest: SalonGuest) -> SalonGuestOut:
    """A guest that the viewer was shown already, as they stand now."""
    sent = Message.objects.filter(salon_guest=OuterRef("id"))
    rows = SalonGuest.objects.annotate(
        message=Subquery(sent.values("state")[:1]), why=Subquery(sent.values("why")[:1])
    )
    row = rows.select_related("customer", "invited_by", "salon").get(id=guest.id)
    return _guest(viewer, plan_of(row.salon), row, viewer.may("salon.invite"))


def checked_in(viewer: Viewer, guest: SalonGuest) -> CheckedIn:
    """Who stands at the door."""
    mine = visible(viewer).filter(id=guest.customer_id).exists()
    customer = guest.customer
    assert guest.attended_at is not None  # noqa: S101
    return CheckedIn(
        name=shown_name(viewer, customer) if mine else mask_name(decrypt(customer.name_sealed)), seats=guest.seats,
        attended_at=guest.attended_at, unsuited=_unsuited(plan_of(guest.salon), customer),
    )  # fmt: skip


def choices(viewer: Viewer) -> SalonChoices:
    """What a plan may name, and whom one may invite, by name."""
    scope = scope_of(viewer)
    seen = visible_segments(viewer).filter(id__in=in_use(), outreach=True).exclude(scope=Segment.Scope.MINE)
    names = names_of(seen, viewer.language)
    return SalonChoices(
        hosts=[SalonHost(id=org.id, name=org.name) for org in hosts(viewer)] if viewer.may("salon.write") else [],
        templates=[
            TextChoice(
                id=version.template_id, name=version.template.name, channel=cast(ChannelCode, version.template.channel),
                kind=cast(KindCode, version.template.kind),
            )
            for version in templates_in_use(salons=True)
            if version.template.kind != "SERVICE"
        ],
        segments=[
            Choice(code=code, name=name, size=len(within(members_of(code), scope)))
            for code, name in sorted(names.items(), key=lambda one: one[1])
        ],
    )  # fmt: skip
