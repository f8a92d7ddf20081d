"""What differs between two published days: DuckDB compares the columns, only rows that differ come out."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.catalogue import catalogue
from yinke.common.published import PublishedDay

BATCH = 50_000
"""Rows in memory at a time on their way to PostgreSQL."""

PROFILE = (
    "cust_no", "name", "mobile", "email", "cert_no", "cert_type", "gender", "birth_date", "occupation", "education",
    "open_org", "open_date", "status", "risk_level", "risk_expiry", "is_staff",
)  # fmt: skip
"""Columns of the ``customer`` table that PostgreSQL holds."""

NOTED = (
    "name", "mobile", "tel", "email", "cert_no", "cert_expiry", "address", "employer", "occupation", "education", "marital",
    "open_org", "status", "risk_level", "risk_expiry",
)  # fmt: skip
"""Columns of the ``customer`` table whose changes the timeline tells."""

SEALED = frozenset(field.name for field in catalogue()["lake.customer"].sealed)
"""Columns of the ``customer`` table that lie sealed in the lake."""

MIX = ("demand", "time", "wealth", "fund", "insurance", "metal", "bond", "securities")
STATE = (
    "aum", "lum", *MIX, "tier", "tier_asset", "tier_changed", "stage", "stage_since", "categories", "rfm_r",
    "rfm_f", "rfm_m", "last_txn", "last_login", "is_payroll", "is_effective",
)  # fmt: skip
"""Columns of the ``snapshot`` that stay as they are until something happens."""
SUMS = ("sum_m", "sum_q", "sum_y", "aum_month_start", "aum_year_start", *(f"mda_m{n}" for n in range(1, 13)))
"""Columns that run on by themselves; a row is written only if they ran otherwise than an unmoved AUM would."""


def _array(names: Iterable[str], null: str) -> str:
    """A PostgreSQL array in its text form."""
    return (
        "concat('{', " + ", ',', ".join(f"coalesce(n.{name}::VARCHAR, '{null}')" for name in names) + ", '}')"
    )


METRICS = {
    "customer_id": "n.cust_id",
    **{name: f"coalesce(n.{name}, 0)" for name in ("aum", "lum", "sum_m", "sum_q", "sum_y")},
    "aum_month_start": "n.aum_month_start",
    "aum_year_start": "n.aum_year_start",
    "months": _array((f"mda_m{n}" for n in range(1, 13)), "NULL"),
    "mix": _array(MIX, "0"),
    **{name: f"coalesce(n.{name}, 0)" for name in ("tier", "tier_asset")},
    "tier_changed": "n.tier_changed",
    "stage": "n.stage",
    "stage_since": "n.stage_since",
    "categories": "coalesce(n.categories, 0)",
    "rfm": "concat(n.rfm_r, n.rfm_f, n.rfm_m)",
    "last_txn": "n.last_txn",
    "last_login": "n.last_login",
    "is_payroll": "coalesce(n.is_payroll, false)",
    "is_effective": "coalesce(n.is_effective, false)",
}
"""Columns of ``Metrics`` and what they are of the snapshot ``n``; ``as_of`` is the day's own date."""

_SAME_RELATION = "n.kind = o.kind AND n.cust_id = o.cust_id AND n.party = o.party AND n.other_id IS NOT DISTINCT FROM o.other_id"


class Changes:
    """The comparison of ``newest`` with ``since`` (None: everything counts as changed)."""

    def __init__(
        self, db: duckdb.DuckDBPyConnection, newest: PublishedDay, since: PublishedDay | None
    ) -> None:
        self.db = db
        self.newest = newest
        self.since = since

    def _scan(self, day: PublishedDay, table: str) -> str:
        return f"read_parquet('{str(day.path(table)).replace(chr(39), chr(39) * 2)}')"

    def _stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        yield from self.db.cursor().sql(sql).to_arrow_reader(BATCH)

    def profiles(self) -> Iterator[pa.RecordBatch]:
        """``id`` and ``PROFILE``, opened, of customers that are new or look otherwise."""
        columns = ", ".join(f"n.{name}" for name in PROFILE)
        rows = f"SELECT n.cust_id AS id, {columns} FROM {self._differing('customer', PROFILE)}"
        for batch in self._stream(rows):
            for name in SEALED.intersection(PROFILE):
                at = batch.schema.get_field_index(name)
                batch = batch.set_column(at, name, self.newest.opened(batch.column(at)))
            yield batch

    def _differing(self, table: str, columns: tuple[str, ...]) -> str:
        new = self._scan(self.newest, table)
        if self.since is None:
            return f"{new} n"
        differs = " OR ".join(f"n.{name} IS DISTINCT FROM o.{name}" for name in columns)
        return f"{new} n LEFT JOIN {self._scan(self.since, table)} o USING (cust_id) WHERE o.cust_id IS NULL OR {differs}"

    def fields(self) -> Iterator[pa.RecordBatch]:
        """``customer_id``, ``field``, ``before``, ``after``, opened, of ``NOTED`` columns and the stage that changed.

        Customers that are new, and a day that stands alone, changed nothing.
        """
        if self.since is None:
            return
        sources = (("customer", NOTED), ("snapshot", ("stage",)))
        for table, columns in sources:
            if self.newest.path(table).samefile(self.since.path(table)):
                continue  # carried over: a hard link to the same bytes
            pairs = ", ".join(
                f"{{'field': '{name}', 'before': o.{name}::VARCHAR, 'after': n.{name}::VARCHAR}}"
                for name in columns
            )
            differs = " OR ".join(f"n.{name} IS DISTINCT FROM o.{name}" for name in columns)
            rows = (
                "SELECT customer_id, c.field, c.before, c.after FROM ("
                f"SELECT n.cust_id AS customer_id, unnest([{pairs}]) AS c FROM {self._scan(self.newest, table)} n"
                f" JOIN {self._scan(self.since, table)} o USING (cust_id) WHERE {differs}"
                ") WHERE c.before IS DISTINCT FROM c.after"
            )
            yield from map(self._sides_opened, self._stream(rows))

    def _sides_opened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        sealed = pc.is_in(batch.column("field"), pa.array(sorted(SEALED)))
        for name in ("before", "after"):
            at = batch.schema.get_field_index(name)
            side = batch.column(at).cast(pa.string())
            opened = pc.replace_with_mask(side, sealed, self.newest.opened(side.filter(sealed)))
            batch = batch.set_column(at, name, opened)
        return batch

    def relations(self, biz_date: date) -> Iterator[pa.RecordBatch]:
        """Relations (``lake/around.py``) that are new or have other evidence, as rows of ``Relationship``."""
        known = self.since is not None and self.since.has("relation")
        source = f"{self._scan(self.newest, 'relation')} n"
        if known:
            assert self.since is not None  # noqa: S101
            source += (
                f" LEFT JOIN {self._scan(self.since, 'relation')} o ON {_SAME_RELATION} WHERE o.kind IS NULL"
                " OR n.months IS DISTINCT FROM o.months OR n.confidence IS DISTINCT FROM o.confidence"
            )
        return self._stream(
            "SELECT n.kind, n.cust_id AS customer_id, n.other_id, n.party, n.confidence, CASE WHEN n.months IS NULL"
            " THEN '' ELSE concat('months=', n.months, ',txns=', n.txns, ',amount=', n.amount) END AS evidence,"
            f" coalesce(n.since, DATE '{biz_date}') AS valid_from FROM {source}"
        )

    def relations_gone(self) -> Iterator[pa.RecordBatch]:
        """The keys of relations that the earlier day showed and this one does not."""
        assert self.since is not None  # noqa: S101
        return self._stream(
            f"SELECT n.kind, n.cust_id AS customer_id, n.other_id, n.party FROM {self._scan(self.since, 'relation')} n"
            f" WHERE NOT EXISTS (SELECT 1 FROM {self._scan(self.newest, 'relation')} o WHERE {_SAME_RELATION})"
        )

    def vanished(self) -> list[int]:
        """Customers that the bank no longer lists."""
        if self.since is None:
            return []
        old, new = self._scan(self.since, "customer"), self._scan(self.newest, "customer")
        gone = f"SELECT o.cust_id FROM {old} o WHERE NOT EXISTS (SELECT 1 FROM {new} n WHERE n.cust_id = o.cust_id)"
        return [cust_id for (cust_id,) in self.db.execute(gone).fetchall()]

    def metrics(self) -> Iterator[pa.RecordBatch]:
        """``METRICS`` of customers whose figures don't follow from the earlier ones."""
        columns = ", ".join(f"{value} AS {name}" for name, value in METRICS.items())
        source = f"{self._scan(self.newest, 'snapshot')} n"
        if self.since is not None:
            same = [f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in STATE]
            same += [f"n.{name} IS NOT DISTINCT FROM {value}" for name, value in self._carried().items()]
            source += (
                f" LEFT JOIN {self._scan(self.since, 'snapshot')} o USING (cust_id)"
                f" WHERE o.cust_id IS NULL OR NOT ({' AND '.join(same)})"
            )
        return self._stream(f"SELECT {columns} FROM {source}")

    def _carried(self) -> Mapping[str, str]:
        """What the sums of the earlier day (``o``) become by the newest if the AUM has not moved."""
        assert self.since is not None  # noqa: S101
        old, new = self.since.biz_date, self.newest.biz_date
        gap = (new - old).days
        month, year = new.replace(day=1), new.replace(month=1, day=1)
        quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)

        def total(name: str, first: date) -> str:
            if old >= first:
                return f"o.{name} + o.aum * {gap}"
            return f"o.aum * {(new - first).days + 1}"

        carried = {
            "sum_m": total("sum_m", month), "sum_q": total("sum_q", quarter), "sum_y": total("sum_y", year),
            "aum_month_start": "o.aum_month_start" if old >= month else "o.aum",
            "aum_year_start": "o.aum_year_start" if old >= year else "o.aum",
        }  # fmt: skip
        passed = (new.year - old.year) * 12 + new.month - old.month
        if passed < 0:
            return {"cust_id": "NULL"}  # an older day is written over a newer one: everything moves
        days = calendar.monthrange(old.year, old.month)[1]
        own = f"round((o.sum_m + o.aum * {days - old.day})::DECIMAL(28, 6) / {days}, 2)::DECIMAL(18, 2)"
        past = [*["o.aum"] * (passed - 1), *([own] if passed else []), *(f"o.mda_m{n}" for n in range(1, 13))]
        return carried | {f"mda_m{n}": past[n - 1] for n in range(1, 13)}

    def managers(self) -> Iterator[pa.RecordBatch]:
        """``customer_id``, ``core_no`` and ``emp_no`` where the file names another manager than before.

        ``core_no`` is whom the file names, ``emp_no`` the same if the staff file lists them as active (null: the
        pool). A manager who joins or leaves counts as a change too.
        """
        new = self._managed(self.newest)
        if self.since is None:
            return self._stream(f"SELECT cust_id AS customer_id, core_no, emp_no FROM ({new})")
        return self._stream(
            f"SELECT n.cust_id AS customer_id, n.core_no, n.emp_no FROM ({new}) n LEFT JOIN ({self._managed(self.since)}) o USING (cust_id)"
            " WHERE n.emp_no IS DISTINCT FROM o.emp_no OR n.core_no IS DISTINCT FROM o.core_no"
        )

    def _managed(self, day: PublishedDay) -> str:
        customers = self._scan(day, "customer")
        if not day.has("staff"):
            return f"SELECT cust_id, manager_no AS core_no, NULL::VARCHAR AS emp_no FROM {customers}"
        return (
            f"SELECT c.cust_id, c.manager_no AS core_no, s.emp_no FROM {customers} c"
            f" LEFT JOIN {self._scan(day, 'staff')} s ON s.emp_no = c.manager_no AND s.status = 'ACTIVE'"
        )

    def tier_changes(self) -> Iterator[pa.RecordBatch]:
        """``cust_id``, ``on_date``, ``tier_from``, ``tier_to`` of changes that the earlier day did not know."""
        source = f"{self._scan(self.newest, 'snapshot')} n"
        known = ""
        if self.since is not None:
            source += f" LEFT JOIN {self._scan(self.since, 'snapshot')} o USING (cust_id)"
            known = (
                " AND (n.tier_changed IS DISTINCT FROM o.tier_changed OR n.tier IS DISTINCT FROM o.tier"
                " OR n.tier_before IS DISTINCT FROM o.tier_before)"
            )
        return self._stream(
            "SELECT n.cust_id AS customer_id, n.tier_changed AS on_date, n.tier_before AS tier_from, n.tier AS tier_to"
            f" FROM {source} WHERE n.tier_changed IS NOT NULL AND n.tier_before IS NOT NULL{known}"
        )

    def withdrawn_tier_changes(self) -> list[Any]:
        """(cust_id, date) of changes that a correction has taken back."""
        if self.since is None:
            return []
        taken_back: list[Any] = self.db.execute(
            f"SELECT o.cust_id, o.tier_changed FROM {self._scan(self.since, 'snapshot')} o"
            f" JOIN {self._scan(self.newest, 'snapshot')} n ON n.cust_id = o.cust_id WHERE o.tier_changed IS NOT NULL"
            " AND (n.tier_changed IS NULL OR n.tier_changed < o.tier_changed)"
        ).fetchall()
        return taken_back


@contextmanager
def compare(
    newest: PublishedDay, since: PublishedDay | None, *, threads: int, memory: str, scratch: Path
) -> Iterator[Changes]:
    """Open the comparison; what does not fit in memory goes to a folder in ``scratch``, removed at the end."""
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="write-back-", dir=scratch) as spill:
        db = duckdb.connect(
            ":memory:", config={"threads": threads, "memory_limit": memory, "temp_directory": spill}
        )
        try:
            yield Changes(db, newest, since)
        finally:
            db.close()
