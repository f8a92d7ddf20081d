"""时间线: everything that happened to one customer as one stream, newest first, read by cursor.

One statement unions the indexed tables; a row's place is (``at``, ``source``, ``id``) and never changes, so a page
goes on exactly where the one before ended, whatever was added meanwhile. What is new is noticed by ``mark``, a
digest of how many rows there are and of the newest of each: an entry that a night adds with an older date is seen
as surely as a call that was recorded this second. The page asks for the mark every few seconds while somebody
looks at it: the server's few threads would be held by open streams, a small question holds none.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from django.db import connection

from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.reasons import event_name, sentence
from yinke.common.errors import YinkeError
from yinke.customers.models import Customer
from yinke.customers.schemas import TimelineEntry, TimelinePage

Kind = Literal[
    "CONTACT", "MESSAGE", "VISIT", "MONEY", "EVENT", "TASK", "TIER", "STAGE", "PROFILE", "OWNER", "RELATION",
    "OPENED", "JOURNEY", "SALON", "POINTS",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
PAGE = 30
MONEY_TYPES = [
    code for code, kind in EVENT_TYPES.items() if kind.family in ("MATURITY", "FLOW", "PAYROLL", "LOAN")
]
"""Large bookings and maturities: what is large is the thresholds' of these events."""

_DAY = "({})::timestamp AT TIME ZONE 'Asia/Shanghai'"


def source_of(
    name: str, kinds: Sequence[str], at: str, table: str, where: str = "TRUE", **columns: str
) -> tuple[str, Sequence[str], str]:
    """One table as entries. ``columns`` are SQL; what a table does not have is empty."""
    wanted = {"id": "id", "kind": f"'{kinds[0]}'", "says": "''", "before": "''", "after": "''", "detail": "''",
              "who": "NULL::bigint", "payload": "NULL::jsonb", "amount": "NULL::numeric"} | columns  # fmt: skip
    wanted["code"] = wanted.pop("says")
    shown = ", ".join(
        f"{sql}::{'bigint' if column == 'id' else 'text'} AS {column}"
        if column not in ("who", "payload", "amount")
        else f"{sql} AS {column}"
        for column, sql in wanted.items()
    )
    return name, kinds, f"SELECT {at} AS at, '{name}' AS source, {shown} FROM {table} WHERE {where}"


SOURCES = [
    source_of(
        "contact", ("CONTACT", "MESSAGE", "VISIT"), "at", "care_contactrecord",
        "customer_id = %(customer)s AND withdrawn_at IS NULL", says="result", before="channel", detail="note",
        after="CASE WHEN tone = 'NEGATIVE' AND topic <> 'NONE' THEN topic ELSE '' END",
        who="user_id",
        kind="CASE WHEN channel IN ('WECOM', 'SMS', 'APP', 'EMAIL') THEN 'MESSAGE'"
        " WHEN channel IN ('VISIT', 'BRANCH') THEN 'VISIT' ELSE 'CONTACT' END",
    ),
    source_of(
        "reason", ("MONEY", "EVENT"), _DAY.format("biz_date"), "care_reason", "customer_id = %(customer)s",
        says="type", payload="payload", amount="amount",
        kind="CASE WHEN type = ANY(%(money)s) THEN 'MONEY' ELSE 'EVENT' END",
    ),
    source_of(
        "task", ("TASK",), f"coalesce(done_at, {_DAY.format('expire_on')})", "care_task",
        "customer_id = %(customer)s AND status IN ('DONE', 'EXPIRED')", says="status", who="assignee_id",
    ),
    source_of(
        "tier", ("TIER",), _DAY.format("on_date"), "customers_tierchange", "customer_id = %(customer)s",
        says="CASE WHEN tier_to > tier_from THEN 'UP' ELSE 'DOWN' END", before="tier_from", after="tier_to",
    ),
    source_of(
        "change", ("PROFILE", "STAGE"), _DAY.format("on_date"), "customers_profilechange",
        "customer_id = %(customer)s", says="field", before="before", after="after",
        kind="CASE WHEN field = 'stage' THEN 'STAGE' ELSE 'PROFILE' END",
    ),
    source_of(  # a stage that began before changes were noted
        "stage", ("STAGE",), _DAY.format("stage_since"),
        "customers_metrics m JOIN customers_customer c ON c.id = m.customer_id",
        "customer_id = %(customer)s AND stage_since > c.open_date AND NOT EXISTS (SELECT FROM customers_profilechange p"
        " WHERE p.customer_id = m.customer_id AND p.field = 'stage' AND p.on_date = m.stage_since)",
        id="customer_id", says="'stage'", after="stage",
    ),
    source_of(
        "owner", ("OWNER",), _DAY.format("start_date"), "customers_assignment", "customer_id = %(customer)s",
        says="rel_type || '_BEGAN'", who="user_id",
    ),
    source_of(
        "owned", ("OWNER",), _DAY.format("end_date"), "customers_assignment",
        "customer_id = %(customer)s AND end_date IS NOT NULL", says="rel_type || '_ENDED'", who="user_id",
    ),
    source_of(
        "relation", ("RELATION",), _DAY.format("valid_from"), "customers_relationship",
        "%(customer)s IN (customer_id, other_id) AND valid_from > %(since)s::date", says="kind || '_BEGAN'",
        who="made_by_id",
    ),
    source_of(
        "related", ("RELATION",), _DAY.format("valid_to"), "customers_relationship",
        "%(customer)s IN (customer_id, other_id) AND valid_to IS NOT NULL", says="kind || '_ENDED'", who="ended_by_id",
    ),
    source_of(
        "opened", ("OPENED",), _DAY.format("open_date"), "customers_customer", "id = %(customer)s", detail="%(org)s",
    ),
]  # fmt: skip
"""Every table that holds what happened; its kinds, and its rows as entries. Contexts above add their own when they start."""

MARKS = [
    "concat(count(*), ' ', max(id), ' ', count(withdrawn_at)) FROM care_contactrecord WHERE customer_id = %(c)s",
    "concat(count(*), ' ', max(id)) FROM care_reason WHERE customer_id = %(c)s",
    "string_agg(concat(id, status, next_on, assignee_id), ',' ORDER BY id) FROM care_task"
    " WHERE customer_id = %(c)s AND status IN ('NEW', 'IN_PROGRESS')",
    "concat(count(*), ' ', max(done_at)) FROM care_task WHERE customer_id = %(c)s",
    "concat(count(*), ' ', max(id)) FROM customers_tierchange WHERE customer_id = %(c)s",
    "concat(count(*), ' ', max(id)) FROM customers_profilechange WHERE customer_id = %(c)s",
    "concat(count(*), ' ', max(id), ' ', count(end_date)) FROM customers_assignment WHERE customer_id = %(c)s",
    "concat(count(*), ' ', max(id), ' ', count(valid_to)) FROM customers_relationship WHERE customer_id = %(c)s OR other_id = %(c)s",
    "lake_version FROM customers_frontier WHERE id = 1",
]
"""What changes when something of ``SOURCES`` does; contexts above add their own."""


@dataclass(frozen=True)
class Place:
    """Where a page ended: the key of its last entry."""

    at: datetime
    source: str
    id: int

    def __str__(self) -> str:
        """As the cursor that the page hands back.

        >>> from datetime import UTC
        >>> place = Place(datetime(2026, 10, 31, tzinfo=UTC), "contact", 7)
        >>> Place.read(str(place)) == place
        True
        """
        text = f"{self.at.isoformat()}|{self.source}|{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> Place:
        """The place of a cursor.

        Raises:
            YinkeError: it was not made by ``str``.
        """
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            at, source, number = base64.urlsafe_b64decode(padded.encode("ascii")).decode().split("|")
            place = cls(datetime.fromisoformat(at), source, int(number))
            if place.at.tzinfo is None or "\x00" in source or not 0 <= place.id < 1 << 63:
                raise ValueError(cursor)
        except (ValueError, binascii.Error) as wrong:
            raise YinkeError(
                "This page of the timeline is not known", place="cursor", code="old_page", remedy="Reload the page"
            ) from wrong  # fmt: skip
        return place


def timeline(viewer: Viewer, customer: Customer, kinds: Iterable[str] = (), cursor: str = "") -> TimelinePage:
    """A page of entries about a customer that the viewer was already shown, newest first.

    Args:
        kinds: only these of ``KINDS``; none: all.
        cursor: ``next`` of the page before; empty: from the newest.

    Raises:
        YinkeError: the cursor is not one of ours.
    """
    rows, following = entries(viewer, customer, kinds, cursor, PAGE)
    return TimelinePage(rows=rows, next=following, mark=mark(customer))


def entries(
    viewer: Viewer, customer: Customer, kinds: Iterable[str], cursor: str, limit: int
) -> tuple[list[TimelineEntry], str | None]:
    """So many entries from behind the cursor, and the cursor of the rest; see ``timeline``."""
    wanted = set(kinds) or set(KINDS)
    place = Place.read(cursor) if cursor else None
    parts = [sql for _, offered, sql in SOURCES if wanted.intersection(offered)]
    behind = "AND (at, source, id) < (%(at)s, %(source)s, %(id)s)" if place else ""
    parameters: dict[str, Any] = {
        "customer": customer.id, "org": customer.org.name, "money": MONEY_TYPES, "since": customer.open_date,
        "kinds": list(wanted), "limit": limit + 1,
        **({"at": place.at, "source": place.source, "id": place.id} if place else {}),
    }  # fmt: skip
    with connection.cursor() as rows:
        rows.execute(
            "SELECT at, source, e.id, kind, code, before, after, detail, u.name, payload, amount FROM ("
            f"SELECT * FROM ({' UNION ALL '.join(parts)}) s WHERE kind = ANY(%(kinds)s) {behind}"
            " ORDER BY at DESC, source DESC, id DESC LIMIT %(limit)s"
            ") e LEFT JOIN access_user u ON u.id = e.who ORDER BY at DESC, source DESC, e.id DESC",
            parameters,
        )
        found = rows.fetchall()
    page = found[:limit]
    last = Place(*page[-1][:3]) if len(found) > limit else None
    return [_entry(viewer, row) for row in page], str(last) if last else None


def mark(customer: Customer) -> str:
    """Changes whenever anything about the customer that the page shows has changed."""
    with connection.cursor() as rows:
        asked = ", ".join(f"(SELECT {one})" for one in MARKS)
        rows.execute(f"SELECT md5(concat_ws('|', {asked}))", {"c": customer.id})
        return str(rows.fetchone()[0])


def _entry(viewer: Viewer, row: Sequence[Any]) -> TimelineEntry:
    at, source, number, kind, code, before, after, detail, who, payload, amount = row
    title = ""
    if source == "reason":
        title = event_name(code, viewer.language)
        # the sentence speaks exact amounts, which masked roles see only in totals
        detail = "" if viewer.masked else sentence(code, _facts(payload), amount, viewer.language)
    elif source == "message" and payload:
        title = str(json.loads(payload) if payload.startswith('"') else payload)
    return TimelineEntry(
        id=f"{source}-{number}", at=at, kind=kind, code=code, title=title, detail=detail, before=before, after=after,
        by=who,
    )  # fmt: skip


def _facts(payload: Any) -> dict[str, Any]:
    return dict(json.loads(payload)) if isinstance(payload, str) else dict(payload or {})
