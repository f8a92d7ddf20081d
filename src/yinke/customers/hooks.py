"""What contexts above wish to be told of when something here changes; they register when they start."""

from __future__ import annotations

from collections.abc import Callable, Collection

MARKED: list[Callable[[str, Collection[int]], None]] = []
"""Told, in the same transaction, whose tags, consents, wishes or contacts have changed: the field's name in rules, the customers."""


def marked(field: str, customer_ids: Collection[int]) -> None:
    """Say that tags (``tag``), consents (``consent``), wishes (``do_not_disturb``) or contacts (``contact``) of customers
    have changed."""
    if customer_ids:
        for follow in MARKED:
            follow(field, customer_ids)
