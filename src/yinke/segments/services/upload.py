"""上传名单: the customers of a file as a version of a segment, and a report of the rows that were not taken."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import blind_indexes
from yinke.common.errors import YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import ERASED
from yinke.customers.names import plain_mobile
from yinke.customers.queries import business_date, visible
from yinke.segments.models import ListedCustomer, Segment, SegmentVersion
from yinke.segments.services.refresh import refresh_now
from yinke.segments.services.save import add_version, check_newest, editable
from yinke.segments.sheet import ROUNDED, By, Column, batches, read_column

AT_ONCE = 5_000
KEPT_LINES = 10_000
"""Rows that a report names; of more it tells the number."""


def upload(
    viewer: Viewer, code: str, content: bytes, name: str, *, based_on: int, column: str = "", by: By | None = None,
    note: str = "", address: str | None = None,
) -> SegmentVersion:  # fmt: skip
    """Take a file's customers as a list's next version. A customer outside the viewer's scope is not found.

    Raises:
        NotFound, NotAllowed: it is not the viewer's to change.
        SegmentMoved: somebody else uploaded meanwhile.
        YinkeError: the segment is no list; the file is too large, damaged, or has no known column; nobody was found.
    """
    limits = load_thresholds(settings.YINKE.thresholds).at(business_date() or timezone.localdate())
    segment = _a_list(viewer, code)
    check_newest(segment, based_on)
    found = read_column(
        content, name, most_bytes=int(limits["segment.list_mb"]) << 20, most_rows=int(limits["segment.list_rows"]),
        column=column, by=by,
    )  # fmt: skip
    customers, wrong = match(viewer, found)
    report = report_of(found, len(customers), wrong)
    with transaction.atomic():
        made = _write(viewer, code, customers, based_on=based_on, note=note, report=report)
        audit(
            viewer, "segment.upload", "segment", code, address=address,
            reason=f"v{made.number} {len(customers)}/{report['rows']}",
        )  # fmt: skip
    return made


def restore_list(viewer: Viewer, version: SegmentVersion, based_on: int) -> SegmentVersion:
    """Take an earlier version's customers as the next version.

    Raises:
        As ``upload``.
    """
    with whole_bank():  # the next version is the same list, whoever restores it; nobody is named
        rows = ListedCustomer.objects.filter(version=version).values_list("customer_id", flat=True)
        customers = sorted(rows)
    note = f"= v{version.number}"
    return _write(
        viewer, version.segment.code, customers, based_on=based_on, note=note, report=version.report
    )


@transaction.atomic
def _write(
    viewer: Viewer, code: str, customers: list[int], *, based_on: int, note: str, report: Any
) -> SegmentVersion:
    segment = _a_list(viewer, code)
    check_newest(segment, based_on)
    made = add_version(viewer, segment, rule=None, note=note, report=report)
    with whole_bank():  # those of a list that is restored may be others'; nobody is named
        with connection.cursor() as cursor:  # COPY does not go with row-level security
            cursor.execute(
                "INSERT INTO segments_listedcustomer (version_id, customer_id) SELECT %s, unnest(%s::int[])",
                [made.id, customers],
            )
        if made.status == SegmentVersion.Status.APPROVED:
            refresh_now(made, viewer)
    return made


def _a_list(viewer: Viewer, code: str) -> Segment:
    segment = editable(viewer, code)
    if segment.kind != Segment.Kind.LIST:
        raise YinkeError(
            "The segment has a rule, and takes no file",
            place=code,
            code="not_a_list",
            remedy="Make a list instead",
        )
    return segment


def match(viewer: Viewer, column: Column) -> tuple[list[int], list[tuple[int, str]]]:
    """The customers of a column's cells among the viewer's, and of each cell that was not taken its row and why."""
    people = visible(viewer).exclude(status=ERASED)
    taken: set[int] = set()
    wrong: list[tuple[int, str]] = []
    for part in batches(column.cells, AT_ONCE):
        keys = {row: _keys(cell, column.by) for row, cell in part}
        wanted = {key for each in keys.values() for key in each}
        field = {"cust_no": "cust_no", "mobile": "mobile_index", "cert": "cert_index"}[column.by]
        there: dict[Any, set[int]] = defaultdict(set)
        for key, customer in people.filter(**{f"{field}__in": wanted}).values_list(field, "id"):
            there[bytes(key) if isinstance(key, memoryview) else key].add(customer)
        for row, cell in part:
            found = set().union(*(there.get(key, ()) for key in keys[row]))
            why = _why(cell, found, taken)
            if why:
                wrong.append((row, why))
            taken |= found if not why else set()
    return sorted(taken), wrong


def _keys(cell: str, by: By) -> Iterable[Any]:
    text = unicodedata.normalize("NFKC", cell).strip().upper()
    if not text or text == ROUNDED or len(text) > 60:
        return ()
    if by == "cust_no":
        return (text,)
    plain = plain_mobile(text) if by == "mobile" else text
    return blind_indexes(plain) if plain else ()


def _why(cell: str, found: set[int], taken: set[int]) -> str:
    if not cell:
        return "empty"
    if cell == ROUNDED:
        return "rounded"
    if len(found) > 1:
        return "several"
    if not found:
        return "not_found"
    return "twice" if found <= taken else ""


def report_of(column: Column, matched: int, wrong: list[tuple[int, str]]) -> dict[str, Any]:
    """The report as it is kept: numbers of rows and why, none of what stood in them."""
    return {
        "rows": len(column.cells), "matched": matched, "unmatched": dict(Counter(why for _, why in wrong)),
        "column": column.heading.replace("\x00", "")[:60], "by": column.by, "lines": wrong[:KEPT_LINES],
        "left_out": max(0, len(wrong) - KEPT_LINES),
    }  # fmt: skip
