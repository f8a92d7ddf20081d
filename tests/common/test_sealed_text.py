"""封存文本: sealed text opens again, stays equal where it was equal, and tells of a change."""

from __future__ import annotations

import base64
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given, settings
from hypothesis import strategies as st

from yinke.common.sealed_text import HASH, HEADER, MARK, NotOpened, TextKey, TextKeys

SECRET = bytes(range(64))
CIPHERS = st.sampled_from(["aes", "sm4"])
TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=70), max_size=30)
NUMBERS = st.text("0123456789", min_size=8, max_size=32)


def keys(cipher: Any = "aes", secret: bytes = SECRET, version: int = 1) -> TextKeys:
    return TextKeys([TextKey(version, cipher, secret)])


def column(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.string())


def sealed(text: str, *, number: bool = False, by: TextKeys | None = None) -> str:
    return str((by or keys()).seal(column(text), number=number)[0].as_py())


@settings(deadline=None)
@given(TEXTS, CIPHERS, st.booleans())
def test_whatever_was_sealed_opens_again(texts: list[str | None], cipher: str, number: bool) -> None:
    by = keys(cipher)
    found = by.open(by.seal(column(*texts), number=number)).to_pylist()
    assert found == [text.strip() if text is not None else None for text in texts]


def test_a_long_column_of_many_lengths_keeps_its_order() -> None:
    texts = [f"{n % 977}" * (n % 53) for n in range(70_000)]
    parts = pa.chunked_array([texts[:10], texts[10:]], pa.string())
    tokens = keys().seal(parts)
    assert keys().open(tokens).to_pylist() == texts
    assert keys().open(tokens.slice(12_345, 7)).to_pylist() == texts[12_345:12_352]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70), CIPHERS)
def test_nothing_of_a_text_is_seen(text: str, cipher: str) -> None:
    token = sealed(text, by=keys(cipher))
    if not text.strip():
        assert token == ""
        return
    assert token.startswith(MARK)
    assert len(text.strip()) < 3 or text.strip() not in token
    assert token == sealed(f" {text}\n", by=keys(cipher)), "the same text gives the same token"


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_two_texts_are_equal_where_their_tokens_are(left: list[str | None], right: list[str | None]) -> None:
    texts = [text.strip() for text in (*left, *right) if text]
    tokens = keys().seal(column(*texts)).to_pylist()
    assert len(set(texts)) == len(set(tokens))
    assert len(dict(zip(texts, tokens, strict=True))) == len(set(tokens))


@given(st.binary(min_size=1, max_size=100).map(bytes.hex))
def test_it_is_the_library_s_siv_byte_for_byte(text: str) -> None:
    body = sealed(text)[HEADER:]
    raw = base64.b64decode(body + "=" * (-len(body) % 4))
    assert raw == AESSIV(SECRET).encrypt(text.encode(), None)


def test_it_is_the_siv_of_rfc_5297() -> None:
    """Appendix A.1 gives associated data, which is not used here; the library stands for it with every length."""
    for length in range(1, 66):
        text = "界" * (length // 3) + "x" * (length % 3)
        body = sealed(text)[HEADER:]
        assert base64.b64decode(body + "=" * (-len(body) % 4)) == AESSIV(SECRET).encrypt(text.encode(), None)


@given(NUMBERS, CIPHERS)
def test_of_a_number_the_last_four_stay_and_no_more(number: str, cipher: str) -> None:
    token = sealed(number, number=True, by=keys(cipher))
    assert token[-5:] == f".{number[-4:]}"
    assert number[:-4] not in token[:-5]
    assert token[: HEADER + HASH] == sealed(number, by=keys(cipher))[: HEADER + HASH]


def test_of_a_short_number_nothing_stays() -> None:
    assert sealed("1234567", number=True).endswith(".****")
    assert sealed("账号一二三四五六", number=True).endswith(".****")


@settings(deadline=None)
@given(st.text("0123456789王伟", min_size=1, max_size=40), st.booleans(), st.data())
def test_a_token_that_was_changed_opens_nothing(text: str, number: bool, data: st.DataObject) -> None:
    token = sealed(text, number=number)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABab01+/=.*").filter(lambda letter: letter != token[at]))
    for changed in (token[:at] + other + token[at + 1 :], token[:at] + token[at + 1 :], token + other):
        with pytest.raises(NotOpened):
            keys().open(column(changed))


@given(st.text(min_size=1, max_size=60))
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(NotOpened):
        keys().open(column(text))


def test_another_key_opens_nothing_and_an_older_one_goes_on() -> None:
    old, new = TextKey(1, "aes", SECRET), TextKey(2, "sm4", SECRET[::-1])
    both = TextKeys([old, new])
    with pytest.raises(NotOpened):
        TextKeys([new]).open(column(sealed("王伟")))
    with pytest.raises(NotOpened):
        keys(secret=SECRET[::-1]).open(column(sealed("王伟")))
    tokens = pa.concat_arrays([TextKeys([old]).seal(column("王伟", None)), both.seal(column("李娜", ""))])
    assert both.open(tokens).to_pylist() == ["王伟", None, "李娜", ""]
    assert [both.version_of(token) for token in (tokens[0].as_py(), tokens[2].as_py())] == [1, 2]
