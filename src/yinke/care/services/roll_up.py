"""汇总: the standing of each outlet's and manager's customers, so that a branch page need not count millions."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

_FILL = """
INSERT INTO care_standing (org_id, manager_id, tier, customers, aum, net_month)
SELECT c.org_id, a.user_id, x.tier, count(*), sum(x.aum),
    sum(CASE WHEN x.as_of >= %(month)s THEN COALESCE(x.aum - x.aum_month_start, 0) ELSE 0 END)
FROM customers_customer c
JOIN customers_metrics x ON x.customer_id = c.id
LEFT JOIN customers_assignment a
    ON a.customer_id = c.id AND a.rel_type = 'MAIN' AND a.end_date IS NULL
WHERE c.status NOT IN ('CLOSED', 'ERASED')
GROUP BY c.org_id, a.user_id, x.tier
"""
# A row that has not changed since before the month began has not moved in the month.


@transaction.atomic
def roll_up(biz_date: date) -> int:
    """Make ``Standing`` anew from the customers as they are written back at ``biz_date``'s end.

    Returns:
        Rows written: one per outlet, manager and tier.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM care_standing")  # no TRUNCATE: readers go on with the old rows
        cursor.execute(_FILL, {"month": biz_date.replace(day=1)})
        return int(cursor.rowcount)
