"""跟踪: each night, measure whose time is over, look at what is known, and end what is complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Least

from yinke.access.services import audit_job
from yinke.care.models import ContactRecord
from yinke.common.crypto import decrypt
from yinke.effect.models import RUNNING, Experiment, Look, Member
from yinke.effect.report import Outcomes, Report, make_report
from yinke.effect.services.learn import keep_learned
from yinke.lake.store import Day
from yinke.scoring.effect.draw import is_held_out


def follow(day: Day, values: Mapping[str, Any]) -> dict[str, int]:
    """Measure, look and end, for a date whose tasks have been made; in the caller's transaction.

    A date made anew is measured anew. Where a later date has been looked at, no look is added: the past is not looked at
    with what is known today.

    Args:
        values: thresholds in force, codes ``effect.*``.

    Returns:
        ``measured`` customers, ``looks``, ``ended`` experiments.
    """
    done = {"measured": 0, "looks": 0, "ended": 0}
    for experiment in Experiment.objects.filter(status=RUNNING, starts_on__lte=day.biz_date).order_by("id"):
        done["measured"] += _measure(experiment, day, float(values["effect.kept_share"]))
        if experiment.looks.filter(biz_date__gt=day.biz_date).exists():
            continue
        report = report_of(experiment, day.biz_date)
        Look.objects.update_or_create(
            experiment=experiment, biz_date=day.biz_date, defaults={"result": report.as_dict()}
        )
        done["looks"] += 1
        if report.final:
            experiment.status, experiment.ended_on = Experiment.Status.ENDED, day.biz_date
            experiment.save(update_fields=["status", "ended_on"])
            audit_job("experiment.end", "experiment", f"{experiment.id}")
            keep_learned(experiment)
            done["ended"] += 1
    return done


def _measure(experiment: Experiment, day: Day, kept_share: float) -> int:
    waiting = experiment.members.filter(
        Q(measured_on=None) | Q(measured_on=day.biz_date), due_on__lte=day.biz_date
    )
    members = {member.customer_id: member for member in waiting}
    if not members:
        return 0
    rows = pq.read_table(
        day.path("snapshot"), columns=["cust_id", "aum", "status"],
        filters=pc.field("cust_id").isin(list(members)),
    )  # fmt: skip
    for row in rows.to_pylist():
        member = members[row["cust_id"]]
        member.aum_after = row["aum"] or Decimal(0)
        still = float(member.aum_after) >= kept_share * float(member.aum_before)
        member.kept = still and row["status"] != "CLOSED"
        member.measured_on = day.biz_date
    Member.objects.bulk_update(members.values(), ["aum_after", "kept", "measured_on"], batch_size=1000)
    return int(rows.num_rows)


def report_of(experiment: Experiment, biz_date: date) -> Report:
    """What is known of an experiment at a date's end."""
    assert experiment.starts_on is not None  # noqa: S101
    reached = ContactRecord.objects.filter(
        customer=OuterRef("customer"), withdrawn_at=None, biz_date__gt=OuterRef("assigned_on"),
        biz_date__lte=Least(OuterRef("due_on"), Value(biz_date)), task__reasons__type=OuterRef("event"),
    ).exclude(result__in=ContactRecord.NOT_REACHED)  # fmt: skip
    rows = list(
        experiment.members.annotate(reached=Exists(reached)).order_by("id").values_list(
            "held_out", "stratum", "tier", "aum_before", "aum_after", "kept", "measured_on", "reached", "due_on", "number"
        )
    )  # fmt: skip
    full = len(rows) >= experiment.planned
    closed = full or biz_date >= experiment.starts_on + timedelta(days=experiment.enrol_days - 1)
    due = all(row[8] <= biz_date for row in rows)
    known = [row[6] is not None and row[6] <= biz_date for row in rows]
    of = Outcomes(
        held_out=np.array([row[0] for row in rows], bool), stratum=[row[1] for row in rows],
        tier=np.array([row[2] for row in rows], np.float64), before=np.array([row[3] for row in rows], np.float64),
        after=np.array([row[4] or 0 for row in rows], np.float64), kept=np.array([bool(row[5]) for row in rows], bool),
        measured=np.array(known, bool), reached=np.array([row[7] for row in rows], bool),
    )  # fmt: skip
    final = bool(closed and due)
    looks = experiment.looks.filter(biz_date__lt=biz_date).order_by("biz_date")
    report = make_report(
        of, share=experiment.share / 100, planned=experiment.planned, measure=experiment.measure,  # type: ignore[arg-type]
        final=final, withheld=experiment.withheld.count(), earlier=list(looks.values_list("result", flat=True)),
        on=biz_date.isoformat(),
    )  # fmt: skip
    if not final:
        return report
    return Report(
        **{**vars(report), "proven": _drawn_again(experiment, [(row[1], row[9], row[0]) for row in rows])}
    )


def _drawn_again(experiment: Experiment, members: list[tuple[str, int, bool]]) -> int:
    """How many arms on record are those that the seed gives."""
    seed = bytes.fromhex(decrypt(experiment.seed_sealed))
    return sum(is_held_out(seed, layer, n, experiment.share) == held for layer, n, held in members)
