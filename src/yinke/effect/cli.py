"""``yinke effect``: whom care changes, learned from experiments that are over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from yinke.scoring.effect.uplift import Uplift


def make_effect_app(start: Callable[[], None]) -> typer.Typer:
    """The commands; ``start`` brings the database up."""
    app = typer.Typer(help="Experiments on care.", no_args_is_help=True)

    @app.callback()
    def effect() -> None:
        """Experiments on care."""

    @app.command()
    def uplift(
        events: Annotated[list[str] | None, typer.Argument(help="Event codes, as E08")] = None,
        segment: Annotated[str, typer.Option(help="Instead: a segment's code")] = "",
    ) -> None:
        """Learn from ended experiments on these events, or on a segment, whom care changes; Qini on customers held back."""
        if bool(events) == bool(segment):
            raise typer.BadParameter("Name either event codes or a segment")
        start()
        table = Table("learner", "customers tested", "Qini", "95 %", "won by the best 30 %", "won by all")
        for found in uplift_of(events or [], segment):
            best, everybody = (f"{100 * found.curve[n]:.2f} %" for n in (6, 20))
            table.add_row(
                found.learner, f"{found.tested:,}", f"{found.qini:.4f}", f"{found.low:.4f} to {found.high:.4f}", best,
                everybody,
            )  # fmt: skip
        Console().print(table)

    return app


def uplift_of(events: list[str], segment: str = "") -> list[Uplift]:
    """Both learners, from all ended experiments on the segment, or on one of the events.

    Raises:
        YinkeError: there is too little history (``too_few_for_uplift``).
    """
    from yinke.effect.models import OF_SEGMENT, Experiment
    from yinke.effect.services.learn import learn_from, measured

    ended = Experiment.objects.filter(status="ENDED")
    if segment:
        return learn_from(measured(ended.filter(segment__code=segment), [OF_SEGMENT]), [OF_SEGMENT])
    these = [one.id for one in ended.filter(segment=None) if set(one.events) & set(events)]
    return learn_from(measured(ended.filter(id__in=these), events), events)
