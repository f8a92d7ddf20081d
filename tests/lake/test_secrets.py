"""C3 never enters: not by a column's name, not by what a value looks like, not as a raw copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.small_bank import FIRST, SmallBank
from yinke.common.errors import ConfigurationError, Held
from yinke.lake import quarantine
from yinke.lake.secrets import looks_secret, secret_names

TRACK = ";6228480402564890018=30125010000012300000?"
SECRETS = (
    TRACK, "%B6228480402564890018^ZHANG/SANFENG^30125010000012300000?", "6228480402564890018D30125010000012300000",
    "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$hash",
    "/9j/4AAQSkZJRgABAQEAYABgAAD",
)  # fmt: skip


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    return SmallBank(tmp_path)


@pytest.mark.parametrize("name", ["CUST_PASSWORD", "CVV", "PIN_BLOCK", "TRK2", "FACE_IMG", "取款密码", "OTP"])
def test_a_file_whose_header_names_a_secret_holds_the_date_and_leaves_no_copy(
    bank: SmallBank, name: str
) -> None:
    feed = bank.feeds["customer"]
    feed["header"] = True
    columns = [*feed["columns"], name]  # type: ignore[misc]
    rows = [columns, *([*row, "秘密的值"] for row in bank.rows["customer"])]
    bank.write()
    bank.write_bytes("customer", "".join("|+|".join(row) + "\n" for row in rows).encode("GB18030"), rows=2)
    with pytest.raises(Held) as held:
        bank.load()
    assert (held.value.reason, held.value.feed) == ("secret", "customer")
    assert name in held.value.message
    assert not [
        p
        for p in (bank.folder / "lake").rglob("*")
        if p.is_file() and "秘密的值".encode("GB18030") in p.read_bytes()
    ]


def test_a_description_that_names_one_is_refused_in_side_files_too(bank: SmallBank) -> None:
    feed = bank.feeds["customer"]
    feed["lookups"] = {
        "more": {"file": "more.csv", "columns": ["NO", "PASSWORD"], "key": "NO", "value": "NO"}
    }
    with pytest.raises(ConfigurationError, match="C3"):
        bank.described()


@pytest.mark.parametrize("secret", SECRETS)
def test_a_value_that_looks_like_a_secret_is_set_apart_and_not_shown(bank: SmallBank, secret: str) -> None:
    bank.feeds["transaction"]["tolerance"] = {"bad_rows": 0.6}
    bank.rows["transaction"].append(["20260130", "T2", "A1", "C", "1.00", "CNY", "TRANSFER", secret])
    bank.write()
    bank.load()
    assert [row["txn_seq"] for row in bank.table("transaction")] == ["T1"]
    (row,) = quarantine.read(bank.lake, FIRST)
    assert (row.reason, row.value_masked) == ("secret", f"***({len(secret)})")
    stored = [p for p in (bank.folder / "lake").rglob("*.parquet") if secret.encode() in p.read_bytes()]
    assert not stored


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_so_is_known_to_look_so(secret: str) -> None:
    assert looks_secret(secret)


@given(
    st.from_regex(r"\A[0-9]{6}(19|20)[0-9]{9}[0-9X]\Z|\A62[0-9]{14,17}\Z|\A1[3-9][0-9]{9}\Z"),
    st.text(max_size=40),
)
def test_ordinary_numbers_and_texts_pass(number: str, text: str) -> None:
    assert not looks_secret(number)
    assert not looks_secret(f"转账给{text}") or text.startswith("$")


@pytest.mark.parametrize(
    "name", ["SPIN", "PINYIN", "SURFACE", "OPEN_DT", "FACTOR", "PING", "CUST_NO", "手机号"]
)
def test_names_that_only_contain_the_letters_pass(name: str) -> None:
    assert secret_names([name]) == []


def test_a_file_without_its_header_does_not_put_a_customer_into_the_message(bank: SmallBank) -> None:
    bank.feeds["customer"]["header"] = True
    bank.write()
    with pytest.raises(Held) as held:
        bank.load()
    assert held.value.reason == "header"
    assert "王伟" not in f"{held.value}"
    assert "310101199001011234" not in f"{held.value}"
