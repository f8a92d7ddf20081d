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
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.effect.services.enrol import Approved, enrol
from yinke.lake.store import Lake
from yinke.outreach.campaigns.audience import sift
from yinke.outreach.campaigns.models import Campaign, CampaignMember
from yinke.outreach.campaigns.plan import CampaignPlan, affordable, digest
from yinke.outreach.journeys.engine import numbers
from yinke.outreach.models import Message, TemplateVersion
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
    """The digest of what would be carried out now; empty if its text may not be sent."""
    text = campaign.text
    if text is None:
        return digest(campaign.name, plan_of(campaign), [])
    bound = text_digest(words_of(text), in_force())
    fit = text.state == TemplateVersion.State.APPROVED and text.template.retired_at is None
    return digest(campaign.name, plan_of(campaign), [bound]) if fit and bound == text.digest else ""


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


_FREEZE = """
INSERT INTO outreach_campaignmember (campaign_id, customer_id, place, held_out, aum_before, frozen_on)
SELECT %(campaign)s, m.customer_id, row_number() OVER (ORDER BY m.aum_before DESC, m.customer_id), m.held_out, m.aum_before, %(today)s
FROM effect_member m WHERE m.experiment_id = %(experiment)s
"""


def _start(campaign: Campaign, plan: CampaignPlan, today: date, now: datetime) -> None:
    """Freeze the audience, draw who is held out, and run.

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
    members = campaign.members.order_by("customer_id").values_list("customer_id", flat=True)
    of_whom = sha256("\n".join(map(str, members)).encode()).hexdigest()
    unknown = len(sifted.eligible) - eligible
    lost = sifted.lost | ({"UNKNOWN": unknown} if unknown else {})
    campaign.frozen = asdict(
        Frozen(sifted.targeted, lost, eligible, held_out, day.biz_date.isoformat(), of_whom)
    )
    campaign.experiment, campaign.state, campaign.started_at = experiment, State.RUNNING, now
    campaign.save(update_fields=["frozen", "experiment", "state", "started_at"])


def committed(campaign: Campaign, plan: CampaignPlan) -> Decimal:
    """What has been spent, and what will be if everything goes that waits, in CNY."""
    counted = Message.objects.filter(campaign=campaign, state__in=(Message.State.QUEUED, *Message.GONE))
    leads = campaign.members.filter(lead_on__isnull=False)
    return counted.count() * plan.message_cost + leads.count() * plan.lead_cost


_ASK = """
WITH next AS (
    SELECT m.id, m.customer_id FROM outreach_campaignmember m
    WHERE m.campaign_id = %(campaign)s AND NOT m.held_out AND m.asked_at IS NULL AND m.reached_on IS NULL
    ORDER BY m.place LIMIT %(room)s
), asked AS (
    INSERT INTO outreach_message (customer_id, version_id, channel, kind, campaign_id, request_key, made_at, expires_at, next_at,
        state, why, attempts, provider, provider_ref)
    SELECT n.customer_id, %(text)s, %(channel)s, %(kind)s, %(campaign)s, 'campaign|' || %(campaign)s || '|' || n.customer_id,
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
            asked = _ask(campaign, plan, room, now) if room else 0
        halted = "BUDGET" if _out_of_money(campaign, plan) else ""
    if campaign.halted != halted:
        campaign.halted = halted
        campaign.save(update_fields=["halted"])
    done.asked += asked
    return 0 < asked == room


def _out_of_money(campaign: Campaign, plan: CampaignPlan) -> bool:
    """Whether somebody has still to be touched, and the next touch would pass the budget."""
    left = plan.budget - committed(campaign, plan)
    open_ones = campaign.members.filter(held_out=False, reached_on=None)
    if plan.template is not None and plan.message_cost > left and open_ones.filter(asked_at=None).exists():
        return True
    return plan.leads is not None and plan.lead_cost > left and open_ones.filter(offered_on=None).exists()


def _ask(campaign: Campaign, plan: CampaignPlan, room: int, now: datetime) -> int:
    text = campaign.text
    assert text is not None  # noqa: S101
    lives = now + timedelta(hours=int(in_force()["outreach.lives_hours"]))
    over = timezone.make_aware(datetime.combine(plan.ends_on + timedelta(days=1), datetime.min.time()))
    given: dict[str, Any] = {
        "campaign": campaign.id, "room": room, "text": text.id, "channel": text.template.channel, "kind": text.template.kind,
        "now": now, "until": min(lives, over),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASK, given)
        return int(cursor.rowcount)
