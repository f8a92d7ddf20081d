"""``yinke generate``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


def generate_command(
    customers: Annotated[int, typer.Option(help="Customers on the first date")],
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First business date")],
    end: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last business date")],
    out: Annotated[Path, typer.Option(help="Folder of the files")],
    daily_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Before it deliver month ends only, and three months' Sundays"
        ),
    ] = None,
    payments: Annotated[float, typer.Option(help="Factor on the number of payments", min=0.1, max=2.5)] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes")] = 1,
) -> None:
    """Write a made-up Chinese retail bank's nightly files."""
    from yinke.demo.generate import generate

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=(end - start).days + 1)
        generate(
            customers, start.date(), end.date(), seed, out, daily_from=daily_from.date() if daily_from else None, payments=payments,
            on_day=lambda day: progress.update(bar, advance=1, description=f"{day}"),
        )  # fmt: skip
