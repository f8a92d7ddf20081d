"""What rules ask of people's own records in PostgreSQL: tags, and what contexts above register (consent, wishes)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

import pyarrow as pa

from yinke.access.viewer import Viewer
from yinke.customers.queries_kept import holding, tags
from yinke.segments.rules.world import MARKS, Marks

Source = Callable[[frozenset[str], date], Iterable[tuple[int, str]]]
"""Gives (customer, value) for the values asked for, as they stand on a date."""

SOURCES: dict[str, Source] = {}
"""By the field's name: ``consent`` and ``do_not_disturb`` register when their contexts start."""


def marks_for(viewer: Viewer, biz_date: date) -> Marks:
    """The marks as a viewer may use them: tags of their own catalogue."""

    def marks(wanted: frozenset[str]) -> pa.Table:
        by_field: dict[str, set[str]] = defaultdict(set)
        for mark in wanted:
            name, _, value = mark.partition(":")
            by_field[name].add(value)
        rows: list[tuple[int, str]] = []
        for name, values in sorted(by_field.items()):
            found = _tags(viewer, values, biz_date) if name == "tag" else ()
            if name in SOURCES:
                found = SOURCES[name](frozenset(values), biz_date)
            rows += [(cust, f"{name}:{value}") for cust, value in found]
        columns = [[row[n] for row in rows] for n in range(2)]
        return pa.table(dict(zip(MARKS.names, columns, strict=True)), schema=MARKS)

    return marks


def _tags(viewer: Viewer, wanted: set[str], biz_date: date) -> Iterable[tuple[int, str]]:
    known = [int(one) for one in wanted if one.isdigit() and len(one) < 10]
    rows = holding(biz_date).filter(tag_id__in=known, tag__in=tags(viewer))
    return [(cust, str(tag)) for cust, tag in rows.values_list("customer_id", "tag_id")]
