"""Parse: raw bytes → columns of text with their row number; what can't be split is set apart.

The bytes are cut only at line feeds (never part of a GB18030 character), decoded, and only then split,
since a GB18030 character's second byte can be '|'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from pyarrow import csv

from yinke.common.errors import Held
from yinke.lake.feeds.model import Layout
from yinke.lake.secrets import secret_names

CHUNK = 1 << 24
LONGEST_LINE = 1 << 26
"""No bank writes a row of 64 MB: the rows are ended by something else than described."""
UNIT = "\x1f"
BOM = b"\xef\xbb\xbf"
ROW = "_row"
TRAILING = "_trailing"
NAME = re.compile(r"[A-Za-z_]\w{0,40}")


BadLine = tuple[int, str, str]
"""(row number in the file from 1, reason, the line's beginning)"""


@dataclass
class Piece:
    """Some rows of a file: a table of text columns with ``_row``, and the lines that could not be split."""

    table: pa.Table
    bad: list[BadLine] = field(default_factory=list)


class Stream(Protocol):
    """The bytes of a file, read from its beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes (all for -1); none at the end."""
        ...


Opener = Callable[[Path], AbstractContextManager[Stream]]


def plainly(path: Path) -> AbstractContextManager[Stream]:
    """Open a file that is not sealed."""
    return path.open("rb")


def parse(path: Path, layout: Layout, feed: str = "", opened: Opener = plainly) -> Iterator[Piece]:
    """Parse a file piece by piece, about 16 MB each.

    Args:
        opened: gives its plain bytes.

    Raises:
        Held: ``header``: the first line does not name the columns expected.
    """
    if layout.quote:
        yield _quoted(path, layout, feed, opened)
        return
    row = 0
    first = True
    for chunk in _chunks(path, feed, opened, b"\r\n" if layout.row_end == "CRLF" else b"\n"):
        if layout.row_end == "CRLF":  # a bare LF is part of the text
            chunk = chunk.replace(b"\r\n", b"\r").replace(b"\n", b" ").replace(b"\r", b"\n")
        if first:
            chunk = chunk.removeprefix(BOM)
            first = False
            if layout.header:
                head, _, chunk = chunk.partition(b"\n")
                _check_header(head, layout, feed, path)
                row += 1
                if not chunk:
                    continue
        lines = chunk.count(b"\n") + (0 if chunk.endswith(b"\n") else 1)
        yield _fixed(chunk, layout, row) if layout.fixed else _delimited(chunk, layout, row, lines)
        row += lines


def _chunks(path: Path, feed: str, opened: Opener, row_end: bytes) -> Iterator[bytes]:
    with opened(path) as file:
        rest = b""
        while block := file.read(CHUNK):
            block = rest + block
            at = block.rfind(row_end)
            cut = at + len(row_end) if at >= 0 else 0
            if len(block) - cut > LONGEST_LINE:
                raise Held(
                    "row_end", "A row is longer than 64 MB: rows seem to end otherwise than described", feed=feed,
                    place=path.name, remedy="Correct the feed's row_end, or have the file sent again",
                )  # fmt: skip
            if cut:
                yield block[:cut]
            rest = block[cut:]
        if rest:
            yield rest


def _codec(layout: Layout) -> str:
    return {"UTF-8-BOM": "utf-8"}.get(layout.encoding, layout.encoding.lower())


def _check_header(head: bytes, layout: Layout, feed: str, path: Path) -> None:
    text = head.decode(_codec(layout), errors="replace").rstrip("\r")
    names = [n.strip().strip(layout.quote or '"') for n in text.split(layout.delimiter)]
    if layout.trailing_delimiter and names and not names[-1]:
        names.pop()
    if secret := secret_names(names):
        raise Held(
            "secret", f"The file holds a column of class C3 (JR/T 0171): {secret[0]}", feed=feed, place=f"{path.name}:1",
            remedy="Have the core bank leave it out and send the file again; delete this one from the inbox",
        )  # fmt: skip
    if names != list(layout.columns):
        # what stands there may be a row of somebody's data: only what can be a name is told
        strange = [n if NAME.fullmatch(n) else "(no name)" for n in names if n not in layout.columns]
        absent = [n for n in layout.columns if n not in names]
        what = f"unknown {strange[:3]}" if strange else f"missing {absent[:3]}" if absent else "another order"
        raise Held(
            "header", f"The header names other columns than described: {what}", feed=feed, place=f"{path.name}:1",
            remedy="Correct the feed's columns, or have the file sent again",
        )  # fmt: skip


def _names(layout: Layout) -> list[str]:
    return [*layout.columns, *([TRAILING] if layout.trailing_delimiter else [])]


def _delimited(chunk: bytes, layout: Layout, before: int, lines: int) -> Piece:
    bad: list[BadLine] = []
    if b"\r" in chunk:
        chunk = chunk.replace(b"\r\n", b"\n").removesuffix(b"\r").replace(b"\r", b" ")
    unit, delimiter = UNIT.encode(), layout.delimiter
    if chunk.isascii():
        data = chunk
    else:
        try:
            data = (
                chunk.decode(_codec(layout)).replace("\x00", " ").encode()
                if layout.encoding == "GB18030"
                else chunk
            )
            if layout.encoding != "GB18030":
                chunk.decode("utf-8")
        except UnicodeDecodeError:
            data, bad = _line_by_line(chunk, layout, before)
    if delimiter != UNIT:
        if unit in data:  # a control byte inside text must not become a split
            data = data.replace(unit, b" ")
        data = data.replace(delimiter.encode(), unit)
    gone = {number for number, _, _ in bad}
    numbers = [n for n in range(before + 1, before + lines + 1) if n not in gone] if gone else None

    def refuse(row: csv.InvalidRow) -> str:
        at = (row.number or 1) - 1
        number = numbers[at] if numbers is not None else before + 1 + at
        bad.append((number, "column_count", (row.text or "").replace(UNIT, delimiter)[:200]))
        return "skip"

    names = _names(layout)
    if not data:
        return Piece(_empty(layout), bad)
    table = csv.read_csv(
        pa.BufferReader(data),
        csv.ReadOptions(column_names=names, block_size=max(len(data) + 1, 2), use_threads=False),
        csv.ParseOptions(delimiter=UNIT, quote_char=False, double_quote=False, ignore_empty_lines=False,
                         newlines_in_values=False, invalid_row_handler=refuse),
        csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )  # fmt: skip
    skipped = {number for number, _, _ in bad}
    if skipped:
        rows = np.array(
            [n for n in range(before + 1, before + lines + 1) if n not in skipped], dtype=np.int64
        )
    else:
        rows = np.arange(before + 1, before + 1 + table.num_rows, dtype=np.int64)
    return Piece(_numbered(table, rows, layout, bad), bad)


def _numbered(table: pa.Table, rows: np.ndarray, layout: Layout, bad: list[BadLine]) -> pa.Table:
    if layout.trailing_delimiter:
        table = table.drop_columns([TRAILING])
    numbers = pa.Array.from_buffers(
        pa.int64(), len(rows), [None, pa.py_buffer(rows)]
    )  # pa.array imports pandas
    return table.append_column(ROW, numbers)


def _line_by_line(chunk: bytes, layout: Layout, before: int) -> tuple[bytes, list[BadLine]]:
    """Decode a chunk that is not whole in its encoding; its wrong lines are set apart."""
    good: list[bytes] = []
    bad: list[BadLine] = []
    for number, line in enumerate(chunk.removesuffix(b"\n").split(b"\n"), before + 1):
        try:
            good.append(line.decode(_codec(layout)).encode())
        except UnicodeDecodeError as problem:
            bad.append((number, "bad_encoding", f"byte {problem.start + 1}"))
    return b"".join(line + b"\n" for line in good), bad


def _empty(layout: Layout) -> pa.Table:
    return pa.table({**{c: pa.array([], pa.string()) for c in layout.columns}, ROW: pa.array([], pa.int64())})


def _quoted(path: Path, layout: Layout, feed: str, opened: Opener) -> Piece:
    """A file with quotes is parsed whole: a quoted value may hold line ends."""
    with opened(path) as file:
        data = file.read().removeprefix(BOM)
    try:
        text = data if data.isascii() else data.decode(_codec(layout)).encode()
    except UnicodeDecodeError as problem:
        raise Held(
            "encoding", f"It is not {layout.encoding} (byte {problem.start + 1})", feed=feed, place=path.name,
            remedy="Correct the feed's encoding, or have the file sent again",
        ) from None  # fmt: skip
    if layout.header:
        head, _, text = text.partition(b"\n")
        _check_header(head, layout, feed, path)
    if not text:
        return Piece(_empty(layout))
    bad: list[BadLine] = []
    first = 2 if layout.header else 1

    def refuse(row: csv.InvalidRow) -> str:
        bad.append(((row.number or 1) + first - 1, "column_count", (row.text or "")[:200]))
        return "skip"

    if len(layout.delimiter) > 1:
        text = text.replace(layout.delimiter.encode(), UNIT.encode())
    names = _names(layout)
    table = csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
        csv.ParseOptions(delimiter=UNIT if len(layout.delimiter) > 1 else layout.delimiter, quote_char=layout.quote,
                         newlines_in_values=True, invalid_row_handler=refuse),
        csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )  # fmt: skip
    skipped = {number for number, _, _ in bad}
    total = table.num_rows + len(bad)
    rows = np.array([n for n in range(first, first + total) if n not in skipped], dtype=np.int64)
    return Piece(_numbered(table, rows, layout, bad), bad)


def _fixed(chunk: bytes, layout: Layout, before: int) -> Piece:
    """Fixed widths count bytes; lines of another length are set apart, the rest is cut as one matrix."""
    length = sum(layout.fixed)
    lines = [line.removesuffix(b"\r") for line in chunk.removesuffix(b"\n").split(b"\n")]
    bad = [
        (number, "column_count", line.decode(_codec(layout), "replace")[:200])
        for number, line in enumerate(lines, before + 1)
        if len(line) != length
    ]
    gone = {number for number, _, _ in bad}
    numbers = [n for n in range(before + 1, before + 1 + len(lines)) if n not in gone]
    if not numbers:
        return Piece(_empty(layout), bad)
    matrix = np.frombuffer(b"".join(lines[n - before - 1] for n in numbers), dtype=np.uint8).reshape(
        -1, length
    )
    columns: dict[str, pa.Array] = {}
    wrong: set[int] = set()
    start = 0
    for name, width in zip(layout.columns, layout.fixed, strict=True):
        columns[name], failed = _cut(matrix[:, start : start + width], _codec(layout))
        wrong |= failed
        start += width
    table = pa.table({**columns, ROW: pa.array(numbers, pa.int64())})
    if wrong:
        bad += [(numbers[at], "bad_encoding", "") for at in sorted(wrong)]
        table = table.filter(pa.array([at not in wrong for at in range(len(numbers))]))
    return Piece(table, bad)


def _cut(part: np.ndarray, codec: str) -> tuple[pa.Array, set[int]]:
    """One column of a fixed-width chunk, decoded whole; positions of values that are cut in mid character."""
    count, width = part.shape
    if (part < 128).all():
        offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
        data = pa.py_buffer(part.tobytes())
        return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), data]), set()
    rows = np.hstack([part, np.full((count, 1), 10, dtype=np.uint8)])  # no value holds a line feed
    try:
        return pa.array(rows.tobytes().decode(codec).split("\n")[:-1], pa.string()), set()
    except UnicodeDecodeError:
        texts: list[str | None] = []
        for value in part:
            try:
                texts.append(value.tobytes().decode(codec))
            except UnicodeDecodeError:
                texts.append(None)
        return pa.array(texts, pa.string()), {at for at, text in enumerate(texts) if text is None}
