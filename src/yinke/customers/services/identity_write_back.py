"""归并回写: after a night, move what the lake found about pairs of customers to PostgreSQL, and settle the persons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yinke.common.published import PublishedDay
from yinke.customers.models import PersonMember
from yinke.customers.services.bulk import NOT_ERASED, run, stage
from yinke.customers.services.persons import lock, settle

TABLE = "customers_identitypair"
COLUMNS = ("a_id", "b_id", "rule", "verdict", "score")
_SELECT = "SELECT a AS a_id, b AS b_id, rule, verdict, score FROM read_parquet(?)"


@dataclass(frozen=True)
class Followed:
    """What a night did to the persons. ``unconfirmed`` counts customers whose person the lake sees otherwise: those
    about whom somebody decided while the night was running."""

    pairs: int
    moved: int
    persons: int
    unconfirmed: int


def follow_identities(newest: PublishedDay, since: PublishedDay | None, biz_date: date) -> Followed | None:
    """Bring pairs and persons to the day ``newest``; the caller's transaction holds it all.

    Args:
        since: the very version whose pairs PostgreSQL holds; None: everything is compared.

    Returns:
        None if the day has no pairs (an older version of the software made it).
    """
    if not newest.has("oneid_pairs"):
        return None
    lock()
    if since is not None and not since.has("oneid_pairs"):
        since = None
    with closing(duckdb.connect(":memory:")) as db:
        new = [str(newest.path("oneid_pairs"))]
        if since is None:
            rows = db.execute(_SELECT, new).to_arrow_table()
        else:
            old = [str(since.path("oneid_pairs"))]
            rows = db.execute(f"{_SELECT} EXCEPT {_SELECT}", new + old).to_arrow_table()
            gone = db.execute(
                f"SELECT a_id, b_id FROM ({_SELECT}) EXCEPT SELECT a_id, b_id FROM ({_SELECT})", old + new
            )
            written = _remove(gone.to_arrow_table())
    stage("incoming_pair", TABLE, _batches(rows), COLUMNS)
    run(f"DELETE FROM incoming_pair WHERE NOT ({NOT_ERASED.format('a_id')} AND {NOT_ERASED.format('b_id')})")
    if since is None:
        written = run(
            f"DELETE FROM {TABLE} p WHERE NOT EXISTS (SELECT FROM incoming_pair i WHERE (i.a_id, i.b_id) = (p.a_id, p.b_id))"
        )
    names = ", ".join(COLUMNS)
    written += run(
        f"INSERT INTO {TABLE} AS p ({names}, found_on) SELECT {names}, %s FROM incoming_pair"
        " ON CONFLICT (a_id, b_id) DO UPDATE SET rule = excluded.rule, verdict = excluded.verdict, score = excluded.score"
        " WHERE (p.rule, p.verdict, p.score) IS DISTINCT FROM (excluded.rule, excluded.verdict, excluded.score)",
        [biz_date],
    )
    moved = settle(None, biz_date)
    ours = dict(PersonMember.objects.values_list("customer_id", "one_id"))
    table = pq.read_table(newest.path("oneid_map"), columns=["cust_id", "one_id"])
    theirs = dict(zip(table.column("cust_id").to_pylist(), table.column("one_id").to_pylist(), strict=True))
    differ = sum(ours.get(number) != theirs.get(number) for number in ours.keys() | theirs.keys())
    return Followed(written, len(moved), len(set(ours.values())), differ)


def _batches(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    yield from rows.to_batches()


def _remove(gone: pa.Table) -> int:
    if not gone.num_rows:
        return 0
    stage("gone_pair", TABLE, _batches(gone), COLUMNS[:2])
    return run(f"DELETE FROM {TABLE} p USING gone_pair g WHERE (g.a_id, g.b_id) = (p.a_id, p.b_id)")
