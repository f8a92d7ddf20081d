"""变更留痕: note which fields of whom the night found changed, masked, for the timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa

from yinke.access.masking import mask_address, mask_cert, mask_email, mask_mobile, mask_name
from yinke.access.models import Org
from yinke.customers.services.bulk import NOT_ERASED, run, stage
from yinke.customers.services.changes import Changes

TABLE = "customers_profilechange"
COLUMNS = ("customer_id", "on_date", "field", "before", "after")
MASKS: dict[str, Callable[[str | None], str]] = {
    "name": mask_name, "mobile": mask_mobile, "tel": mask_mobile, "email": mask_email, "cert_no": mask_cert, "address": mask_address,
    "employer": lambda value: "***" if value else "",
}  # fmt: skip
"""C2 fields and what may be kept of their values."""


def note_changes(changes: Changes, on_date: date) -> int:
    """Write one row for each field that differs between the two days; a first night notes nothing.

    A corrected day is compared with what was written before: the row keeps its first ``before``.

    Returns:
        The number of changes noted.
    """
    orgs = dict(Org.objects.values_list("org_no", "name"))
    if not stage("incoming_change", TABLE, _masked(changes, on_date, orgs), COLUMNS):
        return 0
    names = ", ".join(COLUMNS)
    return run(
        f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM incoming_change WHERE {NOT_ERASED.format('customer_id')}"
        " ON CONFLICT (customer_id, on_date, field) DO UPDATE SET after = excluded.after"
    )


def _masked(changes: Changes, on_date: date, orgs: dict[str, str]) -> Iterator[pa.RecordBatch]:
    def shown(field: str, value: str | None) -> str:
        if field == "open_org":
            return orgs.get(value or "", value or "")[:60]
        mask = MASKS.get(field)
        return (mask(value) if mask else value or "")[:60]

    for batch in changes.fields():
        fields = batch.column("field").to_pylist()
        yield pa.record_batch({
            "customer_id": batch.column("customer_id"),
            "on_date": pa.array([on_date] * batch.num_rows, pa.date32()),
            "field": batch.column("field"),
            **{
                side: pa.array(map(shown, fields, batch.column(side).to_pylist()), pa.string())
                for side in ("before", "after")
            },
        })  # fmt: skip
