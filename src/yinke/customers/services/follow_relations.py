"""关系回写: let the standing relationships of source FEED follow what the lake's data show, by changes only."""

from __future__ import annotations

from datetime import date

from yinke.customers.services.bulk import NOT_ERASED, run, stage
from yinke.customers.services.changes import Changes

TABLE = "customers_relationship"
COLUMNS = ("kind", "customer_id", "other_id", "party", "confidence", "evidence", "valid_from")
KEY = ("kind", "customer_id", "party")
_SAME = (
    " AND ".join(f"r.{name} = i.{name}" for name in KEY) + " AND r.other_id IS NOT DISTINCT FROM i.other_id"
)


def follow_relations(changes: Changes, biz_date: date) -> int:
    """Begin what is new, renew the evidence of what stands, end what is gone.

    What a person has ended stays ended while the data go on showing it: people know better than an address.

    Returns:
        Relationships begun, renewed and ended.
    """
    if not changes.newest.has("relation"):
        return 0
    whole = changes.since is None or not changes.since.has("relation")
    staged = stage("incoming_relation", TABLE, changes.relations(biz_date), COLUMNS)
    touched = 0
    if whole:
        touched += run(
            f"UPDATE {TABLE} r SET valid_to = %s WHERE source = 'FEED' AND valid_to IS NULL"
            f" AND NOT EXISTS (SELECT FROM incoming_relation i WHERE {_SAME})",
            [biz_date],
        )
    if staged:
        names = ", ".join(COLUMNS)
        touched += run(
            f"INSERT INTO {TABLE} ({names}, source, made_at, end_reason) SELECT {names}, 'FEED', now(), ''"
            f" FROM incoming_relation i WHERE NOT EXISTS (SELECT FROM {TABLE} r WHERE {_SAME} AND source = 'FEED'"
            f" AND ended_by_id IS NOT NULL) AND {NOT_ERASED.format('i.customer_id')} AND {NOT_ERASED.format('i.other_id')}"
            " ON CONFLICT (customer_id, other_id, party, kind, source) WHERE valid_to IS NULL"
            " DO UPDATE SET confidence = excluded.confidence, evidence = excluded.evidence"
        )
    if not whole and stage("gone_relation", TABLE, changes.relations_gone(), (*KEY, "other_id")):
        touched += run(
            f"UPDATE {TABLE} r SET valid_to = %s FROM gone_relation i"
            f" WHERE {_SAME} AND r.source = 'FEED' AND r.valid_to IS NULL",
            [biz_date],
        )
    return touched
