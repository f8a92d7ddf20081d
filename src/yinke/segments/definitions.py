"""What segments mean: the rules that hold, for the night, for rules that refer to segments, and for the checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from yinke.access.models import Org
from yinke.access.viewer import Viewer
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine.files import schema_of
from yinke.lake.store import Day, Lake
from yinke.segments.custom import custom_fields
from yinke.segments.models import Segment, SegmentVersion
from yinke.segments.rules import fields as catalogue
from yinke.segments.rules.check import Around, check
from yinke.segments.rules.language import All, Compare, Rule
from yinke.segments.rules.world import org_tree
from yinke.segments.schedule import NIGHTLY

Scope, Status = Segment.Scope, Segment.Status


@dataclass(frozen=True)
class Meant:
    """A segment in use. ``rule``: as JSON, null of a list. ``kept``: its members are kept as they were found.

    ``checked``: another person than its maker has approved it.
    """

    number: int
    rule: Any
    kept: bool
    checked: bool
    org_no: str | None
    """Members are below this org; null: anywhere in the bank."""
    schedule: str = NIGHTLY


class Usable(Mapping[str, Rule | None]):
    """The rules of segments by code, each checked when it is first asked for.

    One that can't be evaluated any more (a field that is not delivered, a segment that was closed) is not there, and
    so is none that refers to it.
    """

    def __init__(self, around: Around, load: Callable[[], Mapping[str, Meant]]) -> None:
        self._around = replace(around, segments=self)
        self._load = load
        self._found: dict[str, Rule | None] = {}
        self._wrong: set[str] = set()

    @cached_property
    def meant(self) -> Mapping[str, Meant]:
        """All of them, right or not."""
        return self._load()

    def __getitem__(self, code: str) -> Rule | None:
        if code not in self._found:
            if code in self._wrong or code not in self.meant:
                raise KeyError(code)
            self._wrong.add(code)  # who asks for it while it is being checked goes in a circle
            rule = None if self.meant[code].kept else self.drawn(code)
            self._wrong.discard(code)
            self._found[code] = None if rule is None else below(rule, self.meant[code].org_no)
        return self._found[code]

    def drawn(self, code: str) -> Rule | None:
        """The rule by which members are or were found; null of a list.

        Raises:
            KeyError: there is no such segment, or its rule can't be evaluated any more.
        """
        raw = self.meant[code].rule
        rule = None if raw is None else check(raw, self._around).rule
        if raw is not None and rule is None:
            raise KeyError(code)
        return rule

    def __iter__(self) -> Iterator[str]:
        return (code for code in self.meant if code in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, code: object) -> bool:
        try:
            self[code]  # type: ignore[index]
        except KeyError:
            return False
        return True


def below(rule: Rule, org_no: str | None) -> Rule:
    """The rule among the customers of an org and those below it."""
    if org_no is None:
        return rule
    return Rule(where=All(of=[Compare(field="org_no", op="under", value=[org_no]), rule.where]))


def newest_approved(segments: QuerySet[Segment]) -> QuerySet[SegmentVersion]:
    """The version that holds of each segment, with the segment and its org."""
    rows = SegmentVersion.objects.filter(segment__in=segments, status=SegmentVersion.Status.APPROVED)
    return rows.order_by("segment_id", "-number").distinct("segment_id").select_related("segment__org")


def in_use() -> QuerySet[Segment]:
    """Segments that hold members now."""
    return Segment.objects.filter(status=Status.IN_USE)


def meant(segments: QuerySet[Segment]) -> dict[str, Meant]:
    """What those of ``segments`` mean that are in use."""
    found = newest_approved(segments.filter(status=Status.IN_USE))
    return {v.segment.code: _meant(v) for v in found}


def _meant(version: SegmentVersion) -> Meant:
    segment = version.segment
    return Meant(
        version.number, version.rule, segment.kind != Segment.Kind.DYNAMIC, segment.scope != Scope.MINE,
        segment.org.org_no if segment.org else None, segment.schedule,
    )  # fmt: skip


def around_of(lake: Lake, day: Day, values: Mapping[str, Any]) -> Around:
    """What rules are checked against on a day, without segments."""
    there = {f"snapshot.{name}" for name in schema_of([day.path("snapshot")])}
    if day.has("customer"):
        there |= {f"customer.{name}" for name in schema_of([day.path("customer")])}
    there |= {name for name in catalogue.tables() if day.has(name)}
    dates = lake.dates()
    return Around(
        limits=values, today=day.biz_date, oldest=dates[0] if dates else None, delivered=frozenset(there),
        orgs=frozenset(org_tree(day)) or None, custom=custom_fields(),
    )  # fmt: skip


def rules_by_code(around: Around | None = None) -> Mapping[str, Rule | None]:
    """Every segment in use by code, as rules that refer to it take it: null for one whose members are kept.

    Args:
        around: what rules are checked against; the lake's newest day if not given.
    """
    known = around or _newest()
    return Usable(known, lambda: meant(in_use())) if known else {}


def every(key: str, schedule: str) -> bool:
    """Takes every segment, whatever its schedule."""
    return True


def rules_in_use(
    around: Around | None = None, takes: Callable[[str, str], bool] = every
) -> dict[str, tuple[int, Rule]]:
    """What a night finds the members of: by key, the version's number and the rule.

    A rule that can't be evaluated on that day is left out: its members stay as they were (``broken`` names it).

    Args:
        takes: whether a key with a schedule is wanted; all of them if not given.
    """
    rules = rules_by_code(around)
    if not isinstance(rules, Usable):
        return {}
    wanted = (code for code, one in rules.meant.items() if takes(f"segment:{code}", one.schedule))
    return {
        f"segment:{code}": (rules.meant[code].number, rule)
        for code in wanted if (rule := rules.get(code)) is not None
    }  # fmt: skip


def found_seldom(rules: Mapping[str, Rule | None]) -> set[str]:
    """Keys of those whose members are not found every night: they stay as found until then."""
    meant = rules.meant if isinstance(rules, Usable) else {}
    return {f"segment:{code}" for code, one in meant.items() if one.schedule != NIGHTLY}


def broken(around: Around | None = None) -> list[str]:
    """Codes of segments in use whose rule can't be evaluated on the day."""
    rules = rules_by_code(around)
    return sorted(set(rules.meant) - set(rules)) if isinstance(rules, Usable) else []


def _newest() -> Around | None:
    lake = Lake(settings.YINKE.lake)
    day = lake.latest()
    if day is None or not day.has("snapshot"):
        return None
    return around_of(lake, day, load_thresholds(settings.YINKE.thresholds).at(day.biz_date))


def above(path: str) -> list[int]:
    """Ids of the orgs of a path: the org and those above it."""
    return [int(part) for part in path.strip("/").split("/") if part]


def visible_segments(viewer: Viewer) -> QuerySet[Segment]:
    """Segments that a viewer may see: one's own, those of the orgs above and below, the bank's.

    Drafts are for their owner and for those who oversee the org.
    """
    own = Q(owner_id__in=viewer.looks_after)
    if viewer.org_ids is None:
        return Segment.objects.filter(own | ~Q(scope=Scope.MINE))
    overseen = Q(scope=Scope.ORG, org_id__in=viewer.org_ids)
    shared = Q(scope=Scope.BANK) | Q(scope=Scope.ORG, org_id__in=above(viewer.org_path))
    return Segment.objects.filter(own | overseen | (shared & ~Q(status=Status.DRAFT)))


def referable(viewer: Viewer, scope: str, org: Org | None) -> QuerySet[Segment]:
    """Segments that a rule of a scope may refer to: none that its readers might not see."""
    found = visible_segments(viewer)
    if scope == Scope.MINE:
        return found
    bank = Q(scope=Scope.BANK)
    if scope == Scope.BANK or org is None:
        return found.filter(bank)
    return found.filter(bank | Q(scope=Scope.ORG, org_id__in=above(org.path)))


def names_of(segments: QuerySet[Segment], language: str) -> dict[str, str]:
    """What segments are called, by code."""
    rows = segments.values_list("code", "name_zh", "name_en")
    return {code: said(zh, en, language) for code, zh, en in rows}


def said(zh: str, en: str, language: str) -> str:
    """A text in the reader's language; the other one where it was not written."""
    return (en or zh) if language == "en" else (zh or en)
