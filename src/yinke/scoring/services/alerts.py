"""流失预警: each night's scores become alerts, which are followed until it is known whether the customer left.

Bulk SQL throughout, within the caller's transaction. A date taken twice leaves what it left the first time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Max
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.customers.hooks import marked
from yinke.customers.queries import Ids, packed
from yinke.customers.services.bulk import run, stage
from yinke.lake.dates import month_end
from yinke.lake.engine import Engine
from yinke.lake.store import Day, Lake
from yinke.scoring.churn.label import WINDOW, ends_later, label
from yinke.scoring.churn.score_table import REASONS
from yinke.scoring.churn.store import KINDS
from yinke.scoring.models import ChurnAlert, ScoreFeedback, ScoreNight
from yinke.scoring.services.comparison import note_challengers

COLUMNS = ("customer_id", "model", "band", "probability", "aum", "aum_at_risk", "base", "why")
BATCH = 50_000

_BACK = """
UPDATE scoring_churnalert a SET ended_on = NULL
FROM (
    SELECT DISTINCT ON (e.customer_id) e.id, e.customer_id, e.ended_on, e.outcome
    FROM scoring_churnalert e JOIN scored s USING (customer_id) ORDER BY e.customer_id, e.entered_on DESC, e.id DESC
) newest
WHERE a.id = newest.id AND newest.ended_on > %(since)s AND newest.outcome = ''
"""

_NOW = """
SELECT s.*, c.org_id, m.user_id AS manager_id, COALESCE(x.tier, 0) AS tier
FROM scored s JOIN customers_customer c ON c.id = s.customer_id AND c.status NOT IN ('CLOSED', 'ERASED')
LEFT JOIN customers_metrics x ON x.customer_id = c.id
LEFT JOIN customers_assignment m ON m.customer_id = c.id AND m.rel_type = 'MAIN' AND m.end_date IS NULL
"""

_GO_ON = f"""
UPDATE scoring_churnalert a SET model = n.model, band = n.band, probability = n.probability, aum = n.aum,
    aum_at_risk = n.aum_at_risk, why = n.why, org_id = n.org_id, manager_id = n.manager_id, tier = n.tier
FROM ({_NOW}) n
WHERE a.customer_id = n.customer_id AND a.ended_on IS NULL
  AND (a.model, a.band, a.probability, a.aum, a.aum_at_risk, a.org_id, a.manager_id, a.tier, a.why) IS DISTINCT FROM
      (n.model, n.band, n.probability, n.aum, n.aum_at_risk, n.org_id, n.manager_id, n.tier, n.why)
"""

_NEVER = """
DELETE FROM scoring_churnalert a WHERE a.entered_on = %(day)s
  AND NOT EXISTS (SELECT FROM scored s WHERE s.customer_id = a.customer_id)
"""
_END = """
UPDATE scoring_churnalert a SET ended_on = %(day)s WHERE a.ended_on IS NULL
  AND NOT EXISTS (SELECT FROM scored s WHERE s.customer_id = a.customer_id)
"""

_ENTER = f"""
INSERT INTO scoring_churnalert (customer_id, org_id, manager_id, tier, entered_on, model, band, probability, aum,
    aum_at_risk, base, why, outcome)
SELECT n.customer_id, n.org_id, n.manager_id, n.tier, %(day)s, n.model, n.band, n.probability, n.aum,
    n.aum_at_risk, n.base, n.why, ''
FROM ({_NOW}) n
WHERE NOT EXISTS (SELECT FROM scoring_churnalert a WHERE a.customer_id = n.customer_id AND a.ended_on IS NULL)
ORDER BY n.customer_id
"""

_MOVE = """
UPDATE scoring_churnalert a SET org_id = c.org_id, manager_id = m.user_id
FROM customers_customer c
LEFT JOIN customers_assignment m ON m.customer_id = c.id AND m.rel_type = 'MAIN' AND m.end_date IS NULL
WHERE c.id = a.customer_id AND a.customer_id = ANY(%(ids)s) AND a.ended_on IS NULL
"""


def take_scores(
    engine: Engine, lake: Lake, day: Day, values: Mapping[str, Any], objecting: Collection[int]
) -> dict[str, int]:
    """Bring the alerts to a date's scores, and note what the night's scoring came to.

    A night without scores leaves the alerts as they stand. So does a date made anew when later ones are taken already:
    the next night puts right what it changed.

    Args:
        objecting: customers about whom models decide nothing (PIPL art. 24); they have no alert.

    Returns:
        ``alerts`` that were entered, ``ended`` and ``decided``.
    """
    detail = day.manifest()["steps"].get("scores") or {}
    kinds = scored_kinds(detail)
    newest = ScoreNight.objects.filter(kind="churn").aggregate(Max("biz_date"))["biz_date__max"]
    for kind, told in kinds.items():
        note_night(kind, day.biz_date, told, values)
    note_challengers(day.biz_date, detail)
    if not day.has("score") or (newest is not None and newest > day.biz_date):
        return {"alerts": 0, "ended": 0, "decided": 0}
    stage("scored", "scoring_churnalert", _feared(day, objecting), COLUMNS)
    given = {"day": day.biz_date, "since": day.biz_date - timedelta(days=int(values["churn.reopen_days"]))}
    run(_NEVER, given)
    ended = run(_END, given)
    run(_BACK, given)
    run(_GO_ON, given)
    entered = run(_ENTER, given)
    return {"alerts": entered, "ended": ended, "decided": decide(engine, lake, day.biz_date, values)}


def scored_kinds(detail: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the night's step ``scores`` tells of each kind of which a model is released.

    >>> scored_kinds({"model": 3, "scored": 9, "value": {"model": 1, "scored": 20}, "product": {"model": None, "scored": 0}})
    {'churn': {'model': 3, 'scored': 9}, 'value': {'model': 1, 'scored': 20}}
    """
    churn = {name: value for name, value in detail.items() if name not in (*KINDS, "challengers")}
    told = {kind: churn if kind == "churn" else detail.get(kind, {}) for kind in KINDS}
    return {kind: one for kind, one in told.items() if one.get("model") is not None}


def note_night(kind: str, biz_date: date, told: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Keep what a night of a kind came to, as the lake's step ``scores`` tells it; a drift beyond the warning is audited."""
    psi = told.get("psi", {})
    ScoreNight.objects.update_or_create(
        kind=kind, biz_date=biz_date,
        defaults={
            "model": told["model"], "scored": told["scored"], "bands": told.get("bands", {}), "psi": psi,
            "score_psi": told.get("score_psi"), "blocked": told.get("blocked", ""),
            "blocked_features": told.get("blocked_features", []),
        },
    )  # fmt: skip
    far = drifted(psi, told.get("score_psi"), values)
    if far and not told.get("blocked"):
        audit_job("model.drift", "model", f"{kind}/{told['model']}", reason=f"{biz_date}: {', '.join(far)}")


def drifted(psi: Mapping[str, float], score_psi: float | None, values: Mapping[str, Any]) -> list[str]:
    """Features (and ``score``) beyond ``churn.psi_warn``, the farthest first.

    >>> drifted({"age": 0.01, "mda": 0.3}, 0.21, {"churn.psi_warn": 0.2})
    ['mda', 'score']
    """
    both = {**psi, **({} if score_psi is None else {"score": score_psi})}
    return [
        name for name in sorted(both, key=lambda n: -both[n]) if both[name] > float(values["churn.psi_warn"])
    ]


def _feared(day: Day, objecting: Collection[int]) -> Iterator[pa.RecordBatch]:
    """The rows of the high and the medium band as alerts have them."""
    left_out = pa.array(sorted(objecting), pa.int32())
    parts = [f"{part}_{n}" for n in range(1, REASONS + 1) for part in ("reason", "value")]
    names = ["cust_id", *COLUMNS[1:-1], *parts]
    for batch in pq.ParquetFile(day.path("score")).iter_batches(BATCH, columns=names):
        rows = batch.filter(
            pc.and_(pc.not_equal(batch["band"], "LOW"), pc.invert(pc.is_in(batch["cust_id"], left_out)))
        )
        pairs = [
            [rows[f"reason_{n}"].to_pylist(), rows[f"value_{n}"].to_pylist()] for n in range(1, REASONS + 1)
        ]
        why = [
            json.dumps([[names[i], values[i]] for names, values in pairs if names[i]])
            for i in range(len(rows))
        ]
        columns = [rows["cust_id"], *(rows[name] for name in COLUMNS[1:-1]), pa.array(why, pa.string())]
        yield pa.record_batch(columns, names=list(COLUMNS))


def decide(engine: Engine, lake: Lake, biz_date: date, values: Mapping[str, Any]) -> int:
    """At a month's end: what became of those whose window is over now, by the label's own definition.

    An alert belongs to the last month's end before it (or on its day); the label compares with the three months up to it.

    Returns:
        How many alerts got their outcome.
    """
    month = ends_later(biz_date, -WINDOW)
    if biz_date != month_end(biz_date) or lake.day(month) is None:
        return 0
    waiting = ChurnAlert.objects.filter(
        outcome="", entered_on__gte=month, entered_on__lt=ends_later(month, 1)
    ).order_by()
    ids = list(waiting.values_list("customer_id", flat=True).distinct())
    if not ids:
        return 0
    table = label(engine, lake, month, values)
    found = engine.to_arrow(table.select("cust_id", "left"))
    found = found.filter(pc.is_in(found["cust_id"].cast(pa.int32()), pa.array(ids, pa.int32())))
    by_left: dict[int | None, list[int]] = {}
    for cust, left in zip(found["cust_id"].to_pylist(), found["left"].to_pylist(), strict=True):
        by_left.setdefault(left, []).append(cust)
    words = {1: ChurnAlert.Outcome.LOST, 0: ChurnAlert.Outcome.SAVED, None: ChurnAlert.Outcome.EXPLAINED}
    return sum(
        waiting.filter(customer_id__in=by_left.get(left, ())).update(outcome=word, decided_on=biz_date)
        for left, word in words.items()
    )


def move_alerts(customer_ids: Collection[int]) -> None:
    """Let the standing alerts of customers who changed hands follow them."""
    run(_MOVE, {"ids": list(customer_ids)})


def drop_alerts(customer_ids: Collection[int]) -> None:
    """Forget the alerts of customers who object to being scored; they leave the segments that ask for one at once."""
    had = standing_among(customer_ids)
    ChurnAlert.objects.filter(customer_id__in=customer_ids).delete()
    if had:
        marked("churn", had)


def alerted(bands: frozenset[str], on: date, among: Ids | None = None) -> Iterator[tuple[str, Ids]]:
    """Who has a standing alert of each band, as rules of segments ask for it: what stands now, of some customers or
    of all."""
    for band in sorted(bands):
        yield band, packed(ChurnAlert.objects.filter(ended_on=None, band=band), among=among)


def standing_among(customer_ids: Collection[int]) -> list[int]:
    """Those of the customers who have a standing alert."""
    standing = ChurnAlert.objects.filter(customer_id__in=customer_ids, ended_on=None)
    return list(standing.values_list("customer_id", flat=True))


def note_actions(contacts: Mapping[int, datetime | None]) -> None:
    """Note on standing alerts when something was last done about them.

    Args:
        contacts: the newest contact that counts of each customer; feedback on scores is known here.
    """
    told = ScoreFeedback.objects.filter(customer_id__in=list(contacts), withdrawn_at=None).order_by("at")
    feedback = dict(told.values_list("customer_id", "at"))
    alerts = list(ChurnAlert.objects.filter(customer_id__in=list(contacts), ended_on=None))
    for alert in alerts:
        both = (contacts[alert.customer_id], feedback.get(alert.customer_id))
        alert.acted_at = max(
            (at for at in both if at and timezone.localdate(at) >= alert.entered_on), default=None
        )
    ChurnAlert.objects.bulk_update(alerts, ["acted_at"], batch_size=1_000)
