"""导出文件: a workbook that only its password opens, and that tells whose it is wherever it goes.

A visible watermark stands on the first sheet and on each printed page, an invisible one in each row: characters
without width behind the outlet's name, which copying keeps.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from yinke.customers.export_fields import Value

ZERO, ONE, FRAME = "\u200b", "\u200c", "\u2060"
ID_BITS, ROW_BITS = 32, 24
MARK = re.compile(f"{FRAME}([{ZERO}{ONE}]{{{ID_BITS + ROW_BITS}}}){FRAME}")
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another."""


def new_password() -> str:
    """20 characters, more than 110 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(20))


def mark(request_id: int, row: int) -> str:
    """The invisible mark of one row.

    >>> read_mark("徐汇支行" + mark(4711, 20)), len(mark(1, 1).strip()) > 0, read_mark("徐汇支行")
    ((4711, 20), True, None)
    """
    bits = f"{request_id:0{ID_BITS}b}{row:0{ROW_BITS}b}"
    return FRAME + "".join(ONE if bit == "1" else ZERO for bit in bits) + FRAME


def read_mark(text: str) -> tuple[int, int] | None:
    """Request and row that a text comes from; None if it bears no mark."""
    found = MARK.search(text)
    if not found:
        return None
    bits = "".join("1" if character == ONE else "0" for character in found.group(1))
    return int(bits[:ID_BITS], 2), int(bits[ID_BITS:], 2)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, nor a later CSV of it.

    >>> harmless("=1+1"), harmless("  @SUM(A1)"), harmless("-3"), harmless("张三"), harmless("a\\x07b")
    ("'=1+1", "'  @SUM(A1)", "'-3", '张三', 'ab')
    """
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)
    return f"'{plain}" if re.match(r"\s*[=+\-@\t\r＝＋－＠|]", plain) else plain


def workbook(
    *, about: Sequence[tuple[str, str]], watermark: str, about_name: str, sheet_name: str,
    titles: Sequence[str], marked: int, rows: Iterable[Sequence[Value]], request_id: int,
) -> bytes:  # fmt: skip
    """The plain workbook, made in memory only.

    Args:
        about: what the first sheet says, line by line.
        marked: the column (from 0) of text that bears the rows' marks.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold, grey = book.add_format({"bold": True}), book.add_format({"font_color": "#888888"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    first = book.add_worksheet(about_name)
    first.set_column(0, 0, 18)
    first.set_column(1, 1, 80)
    first.write_string(0, 0, watermark, grey)
    for number, (label, text) in enumerate(about, 2):
        first.write_string(number, 0, label, bold)
        first.write_string(number, 1, harmless(text))
    sheet = book.add_worksheet(sheet_name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles) - 1, 16)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(at, column, datetime(value.year, value.month, value.day), day)
            elif isinstance(value, Decimal):
                sheet.write_number(at, column, float(value), money)
            elif isinstance(value, int):
                sheet.write_number(at, column, value)
            elif value or column == marked:
                text = harmless(value or "")
                sheet.write_string(at, column, text + mark(request_id, at) if column == marked else text)
    printed = watermark.replace("&", "&&")[:200]
    for page in (first, sheet):
        page.set_header(f"&C{printed}")
        page.set_footer(f"&C{printed}")
    book.close()
    return buffer.getvalue()


def lock(content: bytes, password: str) -> bytes:
    """The workbook encrypted with its password as Excel does it (ECMA-376 agile: AES-256, SHA-512)."""
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, locked)
    return locked.getvalue()


def chunks(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    """``ids`` in parts of at most ``size``."""
    for start, end in pairwise([*range(0, len(ids), size), len(ids)]):
        yield ids[start:end]
