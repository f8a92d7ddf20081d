"""What rules ask beside the lake's days: tags, what contexts above register (consent, wishes), and kept members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet

from yinke.access.viewer import Viewer
from yinke.customers.list_models import Tag
from yinke.customers.queries import packed
from yinke.customers.queries_kept import holding, tags
from yinke.segments.kept import members_of
from yinke.segments.rules.world import Ids, Marks

Ask = Callable[[frozenset[str], date, Ids | None], Iterable[tuple[str, Ids]]]
"""Gives of whom (of these customers, or of all) each of the values asked for holds, as it stands on a date; millions,
perhaps, so never as rows of Python."""


@dataclass(frozen=True)
class Source:
    """Where a mark stands: ``ask`` tells of whom it holds, and changes of ``rows`` and ``tables`` may change that.

    ``rows``: tables whose rows each belong to one customer (``customer_id``); ``tables``: those of which a change may
    concern everybody. Without either, nobody can tell when the answer changes: it is asked anew each time.
    """

    ask: Ask
    rows: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


SOURCES: dict[str, Source] = {}
"""By the field's name: ``consent``, ``do_not_disturb``, ``contact``, ``churn``, ``next_product`` and ``custom`` register when their contexts start."""


def marks_for(viewer: Viewer, biz_date: date) -> Marks:
    """The marks as a viewer may use them: tags of their own catalogue."""
    return _marks(tags(viewer), biz_date)


def marks_of_bank(biz_date: date, among: Ids | None = None) -> Marks:
    """The marks as the night uses them: tags of every catalogue; of some customers, or of all."""
    return _marks(Tag.objects.filter(is_active=True), biz_date, among)


def sources() -> dict[str, Source]:
    """All sources by the field's name."""
    return SOURCES | {"tag": Source(_tagged, rows=("customers_customertag",)), "segment": Source(_members)}


def _marks(known: QuerySet[Tag], biz_date: date, among: Ids | None = None) -> Marks:
    def marks(wanted: frozenset[str]) -> dict[str, Ids]:
        by_field: dict[str, set[str]] = defaultdict(set)
        for mark in wanted:
            name, _, value = mark.partition(":")
            by_field[name].add(value)
        if "tag" in by_field:
            mine = known.filter(
                id__in=[int(one) for one in by_field["tag"] if one.isdigit() and len(one) < 10]
            )
            by_field["tag"] = {str(one) for one in mine.values_list("id", flat=True)}
        there = sources()
        return {
            f"{name}:{value}": found
            for name, values in sorted(by_field.items()) if name in there
            for value, found in there[name].ask(frozenset(values), biz_date, among)
        }  # fmt: skip

    return marks


def _tagged(wanted: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    for one in sorted(wanted):
        yield one, packed(holding(on).filter(tag_id=int(one)), among=among)


def _members(codes: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """Of segments whose members are kept as they are."""
    for code in sorted(codes):
        found = np.asarray(members_of(code).to_array(), dtype=np.int32)
        yield code, found if among is None else np.intersect1d(found, among)
