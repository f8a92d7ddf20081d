"""Check digits of certificates, against the published examples and against every single slip of a finger."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinke.common.certs import ID_CHECKS, USCC, id_check, is_resident_id, is_uscc, upgrade_id

TODAY = date(2026, 10, 30)


@st.composite
def ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    first = f"{draw(st.integers(110000, 839999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + id_check(first)


@given(ids(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_a_resident_id_with_one_digit_wrong_is_refused(number: str, place: int, digit: str) -> None:
    assert is_resident_id(number, TODAY)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_resident_id(wrong, TODAY) == (wrong == number)


@given(ids(), st.integers(0, 16))
def test_a_resident_id_with_two_neighbours_swapped_is_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_resident_id(swapped, TODAY) == (swapped == number)


@given(ids())
def test_fifteen_digits_become_the_eighteen_of_the_same_person(number: str) -> None:
    old = number[:6] + number[8:17]
    upgraded = upgrade_id(old)
    assert upgraded == (number if number[6:8] == "19" else f"{old[:6]}19{old[6:]}" + upgraded[-1])
    assert is_resident_id(upgraded) or number[6:8] == "20"
    assert upgrade_id(number) == number


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11010519491231002",
        "110105194912310021",
        "11010519490231002X",
        "01010519491231002X",
        "1101051949123100２X",
    ],
)
def test_what_is_no_resident_id_is_refused(number: str) -> None:
    assert not is_resident_id(number)


def test_a_birth_to_come_or_long_past_is_refused_on_a_day() -> None:
    first = "11010520300101001"
    assert is_resident_id(first + id_check(first)) and not is_resident_id(first + id_check(first), TODAY)
    first = "11010518900101001"
    assert not is_resident_id(first + id_check(first), TODAY)


def test_an_old_number_with_no_such_birthday_stays_as_it_is() -> None:
    assert upgrade_id("110105490231002") == "110105490231002"


@given(st.text(USCC, min_size=17, max_size=17))
def test_a_credit_code_has_exactly_one_check_character(first: str) -> None:
    assert sum(is_uscc(first + check) for check in USCC) == 1


def test_a_credit_code_is_as_published() -> None:
    assert is_uscc("91350100M000100Y43")
    assert not any(map(is_uscc, ["91350100M000100Y4Z", "91350100M000100Y4", "9135O100M000100Y43", ""]))


def test_all_check_characters_of_ids_occur() -> None:
    assert {id_check(f"11010519900101{n:03d}") for n in range(200)} == set(ID_CHECKS)
