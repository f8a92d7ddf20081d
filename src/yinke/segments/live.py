"""Between two nights: who enters or leaves because somebody changed a tag, a consent or a wish."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from pyroaring import BitMap

from yinke.common.errors import YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import open_engine
from yinke.lake.store import Lake
from yinke.segments.definitions import around_of
from yinke.segments.models import SegmentMove
from yinke.segments.moves import now
from yinke.segments.night import all_rules, members_of_lake, world_of
from yinke.segments.rules.gather import evaluate
from yinke.segments.rules.language import Compare, InSegment, Rule, leaves

log = logging.getLogger(__name__)


def follow(field: str, customer_ids: Collection[int]) -> None:
    """Write down who enters or leaves a segment now that their tags, consents or wishes have changed.

    Part of the transaction that changes them. Whatever goes wrong here must not undo what somebody told: the night
    finds the same.
    """
    try:
        with (
            transaction.atomic(),
            whole_bank(),
        ):  # whose segments change, whoever changed the fact; told to nobody
            _follow(field, customer_ids)
    except (YinkeError, DatabaseError, OSError) as problem:
        log.warning("segments did not follow a change of %s: %s", field, type(problem).__name__)


def _follow(field: str, customer_ids: Collection[int]) -> None:
    lake, env = Lake(settings.YINKE.lake), settings.YINKE
    members = members_of_lake(lake)
    dates = members.dates()
    day = lake.day(dates[-1]) if dates else None
    if day is None or not day.has("snapshot"):
        return
    values = load_thresholds(env.thresholds).at(day.biz_date)
    kept = set(members.keys())
    rules = {key: rule for key, (_, rule) in all_rules(around_of(lake, day, values)).items() if key in kept}
    engine = open_engine("duckdb", threads=env.threads, memory="1GB", scratch=env.home / "scratch")
    world = world_of(engine, lake, day, values)
    asked = {key: rule for key, rule in rules.items() if mentions(rule, field, world.segments)}
    if not asked:
        return
    found = engine.to_arrow(evaluate(world, list(asked.values()), frozenset(customer_ids)))
    ids = found["cust_id"].to_pylist()
    with connection.cursor() as cursor:  # so that numbers grow in the order in which transactions end
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('segment moves', 0))")
    moves = []
    for n, key in enumerate(asked):
        before = now(members, key, BitMap(ids))
        for cust, holds in zip(ids, found[f"r{n}"].to_pylist(), strict=True):
            if bool(holds) != (cust in before):
                moves.append(SegmentMove(
                    customer_id=cust, key=key, entered=bool(holds), biz_date=dates[-1], cause=field
                ))  # fmt: skip
    SegmentMove.objects.bulk_create(moves, batch_size=2000)


def mentions(rule: Rule, field: str, segments: Mapping[str, Rule | None]) -> bool:
    """Whether a rule, or a segment that it refers to, asks for a field."""
    waiting, seen = [rule], set[str]()
    while waiting:
        for _, leaf in leaves(waiting.pop()):
            if isinstance(leaf, Compare) and leaf.field == field:
                return True
            if isinstance(leaf, InSegment) and leaf.segment not in seen:
                seen.add(leaf.segment)
                inner = segments.get(leaf.segment)
                waiting += [inner] if inner is not None else []
    return False
