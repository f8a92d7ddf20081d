"""分组与保留对照: before a night's reasons become tasks, draw who is held out, and take their reasons away.

``make_tasks`` calls it in its own transaction, once it knows which reasons are new and may be raised: so the arm is written
before anybody could contact the customer, and it falls with the tasks or stands with them. The database refuses a reason of
who is held out besides, whoever brings it (migration 0002).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Count, Max

from yinke.common.crypto import decrypt
from yinke.effect.models import RUNNING, Experiment, Member
from yinke.effect.services.bring import key_of
from yinke.lake.store import Day
from yinke.scoring.effect.draw import in_order, is_held_out, stratum

NEWCOMERS = """
SELECT DISTINCT ON (f.customer_id) f.customer_id, c.cust_no, f.type
FROM fresh f JOIN customers_customer c ON c.id = f.customer_id
WHERE f.type = ANY(%(events)s) AND starts_with(f.dedup_key, %(key)s) AND NOT EXISTS (
    SELECT FROM effect_member m JOIN effect_experiment e ON e.id = m.experiment_id
    WHERE m.customer_id = f.customer_id AND (e.id = %(experiment)s OR %(alone)s AND e.status = 'RUNNING'
        AND (e.segment_id IS NOT NULL OR m.held_out AND %(biz_date)s < m.due_on)))
ORDER BY f.customer_id, f.priority, f.dedup_key
"""

TAKE_AWAY = """
WITH held AS (
    DELETE FROM fresh f USING effect_member m
    WHERE m.experiment_id = %(experiment)s AND m.held_out AND m.customer_id = f.customer_id
      AND f.type = ANY(%(events)s) AND starts_with(f.dedup_key, %(key)s) AND %(biz_date)s < m.due_on
    RETURNING f.customer_id, f.type, f.dedup_key
), logged AS (
    INSERT INTO effect_withheld (experiment_id, customer_id, event, dedup_key, biz_date)
    SELECT %(experiment)s, customer_id, type, dedup_key, %(biz_date)s FROM held
    ON CONFLICT (experiment_id, dedup_key) DO NOTHING)
SELECT count(*) FROM held
"""
# A date before the assignment too: a late correction of it would be contacted today.

UNDRAWN = """
DELETE FROM fresh f WHERE starts_with(f.dedup_key, %(key)s) AND NOT EXISTS (
    SELECT FROM effect_member m WHERE m.experiment_id = %(experiment)s AND m.customer_id = f.customer_id)
"""
# Of a segment those are contacted for the experiment's sake who were drawn into care, nobody else.


def hold_out(cursor: Any, day: Day, biz_date: date) -> int:
    """Draw the newcomers of the running experiments, and take the reasons of who is held out from ``fresh``.

    Args:
        cursor: of the transaction in which the night's tasks are made; the temporary table ``fresh`` has its new reasons.
        day: the published date; ``snapshot`` and, if there is one, ``score`` tell the strata.

    Returns:
        How many reasons were withheld.
    """
    withheld = 0
    for experiment in Experiment.objects.filter(status=RUNNING, starts_on__lte=biz_date).order_by("id"):
        assert experiment.starts_on is not None  # noqa: S101
        on_segment = experiment.segment_id is not None
        given = {
            "experiment": experiment.id, "events": experiment.events, "biz_date": biz_date, "alone": on_segment,
            "key": key_of(experiment) if on_segment else "",
        }  # fmt: skip
        if biz_date < experiment.starts_on + timedelta(days=experiment.enrol_days):
            cursor.execute(NEWCOMERS, given)
            _assign(experiment, day, biz_date, cursor.fetchall())
        if on_segment:
            cursor.execute(UNDRAWN, given)
        cursor.execute(TAKE_AWAY, given)
        withheld += int(cursor.fetchone()[0])
    return withheld


def _assign(
    experiment: Experiment, day: Day, biz_date: date, newcomers: Sequence[tuple[int, str, str]]
) -> None:
    """Write the arms of who is new, up to the planned number."""
    if not newcomers:
        return
    layers: Counter[str] = Counter()
    room = experiment.planned
    for layer, last, customers in experiment.members.values_list("stratum").annotate(
        Max("number"), Count("id")
    ):
        layers[layer] = last + 1  # not how many there are: who was deleted on request leaves a gap
        room -= customers
    seed = bytes.fromhex(decrypt(experiment.seed_sealed))
    known = known_of(day, [customer for customer, _, _ in newcomers])
    by_number = {cust_no: (customer, event) for customer, cust_no, event in newcomers if customer in known}
    due = biz_date + timedelta(days=experiment.horizon_days)
    members = []
    for cust_no in in_order(seed, by_number)[: max(room, 0)]:
        customer, event = by_number[cust_no]
        tier, band, aum = known[customer]
        layer = stratum(tier, band)
        held_out = is_held_out(seed, layer, layers[layer], experiment.share)
        members.append(
            Member(
                experiment=experiment, customer_id=customer, event=event, stratum=layer, number=layers[layer],
                held_out=held_out, assigned_on=biz_date, due_on=due, tier=tier, aum_before=aum,
            )
        )  # fmt: skip
        layers[layer] += 1
    Member.objects.bulk_create(members)


def known_of(day: Day, customers: Sequence[int]) -> dict[int, tuple[int, str | None, Any]]:
    """Tier, churn band (None: not scored) and AUM at the day's end. Of that very day: what came later is an outcome."""
    these = pc.field("cust_id").isin(customers)
    bands: dict[int, str] = {}
    if day.has("score"):
        scores = pq.read_table(day.path("score"), columns=["cust_id", "band"], filters=these)
        bands = dict(zip(scores["cust_id"].to_pylist(), scores["band"].to_pylist(), strict=True))
    rows = pq.read_table(day.path("snapshot"), columns=["cust_id", "tier", "aum"], filters=these)
    columns = (rows[name].to_pylist() for name in ("cust_id", "tier", "aum"))
    return {
        customer: (tier or 0, bands.get(customer), aum or 0)
        for customer, tier, aum in zip(*columns, strict=True)
    }
