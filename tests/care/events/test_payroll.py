"""E06 代发流失, E07 新增代发."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.care.events.bank import Bank

D = Decimal


def test_payroll_has_stopped_after_forty_days(bank: Bank) -> None:
    late = bank.paid(bank.customer(), last_payroll=bank.days(-40))
    bank.paid(bank.customer(), last_payroll=bank.days(-39))
    (event,) = bank.of("E06")
    assert (event.cust_id, event.case, event.priority) == (late["cust_id"], "STOPPED", 1)
    assert (event.payload["days"], event.payload["last"]) == (40, bank.days(-40).isoformat())
    assert event.expire_on == bank.days(15)


def test_who_had_fewer_than_three_credits_has_nothing_to_lose(bank: Bank) -> None:
    three = bank.paid(bank.customer(), last_payroll=bank.days(-45), payrolls_m1=0)
    bank.paid(bank.customer(), last_payroll=bank.days(-45), payrolls_m1=0, payrolls_m2=0)
    assert [event.cust_id for event in bank.of("E06")] == [three["cust_id"]]


def test_a_holiday_in_between_gives_five_more_days(bank: Bank) -> None:
    for days in (40, 44, 45):
        bank.paid(bank.customer(), last_payroll=bank.days(-days), payroll_unit=f"U{days}")
    bank.add("calendar", day=bank.days(-20), is_workday=False, holiday="劳动节")
    assert [event.payload["days"] for event in bank.of("E06")] == [45]
    bank.rows["calendar"][0]["day"] = bank.days(-40)  # the holiday lies before the forty days
    assert [event.payload["days"] for event in bank.of("E06")] == [40, 44, 45]
    bank.rows["calendar"][0] |= {"day": bank.days(-20), "holiday": None}  # a weekend is no holiday
    assert len(bank.of("E06")) == 3
    bank.rows["calendar"][0] |= {"holiday": "端午", "is_workday": True}  # nor is a festival at work
    assert len(bank.of("E06")) == 3


def test_an_employer_whose_staff_stop_together_is_told_to_the_corporate_manager(bank: Bank) -> None:
    def staff(unit: str | None, stopped: int, paid: int) -> None:
        for n in range(stopped + paid):
            bank.paid(bank.customer(), payroll_unit=unit, last_payroll=bank.days(-50 if n < stopped else -5))

    staff("U30", 3, 7)
    staff("U29", 2, 5)  # 29%
    staff("U4", 4, 0)  # too few to tell
    staff(None, 6, 0)
    alerts = {(e.payload["unit"], e.payload["unit_staff"], e.payload["unit_stopped"], e.payload["unit_percent"])
              for e in bank.of("E06") if e.payload["employer_alert"]}  # fmt: skip
    assert alerts == {("U30", 10, 3, 30)}
    assert len(bank.of("E06")) == 15


def test_a_stop_is_one_event_however_long_it_lasts(bank: Bank) -> None:
    who = bank.paid(bank.customer(), last_payroll=bank.days(-40))
    keys = set()
    for _ in range(3):
        keys |= {event.dedup_key for event in bank.of("E06")}
        bank.next_day()
    assert len(keys) == 1
    who["last_payroll"] = bank.days(-2)
    assert bank.of("E06") == []


def test_half_of_the_usual_salary_is_a_partial_loss(bank: Bank) -> None:
    def paid(now: int, **columns: object) -> int:
        row = bank.paid(bank.customer(), last_payroll=bank.biz_date, payrolls_m0=1, payroll_sum_m0=D(now))
        row |= columns
        return int(row["cust_id"])

    half = paid(6_000)
    paid(6_001)
    paid(3_000, last_payroll=bank.days(-1), payrolls_m0=1)  # told when it happened
    paid(1_000, payrolls_m1=1, payrolls_m2=1, payrolls_m3=0, payrolls_m4=0, payroll_sum_m3=D(0))
    (event,) = bank.of("E06")
    assert (event.cust_id, event.case, event.amount) == (half, "PARTIAL", 6_000)
    assert (event.payload["usual"], event.payload["percent"]) == ("12000.00", 50)


def test_a_salary_in_two_parts_is_compared_part_by_part(bank: Bank) -> None:
    twice = {f"payrolls_m{n}": 2 for n in range(1, 5)}
    bank.paid(bank.customer(), last_payroll=bank.biz_date, payrolls_m0=1, payroll_sum_m0=D(6_000), **twice)
    less = bank.paid(
        bank.customer(), last_payroll=bank.biz_date, payrolls_m0=2, payroll_sum_m0=D(5_000), **twice
    )
    # a bonus after the salary is no salary cut
    bank.paid(bank.customer(), last_payroll=bank.biz_date, payrolls_m0=2, payroll_sum_m0=D(12_500))
    assert [event.cust_id for event in bank.of("E06")] == [less["cust_id"]]


def test_the_first_payroll_is_told_once_the_lake_can_know(bank: Bank) -> None:
    who = bank.customer(first_payroll=bank.biz_date, last_payroll=bank.biz_date, payroll_last=D(8_000))
    bank.paid(bank.customer())
    assert bank.of("E07") == []  # the lake begins today: everybody's payroll is new to it
    today = bank.biz_date
    bank.biz_date = date(2026, 5, 8)
    bank.next_day()
    bank.biz_date = today
    (event,) = bank.of("E07")
    assert (event.cust_id, event.amount, event.priority) == (who["cust_id"], 8_000, 2)
    assert event.expire_on == bank.days(15)
