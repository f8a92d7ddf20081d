"""Numbers of made-up persons are valid, and their names are those of real banks' files."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import Solar

from tests.demo.bank_files import rows
from tests.demo.conftest import FIRST
from yinke.common.identity import Rules, identity_of
from yinke.common.workdays import is_workday
from yinke.demo.generate import generate
from yinke.demo.generate.days import add_months, as_date, festival, number, payday
from yinke.demo.generate.draws import Draws
from yinke.demo.generate.names import names


def _check(stem: str) -> str:
    """ISO 7064 MOD 11-2, digit by digit as GB 11643 writes it."""
    rest = 0
    for digit in stem:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def _luhn(text: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def test_resident_ids_are_valid_and_agree_with_birth_and_gender(small_bank: Path) -> None:
    for customer in rows(small_bank, "customer", FIRST):
        cert = customer["CERT_NO"]
        if customer["CERT_TYPE"] == "10300":
            assert len(cert) == 9 and cert[0] == "E" and cert[1:].isdigit()
            continue
        if len(cert) == 15:
            cert = f"{cert[:6]}19{cert[6:]}"
            cert += _check(cert)
        assert len(cert) == 18 and cert[17] == _check(cert[:17])
        assert cert[6:14] == customer["BIRTH_DT"]
        assert int(cert[16]) % 2 == {"1": 1, "2": 0}[customer["GENDER"]]


def test_mobiles_and_card_numbers_are_valid(small_bank: Path) -> None:
    for customer in rows(small_bank, "customer", FIRST):
        assert (
            len(customer["MOBILE"]) == 11
            and customer["MOBILE"][0] == "1"
            and customer["MOBILE"][1] in "3456789"
        )
    cards = [
        r["CARD_NO"] for feed in ("account", "card") for r in rows(small_bank, feed, FIRST) if r["CARD_NO"]
    ]
    assert len(cards) > 1000
    assert all(16 <= len(card) <= 19 and _luhn(card) for card in cards)
    assert len(set(cards)) == len(cards)


def test_lunar_birthdays_are_those_of_the_birth_date(small_bank: Path) -> None:
    elders = [c for c in rows(small_bank, "customer", FIRST) if c["BIRTH_CAL"] == "2"]
    assert len(elders) > 50
    for elder in elders:
        born = Solar.fromYmd(*(int(elder["BIRTH_DT"][a:b]) for a, b in ((0, 4), (4, 6), (6, 8)))).getLunar()
        assert (abs(born.getMonth()), born.getDay(), int(born.getMonth() < 0)) == tuple(
            int(elder[f"LUNAR_{x}"]) for x in ("MON", "DAY", "LEAP")
        )


def test_some_names_have_four_byte_characters_and_some_a_middle_dot() -> None:
    ids = np.arange(20_000, dtype=np.uint64)
    found = [
        name.as_py().decode("gb18030")
        for name in names(Draws(1), ids, ids % 2 == 0, np.zeros(20_000, np.int64))
    ]
    rare = sum(any(len(character.encode("gb18030")) == 4 for character in name) for name in found)
    dotted = sum("·" in name for name in found)
    assert 40 <= rare <= 200 and 150 <= dotted <= 450
    li_wang = sum(name[0] in "李王" for name in found) / 20_000
    assert 0.11 < li_wang < 0.18


@given(st.dates(date(1930, 1, 1), date(2090, 12, 31)), st.integers(-400, 400))
def test_months_are_added_as_banks_do(day: date, months: int) -> None:
    found = as_date(int(add_months(np.array([number(day)]), np.array([months]))[0]))
    assert found.year * 12 + found.month == day.year * 12 + day.month + months
    assert found.day == day.day or (found.day < day.day and as_date(number(found) + 1).day == 1)


@given(st.integers(2010, 2040), st.integers(1, 12), st.integers(1, 28))
def test_paydays_are_workdays_at_most_a_holiday_early(year: int, month: int, day: int) -> None:
    paid = payday(year, month, day)
    assert is_workday(paid)
    assert 0 <= (date(year, month, day) - paid).days <= 10


def test_festivals_fall_on_their_days() -> None:
    known = {date(2026, 2, 17): "春节", date(2026, 6, 19): "端午", date(2026, 9, 25): "中秋", date(2026, 10, 18): "重阳",
             date(2025, 10, 1): "国庆", date(2026, 4, 5): "清明"}  # fmt: skip
    assert {day: festival(day) for day in known} == known


@given(st.integers(0, 2**40), st.lists(st.integers(0, 2**60), min_size=1, max_size=50))
def test_chance_depends_on_the_customer_only(seed: int, ids: list[int]) -> None:
    draws = Draws(seed)
    many = draws.bits("x", np.array(ids, dtype=np.uint64), 20_000)
    assert [int(draws.bits("x", np.array([i], dtype=np.uint64), 20_000)[0]) for i in ids] == [
        int(m) for m in many
    ]


def test_a_few_persons_have_two_numbers_and_some_share_a_phone(tmp_path: Path) -> None:
    generate(20_000, FIRST, FIRST, 20260101, tmp_path)
    customers = rows(tmp_path, "customer", FIRST)
    who = [
        identity_of(
            n,
            c["CUST_NAME"],
            c["CERT_TYPE"],
            c["CERT_NO"],
            c["MOBILE"],
            None,
            Rules(frozenset({"10100"}), 6, 0.95),
        )
        for n, c in enumerate(customers)
    ]
    certs = Counter(one.cert for one in who)
    doubled = [one for one in who if certs[one.cert] == 2]
    assert 120 <= len(doubled) <= 200 and max(certs.values()) == 2  # of a hundred, less those with a passport
    names_of = {
        cert: {one.name for one in doubled if one.cert == cert} for cert in {one.cert for one in doubled}
    }
    assert any(len(found) == 2 for found in names_of.values())
    assert sum(len(c["CERT_NO"]) == 15 for c in customers) >= 10
    assert sum(c["CERT_TYPE"] == "10300" for c in customers) >= 10
    phones = Counter(one.mobile for one in who)
    assert 900 <= sum(count for count in phones.values() if count > 1) <= 2_000 and max(phones.values()) <= 5
