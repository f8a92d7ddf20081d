"""Bytes become rows: encodings, delimiters, line ends, fixed widths; what can't be split is set apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lake.small_bank import RARE
from yinke.common.errors import Held
from yinke.lake.feeds.model import Layout
from yinke.lake.ingest import parse as parsing
from yinke.lake.ingest.parse import ROW, parse

Rows = list[tuple[str, ...]]
Bad = list[tuple[int, str]]


def read(folder: Path, data: bytes, layout: Layout) -> tuple[Rows, Bad]:
    """(rows, bad lines as (number, reason)) of a file of these bytes."""
    path = folder / "FILE.txt"
    path.write_bytes(data)
    rows: Rows = []
    bad: Bad = []
    for piece in parse(path, layout, "file"):
        columns = [piece.table[c].to_pylist() for c in layout.columns]
        rows += list(zip(*columns, strict=True))
        bad += [(number, reason) for number, reason, _ in piece.bad]
        assert piece.table.num_rows == len(piece.table[ROW])
    return rows, bad


def numbers(folder: Path, data: bytes, layout: Layout) -> list[int]:
    """Row numbers of the rows that could be split."""
    (folder / "FILE.txt").write_bytes(data)
    return [n for piece in parse(folder / "FILE.txt", layout) for n in piece.table[ROW].to_pylist()]


BANK = Layout(encoding="GB18030", delimiter="|+|", columns=("A", "B"))


def test_a_second_byte_that_looks_like_the_delimiter_does_not_split(tmp_path: Path) -> None:
    bar = Layout(encoding="GB18030", delimiter="|", columns=("A", "B"))
    assert "媩".encode("GB18030") == b"\x8b|"
    assert read(tmp_path, "媩|1\n".encode("GB18030"), bar)[0] == [("媩", "1")]


def test_rare_characters_of_four_bytes_round_trip(tmp_path: Path) -> None:
    assert len("𠮷".encode("GB18030")) == 4
    assert read(tmp_path, f"{RARE}|+|1\n".encode("GB18030"), BANK)[0] == [(RARE, "1")]


def test_private_use_characters_round_trip(tmp_path: Path) -> None:
    assert read(tmp_path, "\ue5e5\ue865|+|1\n".encode("GB18030"), BANK)[0] == [("\ue5e5\ue865", "1")]


def test_a_delimiter_inside_text_sets_the_line_apart_with_its_number(tmp_path: Path) -> None:
    rows, bad = read(tmp_path, b"a|+|1\nb|+|x|+|2\nc|+|3\n", BANK)
    assert rows == [("a", "1"), ("c", "3")]
    assert bad == [(2, "column_count")]
    assert numbers(tmp_path, b"a|+|1\nb|+|x|+|2\nc|+|3\n", BANK) == [1, 3]


def test_a_file_cut_in_mid_row_sets_the_last_line_apart(tmp_path: Path) -> None:
    assert read(tmp_path, b"a|+|1\nb|", BANK) == ([("a", "1")], [(2, "column_count")])


def test_a_character_cut_in_half_sets_its_line_apart(tmp_path: Path) -> None:
    data = "王|+|1\n".encode("GB18030") + b"\xff|+|2\n" + "李|+|3".encode("GB18030")
    assert read(tmp_path, data, BANK) == ([("王", "1"), ("李", "3")], [(2, "bad_encoding")])
    assert numbers(tmp_path, data, BANK) == [1, 3]


def test_bad_encoding_and_bad_columns_together_keep_the_right_numbers(tmp_path: Path) -> None:
    data = b"\xff|+|1\nb|+|2\nc\n" + "王|+|4\n".encode("GB18030")
    assert read(tmp_path, data, BANK)[0] == [("b", "2"), ("王", "4")]
    assert sorted(read(tmp_path, data, BANK)[1]) == [(1, "bad_encoding"), (3, "column_count")]
    assert numbers(tmp_path, data, BANK) == [2, 4]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_either_line_end_and_a_missing_last_one_are_understood(
    tmp_path: Path, end: bytes, last: bool
) -> None:
    data = b"a|+|1" + end + b"b|+|2" + (end if last else b"")
    assert read(tmp_path, data, BANK) == ([("a", "1"), ("b", "2")], [])


def test_where_rows_end_with_crlf_a_bare_line_feed_is_text(tmp_path: Path) -> None:
    layout = Layout(delimiter=",", row_end="CRLF", columns=("A", "B"))
    assert read(tmp_path, b"a\nb,1\r\nc,2\r\n", layout) == ([("a b", "1"), ("c", "2")], [])


def test_a_trailing_delimiter_is_no_column(tmp_path: Path) -> None:
    layout = Layout(delimiter="|+|", trailing_delimiter=True, columns=("A", "B"))
    assert read(tmp_path, b"a|+|1|+|\nb|+||+|\n", layout) == ([("a", "1"), ("b", "")], [])
    assert read(tmp_path, b"a|+|1\n", layout) == ([], [(1, "column_count")])


@pytest.mark.parametrize("delimiter", ["\x1b", "\x03", "\x01", "|@|", ";", "\x1f"])
def test_control_bytes_and_long_delimiters_split(tmp_path: Path, delimiter: str) -> None:
    layout = Layout(encoding="GB18030", delimiter=delimiter, columns=("A", "B"))
    assert read(tmp_path, f"王{delimiter}1\n".encode("GB18030"), layout) == ([("王", "1")], [])


def test_the_byte_used_inside_never_splits_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\x1fb|+|1\n", BANK) == ([("a b", "1")], [])


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8-BOM"])
def test_a_byte_order_mark_is_no_text(tmp_path: Path, encoding: str) -> None:
    layout = Layout(encoding=encoding, columns=("A", "B"))
    assert read(tmp_path, "\ufeff王,1\n".encode(), layout) == ([("王", "1")], [])


def test_a_quote_sign_is_plain_text_where_none_is_described(tmp_path: Path) -> None:
    assert read(tmp_path, b'"a|+|1"\n', BANK) == ([('"a', '1"')], [])


def test_quoted_values_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    layout = Layout(delimiter=";", quote='"', header=True, columns=("A", "B"))
    rows, bad = read(tmp_path, b'"A";"B"\r\n"x;y";"say ""no"""\r\n"two\nlines";2\r\n3\r\n', layout)
    assert rows == [("x;y", 'say "no"'), ("two\nlines", "2")]
    assert [reason for _, reason in bad] == ["column_count"]


def test_fixed_widths_count_bytes_not_characters(tmp_path: Path) -> None:
    layout = Layout(encoding="GB18030", fixed=(6, 8, 3), columns=("A", "B", "C"))
    line = "王伟  ".encode("GB18030") + b"00001234" + b"CNY"
    assert len(line) == 17
    rows, bad = read(tmp_path, line + b"\r\n" + line[:-1] + b"\r\n" + line, layout)
    assert rows == [("王伟  ", "00001234", "CNY")] * 2
    assert bad == [(2, "column_count")]


def test_a_fixed_width_that_cuts_a_character_sets_the_line_apart(tmp_path: Path) -> None:
    layout = Layout(encoding="GB18030", fixed=(3, 2), columns=("A", "B"))
    data = "王a王\n王王b\n".encode("GB18030")
    assert read(tmp_path, data, layout) == ([("王a", "王")], [(2, "bad_encoding")])


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, b"", BANK) == ([], [])


def test_an_empty_line_is_a_row_without_values(tmp_path: Path) -> None:
    assert read(tmp_path, b"a|+|1\n\nb|+|2\n", BANK) == ([("a", "1"), ("", ""), ("b", "2")], [])


def test_rows_longer_than_a_read_block_come_whole(tmp_path: Path) -> None:
    long = "长" * (parsing.CHUNK // 2)  # 32 MB with its neighbours: over two blocks
    rows, bad = read(tmp_path, f"a|+|1\n{long}|+|2\nb|+|3\n".encode("GB18030"), BANK)
    assert [len(a) for a, _ in rows] == [1, len(long), 1]
    assert not bad


def test_a_file_without_line_ends_is_held_rather_than_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "CHUNK", 1000)
    monkeypatch.setattr(parsing, "LONGEST_LINE", 5000)
    with pytest.raises(Held) as held:
        read(tmp_path, b"x" * 10_000, BANK)
    assert held.value.reason == "row_end"


def test_row_numbers_go_on_over_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "CHUNK", 64)
    data = "".join(f"{i}|+|王\n" for i in range(100)).encode("GB18030")
    assert numbers(tmp_path, data, BANK) == list(range(1, 101))


def test_a_header_is_checked_against_the_description(tmp_path: Path) -> None:
    layout = Layout(delimiter=",", header=True, columns=("A", "B"))
    assert read(tmp_path, b"A,B\n1,2\n", layout) == ([("1", "2")], [])
    assert numbers(tmp_path, b"A,B\n1,2\n", layout) == [2]
    with pytest.raises(Held) as held:
        read(tmp_path, b"A,NEW\n1,2\n", layout)
    assert (held.value.reason, held.value.place) == ("header", "FILE.txt:1")
    assert "NEW" in held.value.message
