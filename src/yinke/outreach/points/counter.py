"""积分柜台: what staff do with a customer's points, by the customer's word: award by hand, redeem, cancel; and reverse an award."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.customers.models import Customer
from yinke.customers.queries import one, visible
from yinke.outreach.gate import GONE_STATUSES
from yinke.outreach.points.known import HALTING, digest_of, faults_of, known, mission_plan, reward_plan
from yinke.outreach.points.ledger import award, earn, give_back, spend, take_back
from yinke.outreach.points.models import Mission, PointsEntry, Redemption, Reward, Stand
from yinke.outreach.points.plan import MissionPlan, RewardPlan, good_until, period
from yinke.outreach.points.services import PointsPlanMoved, held, of_head_office
from yinke.outreach.services.templates import in_force
from yinke.privacy.models import Restriction
from yinke.segments.kept import members_of

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of a code: none that is taken for another when it is read aloud."""
State = Redemption.State


class PointsRefused(YinkeError):
    """The customer may not have this now; ``place`` says which rule."""

    code = "points_refused"
    status = 409


def key_of(request_key: str) -> str:
    """The key that makes a repeated click one, as it is kept.

    Raises:
        YinkeError: it is none.
    """
    if not (8 <= len(request_key) <= 40 and request_key.isascii() and request_key.isalnum()):
        raise YinkeError(
            "The key has not 8 to 40 letters and digits", place="request_key", code="old_page", remedy="Reload the page"
        )  # fmt: skip
    return request_key


def _alive(customer: Customer) -> None:
    if (
        customer.status in (*GONE_STATUSES, "FROZEN")
        or Restriction.objects.filter(customer=customer).exists()
    ):
        raise PointsRefused(
            "This customer takes no part", place="CUSTOMER", remedy="See the customer's status"
        )


def _today(plan: MissionPlan | RewardPlan) -> date:
    today = timezone.localdate()
    if not plan.starts_on <= today <= plan.ends_on:
        raise PointsRefused("Its window is not now", place="WINDOW", remedy="See its first and last day")
    return today


@transaction.atomic
def award_by_hand(viewer: Viewer, customer_id: int, mission_id: int, why: str) -> PointsEntry:
    """Award a mission's points that counts what staff have seen. Within its period twice is refused: the database keeps it.

    Raises:
        NotFound: no such customer within the viewer's scope, no such mission. YinkeError: no reason is given. PointsPlanMoved: it
            does not run. PointsRefused: the mission does not count by hand, is not open today or not for this customer, was
            earned already, its budget is used up, or the customer's day is full.
    """
    customer, said = one(viewer, customer_id), said_why(why)
    row = held("mission", mission_id, Stand.RUNNING)
    assert isinstance(row, Mission)  # noqa: S101
    plan, values = mission_plan(row), in_force()
    _alive(customer)
    today = _today(plan)
    if plan.counts.type != "HAND":
        raise PointsRefused("The night awards it", place="BY_NIGHT", remedy="Choose another mission")
    if row.digest != digest_of(row) or any(one.code in HALTING for one in faults_of(row, known(values))):
        raise PointsPlanMoved("It is not what was approved", place="plan", remedy="Ask retail operations")
    if customer_id not in members_of(plan.segment):
        raise PointsRefused("It is not for this customer", place="AUDIENCE", remedy="Choose another mission")
    if row.used + plan.points > row.most:
        raise PointsRefused("Its budget is used up", place="BUDGET", remedy="Ask retail operations")
    today_earned = sum(
        PointsEntry.objects.filter(customer=customer, kind="AWARD", biz_date=today).values_list(
            "points", flat=True
        )
    )
    if today_earned + plan.points > int(values["points.daily"]):
        raise PointsRefused("The customer's day is full", place="DAILY", remedy="Come back tomorrow")
    key = f"award|{row.id}|{customer_id}|{period(plan.often, today)}"
    try:
        with transaction.atomic():
            entry = earn(
                award(
                    row,
                    customer_id,
                    plan.points,
                    key=key,
                    on=today,
                    at=timezone.now(),
                    by=viewer.user_id,
                    why=said,
                ),
                good_until(today, int(values["points.months"])),
            )
    except IntegrityError:
        raise PointsRefused(
            "It was earned already", place="EARNED", remedy="See the history of points"
        ) from None
    row.used += plan.points
    row.save(update_fields=["used"])
    audit(viewer, "points.award", "customer", f"{customer_id}", reason=f"{row.id} {said}")
    return entry


@transaction.atomic
def redeem(viewer: Viewer, customer_id: int, reward_id: int, request_key: str) -> Redemption:
    """Give a reward for points, as the customer asked; the same ``request_key`` twice is one.

    Raises:
        NotFound: no such customer within the viewer's scope, no such reward. PointsPlanMoved: it does not run. PointsRefused: its
            window is not now, nothing is left of it, or the customer has redeemed enough today. PointsShort: too few points.
    """
    customer, key = one(viewer, customer_id), f"{viewer.user_id}|{key_of(request_key)}"
    row = held(
        "reward", reward_id, Stand.RUNNING, Stand.PAUSED, Stand.ENDED
    )  # what a click did before still answers it
    assert isinstance(row, Reward)  # noqa: S101
    if known_one := Redemption.objects.filter(request_key=key).select_related("reward").first():
        if (known_one.customer_id, known_one.reward_id) != (customer_id, reward_id):
            raise YinkeError(
                "This key was used before", place="request_key", code="old_page", remedy="Reload the page"
            )
        return known_one
    if row.state != Stand.RUNNING:
        raise PointsPlanMoved("It has moved on", place=row.state, remedy="Reload the page")
    plan, values, now = reward_plan(row), in_force(), timezone.now()
    _alive(customer)
    today = _today(plan)
    if row.used >= row.most:
        raise PointsRefused("Nothing is left of it", place="STOCK", remedy="Choose another reward")
    entry = spend(
        customer_id, row, plan.points, key=f"spend|{key}", on=today, at=now, by=viewer.user_id
    )  # from here on the account is held: two cannot count the day's redemptions at once
    redeemed = Redemption.objects.filter(customer=customer, state=State.GIVEN, entry__biz_date=today).count()
    if redeemed >= int(values["points.redemptions_daily"]):
        raise PointsRefused(
            "The customer has redeemed enough today", place="DAILY", remedy="Come back tomorrow"
        )
    row.used += 1
    row.save(update_fields=["used"])
    redemption = Redemption.objects.create(
        reward=row, customer=customer, entry=entry, code="".join(secrets.choice(LETTERS) for _ in range(10)),
        by_id=viewer.user_id, at=now, request_key=key,
    )  # fmt: skip
    audit(viewer, "points.redeem", "customer", f"{customer_id}", reason=f"{row.id} {redemption.id}")
    return redemption


@transaction.atomic
def cancel(viewer: Viewer, redemption_id: int, reason: str) -> Redemption:
    """Take a redemption back: its points return to the lots they came from, the piece to the stock. The code holds no more.

    Raises:
        NotFound: none of a customer within the viewer's scope. YinkeError: no reason is given. PointsRefused: it was cancelled
            already, or longer ago than ``points.cancel_days``.
    """
    mine = Redemption.objects.filter(id=redemption_id, customer__in=visible(viewer)).first()
    if mine is None:
        raise NotFound("There is no such redemption", place=f"{redemption_id}", remedy="Reload the page")
    said = said_why(reason)
    reward = held("reward", mine.reward_id, Stand.RUNNING, Stand.PAUSED, Stand.ENDED)
    found = (
        Redemption.objects.select_for_update(of=("self",)).select_related("entry", "reward").get(id=mine.id)
    )
    if found.state != State.GIVEN:
        raise PointsRefused("It was cancelled already", place="CANCELLED", remedy="Reload the page")
    values, now, today = in_force(), timezone.now(), timezone.localdate()
    if today > cancellable_until(found.at, int(values["points.cancel_days"])):
        raise PointsRefused("It is too long ago", place="LATE", remedy="Open a complaint, if it was wrong")
    give_back(found.entry, said, on=today, at=now, by=viewer.user_id, grace=int(values["points.grace_days"]))
    found.state, found.cancelled_by_id, found.cancelled_at, found.why = (
        State.CANCELLED,
        viewer.user_id,
        now,
        said,
    )
    found.save(update_fields=["state", "cancelled_by", "cancelled_at", "why"])
    reward.used -= 1
    reward.save(update_fields=["used"])
    audit(viewer, "points.cancel", "customer", f"{found.customer_id}", reason=f"{found.id} {said}")
    return found


def cancellable_until(at: datetime, days: int) -> date:
    """The last day on which a redemption of then may be cancelled."""
    return timezone.localdate(at) + timedelta(days=days)


@transaction.atomic
def reverse(viewer: Viewer, entry_id: int, reason: str) -> PointsEntry:
    """Take back what is left of an award that was wrong; the mission's budget has it again. Another person than gave it.

    Raises:
        NotAllowed: the viewer gave it, or oversees a part of the bank only. NotFound: no such award within the viewer's scope.
            YinkeError: no reason is given. PointsRefused: it was reversed already. PointsShort: nothing is left of it.
    """
    of_head_office(viewer)
    found = PointsEntry.objects.filter(id=entry_id, kind="AWARD", customer__in=visible(viewer)).first()
    if found is None:
        raise NotFound("There is no such award", place=f"{entry_id}", remedy="Reload the page")
    another_persons(viewer, found.by_id, f"{entry_id}")
    said = said_why(reason)
    assert found.mission_id is not None  # noqa: S101
    mission = held("mission", found.mission_id, Stand.RUNNING, Stand.PAUSED, Stand.ENDED)
    if PointsEntry.objects.filter(of_entry=found).exists():
        raise PointsRefused("It was reversed already", place="REVERSED", remedy="Reload the page")
    entry = take_back(found, said, on=timezone.localdate(), at=timezone.now(), by=viewer.user_id)
    mission.used += entry.points
    mission.save(update_fields=["used"])
    audit(viewer, "points.reverse", "customer", f"{found.customer_id}", reason=f"{entry_id} {said}")
    return entry
