"""``yinke score``: measure the training code on public sets, train, release and roll back the bank's own models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

if TYPE_CHECKING:
    from yinke.access.viewer import Viewer

By = Annotated[str, typer.Option(help="Your staff number; it is recorded and audited")]
Number = Annotated[int, typer.Argument(min=1, help="The model's number, as listed")]


def make_score_app(start: Callable[[], None]) -> typer.Typer:
    """The commands. Those about the bank's own models start Django; ``evaluate`` needs no database."""
    app = typer.Typer(
        no_args_is_help=True, help="Models: who is leaving, what customers are worth, what they need next"
    )
    app.command("evaluate")(evaluate_command)

    @app.command("train")
    def train(
        kind: Annotated[str, typer.Argument(help="churn, value, product or text")],
        by: By,
        note: Annotated[str, typer.Option(help="What is new about it")] = "",
    ) -> None:
        """Train a model from the lake, test it out of time, and register it as a candidate."""
        start()
        _train(kind, by, note)

    @app.command("examples")
    def examples(
        file: Annotated[Path, typer.Argument(help="CSV in UTF-8 with the columns text, topic and tone")],
        by: By,
    ) -> None:
        """Hand over the bank's own labelled complaints and answers: models of texts learn from them too."""
        start()
        from yinke.scoring.services.training import take_examples

        Console().print(f"{take_examples(_viewer(by), file):,} examples; train with: yinke score train text")

    @app.command("read")
    def read(text: str) -> None:
        """Tell what a text is about, by the model in use."""
        start()
        _read(text)

    @app.command("list")
    def list_() -> None:
        """List the models: where each stands, and how good it was on its test month."""
        start()
        _list()

    @app.command("approve")
    def approve(number: Number, by: By, kind: str = "churn") -> None:
        """Approve a candidate that somebody else has trained."""
        start()
        from yinke.scoring.services import registry

        Console().print(f"{kind} {number}: {registry.approve(_viewer(by), kind, number).status}")

    @app.command("release")
    def release(number: Number, by: By, kind: str = "churn") -> None:
        """Let the nights use an approved model that somebody else has trained."""
        start()
        from yinke.scoring.services import registry

        Console().print(f"{kind} {number}: {registry.release(_viewer(by), kind, number).status}")

    @app.command("compare")
    def compare(
        by: By,
        kind: str = "churn",
        number: Annotated[int | None, typer.Option(min=1, help="The model; else the challenger")] = None,
    ) -> None:
        """Measure a model beside the one in use, on the newest month whose outcome is known."""
        start()
        _compare(kind, number, by)

    @app.command("monitor")
    def monitor(by: By, kind: str = "churn") -> None:
        """Tell how the nights have scored, what has drifted, and how the model in use did on later months."""
        start()
        _monitor(kind, by)

    @app.command("set-aside")
    def set_aside(
        number: Number,
        by: By,
        reason: Annotated[str, typer.Option(help="For the record")],
        kind: str = "churn",
    ) -> None:
        """Take a candidate, or an approved model that is not in use, out of the running."""
        start()
        from yinke.scoring.services import registry

        Console().print(f"{kind} {number}: {registry.set_aside(_viewer(by), kind, number, reason).status}")

    @app.command("rollback")
    def rollback(
        by: By, reason: Annotated[str, typer.Option(help="For the record")], kind: str = "churn"
    ) -> None:
        """Take the released model out of use; the one that was used before it comes back."""
        start()
        from yinke.scoring.services import registry

        found = registry.roll_back(_viewer(by), kind, reason)
        Console().print(f"{kind}: {f'model {found.number}' if found else 'no model, the rules alone hold'}")

    return app


def _viewer(emp_no: str) -> Viewer:
    from yinke.access.models import User
    from yinke.access.queries import viewer_of
    from yinke.common.errors import NotFound

    user = User.objects.select_related("org").filter(emp_no=emp_no, is_active=True).first()
    if user is None:
        raise NotFound(
            f"Nobody active has the number {emp_no}", place="--by", remedy="Give your own staff number"
        )
    return viewer_of(user)


def _train(kind: str, by: str, note: str) -> None:
    from yinke.scoring.services.training import train

    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    )
    with bars as progress:
        bar = progress.add_task("months", total=None)
        model, card = train(
            _viewer(by), kind, note,
            lambda month, done, total: progress.update(
                bar, description=f"{month:%Y-%m}", completed=done, total=total + 1),
        )  # fmt: skip
    out = Console()
    if kind == "value":
        out.print(_value_figures(card, f"{kind} {model.number}: {model.status}"))
    elif kind == "text":
        _text_figures(out, card, f"{kind} {model.number}: {model.status}")
    elif kind == "product":
        out.print(_product_figures(card, f"{kind} {model.number}: {model.status}"))
    else:
        _churn_figures(out, card, f"{kind} {model.number}: {model.status}")


def _compare(kind: str, number: int | None, by: str) -> None:
    from yinke.scoring.services.training import compare

    row = compare(_viewer(by), kind, number)
    figures = row.figures
    table = Table(
        "", f"{kind} {row.champion}, in use", f"{kind} {row.challenger}",
        title=f"{row.customers:,} customers of {row.month}", title_justify="left",
    )  # fmt: skip
    for name, value in figures["champion"].items():
        table.add_row(name, f"{value:.4f}", f"{figures['challenger'][name]:.4f}")
    out, moved = Console(), figures["difference"]
    out.print(table)
    verdict = {
        "CHALLENGER": f"{kind} {row.challenger} is better", "CHAMPION": f"{kind} {row.champion} is better",
        "NEITHER": "neither is better beyond chance",
    }  # fmt: skip
    out.print(
        f"{figures['measure']}: {moved['by']:+.4f} ({moved['low']:+.4f} to {moved['high']:+.4f}, 95 %): {verdict[row.better]}",
        highlight=False,
    )


def _monitor(kind: str, by: str) -> None:
    from yinke.common.errors import NotAllowed
    from yinke.scoring.queries import monitoring_of

    viewer = _viewer(by)
    if not viewer.may("model.read"):
        raise NotAllowed("You may not look at models", place=kind, remedy="Ask a security administrator")
    found, out = monitoring_of(viewer, kind), Console()
    nights = Table(
        "night",
        "model",
        "scored",
        "drift of the score",
        "drifted most",
        "state",
        title=f"{kind}, newest nights",
    )
    for night in found.nights[-15:]:
        worst = f"{night.worst.label} {night.worst.psi:.3f}" if night.worst else ""
        far = max(night.score_psi or 0.0, night.worst.psi if night.worst else 0.0) > found.warn
        state = (
            f"no scores: {night.blocked} {', '.join(night.blocked_features)}"
            if night.blocked
            else "drifted"
            if far
            else "fine"
        )
        score = "" if night.score_psi is None else f"{night.score_psi:.3f}"
        nights.add_row(f"{night.biz_date}", f"{night.model}", f"{night.scored:,}", score, worst, state)
    out.print(nights)
    if found.months:
        measures = sorted({name for month in found.months for name in month.figures})
        months = Table(
            "month",
            "model",
            "customers",
            *measures,
            "state",
            title="the model in use on later months (when tested)",
        )
        for month in found.months:
            told = [
                f"{month.figures[name]:.3f}" + (f" ({month.tested[name]:.3f})" if name in month.tested else "")
                if name in month.figures else "" for name in measures
            ]  # fmt: skip
            months.add_row(
                f"{month.month}",
                f"{month.number}",
                f"{month.customers:,}",
                *told,
                "fell" if month.fell else "holds",
            )
        out.print(months)


def _value_figures(card: dict[str, Any], title: str) -> Table:
    """How far the spans held, and the errors beside those of "as now"."""
    figures = card["metrics"]
    found, year = figures["model"], figures["year"]
    table = Table(
        f"{figures['customers']:,} customers of {card['window']['tested_on']}",
        "",
        title=title,
        title_justify="left",
    )
    table.add_row(f"three months within the {found['share']:.0%} span", f"{found['coverage']:.1%}")
    table.add_row("mean error, CNY (as now)", f"{found['error']:.2f} ({found['naive_error']:.2f})")
    table.add_row("told of all over what came", f"{found['total']:.3f}")
    table.add_row("median span over the value", f"{found['width']:.2f}")
    for row in figures["by_tier"]:
        table.add_row(f"T{row['tier']}, {row['customers']:,} customers", f"{row['coverage']:.1%}")
    if year:
        table.add_row(f"twelve months after {year['month']}, not out of time", f"{year['coverage']:.1%}")
    return table


def _product_figures(card: dict[str, Any], title: str) -> Table:
    """Of each category how it was learned and what it ranks."""
    heads = ("category", "state", "learned", "tested", "AUC", "AP", "calibration error", "typical", "a year")
    table = Table(*heads, title=f"{title}, tested on {card['window']['tested_on']}", title_justify="left")
    from yinke.lake.tables import CATEGORIES

    for name in CATEGORIES:
        row = card["metrics"]["categories"][name]
        measured = [
            f"{row[m]:.3f}" if m in row else "" for m in ("auc", "average_precision", "calibration_error")
        ]
        table.add_row(
            name, row["state"], f"{row['learned_new']:,} of {row['learned_none']:,}", f"{row['new']:,} of {row['held_none']:,}",
            *measured, f"{row['balance']:,.0f}", f"{row['worth']:,.0f}",
        )  # fmt: skip
    return table


def _text_figures(out: Console, card: dict[str, Any], title: str) -> None:
    """How often topic and tone were right, of texts that were not learned from."""
    figures = card["metrics"]
    table = Table("topic", "texts", "precision", "recall", title=title, title_justify="left")
    for row in figures["topics"]:
        table.add_row(row["topic"], f"{row['texts']:,}", f"{row['precision']:.2f}", f"{row['recall']:.2f}")
    found = figures["model"]
    out.print(table)
    out.print(
        f"{card['rows']:,} texts, {card['own']:,} of them the bank's own. Right: topic {found['topic']:.1%}, tone {found['tone']:.1%}. "
        f"Complaint or not: AUC {found['auc']:.3f}; told as one: precision {found['precision']:.2f}, recall {found['recall']:.2f}",
        highlight=False,
    )


def _read(text: str) -> None:
    from django.conf import settings

    from yinke.common.errors import NotFound
    from yinke.lake.store import Lake
    from yinke.scoring.text.reading import reader

    used = reader(Lake(settings.YINKE.lake))
    if used is None:
        raise NotFound("No model of texts is released", place="text", remedy="Train, approve and release one")
    found = used.read(text)
    Console().print(
        f"{found.topic} ({found.topic_sure:.0%}), {found.tone} ({found.tone_sure:.0%}); a complaint: {found.complaint:.0%}"
        f"{' because of ' + ', '.join(found.because) if found.because else ''}", highlight=False,
    )  # fmt: skip


def _churn_figures(out: Console, card: dict[str, Any], title: str) -> None:
    figures, rule = card["metrics"], card["metrics"]["rule_e05"]
    table = Table(
        "",
        "model",
        "logistic regression",
        title=title,
        title_justify="left",
    )
    for name in ("auc", "average_precision", "log_loss", "calibration_error", "lift", "precision_top"):
        table.add_row(name, f"{figures['model'][name]:.4f}", f"{figures['logistic'][name]:.4f}")
    out.print(table)
    out.print(
        f"{figures['customers']:,} customers of {card['window']['tested_on']}, {figures['left']:,} left. "
        f"E05: {rule['alarms']:,} alarms, precision {rule['precision']:.3f}, recall {rule['recall']:.3f}; the model at as "
        f"many: {rule['model_precision']:.3f}, {rule['model_recall']:.3f}.", highlight=False,
    )  # fmt: skip
    weeks = figures["warning"]
    out.print(
        f"Weeks of warning (median): model {weeks['model']['median']}, E05 {weeks['rule_e05']['median']}.",
        highlight=False,
    )


def _list() -> None:
    from yinke.scoring.models import ScoringModel

    whole = [Column(head, no_wrap=True) for head in ("model", "status", "tested on")]
    table = Table(*whole, "AUC", "top", "weeks", "span", "trained", "released")
    people = ScoringModel.objects.select_related("trained_by", "released_by")
    for row in people.order_by("kind", "-number"):
        found = row.metrics["model"]
        table.add_row(
            f"{row.kind} {row.number}", row.status, row.window["tested_on"], _said(found, "auc"), _said(found, "precision_top"),
            f"{row.metrics.get('warning', {}).get('model', {}).get('median', '')}", _said(found, "coverage"),
            row.trained_by.emp_no,
            row.released_by.emp_no if row.released_by else "",
        )  # fmt: skip
    Console().print(table)


def _said(figures: dict[str, Any], name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else ""


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
