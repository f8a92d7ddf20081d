"""沙龙客户: asked, answered by themselves or by their manager's hand, moved up when a seat falls free, checked in at the door.

Seats are given under the salon's row: two answers at once are taken one after the other, and the database refuses more seats
than there are (``salon_seats``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.care.models import DoNotDisturb
from yinke.common.errors import NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.customers.models import Customer, Metrics
from yinke.customers.queries import visible
from yinke.customers.queries_identity import together
from yinke.effect.services.held_out import held_out
from yinke.outreach.gate import GONE_STATUSES
from yinke.outreach.models import Message
from yinke.outreach.salons.link import guest_of_code, page_of
from yinke.outreach.salons.models import Salon, SalonGuest
from yinke.outreach.salons.plan import SalonPlan
from yinke.outreach.salons.services import SalonMoved, found, plan_of
from yinke.outreach.services.send import sendable
from yinke.outreach.services.templates import in_force
from yinke.privacy.models import Restriction
from yinke.segments.definitions import in_use, visible_segments
from yinke.segments.kept import members_of, scope_of, within

Guest = SalonGuest.State
AT_ONCE = 200
"""Customers who are invited by hand at once."""
DOOR = timedelta(hours=2)
"""So long before the beginning the door opens."""


class SalonClosed(YinkeError):
    """No answer is taken: it was cancelled, it has begun, or its answers are closed."""

    code = "salon_closed"
    status = 409


class SalonFull(YinkeError):
    """Neither a seat nor a place among those who wait is left."""

    code = "salon_full"
    status = 409


class PartyTooLarge(YinkeError):
    """More seats than one customer may take."""

    code = "party_too_large"


class NoLink(YinkeError):
    """The bank has not said where customers reach the page of a salon."""

    code = "salon_no_link"


@dataclass(frozen=True)
class Invited:
    """What an invitation came to: how many are new, were asked before, get the text, and are left out by which reason."""

    invited: int
    before: int
    texts: int
    lost: dict[str, int]


@transaction.atomic
def invite(viewer: Viewer, salon_id: int, customer_ids: Collection[int], *, by_text: bool) -> Invited:
    """Ask customers of the viewer's to a salon. Asked twice is asked once.

    Args:
        by_text: send each the salon's text with a link of their own, through the gate; else they are asked by word.

    Raises:
        NotFound: no such salon, or none of its text. SalonClosed: it is not open, or answers are closed. YinkeError: nobody or too
            many are named, the salon has no text, or there is no address for the link (NoLink).
    """
    salon = found(viewer, salon_id)
    if not 1 <= len(set(customer_ids)) <= AT_ONCE:
        raise YinkeError(
            f"1 to {AT_ONCE} customers at once", place="customer_ids", code="no_such_choice", remedy="Invite them in turns"
        )  # fmt: skip
    mine = list(visible(viewer).filter(id__in=set(customer_ids)).values_list("id", flat=True))
    if len(mine) < len(set(customer_ids)):
        raise NotFound("A customer is not among yours", place="customer_ids", remedy="Reload the page")
    return _asked(viewer, salon, mine, by_text=by_text)


@transaction.atomic
def invite_segment(viewer: Viewer, salon_id: int, segment: str, most: int, *, by_text: bool) -> Invited:
    """Ask customers of a segment within the viewer's scope who were not asked yet, those with the highest AUM first.

    Args:
        most: so many at most.

    Raises:
        NotFound, SalonClosed, YinkeError: as ``invite``; the segment is not approved for outreach, or is not shown to the viewer.
    """
    salon = found(viewer, salon_id)
    known = visible_segments(viewer).filter(id__in=in_use(), outreach=True, code=segment)
    if not known.exists():
        raise YinkeError(
            "This segment may not be approached",
            place="segment",
            code="no_such_choice",
            remedy="Take a listed one",
        )
    whom = list(within(members_of(segment), scope_of(viewer)))
    known_ids = set(salon.guests.values_list("customer_id", flat=True))
    rows = Metrics.objects.filter(customer_id__any_of=[one for one in whom if one not in known_ids])
    chosen = list(rows.order_by("-aum", "customer_id").values_list("customer_id", flat=True)[:most])
    return _asked(viewer, salon, chosen, by_text=by_text, held=True)


def _asked(
    viewer: Viewer, salon: Salon, whom: Collection[int], *, by_text: bool, held: bool = False
) -> Invited:
    plan, now = plan_of(salon), timezone.now()
    _takes_answers(salon, plan.closes_at, now)
    version = None
    if by_text:
        if plan.template is None:
            raise YinkeError(
                "This salon has no text", place="by_text", code="no_such_choice", remedy="Invite by word"
            )
        version = sendable(plan.template, salons=True)
        if not page_of(0):
            raise NoLink("There is no address for the link", place="salon_url", remedy="See docs/salons.md")
    lost = _unfit(whom, now, held=held)
    fit = [one for one in whom if one not in lost]
    before = set(salon.guests.filter(customer_id__any_of=fit).values_list("customer_id", flat=True))
    aum = dict(Metrics.objects.filter(customer_id__any_of=fit).values_list("customer_id", "aum"))
    SalonGuest.objects.bulk_create(
        (
            SalonGuest(salon=salon, customer_id=one, invited_by_id=viewer.user_id, invited_at=now, aum_before=aum.get(one))
            for one in fit
            if one not in before
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    texts = 0
    if version is not None:
        lives = now + timedelta(hours=int(in_force()["outreach.lives_hours"]))
        waiting = salon.guests.filter(customer_id__any_of=fit, state=Guest.INVITED, messages=None)
        messages = [
            Message(
                customer_id=guest.customer_id, version=version, channel=version.template.channel, kind=version.template.kind,
                salon_guest=guest, by_id=viewer.user_id, request_key=f"salon|{guest.id}", made_at=now,
                expires_at=min(lives, plan.closes_at), next_at=now,
            )
            for guest in waiting
        ]  # fmt: skip
        texts = len(Message.objects.bulk_create(messages, ignore_conflicts=True))
    counts: dict[str, int] = {}
    for why in lost.values():
        counts[why] = counts.get(why, 0) + 1
    audit(viewer, "salon.invite", "salon", f"{salon.id}", reason=f"{len(fit) - len(before)}")
    if texts:
        from yinke.outreach.schedule import dispatch_soon

        dispatch_soon()
    return Invited(len(fit) - len(before), len(before), texts, counts)


def _unfit(whom: Collection[int], now: datetime, *, held: bool) -> dict[int, str]:
    """Who may not be asked, by customer: STATUS, RESTRICTED, DND, and of a segment HELD_OUT. What a person wishes holds for all numbers."""
    persons, day = together(set(whom)), timezone.localdate(now)
    numbers = sorted(set[int]().union(*persons.values())) if persons else []
    gone = Customer.objects.filter(id__any_of=list(whom), status__in=(*GONE_STATUSES, "FROZEN")).values_list(
        "id", flat=True
    )
    restricted = Restriction.objects.filter(customer_id__any_of=numbers, since__lte=now)
    quiet = DoNotDisturb.objects.filter(
        Q(until=None) | Q(until__gte=day), customer_id__any_of=numbers, lifted_at=None, scope="ALL_MARKETING"
    )
    by = {
        "HELD_OUT": set(held_out(numbers, day)) if held else set(),
        "DND": set(quiet.values_list("customer_id", flat=True)),
        "RESTRICTED": set(restricted.values_list("customer_id", flat=True)),
    }
    found = {one: why for why, those in by.items() for one in whom if persons.get(one, {one}) & those}
    return found | dict.fromkeys(gone, "STATUS")


def _takes_answers(salon: Salon, until: datetime, now: datetime) -> None:
    if salon.state != Salon.State.OPEN or now >= until:
        raise SalonClosed("No answer is taken any more", place=salon.name, remedy="Call the host")


@transaction.atomic
def answer_for(viewer: Viewer, salon_id: int, guest_id: int, *, coming: bool, seats: int = 1) -> SalonGuest:
    """Write down what a customer of the viewer's said, until the salon ends.

    Raises:
        NotFound: no such guest of the viewer's. SalonClosed, SalonFull, PartyTooLarge, SalonMoved: as ``_answer``.
    """
    salon = found(viewer, salon_id, held=True)
    guest = _mine(viewer, salon, guest_id)
    with whole_bank():  # who waits moves up, whosever customer that is; of them nothing is told
        _answer(salon, guest, coming, seats, plan_of(salon).ends_at, viewer.user_id)
    audit(viewer, "salon.answer", "customer", f"{guest.customer_id}", reason=guest.state)
    return guest


@transaction.atomic
def answer_by_page(guest_id: int, *, coming: bool, seats: int = 1) -> SalonGuest:
    """Take the answer that a customer gave on the page of their link; the caller sees the whole bank.

    Raises:
        NotFound: no such guest. SalonClosed, SalonFull, PartyTooLarge, SalonMoved: as ``_answer``.
    """
    salon_id = SalonGuest.objects.filter(id=guest_id).values_list("salon_id", flat=True).first()
    if salon_id is None:
        raise NotFound("There is no such guest", place="link", remedy="Open the link again")
    salon = Salon.objects.select_for_update(no_key=True).get(id=salon_id)
    guest = salon.guests.get(id=guest_id)
    _answer(salon, guest, coming, seats, plan_of(salon).closes_at, None)
    return guest


def _answer(
    salon: Salon, guest: SalonGuest, coming: bool, seats: int, until: datetime, by: int | None
) -> None:
    """Give seats, a place among those who wait, or take them back; then those who waited longest move up as far as seats go.

    Args:
        salon: its row is held.

    Raises:
        SalonClosed: no answer is taken any more. SalonFull: nothing is left. PartyTooLarge: more than one customer may take.
        SalonMoved: they have been checked in.
    """
    plan, now = plan_of(salon), timezone.now()
    _takes_answers(salon, until, now)
    if guest.attended_at is not None:
        raise SalonMoved("They have come already", place="attended", remedy="Take the check-in back first")
    if not 1 <= seats <= plan.party:
        raise PartyTooLarge(f"One customer may take {plan.party}", place="seats", remedy="Name fewer")
    if coming:
        _seat(salon, plan, guest, seats, now)
    else:
        if guest.state == Guest.COMING:
            salon.taken -= guest.seats
        guest.state, guest.seats = Guest.DECLINED, 1
    if guest.state != Guest.WAITING or guest.answered_at is None:
        guest.answered_at = now  # who waits keeps their turn
    guest.answered_by_id = by
    guest.save()
    _move_up(salon, now)
    salon.save(update_fields=["taken"])


def _seat(salon: Salon, plan: SalonPlan, guest: SalonGuest, seats: int, now: datetime) -> None:
    held = guest.seats if guest.state == Guest.COMING else 0
    if seats <= salon.seats - salon.taken + held:
        salon.taken += seats - held
        guest.state, guest.seats = Guest.COMING, seats
        return
    waiting = salon.guests.filter(state=Guest.WAITING).exclude(id=guest.id)
    queued = int(waiting.aggregate(many=Sum("seats"))["many"] or 0)
    if held or queued + seats > plan.waiting:  # who has seats keeps those rather than wait for more
        raise SalonFull("No seat is left", place="seats", remedy="Name fewer, or ask the host")
    if guest.state != Guest.WAITING:
        guest.answered_at = None
    guest.state, guest.seats = Guest.WAITING, seats


def _move_up(salon: Salon, now: datetime) -> None:
    for guest in salon.guests.filter(state=Guest.WAITING).order_by("answered_at", "id"):
        if guest.seats <= salon.seats - salon.taken:
            salon.taken += guest.seats
            guest.state, guest.moved_up_at = Guest.COMING, now
            guest.save(update_fields=["state", "moved_up_at"])


@transaction.atomic
def check_in(viewer: Viewer, salon_id: int, code: str) -> SalonGuest:
    """签到 by the code that a guest shows, whosever customer they are: the code says that they stand there. Twice is once.

    Raises:
        NotFound: no such salon, or the code is none of it. SalonClosed: the door is not open.
    """
    salon = found(viewer, salon_id, held=True)
    number = guest_of_code(code)
    with whole_bank():  # of somebody else's customer a masked name is told
        guest = salon.guests.filter(id=number).select_related("customer").first() if number else None
        if guest is None:
            raise NotFound(
                "This code is none of this salon", place="code", remedy="Compare it with the guest's page"
            )
        return _come(viewer, salon, guest)


@transaction.atomic
def check_in_by_hand(viewer: Viewer, salon_id: int, guest_id: int, *, came: bool) -> SalonGuest:
    """签到 a customer of the viewer's without a code, or take a check-in back.

    Raises:
        NotFound: no such guest of the viewer's. SalonClosed: the door is not open.
    """
    salon = found(viewer, salon_id, held=True)
    guest = _mine(viewer, salon, guest_id)
    with whole_bank():  # the seats are everybody's
        if came:
            return _come(viewer, salon, guest)
        _at_the_door(salon)
        guest.attended_at, guest.attended_by_id = None, None
        guest.save(update_fields=["attended_at", "attended_by"])
    audit(viewer, "salon.uncheck", "customer", f"{guest.customer_id}", reason=f"{salon.id}")
    return guest


def _come(viewer: Viewer, salon: Salon, guest: SalonGuest) -> SalonGuest:
    _at_the_door(salon)
    if guest.attended_at is None:
        if guest.state != Guest.COMING:  # who stands there and had no seat takes one, if there is one
            if guest.seats > salon.seats - salon.taken:
                raise SalonFull("No seat is left", place="seats", remedy="Ask the host")
            salon.taken += guest.seats
            guest.state, guest.answered_at = Guest.COMING, timezone.now()
            guest.answered_by_id = viewer.user_id
            salon.save(update_fields=["taken"])
        guest.attended_at, guest.attended_by_id = timezone.now(), viewer.user_id
        guest.save()
        audit(viewer, "salon.check_in", "customer", f"{guest.customer_id}", reason=f"{salon.id}")
    return guest


def _at_the_door(salon: Salon) -> None:
    now = timezone.now()
    if salon.state != Salon.State.OPEN or not salon.starts_at - DOOR <= now < plan_of(salon).ends_at + DOOR:
        raise SalonClosed(
            "The door is not open",
            place=salon.name,
            remedy="Check in from two hours before to two hours after",
        )


def _mine(viewer: Viewer, salon: Salon, guest_id: int) -> SalonGuest:
    guest = salon.guests.filter(id=guest_id, customer__in=visible(viewer)).select_related("customer").first()
    if guest is None:
        raise NotFound("No such guest among your customers", place=f"{guest_id}", remedy="Reload the page")
    return guest
