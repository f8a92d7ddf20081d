"""回写: after a night, move what changed from the lake to PostgreSQL, and nothing else.

DuckDB finds the rows that differ between the day that PostgreSQL holds and the newest one; they travel as
Arrow batches and COPY. Personal data is encrypted on the way. Writing the same day twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from yinke.access.models import Org
from yinke.common.published import PublishedDay
from yinke.customers.models import ERASED
from yinke.customers.services.bulk import copy_in, fill, is_empty, run, stage, upsert
from yinke.customers.services.changes import METRICS, Changes, compare
from yinke.customers.services.profiles import COLUMNS, seal

CUSTOMER, METRIC = "customers_customer", "customers_metrics"
ASSIGNMENT, TIER_CHANGE = "customers_assignment", "customers_tierchange"
MANY = 1_000
"""From so many rows on the planner is told of them at once."""


@dataclass(frozen=True)
class Written:
    """Rows that the write-back touched; ``assignments`` counts those closed and those opened."""

    customers_written: int
    metrics_written: int
    assignments: int


@transaction.atomic
def write_back(newest: PublishedDay, since: PublishedDay | None, biz_date: date) -> Written:
    """Bring customers, metrics, assignments and tier changes to the day ``newest``.

    Args:
        since: the very version that PostgreSQL holds; None if it is not known: then every row is compared
            with what PostgreSQL has.
        biz_date: when assignments end and begin.

    Raises:
        YinkeError: a customer's org is not known.
    """
    env = settings.YINKE
    with compare(
        newest, since, threads=env.threads, memory=env.memory, scratch=env.home / "scratch"
    ) as changes:
        customers = _write_customers(changes)
        metrics = _write_metrics(changes, newest.biz_date)
        assignments = _write_assignments(changes, biz_date)
        _write_tier_changes(changes)
    for table, rows in ((CUSTOMER, customers), (METRIC, metrics), (ASSIGNMENT, assignments)):
        if rows >= MANY:
            run(f"ANALYZE {table}")
    return Written(customers, metrics, assignments)


def managing_orgs() -> dict[str, int]:
    """管户机构 by org number: the org itself, or the open one that took it over."""
    orgs = {org.id: org for org in Org.objects.all()}
    found = {}
    for org in orgs.values():
        at, seen = org, {org.id}
        while not at.is_open and at.successor_id is not None and at.successor_id not in seen:
            at = orgs[at.successor_id]
            seen.add(at.id)
        found[org.org_no] = at.id
    return found


def _write_customers(changes: Changes) -> int:
    orgs = managing_orgs()
    batches = (seal(batch, orgs) for batch in changes.profiles())
    if is_empty(CUSTOMER):
        return fill(CUSTOMER, batches)
    stage("incoming_customer", CUSTOMER, batches, COLUMNS)
    written = upsert(
        CUSTOMER, "incoming_customer", COLUMNS, "id", unless_same="digest",
        unless=f"{CUSTOMER}.status = '{ERASED}'",
    )  # fmt: skip
    gone = changes.vanished()
    if gone:
        written += run(
            f"UPDATE {CUSTOMER} SET status = 'CLOSED', digest = ''"
            f" WHERE id = ANY(%s) AND status NOT IN ('CLOSED', '{ERASED}')",
            [gone],
        )
    return written + _follow_successors(orgs)


def _follow_successors(orgs: dict[str, int]) -> int:
    """Move the customers of orgs that were taken over, even if nothing else about them changed."""
    moved = [
        (org.id, orgs[org.org_no]) for org in Org.objects.filter(is_open=False) if orgs[org.org_no] != org.id
    ]
    return sum(run(f"UPDATE {CUSTOMER} SET org_id = %s WHERE org_id = %s", [to, of]) for of, to in moved)


def _forget_erased(staged: str) -> None:
    """Take nothing in about customers who were deleted on request."""
    run(f"DELETE FROM {staged} s USING {CUSTOMER} c WHERE c.id = s.customer_id AND c.status = '{ERASED}'")


def _write_metrics(changes: Changes, as_of: date) -> int:
    def dated() -> Iterator[pa.RecordBatch]:
        for batch in changes.metrics():
            yield batch.append_column("as_of", pa.array([as_of] * batch.num_rows, pa.date32()))

    columns = [*METRICS, "as_of"]
    if is_empty(METRIC):
        return fill(METRIC, dated())
    stage("incoming_metrics", METRIC, dated(), columns)
    _forget_erased("incoming_metrics")
    return upsert(METRIC, "incoming_metrics", columns, "customer_id")


def _write_assignments(changes: Changes, biz_date: date) -> int:
    """Follow the core bank's managers: end what is no longer so, begin what is new; unknown means the pool."""
    run("DROP TABLE IF EXISTS incoming_manager")
    run("CREATE TEMPORARY TABLE incoming_manager (customer_id int, emp_no text) ON COMMIT DROP")
    copy_in("incoming_manager", changes.managers())
    _forget_erased("incoming_manager")
    run("ANALYZE incoming_manager")
    wanted = (
        "(SELECT i.customer_id, u.id AS user_id FROM incoming_manager i"
        " LEFT JOIN access_user u ON u.emp_no = i.emp_no AND u.is_active)"
    )
    ended = run(
        f"UPDATE {ASSIGNMENT} a SET end_date = %s FROM {wanted} w"
        " WHERE a.customer_id = w.customer_id AND a.end_date IS NULL AND"
        " ((a.rel_type = 'MAIN' AND a.user_id IS DISTINCT FROM w.user_id)"
        " OR (a.rel_type <> 'MAIN' AND a.user_id = w.user_id))",
        [biz_date],
    )
    begun = run(
        f"INSERT INTO {ASSIGNMENT} (customer_id, user_id, rel_type, share_pct, start_date, reason)"
        f" SELECT w.customer_id, w.user_id, 'MAIN', 100, %s, '核心系统' FROM {wanted} w"
        f" WHERE w.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {ASSIGNMENT} a"
        " WHERE a.customer_id = w.customer_id AND a.rel_type = 'MAIN' AND a.end_date IS NULL)",
        [biz_date],
    )
    return ended + begun


def _write_tier_changes(changes: Changes) -> None:
    columns = ("customer_id", "on_date", "tier_from", "tier_to")
    for customer_id, on_date in changes.withdrawn_tier_changes():
        run(f"DELETE FROM {TIER_CHANGE} WHERE customer_id = %s AND on_date = %s", [customer_id, on_date])
    if stage("incoming_tier", TIER_CHANGE, changes.tier_changes(), columns):
        _forget_erased("incoming_tier")
        names = ", ".join(columns)
        run(
            f"INSERT INTO {TIER_CHANGE} ({names}) SELECT {names} FROM incoming_tier"
            " ON CONFLICT (customer_id, on_date) DO UPDATE SET tier_from = excluded.tier_from,"
            " tier_to = excluded.tier_to"
        )
