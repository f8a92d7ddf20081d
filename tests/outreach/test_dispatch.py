"""派发: once each, whatever fails on the way; and what customers and providers say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from unittest.mock import Mock, call, patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.outreach.conftest import Post
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb
from yinke.common.crypto import decrypt
from yinke.demo.gateway import Gateway
from yinke.outreach.channels import Outcome, Outgoing
from yinke.outreach.channels.http_sms import HttpSms
from yinke.outreach.models import Message, Reply, TemplateVersion
from yinke.outreach.services.dispatch import dispatch
from yinke.outreach.services.inbound import Answer, Receipt, note_receipts, note_replies


def now(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_what_goes_is_what_was_approved_with_signature_and_opt_out(bank: Post, gateway: Gateway) -> None:
    message = bank.message()
    assert bank.send(gateway).taken == 1
    (taken,) = gateway.taken.values()
    assert taken["to"] == "13800000001"
    assert taken["text"] == "【银客银行】赵一女士，您好。MARKETING拒收请回复R"
    assert now(message).state == "SENT"
    assert message.text_sealed is not None and decrypt(message.text_sealed) == taken["text"]
    assert (message.provider, message.provider_ref) == ("loopback", f"g-{message.id}")


def test_a_gateway_that_is_down_is_tried_again_each_time_later_and_then_no_more(
    bank: Post, gateway: Gateway
) -> None:
    gateway.down = True
    message = bank.message()
    waits = []
    for _ in range(4):
        bank.send(gateway)
        assert (now(message).state, message.why) == ("QUEUED", "HTTP_503")
        waits.append((message.next_at - bank.now).total_seconds())
        assert bank.send(gateway).taken == 0  # not before its time
        bank.now = message.next_at
    assert waits == [30, 60, 120, 240]
    bank.send(gateway)
    assert (now(message).state, message.why) == ("FAILED", "HTTP_503")
    assert not gateway.taken


def test_a_try_in_vain_is_no_message_and_uses_up_no_cap(bank: Post, gateway: Gateway) -> None:
    gateway.down = True
    message = bank.message()
    bank.send(gateway)
    gateway.down = False
    bank.now = now(message).next_at
    bank.message()
    assert bank.send(gateway).taken == 2


def test_without_a_provider_it_waits_and_says_so(bank: Post) -> None:
    message = bank.message()
    bank.send(None)
    assert (now(message).state, message.why) == ("QUEUED", "NO_PROVIDER")


def test_who_withdraws_while_the_gateway_is_down_gets_nothing(bank: Post, gateway: Gateway) -> None:
    gateway.down = True
    message = bank.message()
    bank.send(gateway)
    bank.consents(bank.zhao, "WITHDRAWN")
    gateway.down, bank.now = False, now(message).next_at
    bank.send(gateway)
    assert (now(message).state, message.why, gateway.taken) == ("REFUSED", "CONSENT", {})


def test_killed_between_the_gate_and_the_answer_it_goes_again_and_the_customer_gets_it_once(
    bank: Post, gateway: Gateway
) -> None:
    message = bank.message()
    bank.send(gateway)
    Message.objects.filter(id=message.id).update(
        state="SENDING", provider="", provider_ref=""
    )  # nobody wrote it down
    assert bank.send(gateway).taken == 0
    bank.now += timedelta(minutes=11)
    assert bank.send(gateway).taken == 1
    assert (gateway.calls, len(gateway.taken), now(message).state) == (2, 1, "SENT")


def test_a_number_that_the_gateway_refuses_has_failed(bank: Post, gateway: Gateway) -> None:
    gateway.refuses.add("13800000001")
    message = bank.message()
    assert bank.send(gateway).failed == 1
    assert (now(message).state, message.why) == ("FAILED", "BLACKLIST")


def test_a_receipt_is_written_down_once_and_by_its_own_provider_only(bank: Post, gateway: Gateway) -> None:
    message = bank.message()
    bank.send(gateway)
    receipt = Receipt(message.id, delivered=True, at=bank.now)
    assert [note_receipts(who, [receipt]) for who in ("another", "loopback", "loopback")] == [0, 1, 0]
    assert (now(message).state, message.receipt_at) == ("DELIVERED", bank.now)


def test_a_receipt_that_is_faster_than_the_answer_stays(bank: Post, gateway: Gateway) -> None:
    message = bank.message()

    class Fast(HttpSms):
        def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
            note_receipts("loopback", [Receipt(messages[0].id, delivered=True, at=bank.now)])
            return super().send(messages)

    with patch.object(timezone, "now", lambda: bank.now):
        dispatch(carriers=lambda channel: [Fast("loopback", gateway.url, gateway.secret)])
    assert (now(message).state, message.provider_ref) == ("DELIVERED", f"g-{message.id}")


@pytest.mark.parametrize("kind", ["MARKETING", "SERVICE"])
@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("fast", [True, False], ids=["before", "after"])
def test_a_receipt_without_an_answer_ends_a_message_which_is_not_told_again(
    bank: Post, gateway: Gateway, kind: str, delivered: bool, fast: bool
) -> None:
    message = bank.message(kind)
    receipt = Receipt(message.id, delivered=delivered, at=bank.now)

    class Silent(HttpSms):
        def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
            super().send(messages)
            if fast:  # the receipt comes before the message is put off
                note_receipts("loopback", [receipt])
            return [Outcome(one.id, "BUSY", why="TIMEOUT", unsure=True) for one in messages]

    with patch.object(timezone, "now", lambda: bank.now):
        dispatch(carriers=lambda channel: [Silent("loopback", gateway.url, gateway.secret)])
        if not fast:
            assert (now(message).state, message.why, message.doubtful) == ("QUEUED", "TIMEOUT", True)
            assert [note_receipts(who, [receipt]) for who in ("another", "loopback")] == [0, 1]
    bank.now += timedelta(hours=2)
    calls = gateway.calls
    bank.send(gateway)
    assert now(message).state == ("DELIVERED" if delivered else "FAILED") and gateway.calls == calls


def test_a_receipt_of_what_was_never_told_changes_nothing(bank: Post) -> None:
    message = bank.message()
    assert note_receipts("loopback", [Receipt(message.id, delivered=True, at=bank.now)]) == 0
    assert now(message).state == "QUEUED"


def test_a_providers_rate_holds_over_batches_and_one_sender_speaks_to_it_at_a_time(
    bank: Post, gateway: Gateway
) -> None:
    held: list[int] = []
    clock = Mock(spec=["monotonic", "sleep"])
    clock.monotonic.return_value = 0.0

    def locks() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    class Slow(HttpSms):
        def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
            held.append(locks())
            clock.monotonic.return_value += 0.25
            return super().send(messages)

    provider = Slow("loopback", gateway.url, gateway.secret, per_second=1)
    for _ in range(3):
        bank.message("SERVICE")
    others = locks()
    with (
        patch.object(timezone, "now", lambda: bank.now),
        patch("yinke.outreach.services.dispatch.CLAIM", 1),
        patch("yinke.outreach.services.dispatch.time", clock),
    ):
        assert dispatch(carriers=lambda channel: [provider]).taken == 3
    assert held == [others + 1] * 3 and locks() == others
    assert clock.sleep.call_args_list == [call(0.75)] * 3


@pytest.mark.parametrize("text", ["R", "ｔｄ", " 退订 ", "r。", "我要退订"])
def test_no_more_holds_at_once_for_everybody_of_that_number(bank: Post, gateway: Gateway, text: str) -> None:
    bank.with_customer("赵小", mobile="13800000001")
    waiting = bank.message()
    answer = Answer("a-1", "+86 138 0000 0001", text, bank.now)
    assert [note_replies("loopback", [answer]) for _ in range(2)] == [1, 0]
    assert DoNotDisturb.objects.filter(scope="SMS", lifted_at=None).count() == 2
    assert (now(waiting).state, waiting.why) == ("REFUSED", "DND")
    bank.message("GREETING")
    assert bank.send(gateway).taken == 0
    assert AuditEntry.objects.filter(action="dnd.reply").count() == 2


def test_another_answer_is_kept_and_stops_nothing(bank: Post) -> None:
    assert note_replies("loopback", [Answer("a-2", "13800000001", "谢谢，收到", bank.now)]) == 1
    reply = Reply.objects.get()
    assert (reply.meaning, reply.customer_id) == ("OTHER", bank.zhao.id)
    assert reply.text_sealed is not None and decrypt(reply.text_sealed) == "谢谢，收到"
    assert not DoNotDisturb.objects.exists()


def test_an_answer_of_nobody_is_kept_without_a_customer(bank: Post) -> None:
    assert note_replies("loopback", [Answer("a-3", "13999999999", "R", bank.now)]) == 1
    assert Reply.objects.get().customer is None


def test_the_database_refuses_to_change_what_was_approved_or_answered(bank: Post) -> None:
    note_replies("loopback", [Answer("a-4", "13800000001", "R", bank.now)])
    for rows, change in (
        (TemplateVersion.objects.all(), {"text": "别的"}),
        (Reply.objects.all(), {"meaning": "OTHER"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
