"""邮件: what a real mail server on loopback is given, and what comes back from it."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from tests.outreach.conftest import Post
from tests.outreach.test_dispatch import now
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb
from yinke.common.crypto import blind_index, decrypt, encrypt
from yinke.common.errors import ConfigurationError
from yinke.demo.mailbox import Letter, Mailbox, free_ports
from yinke.outreach.channels.mail_in import receiver
from yinke.outreach.channels.settings import EmailReturns, providers, read_channels
from yinke.outreach.channels.smtp import Smtp
from yinke.outreach.models import DeadMailbox, Message, Reply, TemplateVersion
from yinke.outreach.return_paths import mark_of, message_of
from yinke.outreach.services.dispatch import Dispatched, dispatch
from yinke.outreach.services.templates import Draft, TemplateWrong, decide, submit

ZHAO = "zhao.yi@mail.example"
URL = "https://care.bank.example/api/opt-out"
pytestmark = pytest.mark.django_db(transaction=True)
"""What comes back is written down by another thread."""


class MailPost(Post):
    """A bank that writes e-mail."""

    def __init__(self) -> None:
        super().__init__()
        self.addressed(self.zhao, ZHAO)
        for purpose in ("MARKETING_SMS", "MARKETING_EMAIL"):
            self.consents(self.zhao, purpose=purpose)
        self.mails = {
            kind: self.mail(kind, "{称呼}，新产品上线", "{称呼}：\n\n请来{网点}看看。")
            for kind in ("MARKETING", "GREETING", "SERVICE")
        }

    def addressed(self, customer: Any, email: str) -> None:
        customer.email_sealed, customer.email_index = encrypt(email), blind_index(email)
        customer.save()

    def mail(self, kind: str, subject: str, text: str) -> TemplateVersion:
        draft = Draft(f"邮件{kind}{len(subject)}", kind, text, channel="EMAIL", subject=subject)
        return decide(self.viewer("合规"), submit(self.viewer("运营"), draft).id, fit=True)

    def letter(self, kind: str = "MARKETING", **fields: Any) -> Message:
        return self.message(kind, channel="EMAIL", version=self.mails[kind], **fields)

    def post(self) -> Dispatched:
        """Dispatch at the bank's own time, by the providers of the settings."""
        with patch.object(timezone, "now", lambda: self.now):
            return dispatch()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    there = Mailbox().start()
    yield there
    if there.runs:
        there.stop()


@pytest.fixture
def bank(db: None, box: Mailbox, tmp_path: Path, settings: Any) -> Iterator[MailPost]:
    (box.returns,) = free_ports(1)
    returns = receiver(EmailReturns(domain="returns.bank.example", port=box.returns))
    returns.start()
    path = tmp_path / "channels.yaml"
    path.write_text(
        f"email:\n  - {{name: mailbox, host: 127.0.0.1, port: {box.port}, security: none, sender: care@bank.example, sender_name: 银客银行}}\n"
        f"email_opt_out_url: {URL}\nemail_returns: {{domain: returns.bank.example, port: {box.returns}}}\n",
        encoding="utf-8",
    )
    settings.YINKE = replace(settings.YINKE, channels=path)
    from tests.outreach.conftest import NOON

    with patch.object(timezone, "now", lambda: NOON):
        found = MailPost()
    yield found
    returns.stop()


def sent(bank: MailPost, box: Mailbox, kind: str = "MARKETING") -> tuple[Message, Letter]:
    message = bank.letter(kind)
    assert bank.post().taken == 1
    return now(message), box.letters[-1]


def test_a_letter_is_what_was_approved_and_says_how_to_hear_no_more(bank: MailPost, box: Mailbox) -> None:
    message, letter = sent(bank, box)
    heads = letter.message
    assert (letter.to, heads["From"], heads["To"]) == (ZHAO, "银客银行 <care@bank.example>", ZHAO)
    assert heads["Subject"] == "（广告）赵一女士，新产品上线"
    link = f"{URL}/{mark_of(message.id)}"
    assert (
        letter.text.strip()
        == f"赵一女士：\n\n请来徐汇看看。\n\n银客银行\n如不希望再收到此类邮件，请点击退订：{link}"
    )
    assert (heads["List-Unsubscribe"].strip(), heads["List-Unsubscribe-Post"]) == (
        f"<{link}>",
        "List-Unsubscribe=One-Click",
    )
    back = f"{mark_of(message.id)}@returns.bank.example"
    assert (letter.back, heads["Reply-To"], heads["Message-ID"]) == (
        back,
        back,
        f"<{message.id}.yinke@bank.example>",
    )
    assert (message.state, message.provider, message.provider_ref) == ("SENT", "mailbox", heads["Message-ID"])
    assert message.text_sealed is not None
    assert decrypt(message.text_sealed) == f"{heads['Subject']}\n\n{letter.text.strip()}"


def test_a_service_notice_advertises_nothing_and_needs_no_consent(bank: MailPost, box: Mailbox) -> None:
    bank.consents(bank.zhao, "WITHDRAWN", "MARKETING_EMAIL")
    refused = bank.letter("GREETING")
    message, letter = sent(bank, box, "SERVICE")
    assert letter.message["Subject"] == "赵一女士，新产品上线" and "List-Unsubscribe" not in letter.message
    assert "退订" not in letter.text and now(message).state == "SENT"
    assert (now(refused).state, refused.why) == ("REFUSED", "CONSENT")  # that to texts is another one


def test_who_has_no_address_gets_none_and_each_channel_has_its_own_caps(bank: MailPost, box: Mailbox) -> None:
    bank.with_customer("钱二")
    bank.consents(bank.customers["钱二"], purpose="MARKETING_EMAIL")
    nowhere = bank.letter(customer=bank.customers["钱二"])
    mails, texts = [bank.letter() for _ in range(2)], [bank.message() for _ in range(2)]
    bank.post()
    assert (now(nowhere).state, nowhere.why) == ("REFUSED", "NO_ADDRESS")
    assert [(now(mail).state, mail.why) for mail in mails] == [("SENT", ""), ("REFUSED", "CAP_WEEK")]
    assert [(now(text).state, text.why) for text in texts] == [
        ("QUEUED", "NO_PROVIDER")
    ] * 2  # no gateway here


@pytest.mark.parametrize(
    ("answer", "state", "why", "dead"),
    [
        ("550 5.1.1 no such user", "FAILED", "NO_MAILBOX", 1),
        ("554 5.7.1 refused", "FAILED", "SMTP_554", 0),
        ("451 4.7.1 greylisted", "QUEUED", "SMTP_451", 0),
        ("421 4.3.2 going away", "QUEUED", "UNREACHABLE", 0),
    ],
)
def test_what_the_relay_says_decides_whether_it_is_tried_again(
    bank: MailPost, box: Mailbox, answer: str, state: str, why: str, dead: int
) -> None:
    box.answers[ZHAO] = answer
    message = bank.letter()
    bank.post()
    assert (now(message).state, message.why, DeadMailbox.objects.count()) == (state, why, dead)
    box.answers.clear()
    bank.now += timedelta(minutes=1)
    bank.post()
    assert len(box.letters) == (1 if state == "QUEUED" else 0)
    again = bank.letter("SERVICE")
    bank.post()
    assert (now(again).state, again.why) == (("REFUSED", "DEAD_MAILBOX") if dead else ("SENT", ""))
    bank.addressed(bank.zhao, "new@mail.example")  # another address is good again
    assert sent(bank, box, "SERVICE")[1].to == "new@mail.example"


def test_one_refused_address_stops_nobody_else_and_a_relay_that_is_gone_loses_nothing(
    bank: MailPost, box: Mailbox
) -> None:
    people = [bank.zhao]
    for n in range(4):
        bank.with_customer(f"客{n}")
        people.append(bank.customers[f"客{n}"])
        bank.addressed(people[-1], f"k{n}@mail.example")
    box.answers["k1@mail.example"] = "550 5.1.1 no such user"
    messages = [bank.letter("SERVICE", customer=customer) for customer in people]
    assert (bank.post().taken, len(box.letters)) == (4, 4)
    assert [now(m).state for m in messages] == ["SENT", "SENT", "FAILED", "SENT", "SENT"]
    box.stop()
    late = [bank.letter("SERVICE", customer=customer) for customer in people[:2]]
    bank.post()
    assert [(now(m).state, m.why) for m in late] == [("QUEUED", "UNREACHABLE")] * 2


def test_a_bounce_that_comes_later_is_a_failure_and_ends_writing_there(bank: MailPost, box: Mailbox) -> None:
    message, letter = sent(bank, box)
    box.bounce(letter, action="delayed", status="4.4.1")
    assert now(message).state == "SENT"
    box.bounce(letter)
    assert (now(message).state, message.why) == ("FAILED", "NO_MAILBOX")
    assert DeadMailbox.objects.get().customer_id == bank.zhao.id
    full, letter = sent_again(bank, box)
    box.bounce(letter, status="5.2.2")  # a mailbox that is full may be emptied
    assert (now(full).why, DeadMailbox.objects.count()) == ("SMTP_5.2.2", 1)


def sent_again(bank: MailPost, box: Mailbox) -> tuple[Message, Letter]:
    bank.addressed(bank.zhao, "other@mail.example")
    return sent(bank, box, "SERVICE")


@pytest.mark.parametrize("text", ["退订", "TD", "r", "不要再发了，退订！"])
def test_an_answer_that_says_no_more_holds_for_everybody_of_that_address(
    bank: MailPost, box: Mailbox, text: str
) -> None:
    bank.with_customer("赵小")
    bank.addressed(bank.customers["赵小"], ZHAO)
    waiting = bank.letter("GREETING", customer=bank.customers["赵小"], next_at=bank.now + timedelta(days=1))
    _, letter = sent(bank, box)
    for _ in range(2):
        box.answer(letter, text)
    assert DoNotDisturb.objects.filter(scope="EMAIL", lifted_at=None).count() == 2
    assert (now(waiting).state, waiting.why) == ("REFUSED", "DND")
    reply = Reply.objects.get()
    assert (reply.channel, reply.meaning, reply.customer_id) == ("EMAIL", "OPT_OUT", bank.zhao.id)
    assert reply.text_sealed is not None and decrypt(reply.text_sealed) == text  # without what was quoted
    assert AuditEntry.objects.filter(action="dnd.reply").count() == 2
    again, by_text = bank.letter("GREETING"), bank.message("GREETING")
    bank.post()
    assert (now(again).why, now(by_text).why) == ("DND", "NO_PROVIDER")  # texts are another matter


def test_what_a_person_writes_is_kept_and_what_a_machine_writes_is_not(bank: MailPost, box: Mailbox) -> None:
    _, letter = sent(bank, box)
    box.answer(letter, "谢谢，下周来", message_id="<2@mail.example>")
    box.answer(
        letter,
        "您好，我想把上次说好的周六的预约取消，改到下周日上午可以吗？",
        message_id=f"<{'4' * 90}@mail.example>",
    )
    box.answer(letter, "还有一件事", message_id=f"<{'4' * 91}@mail.example>")
    box.answer(
        letter, "我在休假。退订请联系同事", message_id="<3@mail.example>", Auto_Submitted="auto-replied"
    )
    assert [reply.meaning for reply in Reply.objects.all()] == [
        "OTHER"
    ] * 3 and not DoNotDisturb.objects.exists()


def test_mail_to_nobody_of_ours_is_not_taken(bank: MailPost, box: Mailbox) -> None:
    message, _ = sent(bank, box)
    mark = mark_of(message.id)
    for to in (
        f"{mark[:-1]}{'0' if mark[-1] != '0' else '1'}@returns.bank.example", f"m{message.id + 1}-{mark.partition('-')[2]}@returns.bank.example",
        f"{mark}@other.example", "postmaster@returns.bank.example", "m1@returns.bank.example",
    ):  # fmt: skip
        with pytest.raises(smtplib.SMTPRecipientsRefused), smtplib.SMTP("127.0.0.1", box.returns) as relay:
            relay.sendmail("x@mail.example", [to], b"Subject: TD\r\n\r\nTD")
    assert not Reply.objects.exists() and message_of(mark.upper()) == message.id


def test_the_link_asks_before_it_takes_and_works_without_signing_in(bank: MailPost, box: Mailbox) -> None:
    message, _ = sent(bank, box)
    door, path = Client(enforce_csrf_checks=True), f"/api/opt-out/{mark_of(message.id)}"
    asked = door.get(path)
    assert (
        asked.status_code == 200
        and "确认退订" in asked.content.decode()
        and "Unsubscribe" in asked.content.decode()
    )
    assert "赵" not in asked.content.decode() and "mail.example" not in asked.content.decode()
    assert not DoNotDisturb.objects.exists()  # filters follow every link
    for _ in range(2):
        done = door.post(path, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200 and "已退订" in done.content.decode()
    assert DoNotDisturb.objects.get().scope == "EMAIL" and Reply.objects.get().meaning == "OPT_OUT"
    for wrong in (
        f"{path[:-1]}x",
        "/api/opt-out/m1-0",
        "/api/opt-out/退订",
        f"/api/opt-out/{mark_of(message.id + 1)}",
    ):
        assert door.get(wrong).status_code == door.post(wrong).status_code == 404
    assert done.headers["Referrer-Policy"] == "no-referrer" and done.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("subject", "text", "fault"),
    [
        ("", "您好", "no_subject"), ("题" * 61, "您好", "long_subject"), ("稳赚不赔", "您好", "banned_word"),
        ("您好{余额}", "您好", "unknown_variable"), ("您好", "您好" * 3_000, "too_long"), ("您好", "", "empty"),
        ("您好", "请看 https://evil.example/a", "foreign_link"),
    ],
)  # fmt: skip
def test_a_letter_that_may_not_be_sent_is_refused_while_it_is_written(
    bank: MailPost, subject: str, text: str, fault: str
) -> None:
    with pytest.raises(TemplateWrong) as wrong:
        submit(bank.viewer("运营"), Draft("新邮件", "MARKETING", text, channel="EMAIL", subject=subject))
    assert wrong.value.place == fault


def test_no_head_can_be_put_into_a_letter(bank: MailPost, box: Mailbox) -> None:
    sly = bank.mail("SERVICE", "您好\r\nBcc: all@mail.example", "您好")
    assert sly.subject == "您好 Bcc: all@mail.example"
    bank.message("SERVICE", channel="EMAIL", version=sly)
    bank.post()
    (letter,) = box.letters
    assert letter.to == ZHAO and letter.message["Bcc"] is None


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("email: [{name: a, host: mail.bank.example, security: none, sender: a@b.example}]\nemail_opt_out_url: https://b.example/o", "on this machine"),
        ("email: [{name: a, host: mail.bank.example, sender: a@b.example}]", "opt out"),
        ("email: [{name: a, host: mail.bank.example, sender: a@b.example, user: x}]\nemail_opt_out_url: https://b.example/o", "secret_file"),
        ("email: [{name: a, host: mail.bank.example, sender: nobody}]\nemail_opt_out_url: https://b.example/o", "sender"),
    ],
)  # fmt: skip
def test_a_relay_that_cannot_be_is_refused_with_the_place(tmp_path: Path, file: str, says: str) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(file, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        read_channels(path)


def test_without_encryption_nothing_is_told(bank: MailPost, box: Mailbox) -> None:
    provider = Smtp("strict", "127.0.0.1", box.port, "starttls", "care@bank.example")
    message = bank.letter()
    with patch.object(timezone, "now", lambda: bank.now):
        dispatch(carriers=lambda channel: [provider])
    assert (now(message).state, message.why, box.letters) == ("QUEUED", "NOT_ENCRYPTED", [])
    assert [type(one) for one in providers("EMAIL")] == [Smtp]
