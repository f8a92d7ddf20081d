"""What contexts above wish to be told of when something here changes; they register when they start."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from yinke.access.viewer import Viewer

MARKED: list[Callable[[str, Collection[int]], None]] = []
"""Told, in the same transaction, whose tags, consents, wishes, contacts or own fields have changed: the field's name in rules, the customers."""


def marked(field: str, customer_ids: Collection[int]) -> None:
    """Say that tags (``tag``), consents (``consent``), wishes (``do_not_disturb``), contacts (``contact``) or values of
    a field of the bank's own (``custom.<code>``) of customers have changed."""
    if customer_ids:
        for follow in MARKED:
            follow(field, customer_ids)


@dataclass(frozen=True)
class FieldUse:
    """Where a field of the bank's own is used: names that the viewer may read, and how many others there are."""

    names: tuple[str, ...] = ()
    others: int = 0


FIELD_USES: list[Callable[[Viewer, str], FieldUse]] = []
"""Asked where a field of the bank's own (by its code) is used, before it is retired."""
FIELD_NAMES: list[Callable[[], Collection[str]]] = []
"""Asked which names, in lower case, mean something else already."""


def field_use(viewer: Viewer, code: str) -> FieldUse:
    """Where a field of the bank's own is used, all together."""
    found = [asked(viewer, code) for asked in FIELD_USES]
    return FieldUse(tuple(name for one in found for name in one.names), sum(one.others for one in found))
