"""``yinke feeds`` and ``yinke quarantine``: what the lake offers at the terminal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from yinke.common.env import read_environment
from yinke.common.errors import ConfigurationError, YinkeError
from yinke.lake import quarantine
from yinke.lake.feeds import load_feeds, read_feed
from yinke.lake.store import Lake
from yinke.lake.tables import TABLES

feeds_app = typer.Typer(no_args_is_help=True, help="The descriptions of the bank's files")


@feeds_app.command()
def schema(
    table: Annotated[str | None, typer.Argument(help="A canonical table; all if left out")] = None,
) -> None:
    """Show the canonical tables, or the columns of one."""
    console = Console()
    if table is None:
        grid = Grid("table", "名称", "name", "key", "columns")
        for item in TABLES.values():
            grid.add_row(item.name, item.zh, item.en, ", ".join(item.key), str(len(item.columns)))
        console.print(grid)
        return
    if table not in TABLES:
        raise YinkeError(f"There is no table '{table}'", place="yinke feeds schema",
                         remedy=f"Choose one of {', '.join(TABLES)}")  # fmt: skip
    found = TABLES[table]
    grid = Grid(
        "column", "名称", "name", "type", "required", "class", "codes", title=f"{found.name} {found.zh}"
    )
    for column in found.columns:
        grid.add_row(
            column.name, column.zh, column.en, column.type, "yes" if column.required else "", column.level,
            " ".join(column.codes),
        )  # fmt: skip
    console.print(grid)
    console.print(f"key: {', '.join(found.key)}")
    for column_name, target in found.parent:
        console.print(f"{column_name} must be known in {target}")


@feeds_app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of descriptions", exists=True)] = None,
) -> None:
    """Check every feed description of a folder; each mistake with file, line and remedy. Exit code 1 if any."""
    console = Console()
    where = folder or read_environment().feeds
    wrong = 0
    for path in sorted(where.glob("*.yaml")):
        if path.name == "thresholds.yaml":
            continue
        try:
            read_feed(path)
        except ConfigurationError as problem:
            wrong += 1
            console.print(str(problem), style="red", markup=False)
    if wrong:
        raise typer.Exit(1)
    console.print(f"{len(load_feeds(where).feeds)} feeds, all right.")


@feeds_app.command("list")
def list_(
    folder: Annotated[Path | None, typer.Argument(help="Folder of descriptions", exists=True)] = None,
) -> None:
    """List the feeds in the order in which they are loaded."""
    grid = Grid("feed", "名称", "name", "table", "mode", "schedule", "deadline", "file")
    for feed in load_feeds(folder or read_environment().feeds).feeds:
        grid.add_row(
            feed.feed,
            feed.name_zh,
            feed.name_en,
            feed.table.name,
            feed.mode,
            feed.schedule,
            feed.deadline,
            feed.file,
        )
    Console().print(grid)


def quarantine_command(
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The business date")],
    feed: Annotated[str | None, typer.Option(help="One feed only")] = None,
    limit: Annotated[int, typer.Option(help="How many rows to show")] = 50,
) -> None:
    """Show the rows of a date that could not be used, with place and reason; values are masked."""
    console = Console()
    lake = Lake(read_environment().lake)
    counts = quarantine.counts(lake, date.date())
    if not counts:
        console.print(f"No row of {date:%Y-%m-%d} is in quarantine.")
        return
    grid = Grid(
        "feed", "file", "row", "column", "reason", "value", title=f"{date:%Y-%m-%d}", title_justify="left"
    )
    for row in quarantine.read(lake, date.date(), feed, limit=limit):
        grid.add_row(row.feed, row.file, f"{row.row:,}", row.column, row.reason, row.value_masked)
    console.print(grid)
    for (code, reason), number in sorted(counts.items()):
        if feed in (None, code):
            console.print(f"{code} {reason}: {number:,}", highlight=False)
