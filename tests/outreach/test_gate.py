"""闸口: each reason for which a message does not go, and that no order or number of senders gets past it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.outreach.conftest import NOON, Post
from yinke.care.models import BadNumber, ContactRecord, DoNotDisturb
from yinke.common.crypto import blind_index
from yinke.customers.models import Customer, PersonMember
from yinke.demo.gateway import Gateway
from yinke.outreach.gate import SHANGHAI, judge
from yinke.outreach.models import Message, Template
from yinke.outreach.services.templates import in_force
from yinke.privacy.models import Policy


def why(bank: Post, message: Message | None = None, at: datetime | None = None) -> str:
    """What the gate says of a message at the bank's time."""
    return judge([message or bank.message()], at or bank.now, in_force())[0].why


def same_person(*customers: Customer) -> None:
    for customer in customers:
        PersonMember.objects.create(
            customer=customer, one_id=customers[0].id, rule="K1", score=1, since=NOON.date()
        )


def test_a_customer_who_agreed_is_written_to(bank: Post) -> None:
    assert why(bank) == ""


@pytest.mark.parametrize("answer", ["WITHDRAWN", "REFUSED"])
def test_marketing_stops_with_the_consent_and_service_goes_on(bank: Post, answer: str) -> None:
    bank.consents(bank.zhao, answer)
    assert (why(bank), why(bank, bank.message("GREETING")), why(bank, bank.message("SERVICE"))) == (
        "CONSENT",
        "CONSENT",
        "",
    )


def test_who_was_never_asked_has_not_agreed(bank: Post) -> None:
    bank.with_customer("钱二", mobile="13800000002")
    assert why(bank, bank.message(customer=bank.customers["钱二"])) == "CONSENT"


def test_a_consent_to_another_purpose_than_today_s_is_none(bank: Post) -> None:
    old = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
    Policy.objects.create(
        purpose="MARKETING_SMS", version=old.version + 1, text_zh="用途变了的文本", text_en="another use than before",
        text_hash="x", changes_purpose=True, published_at=bank.now - timedelta(minutes=5),
    )  # fmt: skip
    assert why(bank) == "CONSENT"


def test_a_no_to_one_number_of_a_person_holds_for_all(bank: Post) -> None:
    bank.with_customer("赵一", mobile="13800000009")
    other = Customer.objects.exclude(id=bank.zhao.id).get()
    same_person(bank.zhao, other)
    assert why(bank) == ""  # the other was never asked: nothing was said
    bank.consents(other, "REFUSED")
    assert why(bank) == "CONSENT"


@pytest.mark.parametrize("scope", ["ALL_MARKETING", "SMS"])
def test_do_not_disturb_holds_for_the_whole_person(bank: Post, scope: str) -> None:
    bank.with_customer("赵一", mobile="13800000009")
    other = Customer.objects.exclude(id=bank.zhao.id).get()
    same_person(bank.zhao, other)
    DoNotDisturb.objects.create(customer=other, scope=scope, source="RM")
    assert (why(bank), why(bank, bank.message("SERVICE"))) == ("DND", "")


def test_a_wish_about_calls_or_one_that_is_over_keeps_no_text_back(bank: Post) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, scope="CALLS", source="UNREACHABLE")
    DoNotDisturb.objects.create(
        customer=bank.zhao, scope="SMS", source="RM", until=(bank.now - timedelta(days=1)).date()
    )
    assert why(bank) == ""


def test_a_number_that_is_out_of_use_or_missing(bank: Post) -> None:
    BadNumber.objects.create(customer=bank.zhao, mobile_index=blind_index("13800000001"))
    assert (why(bank), why(bank, bank.message("SERVICE"))) == ("BAD_NUMBER", "BAD_NUMBER")
    Customer.objects.filter(id=bank.zhao.id).update(mobile_sealed=None, mobile_index=None)
    assert why(bank, bank.message("SERVICE")) == "NO_ADDRESS"


@pytest.mark.parametrize(
    ("status", "marketing", "service"),
    [
        ("DECEASED", "STATUS", "STATUS"),
        ("CLOSED", "STATUS", "STATUS"),
        ("FROZEN", "STATUS", ""),
        ("NORMAL", "", ""),
    ],
)
def test_status(bank: Post, status: str, marketing: str, service: str) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(status=status)
    assert (why(bank), why(bank, bank.message("SERVICE"))) == (marketing, service)


def contact(bank: Post, result: str, days: float) -> None:
    at = bank.now - timedelta(days=days)
    ContactRecord.objects.create(
        customer=bank.zhao, user=bank.staff["李"], channel="PHONE", result=result, at=at, biz_date=at.date(),
        request_key=f"{result}-{days}",
    )  # fmt: skip


def test_after_a_refusal_no_marketing_for_a_month_but_a_greeting(bank: Post) -> None:
    contact(bank, "REFUSED", 29.9)
    assert (why(bank), why(bank, bank.message("GREETING"))) == ("REFUSED", "")
    assert why(bank, at=bank.now + timedelta(days=1)) == ""


def test_after_a_deal_no_marketing_for_a_week(bank: Post) -> None:
    contact(bank, "DEAL", 6.9)
    assert (why(bank), why(bank, at=bank.now + timedelta(days=1))) == ("DEAL", "")


def test_a_complaint_in_the_air_stops_all_but_service(bank: Post) -> None:
    contact(bank, "COMPLAINT_RISK", 1)
    assert (why(bank), why(bank, bank.message("GREETING")), why(bank, bank.message("SERVICE"))) == (
        "COMPLAINT",
        "COMPLAINT",
        "",
    )


@pytest.mark.parametrize(("risk", "said"), [(1, ""), (2, ""), (3, "SUITABILITY")])
def test_no_more_risk_than_the_customer_bears(bank: Post, risk: int, said: str) -> None:
    version = bank.text("MARKETING", "新品上架，欢迎到网点了解。", risk)
    assert why(bank, bank.message(version=version)) == said
    assert (
        why(bank, bank.message(version=version), bank.now + timedelta(days=1)) == "SUITABILITY"
    )  # assessed until today


def test_what_was_not_approved_or_is_retired_does_not_go(bank: Post) -> None:
    message = bank.message("SERVICE")
    Template.objects.filter(id=message.version.template_id).update(retired_at=bank.now)
    message.version.template.refresh_from_db()
    assert why(bank, message) == "CONTENT"


def test_another_word_after_the_approval_and_it_does_not_go(bank: Post) -> None:
    message = bank.message()
    message.version.text += "！"  # the database refuses it: whoever gets past that is stopped here
    assert why(bank, message) == "CONTENT"


@pytest.mark.parametrize(
    ("hour", "said", "until"),
    [(8, "HOURS", "11-04 09:00"), (9, "", ""), (19, "", ""), (20, "HOURS", "11-05 09:00")],
)
def test_hours(bank: Post, hour: int, said: str, until: str) -> None:
    at = datetime(2026, 11, 4, hour, 30 if hour == 8 else 0, tzinfo=SHANGHAI)
    verdict = judge([bank.message()], at, in_force())[0]
    assert verdict.why == said
    assert (f"{verdict.until:%m-%d %H:%M}" if verdict.until else "") == until


def test_at_new_year_only_greetings_go(bank: Post) -> None:
    eve = datetime(2027, 2, 5, 12, tzinfo=SHANGHAI)
    later = {"expires_at": eve + timedelta(days=9)}
    found = judge([bank.message(**later), bank.message("GREETING", **later)], eve, in_force())
    assert (found[0].why, found[1].why) == ("FESTIVAL", "")
    assert found[0].until == datetime(2027, 2, 9, 9, tzinfo=SHANGHAI)


def test_two_a_week_and_four_a_month(bank: Post, gateway: Gateway) -> None:
    said = []
    for day in range(12):
        bank.now = NOON + timedelta(days=3 * day)
        bank.zhao.refresh_from_db()
        message = bank.message("GREETING")
        bank.send(gateway)
        message.refresh_from_db()
        said.append(message.why)
    gone = [NOON + timedelta(days=3 * n) for n, one in enumerate(said) if not one]
    for moment in gone:
        assert sum(moment - timedelta(days=7) < one <= moment for one in gone) <= 2
        assert sum(moment - timedelta(days=30) < one <= moment for one in gone) <= 4
    assert {"CAP_WEEK", "CAP_MONTH"} <= set(said)
    assert said[:3] == ["", "", "CAP_WEEK"]


def test_a_service_notice_counts_for_nothing_and_is_held_back_by_no_cap(bank: Post, gateway: Gateway) -> None:
    for _ in range(5):
        bank.message("SERVICE")
    bank.message()
    assert bank.send(gateway).taken == 6


def test_messages_of_one_batch_count_against_each_other(bank: Post, gateway: Gateway) -> None:
    for _ in range(5):
        bank.message("GREETING")
    done = bank.send(gateway)
    assert (done.taken, done.refused) == (2, 3)
    assert set(Message.objects.filter(state="REFUSED").values_list("why", flat=True)) == {"CAP_WEEK"}


def test_caps_count_all_numbers_of_a_person(bank: Post, gateway: Gateway) -> None:
    bank.with_customer("赵一", mobile="13800000009")
    other = Customer.objects.exclude(id=bank.zhao.id).get()
    same_person(bank.zhao, other)
    bank.consents(other)
    for customer in (bank.zhao, other, bank.zhao, other):
        bank.message("GREETING", customer)
    assert bank.send(gateway).taken == 2


def test_what_is_too_old_does_not_go(bank: Post) -> None:
    assert why(bank, bank.message(expires_at=bank.now)) == "LATE"
