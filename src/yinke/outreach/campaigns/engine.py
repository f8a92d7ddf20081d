"""活动推进: each minute campaigns start, ask for messages and end; in sets, one transaction for each.

A kill loses the transaction and nothing else; the next minute does it again. A campaign's row is held meanwhile: two workers
never move the same one, and the night, which hands out leads, waits for it.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from pyroaring import BitMap

from yinke.access.services import audit_job
from yinke.effect.services.enrol import Approved, enrol
from yinke.lake.store import Lake
from yinke.outreach.campaigns.audience import sift
from yinke.outreach.campaigns.models import Campaign, CampaignMember
from yinke.outreach.campaigns.plan import CampaignPlan, affordable, digest
from yinke.outreach.journeys.engine import drawn, numbers
from yinke.outreach.models import Message, TemplateVersion
from yinke.outreach.services.next_channel import place_of, stand_in
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import digest as text_digest
from yinke.outreach.texts import words_of
from yinke.segments.definitions import in_use
from yinke.segments.models import Segment

OF_CAMPAIGN = "C01"
"""Type of the reason that a campaign's lead gives a manager; it is no event of a night."""
CHUNK = 50_000
"""Messages asked for in one transaction."""
HALTS = ("NIGHT", "CONTENT", "SEGMENT", "FEW", "BUDGET")
"""Why a campaign does not go on: no night has run; what was approved is not what would be sent, or its text was retired; its
audience may not be approached any more; too few would be held out; the next touch would pass the budget."""
State = Campaign.State


@dataclass
class Moved:
    """What a minute came to."""

    started: int = 0
    asked: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Frozen:
    """What the start found: of ``targeted`` customers who was ``lost`` by which reason, who takes part in which arm, as of which
    business date; ``digest``: SHA-256 of the numbers of who takes part."""

    targeted: int
    lost: dict[str, int]
    eligible: int
    held_out: int
    as_of: str
    digest: str


class _Halt(Exception):
    """The start is undone; the argument is one of ``HALTS``."""


def plan_of(campaign: Campaign) -> CampaignPlan:
    """The campaign's plan."""
    return CampaignPlan.model_validate(campaign.plan)


def digest_now(campaign: Campaign) -> str:
    """The digest of what would be carried out now; empty if one of its texts may not be sent."""
    values, bound = in_force(), list[str]()
    for text in texts_of(campaign):
        bound.append(text_digest(words_of(text), values))
        fit = text.state == TemplateVersion.State.APPROVED and text.template.retired_at is None
        if not fit or bound[-1] != text.digest:
            return ""
    return digest(campaign.name, plan_of(campaign), bound)


def texts_of(campaign: Campaign) -> list[TemplateVersion]:
    """The very texts that were submitted, in the plan's order: the first ones, then those that stand in for them."""
    if campaign.text is None:
        return []
    more = TemplateVersion.objects.select_related("template").in_bulk(
        [*campaign.variants, *campaign.otherwise]
    )
    return [campaign.text, *(more[one] for one in (*campaign.variants, *campaign.otherwise))]


def tick(only: int | None = None) -> Moved:
    """Start campaigns whose window has begun, ask for messages of running ones, end those whose window is over. One that cannot go
    on stops no other.

    Args:
        only: this campaign alone.

    Raises:
        ExceptionGroup: some could not go on; of each what went wrong.
    """
    done, now = Moved(), timezone.now()
    alive = Campaign.objects.filter(state__in=(State.APPROVED, State.RUNNING, State.PAUSED))
    if only is not None:
        alive = alive.filter(id=only)
    wrong: list[Exception] = []
    for campaign_id in list(alive.order_by("id").values_list("id", flat=True)):
        try:
            _begin_or_end(campaign_id, now, done)
            while _ask_some(campaign_id, now, done):
                pass
        except Exception as problem:
            logging.getLogger(__name__).exception("campaign %s", campaign_id)
            wrong.append(problem)
    if wrong:
        raise ExceptionGroup("Campaigns could not go on", wrong)
    return done


def _held(campaign_id: int, *states: str) -> Campaign | None:
    """The campaign, its row held, if it stands so and nobody else moves it."""
    rows = Campaign.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return rows.select_related("text__template").filter(id=campaign_id, state__in=states).first()


@transaction.atomic
def _begin_or_end(campaign_id: int, now: datetime, done: Moved) -> None:
    campaign = _held(campaign_id, State.APPROVED, State.RUNNING, State.PAUSED)
    if campaign is None:
        return
    plan, today = plan_of(campaign), timezone.localdate(now)
    if today > plan.ends_on:
        finish(campaign, now)
        audit_job("campaign.end", "campaign", f"{campaign.id}")
        done.ended += 1
        return
    waits = campaign.halted or plan.by_hand
    if campaign.state != State.APPROVED or today < plan.starts_on or (waits and not campaign.start_asked):
        return
    campaign.start_asked = False
    try:
        with transaction.atomic():
            _start(campaign, plan, today, now)
        campaign.halted = ""
        audit_job("campaign.begin", "campaign", f"{campaign.id}")
        done.started += 1
    except _Halt as why:
        campaign.halted = str(why)
    campaign.save(update_fields=["start_asked", "halted"])


def finish(campaign: Campaign, now: datetime) -> None:
    """End a campaign whose row the caller holds: what waits is not sent any more. Its effect is followed until it is measured."""
    campaign.state, campaign.ended_at, campaign.start_asked = State.ENDED, now, False
    campaign.save(update_fields=["state", "ended_at", "start_asked"])
    queued = Message.objects.filter(campaign=campaign, state=Message.State.QUEUED)
    queued.update(state=Message.State.CANCELLED)
    Message.objects.filter(campaign=campaign, gives_way=True).update(gives_way=False)


_FREEZE = """
INSERT INTO outreach_campaignmember (campaign_id, customer_id, place, held_out, aum_before, frozen_on)
SELECT %(campaign)s, m.customer_id, row_number() OVER (ORDER BY m.aum_before DESC, m.customer_id), m.held_out, m.aum_before, %(today)s
FROM effect_member m WHERE m.experiment_id = %(experiment)s
"""


def _start(campaign: Campaign, plan: CampaignPlan, today: date, now: datetime) -> None:
    """Freeze the audience, draw who is held out and who gets which text, and run.

    Raises:
        _Halt: it can't start.
    """
    day = Lake(settings.YINKE.lake).latest()
    if day is None:
        raise _Halt("NIGHT")
    if digest_now(campaign) != campaign.digest:
        raise _Halt("CONTENT")
    segment = in_use().filter(code=plan.segment, outreach=True).exclude(scope=Segment.Scope.MINE).first()
    if segment is None:
        raise _Halt("SEGMENT")
    sifted = sift(plan, today)
    assert campaign.decided_by_id is not None and campaign.decided_at is not None  # noqa: S101  (it is approved)
    experiment = enrol(
        Approved(
            name=campaign.name, note=plan.about or campaign.name, event=OF_CAMPAIGN, segment=segment, share=plan.holdout,
            measured_on=plan.measured_on, made_by_id=campaign.made_by_id, decided_by_id=campaign.decided_by_id,
            decided_at=campaign.decided_at,
        ),
        day, numbers(sifted.eligible).tolist(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, {"campaign": campaign.id, "experiment": experiment.id, "today": today})
        eligible = int(cursor.rowcount)
        cursor.execute("ANALYZE outreach_campaignmember")
    held_out = CampaignMember.objects.filter(campaign=campaign, held_out=True).count()
    if held_out < plan.holdout_least or eligible == held_out:
        raise _Halt("FEW")
    _draw_variants(campaign, plan, experiment.seed_digest)
    members = campaign.members.order_by("customer_id").values_list("customer_id", flat=True)
    of_whom = sha256("\n".join(map(str, members)).encode()).hexdigest()
    unknown = len(sifted.eligible) - eligible
    lost = sifted.lost | ({"UNKNOWN": unknown} if unknown else {})
    campaign.frozen = asdict(
        Frozen(sifted.targeted, lost, eligible, held_out, day.biz_date.isoformat(), of_whom)
    )
    campaign.experiment, campaign.state, campaign.started_at = experiment, State.RUNNING, now
    campaign.save(update_fields=["frozen", "experiment", "state", "started_at"])


def _draw_variants(campaign: Campaign, plan: CampaignPlan, seed: str) -> None:
    """Who gets which of the first texts, drawn as journeys draw; whoever knows the seed's digest can draw again."""
    if not plan.variants:
        return
    bounds = list(accumulate((plan.template_share, *(variant.share for variant in plan.variants))))
    whom = BitMap(campaign.members.filter(held_out=False).values_list("customer_id", flat=True))
    for n, some in enumerate(drawn(seed, "variant", whom, bounds)):
        campaign.members.filter(customer_id__any_of=some).update(variant=n)


def committed(campaign: Campaign, plan: CampaignPlan) -> Decimal:
    """What has been spent, and what will be if everything goes that waits, in CNY."""
    counted = Message.objects.filter(campaign=campaign, state__in=(Message.State.QUEUED, *Message.GONE))
    leads = campaign.members.filter(lead_on__isnull=False)
    return counted.count() * plan.message_cost + leads.count() * plan.lead_cost


_ASK = """
WITH next AS (
    SELECT m.id, m.customer_id, m.variant FROM outreach_campaignmember m
    WHERE m.campaign_id = %(campaign)s AND NOT m.held_out AND m.asked_at IS NULL AND m.reached_on IS NULL
    ORDER BY m.place LIMIT %(room)s
), asked AS (
    INSERT INTO outreach_message (customer_id, version_id, channel, kind, campaign_id, request_key, made_at, expires_at, next_at,
        state, why, attempts, provider, provider_ref)
    SELECT n.customer_id, (%(texts)s::bigint[])[COALESCE(n.variant, 0) + 1], %(channel)s, %(kind)s, %(campaign)s, 'campaign|' || %(campaign)s || '|' || n.customer_id,
        %(now)s, %(until)s, %(now)s, 'QUEUED', '', 0, '', ''
    FROM next n
    ON CONFLICT (request_key) DO NOTHING
)
UPDATE outreach_campaignmember m SET asked_at = %(now)s FROM next n WHERE m.id = n.id
"""


@transaction.atomic
def _ask_some(campaign_id: int, now: datetime, done: Moved) -> bool:
    """Ask for up to ``CHUNK`` messages of a running campaign; whether more may be asked for.

    Only so many wait at a time (``outreach.campaign_ahead``): what a manager sends does not stand behind a million.
    """
    campaign = _held(campaign_id, State.RUNNING)
    if campaign is None:
        return False
    plan, halted, asked, room = plan_of(campaign), "CONTENT", 0, 0
    if digest_now(campaign) == campaign.digest:
        if campaign.text is not None:
            waiting = Message.objects.filter(campaign=campaign, state=Message.State.QUEUED).count()
            ahead = int(in_force()["outreach.campaign_ahead"]) - waiting
            most = max(0, min(CHUNK, ahead))
            room = affordable(plan.budget, committed(campaign, plan), plan.message_cost, most)
            asked = _pass_on(campaign, room, now) if room and campaign.otherwise else 0
            asked += _ask(campaign, plan, room - asked, now) if asked < room else 0
        halted = "BUDGET" if _out_of_money(campaign, plan) else ""
    if campaign.halted != halted:
        campaign.halted = halted
        campaign.save(update_fields=["halted"])
    done.asked += asked
    return 0 < asked == room


def _pass_on(campaign: Campaign, room: int, now: datetime) -> int:
    """Ask for the next text in the place of up to ``room`` messages that reached nobody; how many it asked for.

    Whose time is over, or who has reached the goal, is not written to again.
    """
    waiting = Message.objects.filter(campaign=campaign, gives_way=True)
    at_goal = campaign.members.filter(customer=OuterRef("customer"), reached_on__isnull=False)
    waiting.filter(Q(expires_at__lte=now) | Exists(at_goal)).update(gives_way=False)
    some = list(waiting.select_related("fallback_of").order_by("id")[:room])
    texts = TemplateVersion.objects.select_related("template").in_bulk(campaign.otherwise)
    asked = stand_in([(one, texts[campaign.otherwise[place_of(one)]]) for one in some], now)
    Message.objects.filter(id__any_of=[one.id for one in some]).update(gives_way=False)
    return asked


def _out_of_money(campaign: Campaign, plan: CampaignPlan) -> bool:
    """Whether somebody has still to be touched, and the next touch would pass the budget."""
    left = plan.budget - committed(campaign, plan)
    open_ones = campaign.members.filter(held_out=False, reached_on=None)
    if plan.template is not None and plan.message_cost > left:
        waiting = Message.objects.filter(campaign=campaign, gives_way=True)
        if open_ones.filter(asked_at=None).exists() or waiting.exists():
            return True
    return plan.leads is not None and plan.lead_cost > left and open_ones.filter(offered_on=None).exists()


def _ask(campaign: Campaign, plan: CampaignPlan, room: int, now: datetime) -> int:
    text = campaign.text
    assert text is not None  # noqa: S101
    lives = now + timedelta(hours=int(in_force()["outreach.lives_hours"]))
    over = timezone.make_aware(datetime.combine(plan.ends_on + timedelta(days=1), datetime.min.time()))
    given: dict[str, Any] = {
        "campaign": campaign.id, "room": room, "texts": [text.id, *campaign.variants], "channel": text.template.channel, "kind": text.template.kind,
        "now": now, "until": min(lives, over),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
        return int(cursor.rowcount)
