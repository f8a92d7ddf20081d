"""What rules ask beside the lake's days: tags, what contexts above register (consent, wishes), and kept members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pyarrow as pa
from django.db.models import QuerySet

from yinke.access.viewer import Viewer
from yinke.customers.list_models import Tag
from yinke.customers.queries_kept import holding, tags
from yinke.segments.kept import members_of
from yinke.segments.rules.world import MARKS, Marks

Source = Callable[[frozenset[str], date], Iterable[tuple[int, str]]]
"""Gives (customer, value) for the values asked for, as they stand on a date."""

SOURCES: dict[str, Source] = {}
"""By the field's name: ``consent``, ``do_not_disturb``, ``contact``, ``churn``, ``next_product`` and ``custom`` register when their contexts start."""


def marks_for(viewer: Viewer, biz_date: date) -> Marks:
    """The marks as a viewer may use them: tags of their own catalogue."""
    return _marks(tags(viewer), biz_date)


def marks_of_bank(biz_date: date) -> Marks:
    """The marks as the night uses them: tags of every catalogue."""
    return _marks(Tag.objects.filter(is_active=True), biz_date)


def _marks(known: QuerySet[Tag], biz_date: date) -> Marks:
    def marks(wanted: frozenset[str]) -> pa.Table:
        by_field: dict[str, set[str]] = defaultdict(set)
        for mark in wanted:
            name, _, value = mark.partition(":")
            by_field[name].add(value)
        rows: list[tuple[int, str]] = []
        for name, values in sorted(by_field.items()):
            found = _tags(known, values, biz_date) if name == "tag" else ()
            if name in SOURCES:
                found = SOURCES[name](frozenset(values), biz_date)
            rows += [(cust, f"{name}:{value}") for cust, value in found]
        columns = [[row[n] for row in rows] for n in range(2)]
        written = pa.table(dict(zip(MARKS.names, columns, strict=True)), schema=MARKS)
        return pa.concat_tables([written, *_members(by_field.get("segment", ()))])

    return marks


def _members(codes: Iterable[str]) -> Iterator[pa.Table]:
    """Of segments whose members are kept as they are: millions, perhaps, so never as rows of Python."""
    for code in sorted(codes):
        found = pa.array(np.asarray(members_of(code).to_array(), dtype=np.int32))
        mark = pa.repeat(pa.scalar(f"segment:{code}"), len(found))
        yield pa.table([found, mark], schema=MARKS)


def _tags(known: QuerySet[Tag], wanted: set[str], biz_date: date) -> Iterable[tuple[int, str]]:
    ids = [int(one) for one in wanted if one.isdigit() and len(one) < 10]
    rows = holding(biz_date).filter(tag_id__in=ids, tag__in=known)
    return [(cust, str(tag)) for cust, tag in rows.values_list("customer_id", "tag_id")]
