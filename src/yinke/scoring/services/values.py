"""回写价值: each night's values and proposals, of whom they changed, brought to PostgreSQL; whoever objects has none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from yinke.customers.hooks import marked
from yinke.customers.queries import Ids, packed
from yinke.customers.services.bulk import NOT_ERASED, fill, is_empty, run, stage, upsert
from yinke.lake.engine.files import quoted
from yinke.lake.store import Day
from yinke.scoring.models import CustomerValue
from yinke.scoring.value.value_table import PROPOSALS

TABLE = "scoring_customervalue"
COLUMNS = ("customer_id", "contribution", "expected", "low", "high", "products")
BATCH = 50_000
_SHOWN = (
    "cust_id AS customer_id, contribution, expected, low, high, concat('{', concat_ws(',', "
    + ", ".join(f"product_{n}" for n in range(1, PROPOSALS + 1))
    + "), '}') AS products"
)


@transaction.atomic
def take_values(newest: Day, since: Day | None, objecting: Collection[int]) -> int:
    """Bring PostgreSQL to the values of the day ``newest``; a day without any leaves them as they stand.

    Args:
        since: the very version that PostgreSQL holds; None if it is not known: then every row is compared with it.
        objecting: customers about whom models decide nothing (PIPL art. 24); they have no row.

    Returns:
        Rows written or taken away.
    """
    if not newest.has("value"):
        return 0
    known = since if since is not None and since.has("value") and not is_empty(TABLE) else None
    left_out = pa.array(sorted(objecting), pa.int32())
    if is_empty(TABLE):
        return fill(TABLE, _allowed(_changed(newest, None), left_out))
    stage("valued", TABLE, _allowed(_changed(newest, known), left_out), COLUMNS)
    run(f"DELETE FROM valued v WHERE NOT ({NOT_ERASED.format('v.customer_id')})")
    if known is None:
        gone = run(
            f"DELETE FROM {TABLE} t WHERE NOT EXISTS (SELECT FROM valued v WHERE v.customer_id = t.customer_id)"
        )
    else:
        sql = f"SELECT cust_id FROM {_scan(known)} EXCEPT SELECT cust_id FROM {_scan(newest)}"
        ids = [number for (number,) in duckdb.sql(sql).fetchall()]
        gone = run(f"DELETE FROM {TABLE} WHERE customer_id = ANY(%s)", [ids]) if ids else 0
    return gone + upsert(TABLE, "valued", COLUMNS, "customer_id")


def _scan(day: Day) -> str:
    return f"read_parquet({quoted(str(day.path('value')))})"


def _changed(newest: Day, since: Day | None) -> Iterator[pa.RecordBatch]:
    """What PostgreSQL holds of each row that differs between two days."""
    sql = f"SELECT {_SHOWN} FROM {_scan(newest)}"
    if since is not None:
        sql += f" EXCEPT SELECT {_SHOWN} FROM {_scan(since)}"
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1GB"}) as db:
        yield from db.sql(sql).to_arrow_reader(BATCH)


def _allowed(batches: Iterator[pa.RecordBatch], left_out: pa.Array) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.filter(pc.invert(pc.is_in(batch["customer_id"], left_out)))


def drop_values(customer_ids: Collection[int]) -> None:
    """Forget what was reckoned of customers who object to it; they leave the segments that ask for a proposal at once."""
    had = list(
        CustomerValue.objects.filter(customer_id__in=customer_ids)
        .exclude(products=[])
        .values_list("customer_id", flat=True)
    )
    CustomerValue.objects.filter(customer_id__in=customer_ids).delete()
    if had:
        marked("next_product", had)


def proposed(categories: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """To whom the last night proposes each category, as rules of segments ask for it: what stands now, of some
    customers or of all."""
    for category in sorted(categories):
        yield category, packed(CustomerValue.objects.filter(products__contains=[category]), among=among)
