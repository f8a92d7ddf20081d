"""Customer ids: Yinke's own dense numbers, given once and kept for good, whatever becomes of the customer.

One file per month under ``ids/`` holds the numbers first given in it. New customers are numbered in the
order of their ``cust_no`` above all numbers given so far, so a killed night, run again, gives the same.
"""

from __future__ import annotations

from datetime import date

import duckdb

from yinke.lake.ingest.session import first_row
from yinke.lake.ingest.shape import name, quote
from yinke.lake.store import Lake

IDS = "customer_ids"


def number_customers(db: duckdb.DuckDBPyConnection, lake: Lake, biz_date: date, stage: str) -> str:
    """Give each new ``cust_no`` of a stage its number.

    Returns:
        The name of a temporary table (cust_no, cust_id) of every customer ever seen.
    """
    files = sorted((lake.root / "ids").glob("*.parquet"))
    known = ", ".join(quote(str(path)) for path in files)
    source = (
        f"read_parquet([{known}])" if files else "(SELECT NULL::VARCHAR AS cust_no, 0 AS cust_id LIMIT 0)"
    )
    db.execute(f"CREATE OR REPLACE TEMP TABLE {IDS} AS SELECT cust_no, cust_id FROM {source}")
    db.execute(
        "CREATE OR REPLACE TEMP TABLE new_ids AS SELECT cust_no, (row_number() OVER (ORDER BY cust_no)"
        f" + (SELECT coalesce(max(cust_id), 0) FROM {IDS}))::INTEGER AS cust_id"
        f" FROM (SELECT DISTINCT cust_no FROM {name(stage)} s WHERE NOT _gone AND NOT EXISTS"
        f" (SELECT 1 FROM {IDS} i WHERE i.cust_no = s.cust_no))"
    )
    if first_row(db, "SELECT count(*) FROM new_ids")[0]:
        path = lake.root / "ids" / f"{biz_date:%Y-%m}.parquet"
        scratch = path.with_name(f".{path.name}.tmp")
        earlier = f"SELECT * FROM read_parquet({quote(str(path))}) UNION ALL " if path.exists() else ""
        try:
            db.execute(f"COPY (SELECT * FROM ({earlier}SELECT * FROM new_ids) ORDER BY cust_id)"
                       f" TO {quote(str(scratch))} (FORMAT parquet, COMPRESSION zstd)")  # fmt: skip
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
        db.execute(f"INSERT INTO {IDS} SELECT * FROM new_ids")
    db.execute("DROP TABLE new_ids")
    return IDS
