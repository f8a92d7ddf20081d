"""A viewer's question of the segments: the day, what rules may speak of on it, and what answers them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from django.conf import settings

from yinke.access.models import Org
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date, ids_within
from yinke.customers.queries_kept import tags
from yinke.lake.engine import Engine, open_engine
from yinke.lake.store import Day, Lake
from yinke.segments.definitions import Usable, around_of, meant, names_of, visible_segments
from yinke.segments.following import following
from yinke.segments.marks import marks_for, marks_of_bank
from yinke.segments.members.live import Live, ids
from yinke.segments.ready.audience import sees_aml
from yinke.segments.ready.tags import tag_names
from yinke.segments.rules.check import Around, Checked, check
from yinke.segments.rules.language import Rule
from yinke.segments.rules.sentence import Names
from yinke.segments.rules.world import World, org_tree

ENGINE_LOCK = threading.Lock()
"""Held by who asks this process's engine, and not that of the columns in memory."""
_LIVE_LOCK = threading.Lock()
_live: dict[str, Live] = {}
"""The columns in memory of the newest day; one process holds one day."""


@cache
def _engine() -> Engine:
    """This process's engine: to open one takes longer than most questions."""
    env = settings.YINKE
    return open_engine("duckdb", threads=env.threads, memory="1GB", scratch=env.home / "scratch")


def live_of(world: Callable[[], World], day: Day) -> Live:
    """The columns of a day in memory; made if they are not there, in place of those of another day."""
    with _LIVE_LOCK:
        found = _live.get(day.version)
        if found is None:
            env = settings.YINKE
            _live.clear()
            found = _live[day.version] = Live(
                world(), threads=env.threads, memory=env.memory, scratch=env.home / "scratch"
            )
    return found


def world_of_bank(day: Day) -> World:
    """What rules are evaluated on, seen by nobody in particular: without segments, and with all tags."""
    lake, env = Lake(settings.YINKE.lake), settings.YINKE
    values = load_thresholds(env.thresholds).at(day.biz_date)
    return World(
        _engine(), lake, day, values, marks=marks_of_bank(day.biz_date), following=following(day.biz_date)
    )


@dataclass(frozen=True)
class Asking:
    """A viewer's question on the business date."""

    viewer: Viewer

    @cached_property
    def day(self) -> Day:
        """The day that the customers stand on.

        Raises:
            NotFound: no night has run yet, or the lake lacks the day.
        """
        biz_date = business_date()
        day = self.lake.day(biz_date) if biz_date else None
        if day is None or not day.has("snapshot"):
            raise NotFound(
                "No night has run yet", place="segments", remedy="Run one: yinke nightly --date ..."
            )
        return day

    @cached_property
    def lake(self) -> Lake:
        """The bank's lake."""
        return Lake(settings.YINKE.lake)

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Thresholds in force."""
        return load_thresholds(settings.YINKE.thresholds).at(self.day.biz_date)

    @cached_property
    def world(self) -> World:
        """What rules are evaluated on."""
        marks = marks_for(self.viewer, self.day.biz_date)
        return World(
            _engine(),
            self.lake,
            self.day,
            self.values,
            segments=self.segments,
            marks=marks,
            following=following(self.day.biz_date, self.viewer),
        )

    @cached_property
    def around(self) -> Around:
        """What rules are checked against."""
        return replace(self.bare, segments=self.segments)

    @cached_property
    def bare(self) -> Around:
        """``around`` without segments."""
        return around_of(self.lake, self.day, self.values)

    @cached_property
    def segments(self) -> Usable:
        """The segments that the viewer's rules may refer to."""
        return Usable(self.bare, lambda: meant(visible_segments(self.viewer)))

    @cached_property
    def names(self) -> Names:
        """What tags, segments and orgs are called."""
        return Names(
            tags={
                **tag_names(self.viewer.language, aml=sees_aml(self.viewer)),
                **{str(tag.id): tag.name for tag in tags(self.viewer)},
            },
            segments=names_of(visible_segments(self.viewer), self.viewer.language),
            orgs=self.orgs,
            custom=self.bare.custom,
        )

    @cached_property
    def orgs(self) -> Mapping[str, str]:
        """What orgs are called."""
        return dict(Org.objects.values_list("org_no", "name"))

    @cached_property
    def above(self) -> Mapping[str, str]:
        """The org above each org."""
        return {org: path[1] for org, path in org_tree(self.day).items() if len(path) > 1}

    @property
    def live(self) -> Live:
        """The columns in memory, made at the first question of a day."""
        return live_of(lambda: self.world, self.day)

    def checked(self, raw: Any, around: Around | None = None) -> Checked:
        """The rule, or its problems; checked against what the viewer's rules are, if nothing else is given."""
        return check(raw, around or self.around)

    def right(self, raw: Any, around: Around | None = None) -> Rule:
        """The rule.

        Raises:
            YinkeError: it has a problem; the first one is told.
        """
        found = self.checked(raw, around)
        if found.rule is None:
            first = found.problems[0]
            raise YinkeError(
                first.text(self.viewer.language), place=first.place, code="rule_wrong",
                remedy="Mend the rule at that place",
            )  # fmt: skip
        return found.rule

    @property
    def within(self) -> Any:
        """Whom the viewer may see: None for the whole bank."""
        if self.viewer.org_ids is None:
            return None
        return ids(ids_within(self.viewer))
