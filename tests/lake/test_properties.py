"""For any rows: what a layout writes is read back equal; merging equals a naive dictionary over many days."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lake.small_bank import FIRST, SmallBank, following
from yinke.lake.feeds.model import Layout
from yinke.lake.ingest.merge import ROW_GROUP
from yinke.lake.ingest.parse import ROW, parse

CHARACTERS = "aZ09 -.·,;'\"|+@王伟𠮷𬱖é€|\u00a0"


def fitting(layout: Layout) -> st.SearchStrategy[str]:
    """Texts that a layout can carry: no delimiter in or across a border of values, no line end."""
    return st.text(st.sampled_from(CHARACTERS), max_size=12).filter(
        lambda text: not set(layout.delimiter) & set(text) and not (layout.quote and layout.quote in text)
    )


@st.composite
def files(draw: st.DrawFn) -> tuple[Layout, str, bool, list[list[str]]]:
    """(layout, line end, last line ended, rows)."""
    layout = Layout(
        encoding=draw(st.sampled_from(["GB18030", "UTF-8", "UTF-8-BOM"])),
        delimiter=draw(st.sampled_from(["|+|", "|", ",", ";", "\x1b", "\x03", "\x01", "|@|", "^"])),
        quote=draw(st.sampled_from([None, '"'])),
        header=draw(st.booleans()),
        trailing_delimiter=draw(st.booleans()),
        columns=tuple(f"C{n}" for n in range(draw(st.integers(2, 5)))),
    )
    rows = draw(
        st.lists(
            st.lists(fitting(layout), min_size=len(layout.columns), max_size=len(layout.columns)), max_size=20
        )
    )
    return layout, draw(st.sampled_from(["\n", "\r\n"])), draw(st.booleans()), rows


@given(files())
@settings(max_examples=150)
def test_rows_in_any_layout_are_read_back_equal(file: tuple[Layout, str, bool, list[list[str]]]) -> None:
    layout, end, last, rows = file
    quote = layout.quote or ""
    lines = [[f"{quote}{value}{quote}" for value in row] for row in rows]
    if layout.header:
        lines.insert(0, list(layout.columns))
    tail = layout.delimiter if layout.trailing_delimiter else ""
    text = end.join(layout.delimiter.join(line) + tail for line in lines) + (end if last and lines else "")
    codec = "gb18030" if layout.encoding == "GB18030" else "utf-8"
    mark = b"\xef\xbb\xbf" if layout.encoding == "UTF-8-BOM" else b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.txt"
        path.write_bytes(mark + text.encode(codec))
        pieces = list(parse(path, layout, "file"))
    found = [
        list(row)
        for piece in pieces
        for row in zip(*(piece.table[c].to_pylist() for c in layout.columns), strict=True)
    ]
    numbers = [number for piece in pieces for number in piece.table[ROW].to_pylist()]
    assert not any(piece.bad for piece in pieces)
    assert found == rows
    assert numbers == list(range(1 + layout.header, 1 + layout.header + len(rows)))


KEYS = st.sampled_from([f"A{n}" for n in range(8)])
NIGHT = st.lists(st.tuples(KEYS, st.integers(0, 10**6), st.integers(1, 9), st.booleans()), max_size=12)


@given(st.sampled_from(["FULL", "UPSERT", "INCREMENTAL"]), st.lists(NIGHT, min_size=1, max_size=4))
@settings(max_examples=25)
def test_merging_equals_a_naive_dictionary_over_many_days(
    mode: str, nights: list[list[tuple[str, int, int, bool]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bank = SmallBank(Path(folder))
        bank.feeds = {"fx": bank.feeds["fx"]}
        bank.feeds["fx"] |= {
            "mode": mode, "columns": ["CCY", "RATE", "STAMP", "OP"], "newest": "STAMP",
            "op": {"column": "OP", "delete": "D"},
        }  # fmt: skip
        expected: dict[str, int] = {}
        for number, rows in enumerate(nights):
            day = following(FIRST, number)
            newest: dict[str, tuple[int, int, int, bool]] = {}
            for position, (key, value, stamp, gone) in enumerate(rows):
                if key not in newest or (stamp, position) > newest[key][:2]:
                    newest[key] = (stamp, position, value, gone)
            if mode == "FULL":
                expected = {}
            for key, (_, _, value, gone) in newest.items():
                if gone:
                    expected.pop(key, None)
                else:
                    expected[key] = value
            bank.rows["fx"] = [[k, str(v), str(stamp), "D" if gone else "I"] for k, v, stamp, gone in rows]
            bank.write(day)
            bank.load(day, frozenset({"fx:empty"}))
            assert {row["ccy"]: int(row["mid_rate"]) for row in bank.table("fx", day)} == expected  # type: ignore[call-overload]


IDS = st.lists(st.lists(st.sampled_from([f"C{n}" for n in range(10)]), unique=True), min_size=1, max_size=4)


@given(IDS)
@settings(max_examples=20)
def test_a_customers_number_is_dense_and_his_for_good(nights: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bank = SmallBank(Path(folder))
        bank.feeds = {"customer": bank.feeds["customer"] | {"mode": "FULL"}}
        given_: dict[str, int] = {}
        for number, customers in enumerate(nights):
            day = following(FIRST, number)
            for cust_no in sorted(set(customers) - set(given_)):
                given_[cust_no] = len(given_) + 1
            bank.rows["customer"] = [
                [no, "某", "", "1", "19900101", "11", "20200101", "0", "20260129080000"] for no in customers
            ]
            bank.write(day)
            bank.load(day, frozenset({"customer:empty"}))
            assert {row["cust_no"]: row["cust_id"] for row in bank.table("customer", day)} == {
                no: given_[no] for no in customers
            }


def test_the_same_input_gives_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    found: dict[str, bytes] = {}
    for threads in (1, 3):
        bank = SmallBank(tmp_path / str(threads))
        bank.rows["customer"] = [
            [f"C{n}", f"客户{n}", "", "1", "19900101", "11", "20200101", "0", "20260129080000"]
            for n in range(3000)
        ]
        bank.rows["account"] = [
            [f"A{n}", f"C{n * 7 % 3000}", "D", "CNY", "20200101", "0", "", "I"] for n in range(3000)
        ]
        bank.rows["balance"] = [[f"A{n}", f"{n}.{n % 100:02}", "CNY"] for n in range(3000)]
        bank.rows["transaction"] = [
            ["20260130", f"T{n}", f"A{n % 3000}", "C", "1.00", "CNY", "TRANSFER", ""] for n in range(250_000)
        ]
        bank.rows["channel_log"] = []
        bank.write()
        bank.load(threads=threads)
        for path in bank.day().folder.glob("*.parquet"):
            assert found.setdefault(path.name, path.read_bytes()) == path.read_bytes(), path.name
    groups = pq.read_metadata(bank.day().path("transaction"))
    assert groups.num_row_groups == -(-250_000 // ROW_GROUP)
    order = duckdb.sql(f"SELECT cust_id, txn_seq FROM '{bank.day().path('transaction')}'").fetchall()
    assert order == sorted(order)
