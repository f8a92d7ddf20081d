"""``yinke effect``: what takes too long for a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from yinke.common.errors import YinkeError
from yinke.scoring.learning.frame import Feature, Frame, codes, frame_of

if TYPE_CHECKING:
    from yinke.scoring.effect.uplift import Uplift

BANDS = ("LOW", "MEDIUM", "HIGH")


def make_effect_app(start: Callable[[], None]) -> typer.Typer:
    """The commands; ``start`` brings the database up."""
    app = typer.Typer(help="Experiments on care.", no_args_is_help=True)

    @app.callback()
    def effect() -> None:
        """Experiments on care."""

    @app.command()
    def uplift(events: Annotated[list[str], typer.Argument(help="Event codes, as E08")]) -> None:
        """Learn from ended experiments on these events whom care changes; Qini on customers held back."""
        start()
        table = Table("learner", "customers tested", "Qini", "won by the best 20 %", "won by all")
        for found in uplift_of(events):
            best, everybody = (f"{100 * found.curve[n]:.2f} %" for n in (4, 20))
            table.add_row(found.learner, f"{found.tested:,}", f"{found.qini:.4f}", best, everybody)
        Console().print(table)

    return app


def uplift_of(events: list[str]) -> list[Uplift]:
    """Both learners, from what was known of each customer when drawn: AUM, tier, churn band, event.

    Raises:
        YinkeError: no ended experiment tested these events, or there is too little history (``too_few_for_uplift``).
    """
    from yinke.effect.models import Experiment, Member
    from yinke.scoring.effect.uplift import LEAST_CUSTOMERS, learn  # loads LightGBM

    ended = [e.id for e in Experiment.objects.filter(status="ENDED") if set(e.events) & set(events)]
    rows = list(
        Member.objects.filter(experiment__in=ended, event__in=events, kept__isnull=False).order_by("id").values_list(
            "aum_before", "tier", "stratum", "event", "held_out", "kept", "customer__cust_no"
        )
    )  # fmt: skip
    if not rows:
        raise YinkeError(
            "No ended experiment tested these events", place="uplift", code="too_few_for_uplift",
            remedy=f"It takes {LEAST_CUSTOMERS} measured customers",
        )  # fmt: skip
    aum, tier, strata, event, held_out, kept, cust_nos = zip(*rows, strict=True)
    frame: Frame = frame_of({
        Feature("aum"): np.log1p(np.maximum(np.array(aum, np.float64), 0)),
        Feature("tier"): np.array(tier, np.float64),
        Feature("band", BANDS): codes([layer.split("-")[1] for layer in strata], BANDS),
        Feature("event", tuple(sorted(events))): codes(list(event), sorted(events)),
    })  # fmt: skip
    return learn(frame, np.array(held_out, bool), np.array(kept, bool), list(cust_nos))
