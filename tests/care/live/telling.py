"""What a source of live events sends."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.test import Client

from tests.care.nights import WORKDAY
from yinke.care.queries.day import SHANGHAI
from yinke.common.signing import SIGNATURE, TIME, signed
from yinke.customers.models import Customer

NOW = datetime(WORKDAY.year, WORKDAY.month, WORKDAY.day, 12, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
numbers = count(1)


@dataclass
class Teller:
    """A source and its key."""

    name: str
    secret: bytes

    def post(self, body: Any, *, secret: bytes | None = None, at: datetime = NOW, source: str = "") -> Any:
        """Call the door; the raw answer."""
        content, moment = json.dumps(body).encode(), int(at.timestamp())
        headers = {
            "X-Yinke-Source": source or self.name, TIME: f"{moment}",
            SIGNATURE: signed(secret or self.secret, moment, content),
        }  # fmt: skip
        return Client().post("/api/events", data=content, content_type="application/json", headers=headers)

    def tell(self, *events: dict[str, Any]) -> list[tuple[str, str]]:
        """Outcome and reason of each event."""
        answer = self.post({"events": list(events)})
        assert answer.status_code == 200, answer.content
        return [(one["outcome"], one["why"]) for one in answer.json()["verdicts"]]


def a_source(folder: Path, settings: Any) -> Teller:
    """A source ``core`` that the settings name."""
    secret = secrets.token_hex(32).encode()
    (folder / "core.key").write_bytes(secret)
    path = folder / "sources.yaml"
    path.write_text(f"senders:\n  - {{name: core, secret_file: {folder / 'core.key'}}}\n", "utf-8")
    settings.YINKE = replace(settings.YINKE, event_sources=path)
    return Teller("core", secret)


def moved(
    who: Customer | str, amount: str, direction: str = "OUT", *, id: str = "", at: datetime = NOW - MINUTE, **facts: Any
) -> dict[str, Any]:  # fmt: skip
    """Money that moved a minute ago."""
    return {
        "id": id or f"T{next(numbers)}", "kind": "TRANSACTION", "cust_no": who if isinstance(who, str) else who.cust_no,
        "at": at.isoformat(), "facts": {"direction": direction, "amount": amount, "kind": "TRANSFER", **facts},
    }  # fmt: skip


def arrived(who: Customer, outlet: str, *, at: datetime = NOW - MINUTE) -> dict[str, Any]:
    """A ticket drawn a minute ago."""
    return {
        "id": f"A{next(numbers)}", "kind": "ARRIVAL", "cust_no": who.cust_no, "at": at.isoformat(),
        "facts": {"outlet": outlet},
    }  # fmt: skip
