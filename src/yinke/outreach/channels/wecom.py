"""企业微信: messages to customers who are contacts of the bank's staff (客户联系 → 企业群发), by WeCom's own API.

WeCom lets no system write to a customer by itself: a message is a task in the manager's WeCom, who sends it with one touch. So a
message is TAKEN when the task is made; it is delivered when the manager has sent it (``services/wecom_results.py`` asks).
Who gets the same words from the same manager stands in one task. WeCom knows no number of ours by which a task is made once: told
again after an answer that was lost, the manager sees two.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from yinke.outreach.channels import Outcome, Outgoing
from yinke.outreach.channels.calls import client, named, unsure

HOME = "https://qyapi.weixin.qq.com"
NO_CONTACT = "NO_CONTACT"
"""Why: the customer is no contact of that member of staff any more."""
STALE = (40014, 42001)
"""The token is not, or no longer, good: a new one is asked for."""
NEVER: Mapping[int, str] = {
    40003: "NO_SENDER", 40031: "NO_SENDER", 40096: NO_CONTACT, 41048: NO_CONTACT, 84061: NO_CONTACT,
    40058: "NOT_SENDABLE", 45002: "NOT_SENDABLE",
}  # fmt: skip
"""Codes that will be the same next time; all others (busy, too many calls, not let in) may not be: 全局错误码."""
EARLY = 300.0
"""Seconds before its end at which a token is not used any more."""


class WecomFailed(Exception):
    """A call that came to nothing. ``unsure``: it may have been done all the same."""

    def __init__(self, why: str, *, unsure: bool) -> None:
        super().__init__(why)
        self.why, self.unsure = why, unsure


@dataclass
class Wecom:
    """The bank's WeCom. ``per_second``: messages; calls are fewer."""

    name: str
    corp_id: str
    secret: str = field(repr=False)
    url: str = HOME
    per_second: int = 20
    batch: int = 500
    timeout: float = 10.0
    repeats: bool = field(default=True, init=False)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """As ``Provider.send``; ``ref`` is the task's number and the manager's account."""
        done = [Outcome(one.id, "REFUSED", why=NO_CONTACT) for one in messages if not (one.to and one.sender)]
        same: dict[tuple[str, str], list[Outgoing]] = defaultdict(list)
        for one in messages:
            if one.to and one.sender:
                same[one.sender, one.text].append(one)
        for some in same.values():
            done += self._told(some)
        return done

    def _told(self, some: Sequence[Outgoing]) -> list[Outcome]:
        """Make one task of messages with the same words and sender."""
        body = {
            "chat_type": "single", "external_userid": list(dict.fromkeys(one.to for one in some)), "sender": some[0].sender,
            "text": {"content": some[0].text},
        }  # fmt: skip
        try:
            said = self.call("externalcontact/add_msg_template", body)
            code, failed = int(said["errcode"]), set(said.get("fail_list") or ())
            task = "" if code else str(said["msgid"])
        except WecomFailed as problem:
            return [Outcome(one.id, "BUSY", why=problem.why, unsure=problem.unsure) for one in some]
        except (KeyError, TypeError, ValueError):
            return [Outcome(one.id, "BUSY", why="NOT_UNDERSTOOD", unsure=True) for one in some]
        if code == 0:
            ref = f"{task} {some[0].sender}"
            return [
                Outcome(one.id, "REFUSED", why=NO_CONTACT) if one.to in failed else Outcome(one.id, "TAKEN", ref)
                for one in some
            ]  # fmt: skip
        if code in NEVER and len(some) > 1:  # one of them stops nobody else
            half = len(some) // 2
            return self._told(some[:half]) + self._told(some[half:])
        if code in NEVER:
            return [Outcome(one.id, "REFUSED", why=NEVER[code]) for one in some]
        return [Outcome(one.id, "BUSY", why=f"WECOM_{code}") for one in some]

    def call(
        self, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Ask WeCom something; the answer with its ``errcode``. A token that has run out is renewed once.

        Args:
            path: below ``cgi-bin``.
            body: what is sent; None: it is only asked (GET).

        Raises:
            WecomFailed: no answer came, or none that can be read.
        """
        said: Mapping[str, Any] = {}
        for again in (False, True):
            token, refused = self._token(again=again)
            if refused:
                return refused
            said = self._asked(path, {**(query or {}), "access_token": token}, body)
            if said.get("errcode") not in STALE:
                break
        return said

    def _token(self, *, again: bool) -> tuple[str, Mapping[str, Any]]:
        """A token, kept until it runs out; or WeCom's refusal to give one."""
        key = f"{self.url} {self.corp_id} {self.name}"
        with _lock:
            kept = None if again else _tokens.get(key)
            if kept is not None and kept[1] > time.monotonic():
                return kept[0], {}
            said = self._asked("gettoken", {"corpid": self.corp_id, "corpsecret": self.secret})
            if said.get("errcode") != 0:
                return "", said
            try:
                token, lasts = str(said["access_token"]), float(said["expires_in"])
            except (KeyError, TypeError, ValueError):
                raise WecomFailed("NOT_UNDERSTOOD", unsure=False) from None
            _tokens[key] = token, time.monotonic() + lasts - EARLY
            return token, {}

    def _asked(
        self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        try:
            answer = client().request(
                "GET" if body is None else "POST", f"{self.url}/cgi-bin/{path}", params=dict(query), json=body, timeout=self.timeout
            )  # fmt: skip
            answer.raise_for_status()
            said = answer.json()
            if not isinstance(said, dict) or not isinstance(said.get("errcode"), int):
                raise ValueError(path)
        except (httpx.HTTPError, ValueError) as problem:  # what is only asked does nothing
            raise WecomFailed(named(problem), unsure=body is not None and unsure(problem)) from None
        return cast(Mapping[str, Any], said)


_tokens: dict[str, tuple[str, float]] = {}
"""By place and corporation, the token of this process and until when it is used (``time.monotonic``)."""
_lock = threading.Lock()
