"""邮件: e-mail by SMTP (RFC 5321), to the bank's own mail relay. Plain text: nothing in it loads, follows or hides.

A message has a ``Message-ID`` of its own number, so a mailbox that gets it twice (after a kill between two lines of the
protocol) may know it again. What is no service notice names its way to opt out in the head as well (RFC 2369, RFC 8058).
Bounces and answers go to an address of the message's own (``return_paths.py``).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import formatdate
from typing import Literal

from yinke.outreach.channels import Outcome, Outgoing
from yinke.outreach.return_paths import return_address

NO_MAILBOX = "NO_MAILBOX"
"""Why: nobody has that address."""
_NOBODY = (550, 551, 553)


@dataclass
class Smtp:
    """One relay. ``returns``: the domain of bounces and answers; empty: they go to the sender."""

    name: str
    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    returns: str = ""
    per_second: int = 20
    batch: int = 100
    timeout: float = 10.0
    repeats: bool = field(default=True, init=False)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """As ``Provider.send``."""
        done: list[Outcome] = []
        connected = False
        try:
            with self._connected() as relay:
                connected = True
                for one in messages:
                    done.append(self._sent(relay, one))
        except (OSError, smtplib.SMTPException) as problem:  # what was not told of is still to be sent
            told = {end.id for end in done}
            left = [one.id for one in messages if one.id not in told]
            why = _named(problem)
            done += [Outcome(one, "BUSY", why=why, unsure=connected and one == left[0]) for one in left]
        return done

    def _connected(self) -> smtplib.SMTP:
        safe = ssl.create_default_context()
        if self.security == "tls":
            relay: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=safe)
        else:
            relay = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                relay.starttls(context=safe)
            if self.user:
                relay.login(self.user, self.password)
        except BaseException:
            relay.close()
            raise
        return relay

    def _sent(self, relay: smtplib.SMTP, one: Outgoing) -> Outcome:
        letter = self._letter(one)
        back = return_address(one.id, self.returns) if self.returns else self.sender
        try:
            relay.send_message(letter, from_addr=back, to_addrs=[one.to])
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients[one.to][0]
        except smtplib.SMTPResponseException as answer:
            code = answer.smtp_code
        except (smtplib.SMTPException, ValueError):  # an address or a head that the protocol cannot say
            return Outcome(one.id, "REFUSED", why="NOT_SENDABLE")
        else:
            return Outcome(one.id, "TAKEN", ref=str(letter["Message-ID"])[:64])
        if code == 421:  # the relay is about to go away
            raise smtplib.SMTPServerDisconnected(f"{code}")
        if 500 <= code < 600:
            return Outcome(one.id, "REFUSED", why=NO_MAILBOX if code in _NOBODY else f"SMTP_{code}")
        return Outcome(one.id, "BUSY", why=f"SMTP_{code}")

    def _letter(self, one: Outgoing) -> EmailMessage:
        name, _, domain = self.sender.partition("@")
        letter = EmailMessage(policy=POLICY)
        letter["From"] = Address(self.sender_name, name, domain)
        letter["To"] = one.to
        letter["Subject"] = one.subject
        letter["Date"] = formatdate()
        letter["Message-ID"] = f"<{one.id}.yinke@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        if self.returns:
            letter["Reply-To"] = return_address(one.id, self.returns)
        if one.opt_out:
            letter["List-Unsubscribe"] = f"<{one.opt_out}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter.set_content(one.text, cte="base64")
        return letter


def _named(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return "NOT_LET_IN"
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"SMTP_{problem.smtp_code}"
    if isinstance(problem, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return "NOT_ENCRYPTED"
    late = isinstance(problem, TimeoutError) or isinstance(
        problem.__context__, TimeoutError
    )  # smtplib tells it as a lost line
    return "TIMEOUT" if late else "UNREACHABLE"
