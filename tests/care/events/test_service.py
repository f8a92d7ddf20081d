"""E15 贷款, E16 卡片证件, E21 风评, E22 净值, E23 反复浏览."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.care.events.bank import Bank

D = Decimal


def test_a_loan_is_settled_when_its_balance_or_the_loan_itself_is_gone(bank: Bank) -> None:
    zero, gone, before = (bank.loan(bank.customer(), 100_000) for _ in range(3))
    before["balance"] = D(0)
    bank.next_day()
    zero["balance"] = D(0)
    bank.rows["loan"].remove(gone)
    events = bank.of("E15")
    assert [(event.cust_id, event.case, event.amount) for event in events] == [
        (zero["cust_id"], "SETTLED", 100_000), (gone["cust_id"], "SETTLED", 100_000),
    ]  # fmt: skip
    assert (events[0].priority, events[0].expire_on) == (2, bank.days(7))


def test_a_prepayment_is_twenty_percent_beyond_the_instalment(bank: Bank) -> None:
    long = {"due_date": None}
    paid, less = (bank.loan(bank.customer(), 100_000, **long) for _ in range(2))
    last_year = bank.loan(bank.customer(), 100_000, due_date=bank.days(122))  # four instalments left
    bank.next_day()
    paid["balance"] = D(79_916)  # the instalment of a loan without end is 1/1200
    less["balance"] = D(79_917)
    last_year["balance"] = D(75_000)
    (event,) = bank.of("E15")
    assert (event.cust_id, event.case, event.amount) == (paid["cust_id"], "PREPAID", 20_084)
    assert (event.payload["left"], event.payload["percent"]) == ("79916.00", 20)


def test_without_the_day_before_nothing_was_repaid(bank: Bank) -> None:
    bank.loan(bank.customer(), 0)
    assert bank.of("E15") == []


def test_booking_an_early_repayment_is_told_once_a_month(bank: Bank) -> None:
    who = bank.customer()
    for _ in range(2):
        bank.visit(who, "LOAN_PREPAY")
    bank.visit(bank.customer(), "LOGIN")
    (event,) = bank.of("E15", "loan")
    bank.next_day()
    bank.visit(who, "LOAN_PREPAY")
    assert [e.dedup_key for e in bank.of("E15")] == [event.dedup_key]
    assert bank.counts == {}


@pytest.mark.parametrize(
    ("days", "told"), [(61, False), (60, True), (59, False), (31, False), (30, True), (0, False)]
)
def test_cards_are_told_sixty_and_thirty_days_before_they_expire(bank: Bank, days: int, told: bool) -> None:
    card = bank.card(bank.customer(), bank.days(days))
    events = bank.of("E16")
    assert bool(events) is told
    if told:
        assert (events[0].payload["tail"], events[0].expire_on) == (
            card["card_no"][-4:],
            bank.days(days + 30),
        )


@pytest.mark.parametrize("status", ["RENEWED", "CLOSED", "FROZEN"])
def test_a_renewed_card_does_not_expire(bank: Bank, status: str) -> None:
    bank.card(bank.customer(), bank.days(60), status=status)
    assert bank.of("E16") == []


def test_certificates_are_told_ninety_thirty_and_no_days_before(bank: Bank) -> None:
    for days in (91, 90, 60, 30, 1, 0, -1):
        bank.customer(cert_expiry=bank.days(days))
    bank.customer(cert_expiry=None)
    assert [event.payload["days"] for event in bank.of("E16")] == [90, 30, 0]


def test_the_risk_assessment_is_told_to_those_who_hold_or_look_at_risk(bank: Bank) -> None:
    risky, safe = bank.product("P2", "成长", "R2"), bank.product("P1", "现金", "R1")
    expiring = {"risk_expiry": bank.days(30)}
    holder, viewer, early = (bank.customer(**expiring) for _ in range(3))
    earlier, cautious = bank.customer(**expiring), bank.customer(**expiring)
    bank.holding(holder, risky, 1_000)
    bank.holding(cautious, safe, 1_000)
    bank.visit(early, "VIEW_PRODUCT", risky)
    bank.next_day(6)
    bank.visit(earlier, "VIEW_PRODUCT", risky)
    bank.next_day()
    for who in (holder, viewer, early, earlier, cautious):
        bank.person(who)["risk_expiry"] = bank.days(7)
    bank.visit(viewer, "VIEW_PRODUCT", risky)
    bank.visit(cautious, "VIEW_PRODUCT", safe)
    bank.visit(cautious, "LOGIN", risky)
    events = bank.of("E21")  # the view of seven days ago no longer counts
    assert [event.cust_id for event in events] == [holder["cust_id"], viewer["cust_id"], earlier["cust_id"]]
    assert (events[0].payload["days"], events[0].expire_on, events[0].priority) == (7, bank.days(7), 3)


@pytest.mark.parametrize(
    ("days", "told"), [(31, False), (30, True), (29, False), (8, False), (7, True), (0, False)]
)
def test_the_risk_assessment_is_told_thirty_and_seven_days_ahead(bank: Bank, days: int, told: bool) -> None:
    bank.holding(bank.customer(risk_expiry=bank.days(days)), bank.product("P2", "成长", "R5"), 1_000)
    assert bool(bank.of("E21")) is told


@pytest.mark.parametrize(
    ("risk", "value", "told"),
    [
        ("R3", "95000", True), ("R3", "95000.01", False), ("R5", "90000", True), (None, "95000", True),
        ("R2", "99000", True), ("R2", "99000.01", False), ("R1", "99000", True), ("R3", "120000", False),
    ],
)  # fmt: skip
def test_a_drawdown_is_five_percent_or_one_of_careful_products(
    bank: Bank, risk: str | None, value: str, told: bool
) -> None:
    product = bank.product("P1", "稳健", risk, "FUND")  # type: ignore[arg-type]
    bank.holding(bank.customer(), product, value, cost=D(100_000))
    events = bank.of("E22")
    assert bool(events) is told
    if told:
        assert events[0].amount == 100_000 - D(value)
        assert (events[0].priority, events[0].expire_on) == (2, bank.days(5))


def test_a_product_is_judged_over_all_accounts_and_small_ones_are_left(bank: Bank) -> None:
    product = bank.product("P1", "稳健", "R3", "FUND")
    mixed, small = bank.customer(), bank.customer()
    bank.holding(mixed, product, 80_000, cost=D(100_000), nav=D("0.98"))
    bank.holding(mixed, product, 90_000, cost=D(100_000), nav=D("0.98"))
    bank.holding(small, product, 5_000, cost=D("9999.99"))
    bank.holding(bank.customer(), bank.product("P9", "年金", "R3", "INSURANCE"), 50_000, cost=D(100_000))
    (event,) = bank.of("E22")
    assert (event.cust_id, event.amount, event.payload["percent"], event.case) == (
        mixed["cust_id"], 30_000, 15, "BELOW_PAR",
    )  # fmt: skip


def test_a_standing_drawdown_is_one_event_per_product(bank: Bank) -> None:
    who = bank.customer()
    for code in ("P1", "P2"):
        bank.holding(who, bank.product(code, code, "R3", "FUND"), 80_000, cost=D(100_000))
    bank.biz_date = date(2026, 6, 29)
    keys = set()
    for _ in range(4):
        keys |= {event.dedup_key for event in bank.of("E22")}
        bank.next_day()
    assert keys == {f"E22|{who['cust_id']}|{code}|2026-06" for code in ("P1", "P2")}


def test_a_product_looked_at_three_times_in_a_week_and_not_bought_is_told_once_a_month(bank: Bank) -> None:
    wanted, held = bank.product("P1", "成长", "R3"), bank.product("P2", "稳健", "R2")
    eager, twice, holder, both = (bank.customer() for _ in range(4))
    bank.holding(holder, held, 1_000)
    bank.visit(eager, "VIEW_PRODUCT", wanted)
    bank.visit(twice, "VIEW_PRODUCT", wanted)
    bank.next_day(6)
    for who, product, times in (
        (eager, wanted, 2),
        (twice, wanted, 1),
        (holder, held, 3),
        (both, wanted, 2),
        (both, held, 2),
    ):
        for _ in range(times):
            bank.visit(who, "VIEW_PRODUCT", product)
    bank.visit(twice, "LOGIN", wanted)
    (event,) = bank.of("E23")
    assert (event.cust_id, event.payload) == (eager["cust_id"], {"product": "成长", "views": 3})
    assert (event.priority, event.expire_on) == (2, bank.days(3))
    bank.next_day()
    assert bank.of("E23") == []  # the view of seven days ago no longer counts
    bank.visit(eager, "VIEW_PRODUCT", wanted)
    assert [again.dedup_key for again in bank.of("E23")] == [event.dedup_key]


@pytest.mark.parametrize(
    ("risk", "facts", "told"),
    [
        ("R3", {}, True), ("R4", {}, False), (None, {"risk_level": None}, True), ("R1", {"risk_level": None}, False),
        ("R3", {"risk_expiry": date(2026, 6, 17)}, False), ("R3", {"risk_expiry": date(2026, 6, 18)}, True),
        ("R3", {"birth_date": date(2008, 6, 19)}, False), ("R3", {"birth_date": date(2008, 6, 18)}, True),
        ("R4", {"risk_level": "C5", "birth_date": date(1961, 6, 18)}, False),
        ("R4", {"risk_level": "C5", "birth_date": date(1961, 6, 19)}, True),
        ("R3", {"risk_level": "C5", "birth_date": date(1961, 6, 18)}, True),
    ],
)  # fmt: skip
def test_only_a_product_that_suits_is_told(bank: Bank, risk: str | None, facts: dict, told: bool) -> None:
    """On 17 June 2026; who turns 18 or 65 on the day on which it is read counts as such."""
    product = bank.product("P1", "成长", risk)  # type: ignore[arg-type]
    who = bank.customer(**facts)
    for _ in range(3):
        bank.visit(who, "VIEW_PRODUCT", product)
    assert bool(bank.of("E23")) is told
    product["status"] = "CLOSED"
    assert bank.of("E23") == []
