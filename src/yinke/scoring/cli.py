"""``yinke score``: measure the training code on public sets, train, release and roll back the bank's own models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

score_app = typer.Typer(no_args_is_help=True, help="Models: who is leaving")


@score_app.command("evaluate")
def evaluate_command(
    dataset: Annotated[
        str, typer.Option(help="churn-modelling, bank-churners, bank-marketing or berka-loans")
    ],
    path: Annotated[Path, typer.Option(help="The set's file, or a folder that holds it")],
    repeats: Annotated[
        int | None, typer.Option(min=1, max=100, help="How often the folds are drawn anew")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Cores; of small sets one is fastest")] = 1,
    write: Annotated[
        bool, typer.Option("--write", help="Put the figures into the section of the set in --docs")
    ] = False,
    docs: Annotated[Path, typer.Option(help="The file that --write changes")] = Path("docs/models.md"),
) -> None:
    """Measure on a public set, with the code that trains the bank's own models, beside what others have published."""
    from yinke.scoring.public.evaluate import WINDOWS, evaluate
    from yinke.scoring.public.registry import public_set
    from yinke.scoring.public.report import table_of, write_section

    chosen = public_set(dataset)
    total = (repeats or chosen.repeats) + WINDOWS * chosen.in_time_order
    console = Console(stderr=True)
    bars = Progress(
        TextColumn(chosen.title), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(),
        console=console,
    )  # fmt: skip
    with bars as progress:
        bar = progress.add_task("", total=total)
        found = evaluate(chosen, path, repeats=repeats, threads=threads, on_run=lambda: progress.advance(bar))
    out = Console()
    out.print(table_of(found))
    for line in (*found.notes, *chosen.traps):
        out.print(f"- {line}", highlight=False)
    if write:
        write_section(docs, found)
        out.print(f"{docs}: written.")
