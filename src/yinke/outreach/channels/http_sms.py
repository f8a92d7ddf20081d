"""消息网关: text messages, and notices of the mobile bank, by HTTP, as the bank's own platforms take them.

    POST <url>      {"messages": [{"id": "7", "to": "13800000000", "text": "..."}]}
    answer          {"results": [{"id": "7", "status": "TAKEN", "ref": "g-1"}]}

``status``: TAKEN, REFUSED (with ``why``) or BUSY. Both ways signed (``signing.py``). The same ``id`` twice is carried once.
``to``: a mobile number; of the mobile bank a customer number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import httpx

from yinke.common.signing import SIGNATURE, TIME, signed
from yinke.outreach.channels import Outcome, Outgoing
from yinke.outreach.channels.calls import client, named, unsure

STATES = ("TAKEN", "REFUSED", "BUSY")


@dataclass
class HttpSms:
    """One gateway."""

    name: str
    url: str
    secret: bytes = field(repr=False)
    per_second: int = 200
    batch: int = 500
    timeout: float = 10.0
    repeats: bool = field(default=True, init=False)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """As ``Provider.send``."""
        wanted = [{"id": str(one.id), "to": one.to, "text": one.text} for one in messages]
        body = json.dumps({"messages": wanted}, ensure_ascii=False).encode()
        moment = int(time.time())
        headers = {
            "Content-Type": "application/json", TIME: f"{moment}", SIGNATURE: signed(self.secret, moment, body),
        }  # fmt: skip
        try:
            answer = client().post(self.url, content=body, headers=headers, timeout=self.timeout)
            answer.raise_for_status()
            results = {row["id"]: row for row in answer.json()["results"]}
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
            why, may_be = named(problem), unsure(problem)
            return [Outcome(one.id, "BUSY", why=why, unsure=may_be) for one in messages]
        return [_outcome(one, results.get(str(one.id))) for one in messages]


def _outcome(message: Outgoing, row: object) -> Outcome:
    said = cast(dict[str, object], row) if isinstance(row, dict) else {}
    state = said.get("status")
    if state not in STATES:
        return Outcome(message.id, "BUSY", why="NOT_UNDERSTOOD", unsure=True)
    return Outcome(message.id, state, str(said.get("ref", ""))[:64], str(said.get("why", ""))[:20])  # type: ignore[arg-type]
