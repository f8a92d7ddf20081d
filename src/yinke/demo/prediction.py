"""The demo bank's models: trained by its developer from the past, approved and released by others, and in use in the
last nights, so that the churn board and the customers' pages have something to say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.access.services import sync_orgs, sync_staff
from yinke.access.viewer import Viewer
from yinke.common.errors import YinkeError
from yinke.demo.people import hq_no
from yinke.nightly.lake_night import Bench
from yinke.nightly.people import TASK_DAYS
from yinke.scoring.churn.train import train_churn
from yinke.scoring.models import ScoringModel
from yinke.scoring.services import registry
from yinke.scoring.text.train import train_text
from yinke.scoring.value.outcome import Past
from yinke.scoring.value.train_products import train_products
from yinke.scoring.value.train_value import train_value

DEVELOPER, APPROVER, RELEASER = hq_no(5), hq_no(0), hq_no(8)
UNFIT = ("too_few_months", "too_few_rows")
BRIEF = {"value.train_months": 2, "value.train_rows": 30_000}
"""Enough to show the pages, within seconds."""


def learn(bench: Bench, day: date, last: date) -> bool:
    """Have the models by the first of the nights that make tasks; called after each night.

    Returns:
        Whether any was trained: not before or after that night, nor of a past too short to learn from.
    """
    if last - day != timedelta(days=TASK_DAYS) or ScoringModel.objects.exists():
        return False
    published = bench.lake.day(day)
    if published is None:
        return False
    values = {**bench.thresholds.at(day), **BRIEF}
    past = Past(bench.engine, bench.lake, values)
    trainings: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: train_churn(bench.engine, bench.lake, values, threads=bench.threads),
        lambda: train_value(past, threads=bench.threads),
        lambda: train_products(past, threads=bench.threads),
        lambda: train_text(bench.lake, (), day),
    )
    cards = []
    for train in trainings:
        try:
            cards.append(train())
        except YinkeError as problem:
            if problem.code not in UNFIT:
                raise
    if not cards:
        return False
    sync_orgs(published)
    sync_staff(published)
    for card in cards:
        model = registry.register(_viewer(DEVELOPER), card, "首版：近一年历史")
        registry.approve(_viewer(APPROVER), model.kind, model.number)
        registry.release(_viewer(RELEASER), model.kind, model.number)
    return True


def _viewer(emp_no: str) -> Viewer:
    return viewer_of(User.objects.select_related("org").get(emp_no=emp_no))
