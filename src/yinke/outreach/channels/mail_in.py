"""退信与回信: what comes back to an e-mail. The bank's mail server hands everything of the returns' domain to this port.

A bounce (RFC 3464) says that it did not arrive; what a person wrote is an answer; what a machine wrote by itself says
nothing. Mail to any other address is not taken.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default as policy
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from yinke.outreach.channels.settings import EmailReturns
from yinke.outreach.return_paths import message_of
from yinke.outreach.services.inbound import note_bounce, note_mail_answer

LARGEST = 1_000_000
"""Bytes: a bounce often holds the whole message."""
_QUOTES = re.compile(
    r"^\s*>|^-{2,}\s*(原始邮件|Original Message)|^\s*(On .* wrote|在.*写道|.*写道)[:：]\s*$|^(From|发件人)[:：]",
    re.I,
)
log = logging.getLogger(__name__)


class Returns:
    """Takes mail by SMTP (``aiosmtpd``)."""

    def __init__(self, domain: str) -> None:
        self.domain = domain.lower()

    async def handle_RCPT(  # noqa: N802 (as aiosmtpd calls it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        """Only addresses that stand for a message of ours."""
        local, _, domain = address.partition("@")
        try:  # the first mail of a process reads the keys out of the database, which the event loop may not
            ours = domain.lower() == self.domain and await asyncio.to_thread(message_of, local) is not None
        except Exception:
            log.exception("whether an address is ours could not be told")
            return "451 4.3.0 Try again later"
        if not ours:
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write it down before it is taken: what failed is sent again by the other side."""
        try:
            await asyncio.to_thread(_note_all, list(envelope.rcpt_tos), bytes(cast(bytes, envelope.content)))
        except Exception:
            log.exception("mail that came back could not be written down")
            return "451 4.3.0 Try again later"
        return "250 OK"


def receiver(returns: EmailReturns) -> Controller:
    """Takes mail in a thread of its own, from ``start()`` until ``stop()``."""
    return Controller(
        Returns(returns.domain), hostname=returns.host, port=returns.port, data_size_limit=LARGEST,
        server_hostname=returns.domain, decode_data=False,
    )  # fmt: skip


def _note_all(addresses: Sequence[str], content: bytes) -> None:
    close_old_connections()
    try:
        for address in addresses:
            number = message_of(address.partition("@")[0])
            if number is not None:
                note(number, content)
    finally:
        close_old_connections()


def note(message_id: int, content: bytes, at: datetime | None = None) -> str:
    """Write down what came back for a message.

    Args:
        content: the mail as it came.

    Returns:
        BOUNCE, ANSWER, or NOTHING if it says neither.
    """
    mail = cast(EmailMessage, message_from_bytes(content, policy=cast(Any, policy)))
    moment = at or datetime.now(UTC)
    if mail.get_content_type() == "multipart/report":
        status = _failed(mail)
        return "BOUNCE" if status and note_bounce(message_id, status, moment) else "NOTHING"
    if str(mail.get("Auto-Submitted", "no")).lower() != "no" or "Precedence" in mail:
        return "NOTHING"
    body = mail.get_body(("plain", "html"))
    text = written(str(body.get_content()) if body is not None else "")
    subject = str(mail.get("Subject", ""))
    told = text or re.sub(r"^((re|回复|答复)[:：]\s*)+", "", subject, flags=re.I)
    ref = hashlib.sha256(str(mail.get("Message-ID", told)).encode()).hexdigest()[:40]
    return "ANSWER" if note_mail_answer(message_id, f"mail {message_id} {ref}", told, moment) else "NOTHING"


def _failed(report: Message) -> str:
    """The status of a delivery that has failed for good; empty: it is late, or it arrived."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for one in cast(list[Message], part.get_payload()):
            status = str(one.get("Status", "")).split(" ")[0].strip()
            if str(one.get("Action", "")).strip().lower() == "failed" and re.fullmatch(
                r"5\.\d{1,3}\.\d{1,3}", status
            ):
                return status
    return ""


def written(text: str) -> str:
    """What a person wrote, without what the mail program quoted below it.

    >>> written("<p>TD</p>"), written("退订\\n\\n在 2026年11月3日，银客银行 写道：\\n> 您好")
    ('TD', '退订')
    """
    lines = []
    for line in re.sub(r"<[^<>]{0,500}>", " ", text).splitlines():
        if _QUOTES.search(line):
            break
        lines.append(line.strip())
    return "\n".join(lines).strip()
