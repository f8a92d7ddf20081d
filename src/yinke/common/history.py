"""变更历史: every change of a business row that people make is kept by triggers of the database itself (pghistory).

No change escapes, whether it comes through the ORM or as SQL. ``pgh_context`` says who: ``{"user": <id>}`` in a
request (``row_security.see_as`` sets it), nothing for the nights and the command line. Event rows are append-only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db.models import Index

BEFORE = "before"
"""Label of an event that says what stood before the next one of the same row."""
Model = TypeVar("Model", bound=type)


def kept(*fields: str) -> Callable[[Model], Model]:
    """Keep the history of a model: what was added, changed, deleted, and by whom.

    Args:
        fields: those that are kept, all if none is named. Never a sealed one.
    """
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return _tracked(events, fields)


def kept_by_hand(*fields: str, columns: Sequence[str]) -> Callable[[Model], Model]:
    """Keep only changes of these fields that a person makes in a request: of rows that the nights rewrite in bulk.

    Args:
        fields: those that are kept.
        columns: the same as the database names them.
    """
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in columns)
    by_hand = "COALESCE(current_setting('yinke.user', true), '') <> ''"
    told = pgtrigger.Condition(f"(({changed}) AND {by_hand})")
    # what the nights changed since the last change by hand is not kept: so each change says what stood before it
    before = pghistory.UpdateEvent(BEFORE, condition=told, row=pghistory.Old)
    return _tracked((before, pghistory.UpdateEvent(condition=told)), fields)


def _tracked(events: tuple[Any, ...], fields: tuple[str, ...]) -> Callable[[Model], Model]:
    def keep(model: Model) -> Model:
        name = f"{model.__name__}Event"
        newest = Index(fields=["-pgh_created_at", "-pgh_id"], name=f"{model.__name__.lower()}_changed")
        track = pghistory.track(
            *events, fields=list(fields) or None, context_id_field=None, model_name=name,  # type: ignore[arg-type]
            meta={"indexes": [newest]},
        )  # fmt: skip
        tracked: Model = track(model)
        return tracked

    return keep
