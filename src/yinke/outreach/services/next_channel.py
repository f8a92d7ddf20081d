"""改用下一渠道: when a message reaches nobody, the next text of its plan of care, journey or campaign, of another channel, is asked for
in its place.

In the transaction that ends the first, so that none is lost and none is asked for twice; of a campaign that transaction notes that it
gives way, and the campaign asks as its budget bears (``campaigns/engine.py``). Never two are delivered: what a provider may have carried
without saying so (``Message.doubtful``) has no next, and neither has what stopped for any other reason than its channel's own: a
complaint, a cap or the end of its time hold for the customer, by whatever channel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from yinke.outreach.journeys.definition import Definition, SendMessage
from yinke.outreach.models import (
    Campaign,
    CarePlan,
    Journey,
    JourneyVersion,
    Message,
    TemplateVersion,
    Traveller,
)

OF_ITS_CHANNEL = ("NO_ADDRESS", "BAD_NUMBER", "DEAD_MAILBOX", "DND", "CONSENT")
"""Why the gate says no to one channel only; the next is asked of it again, by its own channel."""
State = Message.State


def ask_next(message_ids: Collection[int], now: datetime) -> int:
    """Ask for the next text in the place of each of these that has ended without reaching anybody.

    Args:
        message_ids: those that the caller's transaction has just ended.
        now: with its time zone; the next goes as soon as its gate lets it, and lives no longer than the first.

    Returns:
        How many were asked for; those that a campaign has still to ask for are not among them.
    """
    if not message_ids:
        return 0
    ended = list(
        Message.objects.filter(
            Q(state=State.FAILED) | Q(state=State.REFUSED, why__in=OF_ITS_CHANNEL), id__in=list(message_ids), doubtful=False,
            expires_at__gt=now,
        ).select_related("plan", "journey__journey", "campaign", "fallback_of")
    )  # fmt: skip
    if not ended:
        return 0
    giving = [message.id for message in ended if _of_campaign(message)]
    if giving:
        Message.objects.filter(id__in=giving).update(gives_way=True)
    wanted = {message.id: template for message, template in (*_of_plans(ended), *_of_journeys(ended))}
    if not wanted:
        return 0
    rows = TemplateVersion.objects.filter(
        template_id__in=set(wanted.values()), state=TemplateVersion.State.APPROVED, template__retired_at=None
    )
    texts = {
        row.template_id: row for row in rows.select_related("template").order_by("number")
    }  # the newest last
    return stand_in(
        [(one, text) for one in ended if (text := texts.get(wanted.get(one.id, 0))) is not None], now
    )


def stand_in(places: Sequence[tuple[Message, TemplateVersion]], now: datetime) -> int:
    """Ask for texts in the place of messages that reached nobody; in the place of each once, however often it is said.

    Args:
        places: each message with the text that takes its place.

    Returns:
        For how many messages it was.
    """
    asked = [
        Message(
            customer_id=message.customer_id, version=text, channel=text.template.channel, kind=text.template.kind,
            plan_id=message.plan_id, journey_id=message.journey_id, journey_step=message.journey_step,
            campaign_id=message.campaign_id, fallback_of=message, request_key=f"else|{message.id}", made_at=now,
            expires_at=message.expires_at, next_at=now,
        )
        for message, text in places
    ]  # fmt: skip
    return len(Message.objects.bulk_create(asked, ignore_conflicts=True, batch_size=5_000))


def place_of(message: Message) -> int:
    """Which text of its order it is, from 0; ``fallback_of`` is read."""
    before = message.fallback_of
    return 0 if before is None else 1 if before.fallback_of_id is None else 2


def _of_campaign(message: Message) -> bool:
    campaign, alive = message.campaign, (Campaign.State.RUNNING, Campaign.State.PAUSED)
    return campaign is not None and campaign.state in alive and place_of(message) < len(campaign.otherwise)


def _of_plans(ended: Iterable[Message]) -> Iterable[tuple[Message, int]]:
    for message in ended:
        plan = message.plan
        if (
            plan is not None
            and plan.state == CarePlan.State.RUNNING
            and plan.otherwise_id
            and place_of(message) == 0
        ):
            yield message, plan.otherwise_id


def _of_journeys(ended: Iterable[Message]) -> Iterable[tuple[Message, int]]:
    """Of journeys that are not stopped; who has reached the goal meanwhile is written to no more."""
    alive, versions = (Journey.State.RUNNING, Journey.State.PAUSED), dict[int, JourneyVersion]()
    mine: list[tuple[int, Message]] = []
    for message in ended:
        version = message.journey
        if version is not None and version.journey.state in alive and place_of(message) == 0:
            versions[version.id] = version
            mine.append((version.id, message))
    if not mine:
        return
    seconds = {
        (version.id, step.id): step.otherwise
        for version in versions.values()
        for step in Definition.model_validate(version.definition).steps
        if isinstance(step, SendMessage) and step.otherwise is not None
    }
    arrived = Traveller.objects.filter(
        version__in=versions,
        customer_id__any_of=[message.customer_id for _, message in mine],
        reached_at__isnull=False,
    ).order_by("reached_at")  # the newest last
    at = {
        (version, whom): when
        for version, whom, when in arrived.values_list("version_id", "customer_id", "reached_at")
    }
    for version_id, message in mine:
        reached, second = (
            at.get((version_id, message.customer_id)),
            seconds.get((version_id, message.journey_step)),
        )
        if second is not None and (reached is None or reached < message.made_at):
            yield message, second
