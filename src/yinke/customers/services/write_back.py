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
from yinke.access.services.orgs import open_orgs
from yinke.common.published import PublishedDay
from yinke.customers.models import ERASED
from yinke.customers.services.bulk import copy_in, fill, is_empty, run, stage, upsert
from yinke.customers.services.changes import METRICS, Changes, compare
from yinke.customers.services.follow_relations import follow_relations
from yinke.customers.services.note_changes import note_changes
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
        _keep_decided_orgs()
        _write_tier_changes(changes)
        note_changes(changes, newest.biz_date)
        follow_relations(changes, biz_date)
    for table, rows in ((CUSTOMER, customers), (METRIC, metrics), (ASSIGNMENT, assignments)):
        if rows >= MANY:
            run(f"ANALYZE {table}")
    return Written(customers, metrics, assignments)


def _write_customers(changes: Changes) -> int:
    orgs = open_orgs()
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
    for of, to in moved:
        run("UPDATE customers_ownerdecision SET org_id = %s WHERE org_id = %s", [to, of])
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
    """Follow the core bank's managers: end what is no longer so, begin what is new; unknown means the pool.

    Where Yinke decided otherwise, the file is heard only once it names another manager than it named then. One
    who has left keeps the customers that the file still names them for, until they are handed over.
    """
    run("DROP TABLE IF EXISTS incoming_manager")
    run("CREATE TEMPORARY TABLE incoming_manager (customer_id int, core_no text, emp_no text) ON COMMIT DROP")
    copy_in("incoming_manager", changes.managers())
    _forget_erased("incoming_manager")
    run("ANALYZE incoming_manager")
    _heed_decisions()
    wanted = (
        "(SELECT i.customer_id, i.core_no, u.id AS user_id FROM incoming_manager i"
        " LEFT JOIN access_user u ON u.emp_no = i.emp_no AND u.is_active)"
    )
    ended = run(
        f"UPDATE {ASSIGNMENT} a SET end_date = %s FROM {wanted} w, access_user held"
        " WHERE a.customer_id = w.customer_id AND a.end_date IS NULL AND held.id = a.user_id AND"
        " ((a.rel_type = 'MAIN' AND a.user_id IS DISTINCT FROM w.user_id"
        "   AND NOT (w.user_id IS NULL AND NOT held.is_active AND held.emp_no IS NOT DISTINCT FROM w.core_no))"
        " OR (a.rel_type <> 'MAIN' AND a.user_id = w.user_id))",
        [biz_date],
    )
    begun = run(
        f"INSERT INTO {ASSIGNMENT} (customer_id, user_id, rel_type, share_pct, start_date, reason)"
        f" SELECT w.customer_id, w.user_id, 'MAIN', GREATEST(100 - COALESCE((SELECT sum(c.share_pct) FROM {ASSIGNMENT} c"
        "  WHERE c.customer_id = w.customer_id AND c.rel_type = 'CO' AND c.end_date IS NULL), 0), 0),"
        f" %s, '核心系统' FROM {wanted} w"
        f" WHERE w.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {ASSIGNMENT} a"
        " WHERE a.customer_id = w.customer_id AND a.rel_type = 'MAIN' AND a.end_date IS NULL) ON CONFLICT DO NOTHING",  # somebody claimed the customer this very moment
        [biz_date],
    )
    return ended + begun


def _heed_decisions() -> None:
    """Take out of ``incoming_manager`` what Yinke has decided, unless the file now names another than it did then.

    Only customers whose manager changed in the files are looked at, so a night costs no more than before.
    """
    run(  # the file has come to say what Yinke decided, or names another: from now on it is followed again
        "WITH heard AS (DELETE FROM customers_ownerdecision d USING incoming_manager i"
        " JOIN access_user u ON u.emp_no = i.emp_no AND u.is_active"
        " WHERE i.customer_id = d.customer_id AND i.core_no <> d.core_no RETURNING d.customer_id, d.org_id, u.id, u.org_id AS to_org),"
        f" moved AS (UPDATE {CUSTOMER} c SET org_id = h.to_org FROM heard h WHERE c.id = h.customer_id AND h.org_id IS NOT NULL)"
        " INSERT INTO access_auditentry (at, action, object_type, object_id, reason, previous, digest)"
        " SELECT now(), 'ownership.core', 'customer', h.customer_id::text, '', '', '' FROM heard h"
        f" JOIN {ASSIGNMENT} a ON a.customer_id = h.customer_id AND a.rel_type = 'MAIN' AND a.end_date IS NULL AND a.user_id <> h.id"
    )
    run(  # it names nobody: remembered, so that a later name counts as a change
        "UPDATE customers_ownerdecision d SET core_no = '' FROM incoming_manager i"
        " WHERE i.customer_id = d.customer_id AND i.core_no IS NULL AND d.core_no <> ''"
    )
    run("DELETE FROM incoming_manager i USING customers_ownerdecision d WHERE d.customer_id = i.customer_id")


def _keep_decided_orgs() -> int:
    """Leave customers who moved with their manager where they are, whatever else of them the file changed."""
    return run(
        f"UPDATE {CUSTOMER} c SET org_id = d.org_id FROM customers_ownerdecision d"
        " WHERE d.customer_id = c.id AND d.org_id IS NOT NULL AND c.org_id <> d.org_id"
    )


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
