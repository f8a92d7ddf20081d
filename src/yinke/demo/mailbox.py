"""The demo bank's mail relay and its customers' mailboxes: an SMTP server on loopback that keeps what it is given.

Nothing leaves the machine. Tests use it as the other side of ``outreach/channels/smtp.py`` and ``mail_in.py``.
"""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default as policy
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_ports(many: int) -> list[int]:
    """Ports on loopback at which nobody listens now."""
    probes = [socket.socket() for _ in range(many)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@dataclass(frozen=True)
class Letter:
    """What came in: from and to by the envelope, and the message."""

    back: str
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its body."""
        return str(self.message.get_content()).replace("\r\n", "\n")


class Mailbox:
    """Takes mail at ``port``. ``letters``: what it took; ``answers``: by address the line with which it refuses."""

    def __init__(self, port: int = 0, returns: int = 0, folder: Path | None = None) -> None:
        self.letters: list[Letter] = []
        self.folder = folder
        """Where letters are kept as files, to be read by whoever tries the demo; null: nowhere."""
        self.runs = False
        self.answers: dict[str, str] = {}
        self.returns = returns
        """Where it sends bounces and answers: the port of ``mail_in``."""
        self.port = port or free_ports(1)[0]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, decode_data=False)

    def start(self) -> Mailbox:
        """Serve in a thread."""
        self._controller.start()
        self.runs = True
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._controller.stop()
        self.runs = False

    async def handle_RCPT(  # noqa: N802 (as aiosmtpd calls it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        """Refuse whom it does not know."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep it."""
        content = cast(bytes, envelope.content)
        if self.folder is not None:
            whole = self.folder / f"{time.time_ns()}.eml"
            whole.with_suffix(".part").write_bytes(content)
            whole.with_suffix(".part").rename(whole)
        message = message_from_bytes(content, policy=cast(Any, policy))
        self.letters += [
            Letter(str(envelope.mail_from), to, cast(EmailMessage, message)) for to in envelope.rcpt_tos
        ]
        return "250 OK"

    def bounce(self, letter: Letter, status: str = "5.1.1", action: str = "failed") -> None:
        """Say afterwards that a letter could not be delivered (RFC 3464)."""
        report = EmailMessage()
        report["From"], report["To"] = "MAILER-DAEMON@mail.example", letter.back
        report["Subject"], report["Auto-Submitted"] = "Undelivered Mail Returned to Sender", "auto-replied"
        report.make_mixed()
        report.set_type("multipart/report")
        report.set_param("report-type", "delivery-status")
        words = EmailMessage()
        words.set_content("Your message could not be delivered.")
        of_all, of_one = Message(), Message()
        of_all["Reporting-MTA"] = "dns; mail.example"
        of_one["Final-Recipient"], of_one["Action"] = f"rfc822; {letter.to}", action
        of_one["Status"], of_one["Diagnostic-Code"] = status, "smtp; 550 no such user"
        state = Message()
        state["Content-Type"] = "message/delivery-status"
        state.set_payload([of_all, of_one])
        for part in (words, state):
            report.attach(cast(EmailMessage, part))
        self._send(report, "", letter.back)

    def answer(self, letter: Letter, text: str, **heads: str) -> None:
        """A customer answers a letter."""
        mail = EmailMessage()
        mail["From"], mail["To"] = letter.to, str(letter.message["Reply-To"])
        mail["Subject"] = f"Re: {letter.message['Subject']}"
        mail["Message-ID"] = heads.pop("message_id", "<1@mail.example>")
        for name, value in heads.items():
            mail[name.replace("_", "-")] = value
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        mail.set_content(f"{text}\n\n在 2026年11月3日，银客银行 写道：\n{quoted}\n")
        self._send(mail, letter.to, str(mail["To"]))

    def _send(self, mail: EmailMessage, sender: str, to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.returns, timeout=10) as relay:
            relay.send_message(mail, from_addr=sender, to_addrs=[to])
