"""The command line: ``yinke nightly``, ``generate``, ``feeds``, ``quarantine``, ``serve`` and the demo."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.db.utils import OperationalError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from yinke.access.cli import audit_app
from yinke.common.errors import YinkeError
from yinke.demo.cli import generate_command
from yinke.effect.cli import make_effect_app
from yinke.lake.cli import feeds_app, quarantine_command
from yinke.privacy.cli import make_keys_app, retention_command
from yinke.scoring.cli import make_score_app

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Yinke 银客"
)
app.add_typer(feeds_app, name="feeds")
app.command("generate")(generate_command)
app.command("quarantine")(quarantine_command)
console = Console(stderr=True)

EXIT = {"SUCCEEDED": 0, "HELD": 2, "FAILED": 1}
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def start_django() -> None:
    """Settings, database and models; every command that needs them calls it first."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinke.settings")
    django.setup()


app.add_typer(make_score_app(start_django), name="score")
app.add_typer(make_effect_app(start_django), name="effect")


def _nights_held_off() -> Callable[[], AbstractContextManager[bool]]:
    from yinke.nightly.recording import alone

    return alone


app.add_typer(audit_app, name="audit", callback=start_django)


@app.command("retention")
def retention(
    run: Annotated[bool, typer.Option("--run", help="Delete it; without this it is only listed")] = False,
) -> None:
    """List what is past its retention, table by table; with --run delete or empty it (the worker does so daily)."""
    start_django()
    retention_command(run)


app.add_typer(make_keys_app(start_django, _nights_held_off), name="keys")


@app.command()
def nightly(
    date_: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The business date")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First of many dates")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last of many dates")
    ] = None,
    daily_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Before it the bank delivers month ends only, and three months' Sundays",
        ),
    ] = None,
    inbox: Annotated[Path | None, typer.Option(help="Where the bank's files arrive", exists=True)] = None,
    feeds: Annotated[Path | None, typer.Option(help="Folder of feed descriptions", exists=True)] = None,
    thresholds: Annotated[Path | None, typer.Option(help="The bank's threshold file", exists=True)] = None,
    rebuild: Annotated[bool, typer.Option(help="Make a published date anew, and all later ones")] = False,
) -> None:
    """Run one business date (--date), or many in a row (--from, --to). Exit code: 0 done, 2 held, 1 failed."""
    start_django()
    from yinke.lake.dates import delivery_dates
    from yinke.nightly.history import run_history
    from yinke.nightly.lake_night import STEPS
    from yinke.nightly.pipeline import run_night
    from yinke.nightly.wiring import open_bench

    if (
        (date_ is None) == (first is None)
        or (first is None) != (last is None)
        or (first and last and first > last)
    ):
        raise YinkeError(
            "Say which dates", place="yinke nightly", remedy="Give --date, or --from and a later --to"
        )
    own = (feeds / "thresholds.yaml") if feeds and (feeds / "thresholds.yaml").exists() else None
    bench = open_bench(inbox, feeds, thresholds or own)
    bars = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), console=console,
    )  # fmt: skip
    with bars as progress:
        if date_ is not None:
            bar = progress.add_task(f"{date_:%Y-%m-%d}", total=len(STEPS))

            def on_step(name: str, seconds: float, detail: object) -> None:
                progress.update(bar, advance=1, description=f"{date_:%Y-%m-%d} {name} {seconds:.1f} s")

            def on_feed(feed: str, done: int, total: int) -> None:
                progress.update(bar, description=f"{date_:%Y-%m-%d} ingest {feed} {done}/{total}")

            outcome = run_night(bench, date_.date(), rebuild=rebuild, on_step=on_step, on_feed=on_feed)
        else:
            assert first is not None and last is not None  # noqa: S101
            days = delivery_dates(first.date(), last.date(), daily_from.date() if daily_from else None)
            bar = progress.add_task("", total=len(days))
            outcome = run_history(
                bench, days,
                on_day=lambda day: progress.update(bar, advance=1, description=f"{day}"),
            )  # fmt: skip
    table = Table(title=f"{outcome.biz_date} {outcome.status}", title_justify="left", show_header=False)
    table.add_row("rows", f"{outcome.rows:,}")
    table.add_row("quarantined", f"{outcome.quarantined:,}")
    table.add_row("events", " ".join(f"{k}:{v:,}" for k, v in sorted(outcome.events.items())) or "0")
    table.add_row("tasks", f"{outcome.tasks:,}")
    table.add_row("seconds", " ".join(f"{k} {v:.1f}" for k, v in outcome.seconds.items()))
    Console().print(table)
    if outcome.message:
        place = f"{outcome.place}: " if outcome.place else ""
        console.print(f"{place}{outcome.message}.", style="bold red")
        console.print(f"Remedy: {outcome.remedy}.")
    raise typer.Exit(EXIT[outcome.status])


@app.command()
def thresholds() -> None:
    """List every threshold in force today with its source and owner."""
    start_django()
    from django.conf import settings

    from yinke.common.thresholds import load_thresholds

    table = Table("code", "value", "unit", "from", "owner", "source")
    for row in sorted(load_thresholds(settings.YINKE.thresholds).rows):
        table.add_row(row.code, str(row.value), row.unit, str(row.valid_from), row.owner, row.source)
    Console().print(table)


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI description; the front end's types are made from it."""
    start_django()
    from yinke.api import api

    print(json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1))


@app.command("rules-schema")
def rules_schema() -> None:
    """Print the JSON Schema of the rule language (docs/rules.schema.json)."""
    from yinke.segments.rules.language import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=1))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables and ready segments."""
    start_django()
    from django.core.management import call_command

    from yinke.segments.services.install import install_ready_segments

    call_command("migrate", verbosity=0)
    install_ready_segments()


@app.command()
def password(emp_no: str) -> None:
    """Set a staff member's password (asked for, not shown)."""
    start_django()
    from yinke.access.services import set_password

    set_password(emp_no, typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@app.command()
def forget_second_factor(emp_no: str) -> None:
    """Take a staff member's second factors away, who has lost them: they set up new ones at the next sign-in."""
    start_django()
    from yinke.access.services.second_factor import forget

    console.print(f"{forget(emp_no)} second factors of {emp_no} taken away")


@app.command()
def worker(
    queue: Annotated[str, typer.Argument(help="nightly, outreach, mail, smpp or events")] = "nightly",
) -> None:
    """Run the scheduled nights and reruns (nightly), send messages (outreach), take what comes back to e-mail (mail) or from a message centre
    (smpp), or read live events out of Kafka (events); serve starts all of them by itself."""
    if queue not in ("nightly", "outreach", "mail", "smpp", "events"):
        raise YinkeError(
            f"There is no queue {queue}",
            place="worker",
            remedy="Name nightly, outreach, mail, smpp or events",
        )
    start_django()
    if queue == "events":
        from yinke.care.live.kafka import read_all

        read_all()
        return
    if queue == "mail":
        _take_mail()
        return
    if queue == "smpp":
        _listen_to_centres()
        return
    from django.core.management import call_command

    call_command("procrastinate", "worker", queues=[queue], concurrency=1)


def _take_mail() -> None:
    from yinke.outreach.channels.mail_in import receiver
    from yinke.outreach.channels.settings import configured

    returns = configured().email_returns
    if returns is None:
        raise YinkeError(
            "No e-mail comes back here",
            place="email_returns",
            remedy="Say where in the file that YINKE_CHANNELS names",
        )
    taking = receiver(returns)
    _until_told(taking.start, taking.stop)


def _listen_to_centres() -> None:
    import threading

    from yinke.outreach.channels.settings import centres
    from yinke.outreach.channels.smpp_in import listen_to_all

    known = centres()
    if not known:
        raise YinkeError(
            "There is no message centre",
            place="sms",
            remedy="Name one of kind smpp in the file that YINKE_CHANNELS names",
        )
    stop = threading.Event()  # the threads are no daemons: the process ends when they have
    _until_told(lambda: listen_to_all(known, stop), stop.set)


def _until_told(start: Callable[[], object], stop: Callable[[], None]) -> None:
    """Let threads work until the process is told to end; what they are writing down is finished."""
    import signal

    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # for all threads
    start()
    try:
        signal.sigwait(ends)
    finally:
        stop()


@app.command("wecom-contacts")
def wecom_contacts(
    list_: Annotated[Path, typer.Argument(metavar="LIST", help="CSV: cust_no, userid, external_userid")],
) -> None:
    """Take the bank's own list of who of the staff has which customer as a contact in WeCom."""
    start_django()
    from django.utils import timezone

    from yinke.outreach.services.wecom_contacts import bring_contacts

    brought = bring_contacts(list_, timezone.now())
    console.print(f"{brought.taken:,} contacts taken")
    if brought.unknown:
        lines = ", ".join(map(str, brought.unknown[:20]))
        console.print(
            f"{len(brought.unknown):,} lines without a customer, or not filled in: {lines}", style="yellow"
        )


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the pages and the API, and run the scheduled nights beside them."""
    start_django()
    from yinke.server import serve as run

    run(host, port, workers)


@app.command()
def demo(
    customers: int = 20_000,
    months: int = 14,
    host: str = "127.0.0.1",
    port: int = 8000,
    serve_: Annotated[bool, typer.Option("--serve/--no-serve")] = True,
) -> None:
    """Make the demo bank (once), run its nights, serve it and print the logins."""
    start_django()
    from yinke.demo.bank import prepare
    from yinke.server import serve as run

    prepare(console, customers=customers, months=months, today=date.today())
    if serve_:
        run(host, port, 1)


def main() -> None:
    """Run a command; a refusal is told in words, never as a traceback."""
    try:
        app()
    except YinkeError as error:
        console.print(str(error), style="bold red")
        sys.exit(1)
    except OperationalError as gone:
        said = (str(gone).splitlines() or ["no answer"])[0]
        console.print(f"PostgreSQL: {said}. Remedy: Start it, or mend DATABASE_URL.", style="bold red")
        sys.exit(1)


if __name__ == "__main__":
    main()
