"""Tell what was measured on public sets: a table at the terminal, and the sections of docs/models.md."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import lightgbm
from rich.table import Table

from yinke.common.errors import YinkeError
from yinke.scoring.public.evaluate import METRICS, Evaluation, Tested

MODELS = {"lightgbm": "LightGBM", "logistic": "logistic regression"}
HEADS = ("AUC", "average precision", "log-loss", "calibration error", "top-decile lift")


def split_words(tested: Tested) -> str:
    """How it was tested."""
    return (
        f"5 folds × {len(tested.runs)}" if tested.split == "folds" else f"{len(tested.runs)} windows in time"
    )


def table_of(found: Evaluation) -> Table:
    """The figures for the terminal: means, with the deviation over repeats or windows."""
    title = f"{found.of.title}: {found.rows:,} rows, {found.positives:,} positives, {found.features} features"
    table = Table("test", "model", *HEADS, title=title, title_justify="left")
    for tested in found.tests:
        table.add_row(split_words(tested), MODELS[tested.model], *(str(tested.spread(m)) for m in METRICS))
    for figure in found.of.published:
        cells = [figure.figure if figure.metric == metric else "" for metric in METRICS]
        table.add_row("published", figure.source.split(";")[0], *cells)
    return table


def section_of(found: Evaluation) -> str:
    """The set's section of docs/models.md, between marks by which it is found again."""
    name = found.of.name
    lines = [
        _mark(name, "begin"), f"### {found.of.title}", "",
        f"{found.rows:,} rows, {found.positives:,} positives, {found.features} features.", "",
        f"| test | model | {' | '.join(HEADS)} |", f"|---|---|{'---|' * len(HEADS)}",
    ]  # fmt: skip
    for tested in found.tests:
        cells = " | ".join(str(tested.spread(metric)) for metric in METRICS)
        lines.append(f"| {split_words(tested)} | {MODELS[tested.model]} | {cells} |")
    for figure in found.of.published:
        cells = " | ".join(figure.figure if figure.metric == metric else "" for metric in METRICS)
        lines.append(f"| published | {figure.source} | {cells} |")
    lines += ["", *(f"- {text}" for text in (*found.notes, *found.of.traps)), ""]
    lines += [
        f"`yinke score evaluate --dataset {name} --path DIR --repeats {found.repeats}`, {found.seconds:.0f} s on "
        f"{machine()}.",
        _mark(name, "end"),
    ]  # fmt: skip
    return "\n".join(lines)


def machine() -> str:
    """What it ran on."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"LightGBM {lightgbm.__version__}"
    )


def write_section(docs: Path, found: Evaluation) -> None:
    """Put the set's section in place of the earlier one.

    Raises:
        YinkeError: the file has no place for it (``docs_place_missing``).
    """
    marks = re.escape(_mark(found.of.name, "begin")), re.escape(_mark(found.of.name, "end"))
    text = docs.read_text("utf-8") if docs.is_file() else ""
    new, times = re.subn(f"{marks[0]}.*?{marks[1]}", lambda _: section_of(found), text, flags=re.DOTALL)
    if not times:
        raise YinkeError(
            f"It has no section of {found.of.name}", place=str(docs), code="docs_place_missing",
            remedy="Name docs/models.md of the project with --docs",
        )  # fmt: skip
    docs.write_text(new, "utf-8")


def _mark(name: str, which: str) -> str:
    return f"<!-- {which} evaluate {name} -->"
