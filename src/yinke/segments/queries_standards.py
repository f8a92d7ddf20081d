"""What can be asked about the bank's standards: how they stand, what a change would move, what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from yinke.access.models import Org
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.thresholds import Threshold, load_thresholds
from yinke.customers.queries import business_date
from yinke.lake.engine import open_engine
from yinke.lake.store import Lake
from yinke.segments.classify import moves
from yinke.segments.models import StandardChange
from yinke.segments.services.standards import checked, standards
from yinke.segments.standard_schemas import (
    Effect,
    Move,
    OrgMove,
    StandardChangeOut,
    StandardOut,
    StandardsOut,
)

NEWEST = 50


def standards_of(viewer: Viewer) -> StandardsOut:
    """All of them with what comes next, and the newest changes.

    Raises:
        NotFound: no night has run yet.
    """
    today = _today()
    changes = StandardChange.objects.select_related("made_by", "decided_by").order_by("-id")[:NEWEST]
    return StandardsOut(
        biz_date=today,
        standards=[
            StandardOut(
                code=one.row.code, name=_name(one.row, viewer), unit=one.row.unit, value=one.row.value,
                valid_from=one.row.valid_from, owner=one.row.owner, source=one.row.source,
                next_value=one.coming.value if one.coming else None,
                next_from=one.coming.valid_from if one.coming else None,
            )
            for one in standards(today)
        ],
        changes=[change_out(viewer, change) for change in changes],
        may_propose=viewer.may("standard.propose") and viewer.org_ids is None,
    )  # fmt: skip


def _name(row: Threshold, viewer: Viewer) -> str:
    return row.name_en if viewer.language == "en" else row.name_zh


def change_out(viewer: Viewer, change: StandardChange) -> StandardChangeOut:
    """A change as the page shows it."""
    waits, whole = change.status == StandardChange.Status.PENDING, viewer.org_ids is None
    own = change.made_by_id == viewer.user_id
    return StandardChangeOut(
        id=change.id, values=change.values, before=change.before, valid_from=change.valid_from, note=change.note,
        effect=Effect.model_validate(change.effect), status=change.status, made_by=change.made_by.name,
        made_at=change.made_at, decided_by=change.decided_by.name if change.decided_by else "",
        decided_at=change.decided_at, reason=change.reason,
        may_decide=waits and whole and not own and viewer.may("standard.approve"), may_withdraw=waits and own and viewer.may("standard.propose"),
    )  # fmt: skip


def simulate(values: Mapping[str, Any]) -> Effect:
    """试算: whom other values would move, on the newest day; the whole bank is classified again.

    Raises:
        NotFound: no night has run yet, or the lake lacks the day.
        StandardWrong: a value can't be, or nothing differs.
    """
    today = _today()
    new = checked(values, today)
    env = settings.YINKE
    lake = Lake(env.lake)
    day = lake.day(today)
    if day is None or not day.has("features"):
        raise NotFound("The lake has no such day", place=f"{today}", remedy="Run that date's night again")
    then = {**load_thresholds(env.thresholds).at(today), **new}
    engine = open_engine("duckdb", threads=env.threads, memory=env.memory, scratch=env.home / "scratch")
    found = moves(engine, lake, day, then).to_pylist()
    return Effect(
        biz_date=today, values=new, customers=sum(row["customers"] for row in found),
        tiers=_moved(found, "tier"), stages=_moved(found, "stage"), orgs=_by_branch(found),
        kept=sum(row["customers"] for row in found if row["tier_after"] < row["tier_before"] <= row["granted"]),
    )  # fmt: skip


def _moved(found: list[dict[str, Any]], what: str) -> list[Move]:
    sums: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for row in found:
        key = (str(row[f"{what}_before"]), str(row[f"{what}_after"]))
        customers, aum = sums[key]
        sums[key] = (customers + row["customers"], aum + (row["aum"] or Decimal(0)))
    return [
        Move(before=before, after=after, customers=customers, aum=aum)
        for (before, after), (customers, aum) in sorted(sums.items())
    ]


def _by_branch(found: list[dict[str, Any]]) -> list[OrgMove]:
    """By the orgs right below the head office; whoever sits at the head office itself, there."""
    orgs = {org.id: org for org in Org.objects.all()}
    by_no = {org.org_no: org for org in orgs.values()}

    def branch(org_no: str) -> Org | None:
        org = by_no.get(org_no)
        way = [int(part) for part in org.path.strip("/").split("/")] if org else []
        return orgs.get(way[min(1, len(way) - 1)]) if way else None

    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in found:
        org = branch(row["org_no"])
        if org is None:
            continue
        line = sums[org.id]
        line[0] += row["customers"] if row["tier_after"] > row["tier_before"] else 0
        line[1] += row["customers"] if row["tier_after"] < row["tier_before"] else 0
        line[2] += row["customers"] if row["stage_after"] != row["stage_before"] else 0
    lines = [
        OrgMove(org=orgs[number].name, up=up, down=down, stages=stages)
        for number, (up, down, stages) in sums.items() if up or down or stages
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.down - line.up - line.stages, line.org))


def _today() -> date:
    today = business_date()
    if today is None:
        raise NotFound("No night has run yet", place="standards", remedy="Run one: yinke nightly --date ...")
    return today
