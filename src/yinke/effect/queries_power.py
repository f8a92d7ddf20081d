"""把握度: before an experiment begins, what it could see, reckoned from the customers to whom its events came lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count, Min

from yinke.access.viewer import Viewer
from yinke.care.models import Reason
from yinke.common.errors import NotFound
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date, visible
from yinke.effect.models import RUNNING, Experiment
from yinke.effect.queries import segment_name
from yinke.effect.schemas import Chance, PowerOut, TestableOut, TestableSegmentOut
from yinke.effect.services.decide import ExperimentWrong, choosable, testable
from yinke.lake.store import Lake
from yinke.scoring.effect.draw import SHARES
from yinke.scoring.effect.power import detectable_mean, detectable_rate
from yinke.scoring.learning.frame import Numbers
from yinke.segments.kept import members_of, scope_of, within
from yinke.segments.queries_store import Told

WINDOW = 90
"""Days looked back."""
SPANS = (30, 60, 90, 180)
LEAST = 30
"""Customers below whom neither rate nor deviation is told."""


def testable_of(viewer: Viewer) -> list[TestableOut]:
    """Events that may be tested, and how many customers had each in the last ``WINDOW`` days."""
    today = business_date()
    counted: dict[str, int] = {}
    if today is not None:
        lately = Reason.objects.filter(biz_date__gt=today - timedelta(days=WINDOW))
        lately = lately.filter(customer__in=visible(viewer)) if viewer.org_ids is not None else lately
        counted = dict(lately.values_list("type").annotate(Count("customer", distinct=True)).order_by())
    running = {code: one.name for one in Experiment.objects.filter(status=RUNNING) for code in one.events}
    return [
        TestableOut(code=code, customers=counted.get(code, 0), running=running.get(code))
        for code in testable(today)
    ]


def testable_segments_of(viewer: Viewer) -> list[TestableSegmentOut]:
    """Segments on which an experiment may be, by name, and how many members each has now."""
    rows = Experiment.objects.filter(status=RUNNING, segment__isnull=False)
    running = dict(rows.values_list("segment_id", "name"))
    counts = Told(viewer)
    found = [
        TestableSegmentOut(
            code=one.code, name=segment_name(viewer, one), customers=counts.count(members_of(one.code)),
            running=running.get(one.id),
        )
        for one in choosable(viewer)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.name)


def power_of_segment(viewer: Viewer, code: str, share: int) -> PowerOut:
    """What an experiment on the members of a segment could see, if they were drawn today.

    Raises:
        NotFound: no such segment may be tested, or no night has run yet. ExperimentWrong: there is no such share.
    """
    today = _day_of(share)
    segment = choosable(viewer).filter(code=code[:40].replace("\0", "")).first()
    if segment is None:
        raise NotFound(
            "No such segment may be tested", place="segment", remedy="Have it approved for outreach first"
        )
    found = members_of(segment.code)
    members = list(within(found, scope_of(viewer))) if Told(viewer).count(found) else []
    base, deviation, known = _lately(members, today)
    chance = _chance(1, len(members), share / 100, base, deviation)
    return PowerOut(
        seen=len(members), seen_days=1, known=known, base=base, deviation=deviation, chances=[chance]
    )


def power_of(viewer: Viewer, events: Sequence[str], share: int, days: int) -> PowerOut:
    """What an experiment could see after some days of taking in.

    Args:
        events: event codes.
        share: control share in percent.
        days: days of taking in that the viewer thinks of; the usual ones are told besides.

    Raises:
        NotFound: no night has run yet. ExperimentWrong: there is no such share.
    """
    today = _day_of(share)
    lately = Reason.objects.filter(type__in=list(events), biz_date__gt=today - timedelta(days=WINDOW))
    if viewer.org_ids is not None:
        lately = lately.filter(customer__in=visible(viewer))
    seen = list(lately.values_list("customer_id", flat=True).distinct())
    first = Reason.objects.filter(biz_date__gt=today - timedelta(days=WINDOW)).aggregate(n=Min("biz_date"))[
        "n"
    ]
    seen_days = (today - first).days + 1 if first else 0
    base, deviation, known = _lately(seen, today)
    chances = [
        _chance(span, round(len(seen) * span / seen_days) if seen_days else 0, share / 100, base, deviation)
        for span in sorted({*SPANS, days})
    ]
    return PowerOut(
        seen=len(seen),
        seen_days=seen_days,
        known=known,
        base=base,
        deviation=deviation,
        chances=chances,
    )


def _day_of(share: int) -> date:
    today = business_date()
    if today is None:
        raise NotFound("No night has run yet", place="experiment", remedy="Run one: yinke nightly --date ...")
    if share not in SHARES:
        raise ExperimentWrong(
            "Shares are steps of 5 %", place="share", remedy=f"Choose {SHARES[0]} to {SHARES[-1]}"
        )
    return today


def _lately(customers: Sequence[int], today: date) -> tuple[float | None, float | None, int]:
    """The rate that kept their money over 30 days, what is left of the change's deviation, and of how many both are known."""
    before, after = _fates(customers)
    if len(before) < LEAST:
        return None, None, len(before)
    kept_share = float(load_thresholds(settings.YINKE.thresholds).at(today)["effect.kept_share"])
    return float((after >= kept_share * before).mean()), _left_over(before, after), len(before)


def _chance(days: int, customers: int, share: float, base: float | None, deviation: float | None) -> Chance:
    points = detectable_rate(customers, share, base) if base is not None else None
    yuan = detectable_mean(customers, share, deviation) if deviation is not None and customers else None
    return Chance(days=days, customers=customers, points=points, yuan=yuan)


def _fates(customers: Sequence[int]) -> tuple[Numbers, Numbers]:
    """AUM 30 days ago and now, of those of whom both are known, in CNY."""
    newest = Lake(settings.YINKE.lake).latest()
    if newest is None or not customers:
        return np.empty(0), np.empty(0)
    rows = pq.read_table(
        newest.path("snapshot"), columns=["aum_30d_ago", "aum"],
        filters=pc.field("cust_id").isin(customers) & pc.field("aum_30d_ago").is_valid(),
    )  # fmt: skip
    before, after = (rows[name].cast("float64").to_numpy() for name in ("aum_30d_ago", "aum"))
    return before, np.nan_to_num(after)


def _left_over(before: Numbers, after: Numbers) -> float:
    """Standard deviation of the change once what was there before is regressed out, as the report will."""
    change, x = after - before, before - before.mean()
    slope = float(x @ change) / spread if (spread := float(x @ x)) else 0.0
    return float(np.std(change - slope * x, ddof=2))
