"""What contexts above this one have to say when a person's data is restricted or deleted; they register here."""

from __future__ import annotations

from collections.abc import Callable

HOLDS: list[Callable[[int], str | None]] = []
"""Each tells why a customer's data can't be deleted yet (a code of ``services/rights.GROUNDS``), or None."""
SILENCERS: list[Callable[[int], None]] = []
"""Each stops what is under way about a customer: open tasks, queued messages."""
