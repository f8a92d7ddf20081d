"""SMPP: what a message centre on loopback is given, and what comes back from it."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import smpp34
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.utils import timezone

from tests.outreach.conftest import NOON, Post
from tests.outreach.smsc import BIND_RECEIVER, BIND_TRANSMITTER, SUBMIT, Smsc, answering, pdu, tunnel
from tests.outreach.test_dispatch import now
from yinke.care.models import DoNotDisturb
from yinke.common.errors import ConfigurationError
from yinke.outreach.channels import Outgoing, Provider
from yinke.outreach.channels.settings import centres, providers, read_channels, signing_key
from yinke.outreach.channels.smpp import Smpp
from yinke.outreach.channels.smpp_in import listen_to_all
from yinke.outreach.models import Message, Reply
from yinke.outreach.services.dispatch import dispatch

pytestmark = pytest.mark.django_db(transaction=True)
"""What comes back is written down by another thread."""
MINE = "13800000001"


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    there = Smsc().start()
    yield there
    there.stop()


@pytest.fixture
def centre(smsc: Smsc) -> Smpp:
    return Smpp("smsc", "127.0.0.1", smsc.port, "none", "yinke", "geheim", source="10690001", timeout=5)


@pytest.fixture
def listening(bank: Post, centre: Smpp) -> Iterator[None]:
    """A receiver, as the worker runs it."""
    stop = threading.Event()
    threads = listen_to_all([replace(centre, timeout=0.5)], stop)
    yield
    stop.set()
    for one in threads:
        one.join(10)
    assert not any(one.is_alive() for one in threads)


def go(bank: Post, *ways: Provider) -> None:
    with patch.object(timezone, "now", lambda: bank.now):
        dispatch(carriers=lambda channel: ways)


def test_a_text_goes_in_ucs2_with_the_banks_number_and_asks_for_its_receipt(smsc: Smsc, centre: Smpp) -> None:
    (end,) = centre.send([Outgoing(7, MINE, "您好，😀")])
    assert (end.state, end.ref) == ("TAKEN", "smpp:m1")
    (part,) = smsc.parts
    assert (part.to, part.to_type, part.source, part.coding, part.wants_receipt) == (
        MINE,
        0,
        "10690001",
        8,
        True,
    )
    assert smsc.texts() == [(MINE, "您好，😀")]


def test_a_number_may_go_with_its_country(smsc: Smsc, centre: Smpp) -> None:
    replace(centre, country="86").send([Outgoing(7, MINE, "您好")])
    assert (smsc.parts[0].to, smsc.parts[0].to_type) == (f"86{MINE}", 1)


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3), (700, 11)])
def test_a_long_text_goes_in_parts_and_only_the_last_asks_for_a_receipt(
    smsc: Smsc, centre: Smpp, length: int, parts: int
) -> None:
    text = "".join(chr(0x4E00 + n) for n in range(length))
    (end,) = centre.send([Outgoing(7, MINE, text)])
    assert (end.state, end.ref) == ("TAKEN", f"smpp:m{parts}")
    assert smsc.texts() == [(MINE, text)]
    assert [part.wants_receipt for part in smsc.parts] == [False] * (parts - 1) + [True]


def test_a_batch_goes_over_one_line_and_no_faster_than_agreed(smsc: Smsc, centre: Smpp) -> None:
    slow = replace(centre, per_second=20, window=3)
    began = datetime.now(UTC)
    ends = slow.send([Outgoing(n, f"138{n:08}", "您好") for n in range(11)])
    assert datetime.now(UTC) - began >= timedelta(seconds=0.5)
    assert {end.state for end in ends} == {"TAKEN"} and smsc.binds == [BIND_TRANSMITTER]
    assert len({end.ref for end in ends}) == 11


def test_who_is_asked_to_slow_down_tells_the_rest_later(smsc: Smsc, centre: Smpp) -> None:
    smsc.answers["13800000002"] = smpp34.ESME_RTHROTTLED
    ends = replace(centre, window=1).send([Outgoing(n, f"1380000000{n}", "您好") for n in range(1, 6)])
    assert [(end.state, end.why, end.unsure) for end in ends] == [
        ("TAKEN", "", False), ("BUSY", "SMPP_58", False), *[("BUSY", "SMPP_58", False)] * 3,
    ]  # fmt: skip
    assert smsc.texts() == [("13800000001", "您好")]


def test_a_wrong_password_is_no_refusal_of_messages() -> None:
    with answering(lambda command, sequence: pdu(command, sequence, 0x0E)) as server:
        centre = Smpp("smsc", "127.0.0.1", server.getsockname()[1], "none", "yinke", "falsch", timeout=5)
        (end,) = centre.send([Outgoing(7, MINE, "您好")])
    assert (end.state, end.why, end.unsure) == ("BUSY", "NOT_LET_IN", False)


def bound(then: bytes | None) -> Callable[[int, int], bytes | None]:
    """A centre that lets in, and answers so to the first text."""
    return lambda command, sequence: then if command == SUBMIT else pdu(command, sequence, body=b"x\0")


@pytest.mark.parametrize(
    ("then", "why"), [(None, "UNREACHABLE"), (b"", "TIMEOUT"), (b"\0\0\0\x10\x12\x34\x56\x78" + bytes(8), "NOT_UNDERSTOOD")]
)  # fmt: skip
def test_a_text_without_an_answer_may_have_been_carried(then: bytes | None, why: str) -> None:
    with answering(bound(then)) as server:
        centre = Smpp(
            "smsc", "127.0.0.1", server.getsockname()[1], "none", "yinke", "geheim", window=1, timeout=1
        )
        ends = centre.send([Outgoing(7, MINE, "您好"), Outgoing(8, MINE, "您好")])
    assert [(end.state, end.why, end.unsure) for end in ends] == [("BUSY", why, True), ("BUSY", why, False)]


class Says:
    """A provider that can be told twice."""

    name, per_second, batch, repeats = "other", 1_000, 10, True

    def __init__(self) -> None:
        self.told: list[int] = []

    def send(self, messages: Any) -> list[Any]:
        from yinke.outreach.channels import Outcome

        self.told += [one.id for one in messages]
        return [Outcome(one.id, "TAKEN", f"o-{one.id}") for one in messages]


@pytest.mark.parametrize("others", [0, 1])
def test_what_got_no_answer_is_not_told_again_unless_it_is_owed(bank: Post, others: int) -> None:
    advert, owed = bank.message(), bank.message("SERVICE")
    other = Says()
    with answering(bound(b"")) as server:
        centre = Smpp("smsc", "127.0.0.1", server.getsockname()[1], "none", "yinke", "geheim", timeout=1)
        go(bank, centre, *[other] * others)
    assert (now(advert).state, advert.why, advert.doubtful) == ("FAILED", "NO_ANSWER", True)
    if others:  # the next provider may be told what is owed
        assert (now(owed).state, owed.provider, other.told) == ("SENT", "other", [owed.id])
    else:
        assert (now(owed).state, owed.why) == ("QUEUED", "TIMEOUT")
        bank.now += timedelta(minutes=1)
        go(bank, other)
        assert (now(owed).state, other.told) == ("SENT", [owed.id])


def test_what_a_kill_left_behind_is_not_told_again_by_anybody(bank: Post, smsc: Smsc, centre: Smpp) -> None:
    advert, owed, fresh = bank.message(), bank.message("SERVICE"), bank.message("SERVICE")
    Message.objects.filter(id__in=[advert.id, owed.id]).update(
        state="SENDING", provider="smsc", attempts=1, gone_at=NOON - timedelta(hours=1)
    )
    other = Says()
    go(bank, centre, other)
    assert (now(advert).state, advert.why, advert.doubtful) == ("FAILED", "NO_ANSWER", True)
    assert (now(owed).state, owed.provider, now(fresh).state) == ("SENT", "smsc", "SENT")
    assert other.told == [] and len(smsc.texts()) == 2


def test_who_is_told_is_written_down_before(bank: Post, smsc: Smsc, centre: Smpp) -> None:
    message = bank.message()

    class Looks(Smpp):
        def send(self, messages: Any) -> Any:
            seen.append((now(message).state, message.provider))
            raise KeyboardInterrupt

    seen: list[tuple[str, str]] = []
    with pytest.raises(KeyboardInterrupt):
        go(bank, Looks("smsc", "127.0.0.1", smsc.port, "none", "yinke", "geheim"))
    assert seen == [("SENDING", "smsc")]


def test_what_another_provider_may_have_carried_goes_to_no_other(bank: Post) -> None:
    class Late(Says):
        name = "late"

        def send(self, messages: Any) -> list[Any]:
            from yinke.outreach.channels import Outcome

            self.told += [one.id for one in messages]
            if len(self.told) > 1:
                return [Outcome(one.id, "TAKEN", f"l-{one.id}") for one in messages]
            return [Outcome(one.id, "BUSY", why="TIMEOUT", unsure=True) for one in messages]

    advert, late, other = bank.message(), Late(), Says()
    go(bank, late, other)
    assert (now(advert).state, advert.provider, advert.doubtful) == ("QUEUED", "late", True)
    bank.now += timedelta(minutes=1)
    go(bank, other, late)
    assert (now(advert).state, advert.provider, advert.doubtful) == ("SENT", "late", True)
    assert (late.told, other.told) == ([advert.id] * 2, [])


@pytest.mark.parametrize(
    ("state", "ends", "why"),
    [("DELIVRD", "DELIVERED", ""), ("UNDELIV", "FAILED", "UNDELIV"), ("EXPIRED", "FAILED", "EXPIRED"),
     ("REJECTD", "FAILED", "REJECTD"), ("DELETED", "FAILED", "DELETED"), ("ENROUTE", "SENT", ""), ("ACCEPTD", "SENT", "")],
)  # fmt: skip
def test_a_receipt_ends_its_message(
    bank: Post, smsc: Smsc, centre: Smpp, listening: None, state: str, ends: str, why: str
) -> None:
    message, other = bank.message(), bank.message("SERVICE")
    go(bank, centre)
    ref = now(message).provider_ref.removeprefix("smpp:")
    assert smsc.receipt(ref, state) == 0
    assert (now(message).state, message.why) == (ends, why)
    assert now(other).state == "SENT"
    assert smsc.receipt(ref, "DELIVRD") == 0  # the first end stays
    assert now(message).state == ("DELIVERED" if ends == "SENT" else ends)


def test_a_number_that_two_centres_have_given_is_each_ones_own(
    bank: Post, smsc: Smsc, centre: Smpp, listening: None
) -> None:
    other, message = bank.message("SERVICE"), bank.message("SERVICE")
    told = {"state": "SENT", "gone_at": timezone.now(), "provider_ref": "smpp:m5"}
    Message.objects.filter(id=other.id).update(provider="another", **told)
    Message.objects.filter(id=message.id).update(provider="smsc", **told)
    assert smsc.receipt("m5") == 0
    assert (now(message).state, now(other).state) == ("DELIVERED", "SENT")


def test_a_receipt_may_say_it_in_parameters_of_their_own(
    bank: Post, smsc: Smsc, centre: Smpp, listening: None
) -> None:
    message = bank.message()
    go(bank, centre)
    ref = now(message).provider_ref.removeprefix("smpp:")
    tlvs = (
        smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, ref.encode() + b"\0"),
        smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, bytes([5])), smpp34.Tlv(0x1501, b"its own"),
    )  # fmt: skip
    assert smsc.tell(b"", sender=MINE, kind=0x04, tlvs=tlvs) == 0
    assert (now(message).state, message.why) == ("FAILED", "UNDELIV")


def test_a_receipt_that_comes_before_our_note_of_its_number_is_told_again(
    bank: Post, smsc: Smsc, centre: Smpp, listening: None
) -> None:
    message = bank.message()
    Message.objects.filter(id=message.id).update(state="SENDING", provider="smsc", gone_at=timezone.now())
    again = 0x64  # ESME_RX_T_APPN
    assert smsc.receipt("m1") == again
    Message.objects.filter(id=message.id).update(state="SENT", provider_ref="smpp:m1")
    assert smsc.receipt("m1") == 0
    assert now(message).state == "DELIVERED"
    assert smsc.receipt("m77") == 0  # of nobody's here: it need not be told again


@pytest.mark.parametrize(
    ("content", "coding"), [("退订".encode("utf-16-be"), 8), (b"td", 0), ("退订".encode("gb18030"), 15)]
)  # fmt: skip
def test_no_more_holds_before_the_answer_is_acknowledged(
    bank: Post, smsc: Smsc, listening: None, content: bytes, coding: int
) -> None:
    waiting = bank.message()
    assert smsc.tell(content, sender=f"86{MINE}", coding=coding) == 0
    wish = DoNotDisturb.objects.get(customer=bank.zhao)
    assert (wish.scope, wish.source, wish.lifted_at) == ("SMS", "REPLY", None)
    assert (now(waiting).state, waiting.why) == ("REFUSED", "DND")
    for sender, replies in (
        (f"86{MINE}", 1),
        (MINE, 2),
    ):  # the same words again the same day, a number written otherwise
        assert smsc.tell(content, sender=sender, coding=coding) == 0
        assert Reply.objects.filter(provider="smsc").count() == replies


def test_an_answer_with_a_head_is_read_without_it(bank: Post, smsc: Smsc, listening: None) -> None:
    assert (
        smsc.tell(b"\x05\x00\x03\x07\x02\x01" + "谢谢".encode("utf-16-be"), sender=MINE, coding=8, kind=0x40)
        == 0
    )
    from yinke.common.crypto import decrypt

    reply = Reply.objects.get()
    assert (reply.customer, reply.meaning, decrypt(bytes(reply.text_sealed))) == (bank.zhao, "OTHER", "谢谢")


def test_what_cannot_be_written_down_is_told_again(bank: Post, smsc: Smsc, listening: None) -> None:
    with patch("yinke.outreach.channels.smpp_in.note_replies", side_effect=RuntimeError("no room")):
        assert smsc.tell(b"TD", sender=MINE) == 0x64
    assert smsc.tell(b"TD", sender=MINE) == 0
    assert DoNotDisturb.objects.filter(customer=bank.zhao).exists()


def test_a_receiver_comes_back_after_its_line_broke(bank: Post, smsc: Smsc, listening: None) -> None:
    assert smsc.tell(b"hello", sender=MINE) == 0
    smsc.hang_up()
    for _ in range(100):
        if len(smsc.binds) == 2 and smsc.listens:
            break
        threading.Event().wait(0.1)
    assert smsc.tell(b"TD", sender=MINE) == 0
    assert DoNotDisturb.objects.filter(customer=bank.zhao).exists()


def certificate(path: Path, host: str) -> ssl.SSLContext:
    """A certificate of its own for a host at ``path``, and a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    began = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(began).not_valid_after(began + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = path.with_suffix(".key")
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(path, secret)
    return side


@pytest.mark.parametrize(
    ("host", "trusted", "state", "why"),
    [("localhost", True, "TAKEN", ""), ("localhost", False, "BUSY", "NOT_ENCRYPTED"), ("other.example", True, "BUSY", "NOT_ENCRYPTED")],
)  # fmt: skip
def test_a_centre_is_trusted_by_its_certificate_and_name(
    smsc: Smsc,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    trusted: bool,
    state: str,
    why: str,
) -> None:
    side = certificate(tmp_path / "centre.pem", host)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path / 'centre.pem'}")
    with tunnel(smsc.port, side) as door:
        centre = Smpp("smsc", "localhost", door.getsockname()[1], "tls", "yinke", "geheim", timeout=5)
        (end,) = centre.send([Outgoing(7, MINE, "您好")])
    assert (end.state, end.why, end.unsure) == (state, why, False)
    assert len(smsc.texts()) == (state == "TAKEN")


def settings_file(tmp_path: Path, port: int, password: str = "geheim", more: str = "") -> Path:
    secret = tmp_path / "password"
    secret.write_text(password)
    path = tmp_path / "channels.yaml"
    path.write_text(
        f"sms:\n  - {{kind: smpp, name: smsc, host: 127.0.0.1, port: {port}, security: none, system_id: yinke,"
        f" secret_file: '{secret}', source: '10690001'{more}}}\n"
    )
    return path


def test_a_bank_names_its_centre_in_the_file_of_channels(
    bank: Post, smsc: Smsc, tmp_path: Path, settings: Any
) -> None:
    settings.YINKE = replace(settings.YINKE, channels=settings_file(tmp_path, smsc.port))
    message = bank.message()
    with patch.object(timezone, "now", lambda: NOON):
        dispatch()
    assert (now(message).state, message.provider) == ("SENT", "smsc")
    assert [one.name for one in providers("SMS")] == [one.name for one in centres()] == ["smsc"]
    assert signing_key("smsc") is None  # nobody tells anything in its name by HTTP


@pytest.mark.parametrize(
    ("more", "says"),
    [(", host: smsc.example", "tunnel"), (", system_id: 'a b'", "sms.0.system_id"), (", window: 0", "sms.0.window"),
     (", url: 'http://x'", "sms.0.url"), (", kind: cmpp", "sms.0")],
)  # fmt: skip
def test_a_wrong_entry_is_named(tmp_path: Path, more: str, says: str) -> None:
    key = more.split(":")[0].strip(", ")
    path = settings_file(tmp_path, 1, more="")
    text = path.read_text()
    parts = [
        one
        for one in text.removeprefix("sms:\n  - {").rstrip("}\n").split(", ")
        if not one.startswith(f"{key}:")
    ]
    path.write_text(f"sms:\n  - {{{', '.join(parts)}{more}}}\n")
    with pytest.raises(ConfigurationError, match=says):
        read_channels(path)


@pytest.mark.parametrize("password", ["", "longer than eight"])
def test_a_password_that_smpp_cannot_say_is_told(tmp_path: Path, settings: Any, password: str) -> None:
    settings.YINKE = replace(settings.YINKE, channels=settings_file(tmp_path, 1, password))
    with pytest.raises(ConfigurationError, match="SMPP knows 1 to 8"):
        providers("SMS")


def test_a_quiet_line_is_asked_whether_it_stands(bank: Post, smsc: Smsc, listening: None) -> None:
    for _ in range(100):
        if smsc.asked > 4:
            break
        threading.Event().wait(0.1)
    assert smsc.asked > 4 and len(smsc.binds) == 1


def test_a_line_on_which_nobody_answers_any_more_is_made_anew(bank: Post) -> None:
    binds: list[int] = []

    def deaf(command: int, sequence: int) -> bytes:
        if command != BIND_RECEIVER:
            return b""
        binds.append(sequence)
        return pdu(command, sequence, body=b"x\0")

    stop = threading.Event()
    with answering(deaf) as server:
        centre = Smpp("smsc", "127.0.0.1", server.getsockname()[1], "none", "yinke", "geheim", timeout=0.1)
        (thread,) = listen_to_all([centre], stop)
        for _ in range(100):
            if len(binds) > 1:
                break
            threading.Event().wait(0.1)
        stop.set()
        thread.join(10)
    assert len(binds) > 1 and not thread.is_alive()


def test_the_worker_listens_until_it_is_told_to_stop(bank: Post, smsc: Smsc, tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.outreach.listen"],
        env={
            **os.environ, "YINKE_CHANNELS": f"{settings_file(tmp_path, smsc.port)}",
            "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        },
    )  # fmt: skip
    try:
        for _ in range(600):
            if smsc.listens or worker.poll() is not None:
                break
            threading.Event().wait(0.1)
        assert smsc.tell(b"TD", sender=MINE) == 0
        assert DoNotDisturb.objects.filter(customer=bank.zhao).exists()
    finally:
        worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0


def test_a_worker_without_a_centre_says_so() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "yinke.cli", "worker", "smpp"], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "YINKE_CHANNELS": ""},
    )  # fmt: skip
    assert ended.returncode != 0 and "There is no message centre" in ended.stderr + ended.stdout


def test_nobody_there_is_told_of_as_such() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        centre = Smpp("smsc", "127.0.0.1", probe.getsockname()[1], "none", "yinke", "geheim", timeout=1)
        (end,) = centre.send([Outgoing(7, MINE, "您好")])
    assert (end.state, end.why, end.unsure) == ("BUSY", "UNREACHABLE", False)
