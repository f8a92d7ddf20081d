"""短信中心的回执与回复: what a message centre tells by itself, on a line that listens (``yinke worker smpp``).

A receipt (SMPP 3.4, appendix B) names the centre's number of a message; what a customer wrote is an answer. Each is written down
before it is acknowledged: what could not be is told again by the centre.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from django.db import close_old_connections
from smpplib import consts, gsm, smpp

from yinke.outreach.channels.smpp import FAILURES, REF, Line, Smpp, named
from yinke.outreach.services.inbound import Answer, note_centre_receipt, note_replies

DELIVERED = ("DELIVRD", consts.SMPP_MESSAGE_STATE_DELIVERED)
FAILED = {
    "EXPIRED": "EXPIRED", "DELETED": "DELETED", "UNDELIV": "UNDELIV", "REJECTD": "REJECTD",
    consts.SMPP_MESSAGE_STATE_EXPIRED: "EXPIRED", consts.SMPP_MESSAGE_STATE_DELETED: "DELETED",
    consts.SMPP_MESSAGE_STATE_UNDELIVERABLE: "UNDELIV", consts.SMPP_MESSAGE_STATE_REJECTED: "REJECTD",
}  # fmt: skip
"""Ends other than delivery; all else (on its way, accepted, unknown) is no end yet."""
RECEIPT = 0x04
"""Of ``esm_class``: it tells of a message of ours."""
TYPES = 0x3C
HEAD = 0x40
"""Of ``esm_class``: the words begin with a head."""
_ID = re.compile(rb"\bid:\s*([^\s]{1,64})", re.I)
_STATE = re.compile(rb"\bstat:\s*([A-Z]{4,7})", re.I)
LONGEST_PAUSE = 60.0
QUIET = 5.0
"""Seconds after which a quiet line is asked whether it stands (enquire_link)."""
UNANSWERED = 3
"""Such questions without an answer by which it is taken for broken."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What a centre tells: the end of a message of ours, or a customer's words. ``ref``: of a message its number there."""

    kind: Literal["RECEIPT", "ANSWER", "NOTHING"]
    ref: str = ""
    delivered: bool = False
    why: str = ""
    sender: str = ""
    text: str = ""


def read(pdu: Any) -> Told:
    """Read a deliver_sm of the library's."""
    content = pdu.short_message or pdu.message_payload or b""
    if pdu.esm_class & TYPES == RECEIPT:
        told, said = _ID.search(content), _STATE.search(content)
        ref = pdu.receipted_message_id or (told.group(1) if told else b"")
        state = pdu.message_state or (said.group(1).decode("ascii").upper() if said else "")
        if not ref or (state not in DELIVERED and state not in FAILED):
            return Told("NOTHING")
        return Told("RECEIPT", ref.decode("ascii", "replace"), state in DELIVERED, FAILED.get(state, ""))
    if pdu.esm_class & TYPES:
        return Told("NOTHING")
    if pdu.esm_class & HEAD and content:
        content = content[content[0] + 1 :]
    return Told(
        "ANSWER", sender=pdu.source_addr.decode("ascii", "replace"), text=words(content, pdu.data_coding)
    )


def words(content: bytes, coding: int) -> str:
    """A text by its data coding (3GPP TS 23.038; 15 is what China's operators use for GB 18030).

    >>> words("退订".encode("utf-16-be"), 8), words(b"TD", 0), words("退订".encode("gb18030"), 15)
    ('退订', 'TD', '退订')
    """
    if coding == consts.SMPP_ENCODING_ISO10646:
        return content.decode("utf-16-be", "replace")
    if coding == consts.SMPP_ENCODING_DEFAULT:
        return "".join(
            gsm.GSM_CHARACTER_TABLE[byte] if byte < len(gsm.GSM_CHARACTER_TABLE) else "�" for byte in content
        )
    return content.decode("latin-1" if coding == consts.SMPP_ENCODING_ISO88591 else "gb18030", "replace")


def note(provider: str, pdu: Any, at: datetime | None = None) -> int:
    """Write down what a centre tells.

    Returns:
        The answer to it: 0 (written down, or nothing to write), or that it should tell it again later.
    """
    moment = at or datetime.now(UTC)
    close_old_connections()
    try:
        told = read(pdu)
        if told.kind == "RECEIPT":
            known = note_centre_receipt(provider, REF + told.ref, told.delivered, moment, told.why)
            return int(consts.SMPP_ESME_ROK if known else consts.SMPP_ESME_RX_T_APPN)
        if told.kind == "ANSWER":  # SMPP numbers no answers: the same words of the same day are one
            one = f"{told.sender} {moment:%Y-%m-%d} {told.text}"
            ref = hashlib.sha256(one.encode()).hexdigest()[:40]
            note_replies(provider, [Answer(ref, told.sender, told.text, moment)])
    except Exception:
        log.exception("what %s told could not be written down", provider)
        return int(consts.SMPP_ESME_RX_T_APPN)
    finally:
        close_old_connections()
    return int(consts.SMPP_ESME_ROK)


def listen(centre: Smpp, stop: threading.Event, pause: float = 1.0) -> None:
    """Listen to a centre until told to stop; a line that breaks is made anew, after a pause that grows to a minute."""
    wait, here = pause, replace(centre, timeout=min(centre.timeout, QUIET))
    while not stop.is_set():
        try:
            with here.line("bind_receiver") as line:
                wait = pause
                line.set_message_received_handler(partial(note, centre.name))
                _hear(line, stop)
        except FAILURES as problem:
            if not stop.is_set():
                log.warning("%s: %s; again in %.0f s", centre.name, named(problem), wait)
        stop.wait(wait)
        wait = min(2 * wait, LONGEST_PAUSE)


def _hear(line: Line, stop: threading.Event) -> None:
    """Take what comes; when it is quiet for long, ask whether anybody is there."""
    quiet = 0
    while not stop.is_set():
        try:
            line.read_once(auto_send_enquire_link=False)
            quiet = 0
        except TimeoutError:
            quiet += 1
            if quiet > UNANSWERED:
                raise
            line.send_pdu(smpp.make_pdu("enquire_link", client=line))


def listen_to_all(centres: Sequence[Smpp], stop: threading.Event) -> list[threading.Thread]:
    """A thread for each centre, until told to stop."""
    threads = [threading.Thread(target=listen, args=(centre, stop), name=centre.name) for centre in centres]
    for one in threads:
        one.start()
    return threads
