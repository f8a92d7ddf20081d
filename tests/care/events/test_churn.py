"""E25 模型流失预警, E26 销户销签."""

from __future__ import annotations

from tests.care.events.bank import Bank
from yinke.care.reasons import sentence


def test_who_enters_the_high_band_with_enough_at_stake_is_to_be_called(bank: Bank) -> None:
    rich, plain, poor, medium = bank.customer(tier=3), bank.customer(), bank.customer(), bank.customer()
    bank.scored(rich, "HIGH", 5_000)
    bank.scored(plain, "HIGH", 60_000)
    bank.scored(poor, "HIGH", "4999.99")
    bank.scored(medium, "MEDIUM", 90_000)
    events = {event.cust_id: event for event in bank.of("E25")}
    assert {cust: event.priority for cust, event in events.items()} == {
        rich["cust_id"]: 1,
        plain["cust_id"]: 2,
    }
    event = events[plain["cust_id"]]
    assert (event.expire_on - event.biz_date).days == 15
    said = sentence("E25", event.payload, event.amount, "zh-hans")
    assert (
        said == "可能流失（43%），约 6 万 或将转出：近一月转往本人他行账户的为日均的 31%；1 天未登录；67 岁"
    )
    assert "About" not in sentence("E25", event.payload, event.amount, "en")
    assert sentence("E25", event.payload, event.amount, "en").startswith(
        "Likely to leave (43%), about CNY 60K may go: 31%"
    )
    bank.next_day()
    assert {event.dedup_key for event in bank.of("E25")} == {event.dedup_key for event in events.values()}
    assert bank.counts == {}  # stood the night before: raised once


def test_without_scores_nobody_is_feared(bank: Bank) -> None:
    bank.scored(bank.customer(), "HIGH", 50_000)
    assert bank.of("E25", "score") == []


def test_who_books_closing_or_ends_the_last_service_is_to_be_called_today(bank: Bank) -> None:
    booker, gone, kept, one, earlier = (bank.customer(aum=80_000) for _ in range(5))
    bank.visit(booker, "CLOSE_ACCOUNT")
    services = ("QUICKPAY", "PAYROLL", "MOBILE_BANK")
    for who, when in ((gone, (-300, 0, -6)), (earlier, (-300, -7, -40))):
        for service, ago in zip(services, when, strict=True):
            bank.add("signup", who, service=service, status="OFF", unsign_date=bank.days(ago))
    bank.add("signup", gone, service="SMS", status="ON")
    bank.add("signup", one, service="QUICKPAY", status="OFF", unsign_date=bank.days(0))
    for service, status in (("QUICKPAY", "OFF"), ("PAYROLL", "OFF"), ("MOBILE_BANK", "ON")):
        bank.add("signup", kept, service=service, status=status, unsign_date=bank.days(0))
    events = {event.cust_id: event for event in bank.of("E26")}
    assert {cust: event.case for cust, event in events.items()} == {
        booker["cust_id"]: "BOOKED", gone["cust_id"]: "UNSIGNED",
    }  # fmt: skip
    event = events[gone["cust_id"]]
    assert (event.priority, event.expire_on, event.payload["services"]) == (1, bank.days(1), 3)
    assert "8 万" in sentence("E26", event.payload, event.amount, "zh-hans")
    bank.next_day()
    assert {event.dedup_key for event in bank.of("E26")} == {events[gone["cust_id"]].dedup_key}
