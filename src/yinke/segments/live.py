"""Between two nights: who enters or leaves because somebody changed a tag, a consent, a wish, a field of the bank's own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from pyroaring import BitMap

from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import Bound, Engine, Inputs, Table, open_engine
from yinke.lake.store import Lake
from yinke.segments.definitions import around_of, found_seldom
from yinke.segments.marks import marks_of_bank
from yinke.segments.members.store import Members
from yinke.segments.models import SegmentMove
from yinke.segments.moves import now, take_turn
from yinke.segments.night import all_rules, members_of_lake, world_of
from yinke.segments.rules.compile import Needs, answer
from yinke.segments.rules.gather import evaluate
from yinke.segments.rules.language import Compare, InSegment, Rule, leaves
from yinke.segments.rules.world import World, rows_of

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
    except Exception as problem:
        log.warning("segments did not follow a change of %s: %s", field, type(problem).__name__)


def _follow(field: str, customer_ids: Collection[int]) -> None:
    lake = Lake(settings.YINKE.lake)
    members = members_of_lake(lake)
    dates = members.dates()
    day = lake.day(dates[-1]) if dates else None
    if day is None or not day.has("snapshot"):
        return
    values = load_thresholds(settings.YINKE.thresholds).at(day.biz_date)
    kept = set(members.keys())
    rules = {key: one for key, one in all_rules(around_of(lake, day, values)).items() if key in kept}
    engine, opened = _engine(lake.root, day.version)
    world = world_of(engine, lake, day, values)
    stays = found_seldom(world.segments)  # its next finding tells who came and went
    asked = {
        key: rule for key, (_, rule) in rules.items()
        if key not in stays and mentions(rule, field, world.segments) and members.as_of(key) == day.biz_date
    }  # fmt: skip
    shape = (opened, field, *asked, *((key, version) for key, (version, _) in rules.items()))
    if not asked or not _moved(world, shape, asked, members, customer_ids):
        return
    take_turn()
    moved = _moved(world, shape, asked, members, customer_ids)  # with what others have changed meanwhile
    cause = field.partition(".")[0]
    SegmentMove.objects.bulk_create(
        [
            SegmentMove(customer_id=cust, key=key, entered=entered, biz_date=dates[-1], cause=cause)
            for cust, key, entered in moved
        ],
        batch_size=2000,
    )


def _moved(
    world: World, shape: Hashable, asked: Mapping[str, Rule], members: Members, customer_ids: Collection[int]
) -> list[tuple[int, str, bool]]:
    """(customer, key, entered) of whom a rule now holds otherwise than is known."""
    if shape not in _marks:
        needs = Needs()
        for rule in asked.values():
            answer(world, needs, rule)
        _marks[shape] = frozenset(needs.marks)
    some = np.array(sorted(set(customer_ids)), np.int32)
    marks = marks_of_bank(world.day.biz_date, some)(
        _marks[shape]
    )  # of these only: a consent may be millions'
    inputs = Inputs({"who": pa.table({"cust_id": some}), "marks": rows_of(marks)}, {})

    def build(bound: Bound) -> Table:
        there = replace(world, marked=bound["marks"])
        return evaluate(there, list(asked.values()), bound["who"])

    with _LOCK:
        found = world.engine.to_arrow(world.engine.plan("follow", shape, inputs, build))
    ids, there = found["cust_id"].to_pylist(), BitMap(found["cust_id"].to_pylist())
    moved = []
    for n, key in enumerate(asked):
        before = now(members, key, there)
        holds = found[f"r{n}"].to_pylist()
        moved += [
            (cust, key, is_in) for cust, is_in in zip(ids, holds, strict=True) if is_in != (cust in before)
        ]
    return moved


_LOCK = threading.Lock()
"""One question at a time: an engine's plan stands for its newest inputs. Nobody waits for others' transactions in it."""
_marks: dict[Hashable, frozenset[str]] = {}


_OPENED = count()


@lru_cache(maxsize=1)
def _engine(lake: Path, version: str) -> tuple[Engine, int]:
    """The engine that keeps the plans of one version of a day, and its number: a version that comes back has another one, which
    knows nothing of the first one's plans. A newer one's takes its place."""
    _marks.clear()
    env = settings.YINKE
    engine = open_engine("duckdb", threads=env.threads, memory="1GB", scratch=env.home / "scratch")
    return engine, next(_OPENED)


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
