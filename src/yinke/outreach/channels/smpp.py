"""短信中心: text messages by SMPP 3.4, to the operator's or an aggregator's message centre (SMSC).

Sending binds as transmitter for as long as a batch takes; receipts and answers come to a receiver of its own (``smpp_in.py``). A text goes
in UCS-2, a long one in parts that the phone joins (3GPP TS 23.040, 9.2.3.24.1); its last part asks for the receipt.

SMPP knows no number of ours by which a message is carried once. So what no answer came to is not told again, unless it is owed
(``services/dispatch.py``).
"""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from smpplib import consts, exceptions, gsm
from smpplib.client import Client

from yinke.outreach.channels import Outcome, Outgoing

REF = "smpp:"
"""Before the centre's number in a message's ``provider_ref``: by it a receipt finds its message."""
LATER = (
    consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL, consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RSUBMITFAIL,
)  # fmt: skip
"""Answers that may be others next time; what else it refuses it will refuse again (SMPP 3.4, 5.1.3)."""
NOT_LET_IN = (consts.SMPP_ESME_RBINDFAIL, consts.SMPP_ESME_RINVPASWD, consts.SMPP_ESME_RINVSYSID)
FAILURES = (
    OSError,
    exceptions.ConnectionError,
    exceptions.PDUError,
    exceptions.UnknownCommandError,
    struct.error,
    LookupError,
    ValueError,
)
"""What the library raises of a line that broke, or of bytes that are no SMPP."""
E164 = 1
INTERNATIONAL = 1
log = logging.getLogger("yinke.smpp")
log.setLevel(logging.WARNING)  # at DEBUG the library logs numbers, texts and the password


class Line(Client):  # type: ignore[misc]
    """The library's client, whose TLS asks for the certificate of the host by its name."""

    def _create_socket(self) -> socket.socket:
        line = socket.create_connection((self.host, self.port), self.timeout)
        if self._ssl_context is None:
            return line
        try:
            return self._ssl_context.wrap_socket(line, server_hostname=self.host)  # type: ignore[no-any-return]
        except BaseException:
            line.close()
            raise

    def connect(self) -> None:
        """Connect; unlike the library's own it says why it could not.

        Raises:
            OSError: nobody is there, or he cannot be trusted.
        """
        self._socket = self._create_socket()
        self.state = consts.SMPP_CLIENT_STATE_OPEN


@dataclass
class Smpp:
    """One account at a message centre. ``per_second``: parts; ``window``: parts that wait for an answer at a time."""

    name: str
    host: str
    port: int
    security: Literal["tls", "none"]
    system_id: str
    password: str = field(repr=False)
    source: str = ""
    source_type: int = 0
    country: str = ""
    system_type: str = ""
    per_second: int = 50
    batch: int = 500
    window: int = 10
    timeout: float = 10.0
    repeats: bool = field(default=False, init=False)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """As ``Provider.send``; ``ref`` is the centre's number of the last part."""
        told = _Told()
        try:
            if messages:
                with self.line("bind_transmitter") as line:
                    line.set_message_sent_handler(told.answered)
                    line.set_error_pdu_handler(told.answered)
                    line.set_message_received_handler(lambda pdu: consts.SMPP_ESME_RX_T_APPN)  # not here
                    self._tell(line, messages, told)
        except FAILURES as problem:  # what was not answered is said below
            told.broke = named(problem)
        return [told.outcome(one) for one in messages]

    def _tell(self, line: Line, messages: Sequence[Outgoing], told: _Told) -> None:
        began, parts_told = time.monotonic(), 0
        for one in messages:
            parts, coding, kind = gsm.make_parts(one.text, consts.SMPP_ENCODING_ISO10646)
            for n, part in enumerate(parts, 1):
                while len(told.waiting) >= self.window:
                    line.read_once(auto_send_enquire_link=False)
                if told.later or one.id in told.ends:  # it cannot just now, or will not
                    break
                time.sleep(max(0.0, began + parts_told / self.per_second - time.monotonic()))
                last = n == len(parts)
                if last:
                    told.whole.add(one.id)
                pdu = line.send_message(
                    source_addr_ton=self.source_type, source_addr_npi=E164, source_addr=self.source,
                    dest_addr_ton=INTERNATIONAL if self.country else 0, dest_addr_npi=E164,
                    destination_addr=f"{self.country}{one.to}", esm_class=kind, data_coding=coding, short_message=part,
                    registered_delivery=consts.SMPP_SMSC_DELIVERY_RECEIPT_BOTH if last else 0,
                )  # fmt: skip
                told.waiting[pdu.sequence] = one.id, last
                parts_told += 1
        while told.waiting:
            line.read_once(auto_send_enquire_link=False)

    @contextmanager
    def line(self, bind: Literal["bind_transmitter", "bind_receiver"]) -> Iterator[Line]:
        """A line on which one may speak or listen, until the block ends.

        Raises:
            one of ``FAILURES``: it cannot be had.
        """
        safe = ssl.create_default_context() if self.security == "tls" else None
        line = Line(
            self.host, self.port, timeout=self.timeout, logger_name=log.name, ssl_context=safe, allow_unknown_opt_params=True
        )  # fmt: skip
        try:
            line.connect()
            getattr(line, bind)(
                system_id=self.system_id, password=self.password, system_type=self.system_type,
                interface_version=consts.SMPP_VERSION_34,
            )  # fmt: skip
            yield line
            with suppress(*FAILURES):
                line.unbind()
        finally:
            if line._socket is not None:
                line.state = consts.SMPP_CLIENT_STATE_OPEN  # it goes as it is
                line.disconnect()


@dataclass
class _Told:
    """What of a batch was told, and what came of it."""

    waiting: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """By the line's number of a part: its message, and whether it is its last."""
    whole: set[int] = field(default_factory=set)
    """Messages of which the last part was told: no phone shows one that was not."""
    ends: dict[int, Outcome] = field(default_factory=dict)
    later: str = ""
    """The centre's "not now"."""
    broke: str = ""

    def answered(self, pdu: Any) -> None:
        """The centre took or refused a part, or nothing of ours."""
        number, last = self.waiting.pop(pdu.sequence, (None, False))
        if number is None or number in self.ends:
            return
        why = f"SMPP_{pdu.status:X}"
        if pdu.status in LATER:
            self.later = why
            self.ends[number] = Outcome(number, "BUSY", why=why)
        elif pdu.status:
            self.ends[number] = Outcome(number, "REFUSED", why=why)
        elif last:
            self.ends[number] = Outcome(number, "TAKEN", ref=REF + _text(pdu.message_id)[:64])

    def outcome(self, one: Outgoing) -> Outcome:
        """What became of a message; without an answer it may have been carried, if it was told to its end."""
        end = self.ends.get(one.id)
        if end is not None:
            return end
        return Outcome(one.id, "BUSY", why=self.broke or self.later, unsure=one.id in self.whole)


def _text(value: bytes | str | None) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value or ""


def named(problem: Exception) -> str:
    """Why a line could not be had or broke, as a message's ``why``."""
    if isinstance(problem, exceptions.PDUError):
        code = problem.args[1] if len(problem.args) > 1 else 0
        return "NOT_LET_IN" if code in NOT_LET_IN else f"SMPP_{code:X}"
    if isinstance(problem, ssl.SSLError):
        return "NOT_ENCRYPTED"
    late = isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError)
    if late:
        return "TIMEOUT"
    return "UNREACHABLE" if isinstance(problem, OSError | exceptions.ConnectionError) else "NOT_UNDERSTOOD"
