"""What missions and rewards are held against now: segments, events, what of them speaks of deposits, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from yinke.care.events.registry import EVENT_TYPES
from yinke.care.own_events.models import OwnEvent, OwnEventVersion
from yinke.care.own_events.night import usable
from yinke.outreach.points.deposits import deposit_events, deposits_of_segments
from yinke.outreach.points.models import Mission, PointsPlan, Reward
from yinke.outreach.points.plan import (
    Known,
    MissionPlan,
    PointsFault,
    RewardPlan,
    digest,
    mission_faults,
    reward_faults,
)
from yinke.outreach.services.templates import in_force
from yinke.segments.definitions import in_use
from yinke.segments.models import Segment

HALTING = ("NOT_APPROACHABLE", "NOT_ENTERABLE", "NO_SUCH_EVENT", "DEPOSIT_FOR_GIFT")
"""Faults for which a mission that runs earns nothing: what it names is not any more what was approved."""


def known(values: Mapping[str, Any] | None = None) -> Known:
    """What a plan is held against now.

    Args:
        values: thresholds; today's if not given.
    """
    shared = in_use().exclude(scope=Segment.Scope.MINE)
    deposits = deposits_of_segments()
    own = _own_events()
    forbidden = {code for code, segment in own.items() if segment in deposits}
    return Known(
        approachable=frozenset(shared.filter(outreach=True).values_list("code", flat=True)),
        enterable=frozenset(usable().values_list("code", flat=True)),
        deposits=deposits,
        events=frozenset({*EVENT_TYPES, *own}),
        deposit_events=deposit_events() | forbidden,
        values=in_force() if values is None else values,
    )


def _own_events() -> dict[str, str]:
    """Codes of own events that are not stopped, each with the segment of its newest approved version."""
    rows = OwnEventVersion.objects.filter(
        state=OwnEventVersion.State.APPROVED, event__in=OwnEvent.objects.filter(stopped_at=None)
    )
    newest = rows.order_by("event_id", "-number").distinct("event_id")
    return dict(newest.values_list("event__code", "segment__code"))


def mission_plan(row: PointsPlan) -> MissionPlan:
    """A mission's plan."""
    return MissionPlan.model_validate(row.plan)


def reward_plan(row: PointsPlan) -> RewardPlan:
    """A reward's plan."""
    return RewardPlan.model_validate(row.plan)


def faults_of(row: PointsPlan, held_against: Known) -> list[PointsFault]:
    """What stands against a mission or a reward now."""
    today = timezone.localdate()
    if isinstance(row, Mission):
        return mission_faults(row.name, mission_plan(row), held_against, today)
    return reward_faults(row.name, reward_plan(row), held_against, today)


def digest_of(row: PointsPlan) -> str:
    """The digest of what it is now."""
    plan = mission_plan(row) if isinstance(row, Mission) else reward_plan(row)
    return digest(KINDS[type(row)], row.name, plan)


KINDS: dict[type[PointsPlan], str] = {Mission: "mission", Reward: "reward"}
"""What each is called in addresses, digests and the audit trail."""
