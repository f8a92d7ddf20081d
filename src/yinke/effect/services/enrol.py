"""一次入组: customers whom another context has chosen are drawn into the arms at once, before anybody contacts them.

For an experiment that another context's own plan brings about, approved there by another person (a campaign): it runs from
this moment on, takes in nobody else, and nights measure and report it like any other.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from yinke.common.crypto import encrypt
from yinke.effect.models import RUNNING, Experiment
from yinke.effect.services.hold_out import known_of
from yinke.lake.store import Day
from yinke.scoring.effect.draw import in_order, is_held_out, seal_of, stratum
from yinke.segments.models import Segment


@dataclass(frozen=True)
class Approved:
    """A plan that two people have made and approved elsewhere."""

    name: str
    note: str
    event: str
    """Type of the reason by which its customers are contacted."""
    segment: Segment
    share: int
    """Control share in percent."""
    measured_on: date
    """Business date at whose end the outcome is measured; until then who is held out is left alone."""
    made_by_id: int
    decided_by_id: int
    decided_at: datetime


def enrol(approved: Approved, day: Day, customers: Sequence[int]) -> Experiment:
    """Start an experiment with these customers, in the caller's transaction.

    Args:
        day: the newest published date: its ``snapshot`` and ``score`` tell the strata and what was there before; whom it does
            not know is not drawn.
    """
    seed, biz_date = secrets.token_bytes(32), day.biz_date
    known = known_of(day, customers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cust_no, id FROM customers_customer WHERE id = ANY(%s)", [list(known)])
        by_number: dict[str, int] = dict(cursor.fetchall())
    experiment = Experiment.objects.create(
        name=approved.name, note=approved.note, events=[approved.event], segment=approved.segment, share=approved.share,
        measure=Experiment.Measure.AUM, horizon_days=(approved.measured_on - biz_date).days, enrol_days=1,
        planned=len(by_number), seed_sealed=encrypt(seed.hex()), seed_digest=seal_of(seed), status=RUNNING,
        made_by_id=approved.made_by_id, decided_by_id=approved.decided_by_id, decided_at=approved.decided_at, starts_on=biz_date,
    )  # fmt: skip
    layers: Counter[str] = Counter()
    columns = (
        "experiment_id, customer_id, event, stratum, number, held_out, assigned_on, due_on, tier, aum_before"
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY effect_member ({columns}) FROM STDIN") as copy:
        for cust_no in in_order(seed, by_number):
            customer = by_number[cust_no]
            tier, band, aum = known[customer]
            layer = stratum(tier, band)
            held_out = is_held_out(seed, layer, layers[layer], approved.share)
            row: tuple[Any, ...] = (
                experiment.id, customer, approved.event, layer, layers[layer], held_out, biz_date, approved.measured_on, tier, aum
            )  # fmt: skip
            copy.write_row(row)
            layers[layer] += 1
    return experiment
