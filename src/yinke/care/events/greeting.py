"""问候: birthdays by the solar or the lunar calendar (E11), festivals (E12), years with the bank (E27)."""

from __future__ import annotations

from collections.abc import Iterator

from yinke.care.events.night import Night
from yinke.care.events.rows import Found


def birthdays(night: Night) -> Iterator[Found]:
    """E11 生日: told three days before, greeted on the day; T3+ by a call, others by message.

    The table ``birthdays`` lists those celebrated on the two dates (see ``inputs``).
    """
    customer = night["customer"]
    lunar = (customer.birth_calendar == "LUNAR").fill_null(False)
    lunar = lunar & customer.lunar_month.notnull() & customer.lunar_day.notnull()
    born = customer.select(
        "cust_id",
        is_lunar=lunar,
        month=lunar.ifelse(customer.lunar_month, customer.birth_date.month().cast("int32")),
        day=lunar.ifelse(customer.lunar_day, customer.birth_date.day().cast("int32")),
        leap=lunar & customer.lunar_leap.fill_null(False),
    )
    rows = born.inner_join(night["birthdays"], ["is_lunar", "month", "day", "leap"])
    rows = rows.inner_join(night.tiers(), "cust_id")
    yield Found(
        rows,
        object=rows.stage,
        cycle=rows.due,
        due=rows.due,
        facts={
            "case": rows.stage,
            "due": rows.due,
            "days": rows.days,
            "calendar": rows.is_lunar.ifelse("LUNAR", "SOLAR"),
            "way": (rows.tier >= night.values["E11.call_from_tier"]).ifelse("CALL", "MESSAGE"),
        },
    )


def greetings(night: Night) -> Iterator[Found]:
    """E12 节日: two days before 春节/端午/中秋/国庆 to T3+, before 重阳 to elders of T2+."""
    rows = night.people("tier", "birth_date").cross_join(night["festivals"])
    is_elder = (rows.tier >= night.values["E12.elder_from_tier"]) & (rows.birth_date <= rows.born_by)
    rows = rows.filter(rows.for_elders.ifelse(is_elder, rows.tier >= night.values["E12.from_tier"]))
    yield Found(
        rows,
        object=rows.festival,
        cycle=rows.due,
        due=rows.due,
        facts={"case": "AHEAD", "festival": rows.festival, "due": rows.due, "days": rows.days},
    )


def anniversaries(night: Night) -> Iterator[Found]:
    """E27 开户周年: two days before the account is so many years old (``E27.years``), to T1+; T3+ by a call, others by message.

    The table ``anniversaries`` lists the days of opening that are celebrated (see ``inputs``).
    """
    opened = night["customer"].select("cust_id", opened="open_date")
    rows = opened.inner_join(night["anniversaries"], "opened").inner_join(night.tiers(), "cust_id")
    rows = rows.filter(rows.tier >= night.values["E27.from_tier"])
    yield Found(
        rows,
        object=rows.years.cast("string"),
        cycle=rows.due,
        due=rows.due,
        facts={
            "case": "AHEAD",
            "due": rows.due,
            "days": rows.days,
            "years": rows.years,
            "way": (rows.tier >= night.values["E27.call_from_tier"]).ifelse("CALL", "MESSAGE"),
        },
    )
