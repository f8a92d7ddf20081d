"""Masked output never tells what it hides, whatever comes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinke.access.masking import (
    BANDS,
    band,
    mask_account,
    mask_address,
    mask_cert,
    mask_email,
    mask_mobile,
    mask_name,
)

MASKS = [mask_name, mask_cert, mask_mobile, mask_account, mask_address, mask_email]
KEPT = [mask_name, mask_cert, mask_mobile, mask_account]
anything = st.text(max_size=40) | st.none()
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=6)
digits = st.text("0123456789", min_size=1, max_size=24)


@pytest.mark.parametrize("mask", MASKS)
@given(value=anything)
def test_any_text_and_nothing_at_all_can_be_masked(
    mask: Callable[[str | None], str], value: str | None
) -> None:
    masked = mask(value)
    assert isinstance(masked, str)
    assert (masked == "") == (not value)


@pytest.mark.parametrize("mask", KEPT)
@given(value=st.text(min_size=1, max_size=40))
def test_the_length_stays_and_only_ends_are_shown(mask: Callable[[str], str], value: str) -> None:
    masked = mask(value)
    assert len(masked) == len(value)
    assert all(shown in (kept, "*", "·") for shown, kept in zip(masked, value, strict=True))
    assert masked.count("*") >= 1


@given(number=digits)
def test_at_least_half_of_a_certificate_number_is_hidden(number: str) -> None:
    masked = mask_cert(number)
    assert masked.count("*") * 2 >= len(number)
    assert Counter(c for c in masked if c != "*").total() <= 2


@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_four_middle_digits_of_a_mobile_number_are_gone(number: str) -> None:
    assert mask_mobile(number) == f"{number[:3]}****{number[7:]}"


@given(number=st.from_regex(r"[0-9]{16,19}", fullmatch=True))
def test_a_card_number_shows_its_first_six_and_last_four(number: str) -> None:
    assert mask_account(number) == f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


@given(name=han)
def test_a_chinese_name_hides_every_given_character_but_the_last(name: str) -> None:
    masked = mask_name(name)
    assert masked[1:-1].strip("*") == ""
    if len(name) == 2:
        assert masked == f"{name[0]}*"


@given(first=han, last=han)
def test_a_name_with_a_dot_keeps_its_first_part_only(first: str, last: str) -> None:
    assert mask_name(f"{first}·{last}") == f"{first}·{'*' * len(last)}"


@given(street=han, number=st.integers(1, 9999))
def test_an_address_ends_with_the_district(street: str, number: int) -> None:
    masked = mask_address(f"上海市徐汇区漕溪路{number}号")
    assert masked == "上海市徐汇区****"
    assert str(number) not in mask_address(f"某路{number}号")


@given(st.decimals(0, 10**12, places=2))
def test_a_band_tells_no_more_than_its_lower_edge(amount: Decimal) -> None:
    edge = band(amount)
    assert edge <= amount
    assert edge == 0 or edge in BANDS
    assert not any(edge < other <= amount for other in BANDS)
