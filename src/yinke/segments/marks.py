"""What rules ask beside the lake's days: tags, what contexts above register (consent, wishes), and kept members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
from django.db.models import QuerySet

from yinke.access.viewer import Viewer
from yinke.customers.list_models import Tag
from yinke.customers.queries import packed
from yinke.customers.queries_kept import holding, tags
from yinke.segments.kept import members_of
from yinke.segments.rules.world import Ids, Marks

Source = Callable[[frozenset[str], date], Iterable[tuple[str, Ids]]]
"""Gives whom each of the values asked for holds of, as it stands on a date; millions, perhaps, so never as rows of Python."""

SOURCES: dict[str, Source] = {}
"""By the field's name: ``consent``, ``do_not_disturb``, ``contact``, ``churn``, ``next_product`` and ``custom`` register when their contexts start."""


def marks_for(viewer: Viewer, biz_date: date) -> Marks:
    """The marks as a viewer may use them: tags of their own catalogue."""
    return _marks(tags(viewer), biz_date)


def marks_of_bank(biz_date: date) -> Marks:
    """The marks as the night uses them: tags of every catalogue."""
    return _marks(Tag.objects.filter(is_active=True), biz_date)


def _marks(known: QuerySet[Tag], biz_date: date) -> Marks:
    def marks(wanted: frozenset[str]) -> dict[str, Ids]:
        by_field: dict[str, set[str]] = defaultdict(set)
        for mark in wanted:
            name, _, value = mark.partition(":")
            by_field[name].add(value)
        sources = {**SOURCES, "tag": tagged, "segment": _members}
        return {
            f"{name}:{value}": found
            for name, values in sorted(by_field.items()) if name in sources
            for value, found in sources[name](frozenset(values), biz_date)
        }  # fmt: skip

    def tagged(wanted: frozenset[str], on: date) -> Iterator[tuple[str, Ids]]:
        for one in sorted(wanted):
            if one.isdigit() and len(one) < 10:
                yield one, packed(holding(on).filter(tag_id=int(one), tag__in=known))

    return marks


def _members(codes: frozenset[str], on: date) -> Iterator[tuple[str, Ids]]:
    """Of segments whose members are kept as they are."""
    for code in sorted(codes):
        yield code, np.asarray(members_of(code).to_array(), dtype=np.int32)
