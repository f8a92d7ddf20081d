"""增量模型: learn whom care changes from experiments that are over, and keep what was found with the newest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Count, Max, Q, QuerySet

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.effect.models import Experiment, Member, Uplift
from yinke.scoring.effect.draw import uniform
from yinke.scoring.effect.history import LEAST_CUSTOMERS, LEAST_OUTCOMES
from yinke.scoring.learning.frame import Feature, Frame, codes, frame_of

if TYPE_CHECKING:
    from yinke.scoring.effect.uplift import Uplift as Found

BANDS = ("LOW", "MEDIUM", "HIGH")
MOST = 60_000
"""Customers learned from; of more, so many are taken by lot: a page waits for it."""


def history_of(experiment: Experiment) -> QuerySet[Member]:
    """Who was measured in ended experiments on the same segment, or on one of the same events."""
    ended = Experiment.objects.filter(status=Experiment.Status.ENDED)
    if experiment.segment_id is not None:
        return measured(ended.filter(segment=experiment.segment_id), experiment.events)
    same = [one.id for one in ended.filter(segment=None) if set(one.events) & set(experiment.events)]
    return measured(ended.filter(id__in=same), experiment.events)


def measured(experiments: QuerySet[Experiment], events: Sequence[str]) -> QuerySet[Member]:
    """Who was measured in them for one of the events."""
    return Member.objects.filter(experiment__in=experiments, event__in=list(events), kept__isnull=False)


def known(members: QuerySet[Member]) -> tuple[int, int]:
    """How many there are, and how often the rarest outcome of an arm was seen."""
    cells = {
        f"{arm}{kind}": Count("id", filter=Q(held_out=arm, kept=kind))
        for arm in (True, False) for kind in (True, False)
    }  # fmt: skip
    seen = members.order_by().aggregate(**cells)
    return sum(seen.values()), min(seen.values())


def learn_from(members: QuerySet[Member], events: Sequence[str]) -> list[Found]:
    """Both learners, from what was known of each customer when drawn: AUM, tier, churn band, event.

    Raises:
        YinkeError: there is too little history (``too_few_for_uplift``).
    """
    many, rarest = known(members)
    if many < LEAST_CUSTOMERS or rarest < LEAST_OUTCOMES:
        raise YinkeError(
            f"{many} customers have been measured, the rarest outcome of an arm {rarest} times", place="uplift",
            code="too_few_for_uplift",
            remedy=f"It takes {LEAST_CUSTOMERS}, and {LEAST_OUTCOMES} of each outcome in each arm",
        )  # fmt: skip
    from yinke.scoring.effect.uplift import learn  # loads LightGBM

    rows: list[Any] = list(
        members.order_by("id").values_list(
            "aum_before", "tier", "stratum", "event", "held_out", "kept", "customer__cust_no"
        )
    )  # fmt: skip
    if len(rows) > MOST:
        rows = sorted(rows, key=lambda row: uniform(b"some", row[-1]))[:MOST]
    aum, tier, strata, event, held_out, kept, cust_nos = zip(*rows, strict=True)
    frame: Frame = frame_of({
        Feature("aum"): np.log1p(np.maximum(np.array(aum, np.float64), 0)),
        Feature("tier"): np.array(tier, np.float64),
        Feature("band", BANDS): codes([layer.split("-")[1] for layer in strata], BANDS),
        Feature("event", tuple(sorted(events))): codes(list(event), sorted(events)),
    })  # fmt: skip
    return learn(frame, np.array(held_out, bool), np.array(kept, bool), list(cust_nos))


def keep_learned(experiment: Experiment) -> bool:
    """Learn for an experiment that has just ended, and keep it.

    Returns:
        Whether there was enough to learn from.
    """
    members = history_of(experiment)
    try:
        found = learn_from(members, experiment.events)
    except YinkeError as little:
        if little.code != "too_few_for_uplift":
            raise
        return False
    last = members.aggregate(last=Max("measured_on"))["last"]
    Uplift.objects.update_or_create(
        experiment=experiment, defaults={"learned_on": last, "result": [asdict(one) for one in found]}
    )
    return True


def learn(viewer: Viewer, number: int) -> Experiment:
    """Learn at somebody's wish, for instance after further experiments on the same events have ended.

    Raises:
        NotFound: no ended experiment has that number. YinkeError: there is too little history (``too_few_for_uplift``).
    """
    experiment = Experiment.objects.filter(id=number, status=Experiment.Status.ENDED).first()
    if experiment is None:
        raise NotFound(
            "No such experiment has ended", place=f"{number}", remedy="See the list of experiments"
        )
    if not keep_learned(experiment):
        learn_from(history_of(experiment), experiment.events)  # says how many there are
    audit(viewer, "experiment.learn", "experiment", f"{number}")
    return experiment
