"""否则用: when a channel reaches nobody the plan's next one is asked for, once, and never both arrive."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.outreach.conftest import NOON, Post
from tests.outreach.test_dispatch import now
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb
from yinke.common.crypto import blind_index
from yinke.common.errors import YinkeError
from yinke.customers.models import Customer
from yinke.demo.gateway import Gateway
from yinke.outreach.channels import Outcome, Outgoing, Provider
from yinke.outreach.channels.http_sms import HttpSms
from yinke.outreach.models import CarePlan, Message
from yinke.outreach.services import plans
from yinke.outreach.services.dispatch import dispatch
from yinke.outreach.services.inbound import Answer, Receipt, note_receipts, note_replies
from yinke.outreach.services.plans import Asked
from yinke.outreach.services.templates import Draft, decide, retire, submit


class Says:
    """A provider that says what it is told to: by message in turn, else TAKEN. ``carried``: what it has carried, said or not."""

    name, per_second, batch, repeats = "says", 1_000_000, 100, True

    def __init__(self, name: str, says: Sequence[tuple[str, bool]] = ()) -> None:
        self.name, self.says = name, list(says)
        self.carried: list[int] = []

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        found = []
        for one in messages:
            state, carries = self.says.pop(0) if self.says else ("TAKEN", True)
            if carries:
                self.carried.append(one.id)
            said: Any = "BUSY" if state == "LOST" else state
            found.append(
                Outcome(one.id, said, f"r{one.id}", "" if said == "TAKEN" else "SAID", state == "LOST")
            )
        return found


class TwoWays(Post):
    """A bank whose plan of care says: a text; else a notice in the app."""

    def __init__(self) -> None:
        super().__init__()
        self.consents(self.zhao, purpose="MARKETING_APP")
        draft = Draft("推送祝福", "GREETING", "{称呼}，生日快乐！", channel="APP")
        self.second = decide(self.viewer("合规"), submit(self.viewer("运营"), draft).id, fit=True)
        first = self.texts["GREETING"]
        asked = Asked("生日", "E11", 0, 5, first.template_id, True, False, self.second.template_id)
        self.plan = plans.decide(self.viewer("合规"), plans.propose(self.viewer("运营"), asked).id, fit=True)
        self.ways: dict[str, Sequence[Provider]] = {"SMS": [Says("sms")], "APP": [Says("app")]}

    def wish(self, **fields: Any) -> Message:
        return self.message("GREETING", plan=self.plan, by=None, **fields)

    def go(self) -> None:
        with patch.object(timezone, "now", lambda: self.now):
            dispatch(carriers=lambda channel: self.ways.get(channel, ()))

    def after(self, message: Message) -> Message | None:
        return Message.objects.filter(fallback_of=message).first()


@pytest.fixture
def bank(db: None) -> Iterator[TwoWays]:
    with patch.object(timezone, "now", lambda: NOON):
        two = TwoWays()
        two.consents(two.zhao)
    yield two


def no_number(bank: TwoWays) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(mobile_sealed=None, mobile_index=None)


def bad_number(bank: TwoWays) -> None:
    BadNumber.objects.create(customer=bank.zhao, mobile_index=blind_index("13800000001"))


def no_texts(bank: TwoWays) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, scope="SMS", source="REPLY")


def no_consent(bank: TwoWays) -> None:
    bank.consents(bank.zhao, "WITHDRAWN")


@pytest.mark.parametrize(
    ("because", "why"),
    [(no_number, "NO_ADDRESS"), (bad_number, "BAD_NUMBER"), (no_texts, "DND"), (no_consent, "CONSENT")],
)
def test_what_the_gate_says_of_one_channel_brings_the_next(
    bank: TwoWays, because: Callable[[TwoWays], None], why: str
) -> None:
    message = bank.wish()
    because(bank)
    bank.go()
    assert (now(message).state, message.why) == ("REFUSED", why)
    second = bank.after(message)
    assert second is not None
    assert (second.state, second.channel, second.version, second.plan, second.expires_at) == (
        "SENT", "APP", bank.second, bank.plan, message.expires_at,
    )  # fmt: skip
    bank.go()
    assert Message.objects.count() == 2


def complaint(bank: TwoWays) -> None:
    ContactRecord.objects.create(
        customer=bank.zhao, user=bank.staff["李"], channel="PHONE", result="COMPLAINT_RISK", at=bank.now - timedelta(days=1),
        biz_date=bank.now.date(), request_key="complaint",
    )  # fmt: skip


def frozen(bank: TwoWays) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(status="FROZEN")


def capped(bank: TwoWays) -> None:
    for n in range(2):
        bank.message("GREETING", state="SENT", gone_at=bank.now - timedelta(days=n + 1))


def all_quiet(bank: TwoWays) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, scope="ALL_MARKETING", source="RM")


@pytest.mark.parametrize("because", [complaint, frozen, capped])
def test_what_holds_for_the_customer_holds_for_every_channel(
    bank: TwoWays, because: Callable[[TwoWays], None]
) -> None:
    message = bank.wish()
    because(bank)
    bank.go()
    assert now(message).state == "REFUSED" and bank.after(message) is None


def test_who_wants_nothing_gets_nothing_by_any_channel_and_both_say_so(bank: TwoWays) -> None:
    message = bank.wish()
    all_quiet(bank)
    bank.go()
    second = bank.after(message)
    assert (
        second is not None and [(m.state, m.why) for m in (now(message), second)] == [("REFUSED", "DND")] * 2
    )
    assert Message.objects.count() == 2  # the second has no second


def test_a_number_that_the_gateway_refuses_brings_the_next(bank: TwoWays) -> None:
    bank.ways["SMS"] = [Says("sms", [("REFUSED", False)])]
    message = bank.wish()
    bank.go()
    second = bank.after(message)
    assert now(message).state == "FAILED" and second is not None and second.state == "SENT"


def test_a_gateway_that_stays_away_brings_the_next_after_the_last_try(bank: TwoWays) -> None:
    message = bank.wish()
    bank.ways["SMS"] = [Says("sms", [("BUSY", False)] * 5)]
    for _ in range(4):
        bank.go()
        assert (now(message).state, bank.after(message)) == ("QUEUED", None)
        bank.now = message.next_at
    bank.go()
    second = bank.after(message)
    assert now(message).state == "FAILED" and second is not None and second.state == "SENT"


def test_a_receipt_that_says_it_did_not_arrive_brings_the_next_and_one_that_it_did_does_not(
    bank: TwoWays,
) -> None:
    messages = [bank.wish(), bank.wish()]
    bank.go()
    with patch.object(timezone, "now", lambda: bank.now):
        for _ in range(2):
            note_receipts(
                "sms", [Receipt(m.id, delivered=n == 1, at=bank.now) for n, m in enumerate(messages)]
            )
    assert bank.after(messages[1]) is None
    second = bank.after(messages[0])
    assert second is not None and (second.state, Message.objects.count()) == ("QUEUED", 3)


def test_who_says_no_more_is_not_written_to_by_another_way_for_it(bank: TwoWays) -> None:
    message = bank.wish(next_at=bank.now + timedelta(days=1))
    note_replies("sms", [Answer("a-1", "13800000001", "TD", bank.now)])
    assert (now(message).why, bank.after(message)) == ("DND", None)


@pytest.mark.parametrize("how", ["retired", "stopped", "none", "late"])
def test_without_a_second_text_nothing_is_asked_for(bank: TwoWays, how: str) -> None:
    message = bank.wish()
    no_consent(bank)
    if how == "retired":
        retire(bank.viewer("运营"), bank.second.template_id)
    if how == "stopped":
        CarePlan.objects.update(state="STOPPED")
    if how == "none":
        CarePlan.objects.update(otherwise=None)
    if how == "late":
        Message.objects.update(expires_at=bank.now)
    bank.go()
    assert now(message).state == "REFUSED" and bank.after(message) is None


def test_what_a_gateway_may_have_carried_has_no_second(bank: TwoWays) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes it, and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/messages"
        bank.ways["SMS"] = [HttpSms("silent", url, b"k" * 32, timeout=0.2)]
        message = bank.wish()
        bank.go()
    assert (now(message).state, message.why, message.doubtful) == ("QUEUED", "TIMEOUT", True)
    no_consent(bank)
    bank.now = message.next_at
    bank.go()
    assert (now(message).state, message.why, bank.after(message)) == ("REFUSED", "CONSENT", None)


def test_what_a_kill_left_behind_has_no_second(bank: TwoWays) -> None:
    message = bank.wish(state="SENDING", gone_at=bank.now - timedelta(minutes=11))
    bank.ways["SMS"] = [Says("sms", [("REFUSED", False)])]
    bank.go()
    assert (now(message).state, bank.after(message)) == ("FAILED", None)


SAID = st.lists(
    st.sampled_from([("TAKEN", True), ("REFUSED", False), ("BUSY", False), ("LOST", True), ("LOST", False)]),
    max_size=7,
)


@hypothesis_settings(max_examples=40, deadline=None)
@given(says=SAID, other=SAID, arrives=st.booleans(), asks=st.booleans())
def test_never_both_channels_arrive_for_one_reason_whatever_providers_say(
    bank: TwoWays, says: list[tuple[str, bool]], other: list[tuple[str, bool]], arrives: bool, asks: bool
) -> None:
    Message.objects.all().delete()
    bank.now = NOON
    first, second, app = Says("sms", says), Says("sms2", other), Says("app")
    bank.ways = {"SMS": [first, second] if asks else [first], "APP": [app]}
    message = bank.wish()
    for _ in range(6):
        bank.go()
        bank.now = max(bank.now, now(message).next_at)
    if message.state == "SENT":
        if not arrives:  # carried by that gateway, and the network could not deliver it
            {"sms": first, "sms2": second}[message.provider].carried.clear()
        with patch.object(timezone, "now", lambda: bank.now):
            note_receipts(message.provider, [Receipt(message.id, delivered=arrives, at=bank.now)])
        bank.go()
    by_text = message.id in {*first.carried, *second.carried}
    assert not (by_text and app.carried), (says, other)
    assert len(app.carried) <= 1 and Message.objects.count() <= 2


def test_a_second_text_is_of_another_channel_and_for_the_same(bank: TwoWays) -> None:
    marketing = decide(
        bank.viewer("合规"),
        submit(bank.viewer("运营"), Draft("推送活动", "MARKETING", "新活动。", channel="APP")).id,
        fit=True,
    )
    for other in (bank.texts["GREETING"].template_id, marketing.template_id):
        with pytest.raises(YinkeError) as wrong:
            plans.propose(
                bank.viewer("运营"),
                Asked("生日", "E11", 0, 5, bank.texts["GREETING"].template_id, True, False, other),
            )
        assert wrong.value.place == "otherwise_id"


def test_both_stand_on_the_customers_page_and_in_the_timeline(bank: TwoWays) -> None:
    message = bank.wish()
    no_consent(bank)
    bank.go()
    rows = bank.client("李").get(f"/api/customers/{bank.zhao.id}/messages").json()
    assert {(row["channel"], row["state"], row["instead_of"]) for row in rows} == {
        ("SMS", "REFUSED", None), ("APP", "SENT", "SMS"),
    }  # fmt: skip
    entries = bank.client("李").get(f"/api/customers/{bank.zhao.id}/timeline?kind=MESSAGE").json()["rows"]
    assert {(entry["before"], entry["code"]) for entry in entries} == {("SMS", "REFUSED"), ("APP", "SENT")}
    (shown,) = bank.client("运营").get("/api/care-plans").json()
    assert (shown["otherwise"], shown["otherwise_channel"]) == ("推送祝福", "APP")
    assert message.plan == bank.plan


def test_the_app_takes_customer_numbers_and_a_switch_in_its_settings_is_do_not_disturb(
    bank: TwoWays, gateway: Gateway
) -> None:
    bank.ways["APP"] = [HttpSms("mobile-bank", gateway.url, gateway.secret)]
    sent = [
        bank.message("GREETING", channel="APP", version=bank.second, request_key=f"app-{n:08}")
        for n in range(2)
    ]
    bank.go()
    (taken,) = gateway.taken.values()
    assert (taken["to"], taken["text"]) == (
        bank.zhao.cust_no, "赵一女士，生日快乐！\n可在手机银行“消息设置”中关闭",
    )  # fmt: skip
    assert [(now(m).state, m.why) for m in sent] == [("SENT", ""), ("REFUSED", "CAP_DAY")]
    assert note_replies("mobile-bank", [Answer("s-1", bank.zhao.cust_no, "退订", bank.now)], "APP") == 1
    assert DoNotDisturb.objects.get().scope == "APP"
