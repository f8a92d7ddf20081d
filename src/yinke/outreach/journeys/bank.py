"""旅程与银行: what the engine asks of the bank and does to its customers, in sets; in the transaction that moves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb
from pyroaring import BitMap

from yinke.common.errors import NotFound
from yinke.common.many import array_of
from yinke.customers.services.fill_by_job import fill_by_job
from yinke.customers.services.tag_by_job import tag_by_job
from yinke.outreach.journeys.definition import ChangeField, ChangeTag, ManagerTask, SendMessage
from yinke.outreach.journeys.engine import SHANGHAI
from yinke.outreach.journeys.models import Journey, JourneyVersion
from yinke.outreach.services.send import sendable
from yinke.outreach.services.templates import in_force
from yinke.segments.kept import members_of


@dataclass
class BankWorld:
    """``engine.World`` of the bank as it stands at a moment."""

    version_id: int
    now: datetime
    _members: dict[str, BitMap] = field(default_factory=dict)

    @cached_property
    def hours(self) -> tuple[int, int]:
        """As ``engine.World``."""
        values = in_force()
        return int(values["journey.work_from"]), int(values["journey.work_until"])

    def inside(self, segment: str, whom: BitMap) -> BitMap:
        """As ``engine.World``."""
        if segment not in self._members:
            self._members[segment] = members_of(segment)
        return self._members[segment] & whom

    def came(self, step: str, what: str, whom: BitMap) -> BitMap:
        """As ``engine.World``."""
        with connection.cursor() as cursor:
            cursor.execute(_CAME[what], {"version": self.version_id, "step": step, "whom": array_of(whom)})
            return BitMap([customer for (customer,) in cursor.fetchall()])


_CAME = {
    what: f"""
SELECT DISTINCT m.customer_id FROM outreach_message m
WHERE m.journey_id = %(version)s AND m.journey_step = %(step)s AND m.customer_id = ANY(%(whom)s) AND {condition}
"""
    for what, condition in {
        "SENT": "m.state IN ('SENT', 'DELIVERED')",
        "DELIVERED": "m.state = 'DELIVERED'",
        "REPLIED": "EXISTS (SELECT FROM outreach_reply r WHERE r.customer_id = m.customer_id AND r.channel = m.channel"
        " AND r.at >= m.gone_at)",
    }.items()
}


_MESSAGE = """
INSERT INTO outreach_message (customer_id, version_id, channel, kind, journey_id, journey_step, request_key, made_at, expires_at,
    next_at, state, why, attempts, provider, provider_ref)
SELECT t.customer_id, %(text)s, %(channel)s, %(kind)s, %(version)s, %(step)s, {key}, %(now)s, %(until)s, %(now)s, 'QUEUED', '', 0, '', ''
FROM {who}
ON CONFLICT (request_key) DO NOTHING
"""
_TASK = """
INSERT INTO outreach_journeytask (version_id, customer_id, step, priority, facts, asked_on, expire_on, request_key)
SELECT %(version)s, t.customer_id, %(step)s, %(priority)s, %(facts)s, %(on)s, %(until)s, {key} FROM {who}
ON CONFLICT (request_key) DO NOTHING
"""
STANDING = """outreach_traveller t
WHERE t.journey_id = %(journey)s AND t.version_id = %(version)s AND t.state = 'INSIDE' AND t.customer_id = ANY(%(whom)s)"""
_KEY = (
    "'journey|' || %(journey)s || '|' || t.customer_id || '|' || t.entry || '|' || %(step)s || '|'"
    " || cardinality(array_positions(t.path, %(passed)s))"
)
"""The same step is passed again on a way round, after a wait: how often it was passed before is part of the key."""


@dataclass
class BankDeeds:
    """``engine.Deeds``: written in the transaction that moves the customers."""

    journey: Journey
    version_id: int
    now: datetime
    whence: str
    """Where their rows are, as ``t`` with ``customer_id``, ``entry`` and ``path``: standing in it, or about to enter."""

    def message(self, step: SendMessage, whom: BitMap) -> BitMap:
        """As ``engine.Deeds``."""
        try:
            text = sendable(step.template)
        except NotFound:
            return BitMap()
        lives = timedelta(hours=int(in_force()["outreach.lives_hours"]))
        self._write(
            _MESSAGE, step.id, whom, text=text.id, channel=text.template.channel, kind=text.template.kind, until=self.now + lives
        )  # fmt: skip
        return whom

    def task(self, step: ManagerTask, whom: BitMap) -> None:
        """As ``engine.Deeds``."""
        on = self.now.astimezone(SHANGHAI).date()
        facts = Jsonb({"journey": self.journey.name, "title": step.title, "script": step.script or None})
        self._write(
            _TASK,
            step.id,
            whom,
            priority=step.priority,
            facts=facts,
            on=on,
            until=on + timedelta(days=step.days),
        )

    def tag(self, step: ChangeTag, whom: BitMap) -> None:
        """As ``engine.Deeds``."""
        tag_by_job(self._maker, step.tag, list(whom), adds=step.add)

    def fill(self, step: ChangeField, whom: BitMap) -> BitMap:
        """As ``engine.Deeds``."""
        why = f"journey {self.journey.id} {step.id}"
        filled = fill_by_job(self._maker, step.field, step.value, list(whom), why)
        return whom if filled else BitMap()

    @property
    def _maker(self) -> int:
        """Who drew the version: what it does is done in their name."""
        return JourneyVersion.objects.values_list("made_by_id", flat=True).get(id=self.version_id)

    def _write(self, sql: str, step: str, whom: BitMap, **given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.format(key=_KEY, who=self.whence),
                {
                    **given, "journey": self.journey.id, "version": self.version_id, "step": step, "passed": f"{step}:next",
                    "now": self.now, "whom": array_of(whom),
                },
            )  # fmt: skip
