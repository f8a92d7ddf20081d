"""A migration's models made at once: Django draws the models around a changed one anew after every operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Operations of a first migration as one step: each table is made as it stands after the last of them.

    With a hundred models that refer to one another this makes an empty database in a few seconds instead of half a
    minute. Only for operations on tables that the same step makes.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        """What the models are after all of it; drawn when they are next asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the tables with all their columns, constraints, indexes and triggers."""
        for operation in self._tables():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the tables."""
        for operation in reversed(self._tables()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What Django says while it runs."""
        return f"Make {len(self._tables())} tables"

    def _tables(self) -> list[CreateModel]:
        return [each for each in self.operations if isinstance(each, CreateModel)]
