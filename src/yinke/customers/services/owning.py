"""管户变更: the one way in which Yinke itself changes who looks after a customer.

History is never rewritten: the old assignment ends, a new one begins, and a decision is kept, so that the
nightly files of the core bank do not undo it (``write_back``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from yinke.customers.models import Assignment, Customer
from yinke.customers.services.bulk import run

HANDOVER, CLAIM, ASSIGN, RETURN, UNSERVED, IDLE = "HANDOVER", "CLAIM", "ASSIGN", "RETURN", "UNSERVED", "IDLE"
"""``Assignment.reason`` of what Yinke decided; the core bank's are 核心系统."""


def lock(customer_ids: Iterable[int]) -> list[Customer]:
    """The customers, held against any other change of ownership until the transaction ends; in one order."""
    return list(
        Customer.objects.select_for_update(no_key=True).filter(id__in=list(customer_ids)).order_by("id")
    )


def main_managers(customer_ids: Iterable[int]) -> dict[int, int]:
    """Id of the main manager by customer; those of the pool are not in it."""
    rows = Assignment.objects.filter(customer_id__in=list(customer_ids), rel_type="MAIN", end_date=None)
    return dict(rows.values_list("customer_id", "user_id"))


def give(
    customer_ids: Sequence[int], user_id: int | None, on: date, reason: str, *, org_id: int | None = None
) -> None:
    """Make a member of staff the main manager from ``on``; None: back to the pool.

    The caller holds the customers (``lock``). The new manager's share is what the co-managers leave of 100, so
    that the shares of MAIN and CO always sum to 100.

    Args:
        org_id: 管户机构 that the customers move to with their manager; None: they stay where they are.
    """
    ids = list(customer_ids)
    if not ids:
        return
    run(
        "INSERT INTO customers_ownerdecision (customer_id, core_no, org_id, decided_at)"
        " SELECT c.id, COALESCE(u.emp_no, ''), %s, now() FROM customers_customer c"
        " LEFT JOIN customers_assignment a ON a.customer_id = c.id AND a.rel_type = 'MAIN' AND a.end_date IS NULL"
        " LEFT JOIN access_user u ON u.id = a.user_id WHERE c.id = ANY(%s)"
        " ON CONFLICT (customer_id) DO UPDATE SET decided_at = now(),"
        " org_id = COALESCE(excluded.org_id, customers_ownerdecision.org_id)",
        [org_id, ids],
    )
    run(
        "UPDATE customers_assignment SET end_date = %s WHERE customer_id = ANY(%s) AND end_date IS NULL"
        " AND (rel_type = 'MAIN' OR user_id = %s)",
        [on, ids, user_id],
    )
    if user_id is not None:
        run(
            "INSERT INTO customers_assignment (customer_id, user_id, rel_type, share_pct, start_date, reason)"
            " SELECT c.id, %s, 'MAIN', GREATEST(100 - COALESCE((SELECT sum(a.share_pct) FROM customers_assignment a"
            " WHERE a.customer_id = c.id AND a.rel_type = 'CO' AND a.end_date IS NULL), 0), 0), %s, %s"
            " FROM customers_customer c WHERE c.id = ANY(%s)",
            [user_id, on, reason, ids],
        )
    if org_id is not None:
        run("UPDATE customers_customer SET org_id = %s WHERE id = ANY(%s)", [org_id, ids])
    ended = {RETURN: "RETURNED", UNSERVED: "UNSERVED"}.get(reason, "MOVED")
    run(
        'UPDATE customers_claim SET ended_at = now(), "end" = %s WHERE customer_id = ANY(%s) AND ended_at IS NULL',
        [ended, ids],
    )
