"""What the pages of the change history exchange with the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from yinke.common.schema import Schema

Kind = Literal[
    "custom_field", "do_not_disturb", "experiment", "export", "handover", "person", "role_grant", "role_right",
    "score_feedback", "segment", "segment_version", "substitution", "task",
]  # fmt: skip
"""What people decide, and whose history is kept (``common/history.py``); in this order for equal times."""


class HistoryQuery(Schema):
    """What is looked for; empty fields do not narrow. Days are Asia/Shanghai, both included."""

    kind: Kind | None = None
    object_id: Annotated[int, Field(ge=0, lt=1 << 31)] | None = None
    who: Annotated[str, Field(max_length=60)] = ""
    """Of who made the change: a staff number, or a part of a name."""
    since: date | None = None
    until: date | None = None
    by_system: bool = False
    """Those of the nights and the command line, too."""
    cursor: Annotated[str, Field(max_length=100)] = ""


class FieldChange(Schema):
    """One field: what it was and what it became."""

    field: str
    label: str
    """As the data catalogue names it, in the viewer's language."""
    type: Literal["code", "customer", "date", "moment", "text", "yes_no", "hidden"]
    """How to say the values; hidden: of level C2, which the viewer does not see."""
    before: list[str]
    after: list[str]


class ChangeOut(Schema):
    """变更: one row that somebody added, changed or deleted."""

    id: str
    at: datetime
    kind: Kind
    act: Literal["insert", "update", "delete"]
    object_id: int
    subject: str
    """Whom or what it is about, where it has a name: a person, or a role's code."""
    by: str
    """Empty: a night or the command line."""
    emp_no: str
    changes: list[FieldChange]


class HistoryPage(Schema):
    rows: list[ChangeOut]
    next: str | None
    """Cursor of the rest; None: there is none."""
    kinds: list[Kind]
    """Those that the viewer may look at."""
