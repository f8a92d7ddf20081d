"""What can be asked about journeys. Numbers and names are those of customers within the viewer's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from pyroaring import BitMap

from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.models import Reason
from yinke.care.reasons import event_name
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.customers.models import Customer
from yinke.customers.queries import business_date, visible
from yinke.customers.shown import shown_name
from yinke.outreach.gate import PURPOSES, judge
from yinke.outreach.journeys import services
from yinke.outreach.journeys.bank import BankWorld
from yinke.outreach.journeys.check import hints
from yinke.outreach.journeys.definition import Definition, Holdout, SendMessage, Trigger
from yinke.outreach.journeys.dry_run import Passed, way_of
from yinke.outreach.journeys.engine import numbers
from yinke.outreach.journeys.models import Journey, JourneyVersion, Traveller
from yinke.outreach.journeys.schemas import (
    Arm,
    Comparison,
    DryPath,
    DryRunOut,
    End,
    Fault,
    InsideOut,
    InsidePage,
    JourneyCheckOut,
    JourneyDetail,
    JourneyOut,
    JourneyState,
    JourneyVersionOut,
    PassedStep,
    StepCount,
    TravellerState,
    VersionCode,
)
from yinke.outreach.models import Kind, Message, TemplateVersion
from yinke.outreach.schemas import ChannelCode
from yinke.outreach.services.next_channel import OF_ITS_CHANNEL
from yinke.outreach.services.send import templates_in_use
from yinke.outreach.services.templates import in_force
from yinke.privacy.consents import allowed
from yinke.scoring.effect.difference import rate_difference
from yinke.segments.definitions import names_of, visible_segments
from yinke.segments.kept import members_of, scope_of, within
from yinke.segments.models import Segment

PAGE = 50
MOST = 500
SAMPLE = 20_000
"""Of so many of an audience it is asked whether they agree to be written to."""
LOOKED_BACK = 90
CRITICAL = 1.96
"""Standard errors of a 95 % interval."""
State, Version = Journey.State, JourneyVersion.State


def journeys(viewer: Viewer) -> list[JourneyOut]:
    """All journeys: what waits for the viewer first, then what runs, the newest first."""
    rows = (
        Journey.objects.select_related("in_force", "made_by")
        .prefetch_related("versions")
        .order_by("-id")[:MOST]
    )
    rows_of, inside = _travellers(viewer).values_list("journey"), Traveller.State.INSIDE
    counted = {
        journey: (standing, entered, reached)
        for journey, standing, entered, reached in rows_of.annotate(
            standing=Count("id", filter=Q(state=inside)), entered=Count("id"), reached=Count("reached_at")
        )
    }
    names = names_of(Segment.objects.all(), viewer.language)
    found = [_row(viewer, row, names, *counted.get(row.id, (0, 0, 0))) for row in rows]
    order = {"RUNNING": 1, "PAUSED": 1, "DRAFT": 2}
    return sorted(found, key=lambda one: 0 if one.may_decide else order.get(one.state, 3))


def _travellers(viewer: Viewer) -> QuerySet[Traveller]:
    rows = Traveller.objects.all()
    return (
        rows
        if viewer.org_ids is None and viewer.may("customer.read")
        else rows.filter(customer__in=visible(viewer))
    )


def _row(
    viewer: Viewer, row: Journey, names: Mapping[str, str], inside: int, entered: int, reached: int
) -> JourneyOut:
    versions = sorted(row.versions.all(), key=lambda one: -one.number)
    shown = row.in_force or versions[0]
    definition = Definition.model_validate(shown.definition)
    waits = next((one for one in versions if one.state == Version.PENDING), None)
    return JourneyOut(
        id=row.id, name=row.name, state=cast(JourneyState, row.state), trigger=trigger_said(definition.trigger, names, viewer.language),
        steps=len(definition.steps), inside=inside, entered=entered, reached=reached,
        has_goal=definition.goal is not None, made_by=row.made_by.name, made_at=row.made_at, waiting=waits.number if waits else None,
        may_decide=waits is not None and waits.made_by_id != viewer.user_id and viewer.may("template.approve"),
        may_write=viewer.org_ids is None and viewer.may("template.write") and row.state != State.STOPPED,
    )  # fmt: skip


_SAID = {
    "zh-hans": {
        "SEGMENT": "进入客群「{segment}」", "EVENT": "发生「{event}」", "DATE": "{at}，客群「{segment}」",
        "MANUAL": "手工加入客群「{segment}」", "": "尚未设定",
    },
    "en": {
        "SEGMENT": "Enters segment {segment}", "EVENT": "{event} happens", "DATE": "{at}, segment {segment}",
        "MANUAL": "Segment {segment}, by hand", "": "Not set yet",
    },
}  # fmt: skip


def trigger_said(trigger: Trigger, names: Mapping[str, str], language: str) -> str:
    """Who enters, in words."""
    texts = _SAID.get(language, _SAID["zh-hans"])
    if trigger.type == "EVENT":
        event = trigger.event if trigger.event in EVENT_TYPES else None
        return texts["EVENT"].format(event=event_name(event, language)) if event else texts[""]
    if trigger.segment is None:
        return texts[""]
    return texts[trigger.type].format(
        segment=names.get(trigger.segment, trigger.segment), at=trigger.at or "…"
    )


def journey(viewer: Viewer, journey_id: int, number: int | None = None) -> JourneyDetail:
    """One journey with a version of it: of that number, else what is drawn or waits, else what is in force.

    Raises:
        NotFound: there is none.
    """
    row = Journey.objects.select_related("in_force", "made_by").filter(id=journey_id).first()
    if row is None:
        raise NotFound("There is no such journey", place=f"{journey_id}", remedy="Reload the page")
    versions = list(row.versions.select_related("made_by", "decided_by").order_by("-number"))
    wanted = [one for one in versions if one.number == number] if number is not None else [
        *(one for one in versions if one.state in (Version.DRAFT, Version.PENDING)),
        *(one for one in versions if one.id == row.in_force_id), *versions,
    ]  # fmt: skip
    if not wanted:
        raise NotFound("There is no such version", place=f"{number}", remedy="Reload the page")
    shown = wanted[0]
    definition = Definition.model_validate(shown.definition)
    mine = _travellers(viewer).filter(journey=row)
    total = mine.aggregate(entered=Count("id"), reached=Count("reached_at"))
    states = dict(mine.values_list("state").annotate(Count("id")))
    inside = dict(mine.filter(state=Traveller.State.INSIDE).values_list("version").annotate(Count("id")))
    names = names_of(Segment.objects.all(), viewer.language)
    standing = states.pop(Traveller.State.INSIDE, 0)
    head = _row(viewer, row, names, standing, total["entered"], total["reached"])
    writes = head.may_write
    waits = next((one for one in versions if one.state == Version.PENDING), None)
    trigger = Definition.model_validate(row.in_force.definition).trigger if row.in_force else None
    undecided = shown.state in (Version.DRAFT, Version.PENDING)
    return JourneyDetail(
        **dict(head), number=shown.number, definition=definition,
        check=checked(viewer, definition) if undecided else JourneyCheckOut(faults=[], hints=[]),
        versions=[_version(one, row, inside.get(one.id, 0)) for one in versions],
        counts=_counts(viewer, mine.filter(version=shown), shown, definition), ended=states,
        comparison=_comparison(mine.filter(version=shown), definition),
        may_pause=writes and row.state == State.RUNNING, may_resume=writes and row.state == State.PAUSED,
        may_stop=writes and row.state in (State.RUNNING, State.PAUSED),
        may_enter=writes and row.state == State.RUNNING and trigger is not None and trigger.type == "MANUAL",
        may_withdraw=waits is not None and waits.made_by_id == viewer.user_id and viewer.may("template.write"),
    )  # fmt: skip


def _version(row: JourneyVersion, journey: Journey, inside: int) -> JourneyVersionOut:
    return JourneyVersionOut(
        number=row.number, state=cast(VersionCode, row.state), in_force=row.id == journey.in_force_id, made_by=row.made_by.name,
        made_at=row.made_at, decided_by=row.decided_by.name if row.decided_by else None, decided_at=row.decided_at,
        reason=row.reason, inside=inside,
    )  # fmt: skip


@dataclass
class _Step:
    here: int = 0
    came: int = 0
    out: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)


def _counts(
    viewer: Viewer, rows: QuerySet[Traveller], version: JourneyVersion, definition: Definition
) -> list[StepCount]:
    """Who passed and who stands where: customers of one path are counted together."""
    found = {step.id: _Step() for step in definition.steps}
    for step, path, many in rows.values_list("step", "path").annotate(many=Count("id")).order_by():
        if step in found:
            found[step].here += many
            found[step].came += many
        for passed in path:
            name, _, out = passed.partition(":")
            if name in found:
                found[name].came += many
                found[name].out[out] += many
    said = Message.objects.filter(journey=version, customer__in=visible(viewer))
    if any(isinstance(step, SendMessage) and step.otherwise for step in definition.steps):
        said = said.filter(next_channel__isnull=True)  # what took another's place counts in its place
    for step, state, many in said.values_list("journey_step", "state").annotate(many=Count("id")).order_by():
        if step in found:
            found[step].messages[state] += many
    return [
        StepCount(step=name, here=one.here, came=one.came, out=dict(one.out), messages=dict(one.messages))
        for name, one in found.items()
    ]


def _comparison(rows: QuerySet[Traveller], definition: Definition) -> Comparison | None:
    """The goal, among those who went on and those held out, of a version that has both a goal and a hold-out."""
    if definition.goal is None or not any(isinstance(step, Holdout) for step in definition.steps):
        return None
    arms = dict.fromkeys((False, True), (0, 0))
    for held, customers, reached in rows.filter(held_out__isnull=False).values_list("held_out").annotate(
        customers=Count("id"), reached=Count("reached_at")
    ):  # fmt: skip
        arms[bool(held)] = (customers, reached)
    held_out = np.repeat([False, True], [arms[False][0], arms[True][0]])
    reached_ones = [np.arange(customers) < reached for customers, reached in (arms[False], arms[True])]
    happened = np.concatenate(reached_ones)
    found = rate_difference(held_out, happened, np.zeros(len(held_out), dtype=np.int64))
    low, high = found.interval(CRITICAL) if found else (None, None)
    return Comparison(
        treated=Arm(customers=arms[False][0], reached=arms[False][1]),
        held_out=Arm(customers=arms[True][0], reached=arms[True][1]),
        difference=_points(found.difference if found else None), low=_points(low), high=_points(high),
    )  # fmt: skip


def _points(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def checked(viewer: Viewer, definition: Definition) -> JourneyCheckOut:
    """What stands against a definition, and what is worth a thought before it runs."""
    return JourneyCheckOut(
        faults=services.check(definition), hints=[*hints(definition), *_without_consent(viewer, definition)]
    )


def _without_consent(viewer: Viewer, definition: Definition) -> list[Fault]:
    """Per channel of messages that need consent, how many of the audience have given it (with a second text: to one of both):
    reckoned from a sample if it is large."""
    texts = {version.template_id: version.template for version in templates_in_use()}
    steps = [step for step in definition.steps if isinstance(step, SendMessage) and step.template in texts]
    audience = _audience(viewer, definition.trigger)
    some = _spread(audience, SAMPLE)
    told: dict[str, Fault] = {}
    for step in steps:
        ways = " ".join(texts[one].channel for one in (step.template, step.otherwise) if one in texts)
        if texts[step.template].kind == Kind.SERVICE or ways in told or not some:
            continue
        with whole_bank():  # a number; the audience is the viewer's own
            said = [allowed(some, PURPOSES[way], timezone.now()) for way in ways.split()]
        agreed = len(set[int]().union(*said))
        if agreed < len(some):
            about = f"{round(agreed * len(audience) / len(some))}/{len(audience)}"
            told[ways] = Fault(step=step.id, code="NO_CONSENT", about=about)
    return list(told.values())


def _audience(viewer: Viewer, trigger: Trigger) -> BitMap:
    """Who would enter: the segment's members now, or those to whom the event happened lately; within the viewer's scope."""
    if trigger.type == "EVENT":
        until = business_date() or timezone.localdate()
        rows = Reason.objects.filter(
            type=trigger.event, biz_date__gt=until - timedelta(days=LOOKED_BACK), biz_date__lte=until,
            customer__in=visible(viewer),
        )  # fmt: skip
        return BitMap(rows.values_list("customer_id", flat=True).distinct())
    if trigger.segment is None or not visible_segments(viewer).filter(code=trigger.segment).exists():
        return BitMap()
    return within(members_of(trigger.segment), scope_of(viewer))


def _spread(whom: BitMap, most: int) -> list[int]:
    """Up to ``most`` of them, evenly over their numbers."""
    every = max(1, -(-len(whom) // most))
    return [int(one) for one in numbers(whom)[::every]]


def dry_run(viewer: Viewer, definition: Definition, customers: int, journey_id: int | None) -> DryRunOut:
    """What would become of some customers who would enter; nothing is written or sent.

    Raises:
        JourneyFaulty: the definition goes nowhere.
    """
    services.runnable(definition)
    audience = _audience(viewer, definition.trigger)
    people = Customer.objects.in_bulk(_spread(audience, customers))
    world = BankWorld(0, timezone.now())
    paths = []
    for number, customer in sorted(people.items()):
        way = way_of(number, definition, f"journey {journey_id or 0}", world)
        paths.append(DryPath(
            customer_id=number, name=shown_name(viewer, customer), end=cast(End, way.end),
            steps=_judged(way.steps, customer, definition),
        ))  # fmt: skip
    return DryRunOut(audience=len(audience), paths=paths)


def _judged(steps: list[Passed], customer: Customer, definition: Definition) -> list[PassedStep]:
    """Each step, of messages with what the gate would say today: of the second text if the first's channel is closed."""
    texts = {version.template_id: version for version in templates_in_use()}
    sends = {step.id: step for step in definition.steps if isinstance(step, SendMessage)}
    found = []
    for one in steps:
        step, why, instead = sends.get(one.step), "", None
        first = texts.get(step.template) if step else None
        second = texts.get(step.otherwise or 0) if step else None
        if first is not None:
            why = _verdict(customer, first)
            if second is not None and why in OF_ITS_CHANNEL:
                why, instead = _verdict(customer, second), cast(ChannelCode, second.template.channel)
        found.append(PassedStep(step=one.step, at=one.at, out=one.out, why=why, instead=instead))
    return found


def _verdict(customer: Customer, version: TemplateVersion) -> str:
    now = timezone.now()
    message = Message(
        customer=customer, version=version, channel=version.template.channel, kind=version.template.kind, made_at=now,
        expires_at=now + timedelta(hours=1), next_at=now,
    )  # fmt: skip
    with whole_bank():  # as when a message is previewed: only the code is told
        return judge([message], now, in_force())[0].why


def customers(viewer: Viewer, journey_id: int, state: str, step: str, page: int) -> InsidePage:
    """Customers in a journey, the newest first.

    Raises:
        NotFound: there is no such journey.
    """
    if not Journey.objects.filter(id=journey_id).exists():
        raise NotFound("There is no such journey", place=f"{journey_id}", remedy="Reload the page")
    rows = Traveller.objects.filter(journey_id=journey_id, customer__in=visible(viewer))
    if state:
        rows = rows.filter(state=state[:8].replace("\0", ""))
    if step:
        rows = rows.filter(step=step[:12].replace("\0", ""))
    first = (page - 1) * PAGE
    some = rows.select_related("customer").order_by("-id")[first : first + PAGE]
    return InsidePage(
        total=rows.count(),
        rows=[
            InsideOut(
                customer_id=row.customer_id, name=shown_name(viewer, row.customer), state=cast(TravellerState, row.state),
                step=row.step or None, path=list(row.path), entered_at=row.entered_at, due_at=row.due_at, ended_at=row.ended_at,
                reached_at=row.reached_at,
            )
            for row in some
        ],
    )  # fmt: skip
