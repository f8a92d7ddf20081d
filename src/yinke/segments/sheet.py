"""A column of numbers out of a file that somebody made with Excel: .xlsx or .csv, its formulas as their values."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from python_calamine import CalamineError, CalamineWorkbook

from yinke.common.errors import YinkeError

By = Literal["cust_no", "mobile", "cert"]
HEADINGS: dict[str, By] = {
    "客户号": "cust_no", "客户编号": "cust_no", "客户代码": "cust_no", "cust_no": "cust_no", "custno": "cust_no",
    "customer number": "cust_no", "customer no": "cust_no", "customer no.": "cust_no", "customer id": "cust_no",
    "手机": "mobile", "手机号": "mobile", "手机号码": "mobile", "联系电话": "mobile", "mobile": "mobile",
    "mobile number": "mobile", "phone": "mobile", "phone number": "mobile",
    "证件号": "cert", "证件号码": "cert", "身份证": "cert", "身份证号": "cert", "身份证号码": "cert", "cert_no": "cert",
    "id number": "cert", "certificate number": "cert",
}  # fmt: skip
"""Headings that say what a column holds; the first of them in the file is taken."""
UNPACKED = 40
"""An .xlsx may unpack to so many times the greatest size of a file; what grows beyond was made to harm."""
EXACT = 15
"""Digits of a number that Excel keeps; it makes the rest zeros."""
ROUNDED = "\x00"
"""Stands for a cell whose number Excel has rounded."""


class BadFile(YinkeError):
    """The file can't be read, or is too large."""

    code = "bad_file"


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and its cells with their row's number in the file (from 1)."""

    heading: str
    by: By
    cells: list[tuple[int, str]]


def read_column(
    content: bytes, name: str, *, most_bytes: int, most_rows: int, column: str = "", by: By | None = None
) -> Column:
    """Read the column of customer, mobile or certificate numbers; rows with nothing in them are not there.

    Args:
        name: of the file; its end says what it is.
        column: the heading of the column, where the file's own is none of ``HEADINGS``.
        by: what that column holds.

    Raises:
        BadFile: it is no .xlsx or .csv, is damaged, or is too large (nothing was read of it).
        YinkeError: no column is known by its heading.
    """
    if len(content) > most_bytes:
        raise BadFile(
            "The file is too large", place=f"{len(content) >> 20} MB", code="file_too_large",
            remedy=f"A list is at most {most_bytes >> 20} MB; keep the one column",
        )  # fmt: skip
    lower = name.lower()
    if lower.endswith((".xlsx", ".xlsm")):
        rows = _xlsx(content, most_bytes * UNPACKED, most_rows)
    elif lower.endswith((".csv", ".txt")):
        rows = _csv(content)
    else:
        raise BadFile("Only .xlsx and .csv can be read", place=name[-40:], remedy="Save it as one of these")
    return _column(_filled(rows, most_rows), column.strip(), by)


def _filled(rows: Iterator[list[Any]], most: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows with something in them, with their number in the file."""
    found = 0
    try:
        for number, row in enumerate(rows, 1):
            if any(cell not in ("", None) for cell in row):
                found += 1
                _check_rows(found, most)
                yield number, row
    except (csv.Error, CalamineError):
        raise BadFile(
            "The file can't be read", remedy="Open it in Excel, save it anew, and try again"
        ) from None


def _column(rows: Iterator[tuple[int, list[Any]]], column: str, by: By | None) -> Column:
    first = next(rows, None)
    if first is None:
        raise BadFile("The file is empty", code="bad_file", remedy="Put the numbers into its first sheet")
    headings = [str(cell or "").strip() for cell in first[1]]
    wanted = column.lower()
    for place, heading in enumerate(headings):
        known = HEADINGS.get(heading.lower())
        if (heading.lower() == wanted and (by or known)) if wanted else known:
            return Column(heading, by or known or "cust_no", _cells(rows, place))
    if not wanted and by and len(headings) == 1:  # one column without a heading
        return Column("", by, _cells(chain([first], rows), 0))
    raise YinkeError(
        "No column is known by its heading", place=" | ".join(headings)[:120], code="no_known_column",
        remedy="Name the column, and what it holds: customer, mobile or certificate numbers",
    )  # fmt: skip


def _cells(rows: Iterable[tuple[int, list[Any]]], place: int) -> list[tuple[int, str]]:
    return [(number, plain(row[place]) if place < len(row) else "") for number, row in rows]


def plain(cell: Any) -> str:
    """A cell as text; a number without its decimals.

    >>> plain(13812345678.0), plain(" C0001 "), plain(None), plain(310101197701010000.0) == ROUNDED
    ('13812345678', 'C0001', '', True)
    """
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, int | float):
        if abs(cell) >= 10**EXACT:
            return ROUNDED
        return str(int(cell)) if cell == int(cell) else str(cell)
    return str(cell).replace("\x00", "").strip()


def _xlsx(content: bytes, most: int, most_rows: int) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > most:
                raise BadFile(
                    "The file unpacks to too much", code="file_too_large", remedy="Keep the one column"
                )
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError):
        raise BadFile(
            "The file can't be read", remedy="Open it in Excel, save it anew, and try again"
        ) from None
    _check_rows(sheet.height, most_rows)
    start = sheet.start[0] if sheet.start else 0
    return chain(([] for _ in range(start)), sheet.iter_rows())


def _csv(content: bytes) -> Iterator[list[Any]]:
    text = _decoded(content)
    separator = max(",\t;", key=text[: text.find("\n") if "\n" in text else 2000].count)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("The file's characters can't be read", remedy="Save it as UTF-8 or as .xlsx")


def _check_rows(found: int, most: int) -> None:
    if found > most + 1:
        raise BadFile(
            f"It has {found:,} rows", place=f"{found:,}", code="file_too_long",
            remedy=f"A list has at most {most:,}; draw a rule, or split it",
        )  # fmt: skip


def batches(cells: list[tuple[int, str]], size: int) -> Iterator[list[tuple[int, str]]]:
    """The cells in parts."""
    waiting = iter(cells)
    while part := list(islice(waiting, size)):
        yield part
