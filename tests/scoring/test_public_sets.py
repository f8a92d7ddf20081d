"""Public sets: read without their traps, measured by the code that trains the bank's models.

``YINKE_DATASETS`` names a folder with the real files; they are not part of the project.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.scoring.public_files import FILES, bank_churners, berka_loans, churn_modelling
from yinke.cli import app
from yinke.common.errors import YinkeError
from yinke.scoring.public.evaluate import Evaluation, evaluate, windows_of
from yinke.scoring.public.registry import SETS
from yinke.scoring.public.report import write_section

FOLDER = os.environ.get("YINKE_DATASETS", "")
HONEST = {"churn-modelling": 0.865, "bank-churners": 0.993, "bank-marketing": 0.795, "berka-loans": 0.70}
"""AUC that one repeat reaches at least; docs/models.md has the figures of many."""


def quick(name: str, path: Path) -> Evaluation:
    chosen = SETS[name]
    few = replace(chosen.recipe, rounds=30, rate=0.1, least_rows=8, bags=1, patience=10)
    return evaluate(replace(chosen, recipe=few), path, repeats=1)


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_measured_with_trees_and_yardstick(name: str, tmp_path: Path) -> None:
    FILES[name](tmp_path)
    found = quick(name, tmp_path)
    splits = ["folds", "time"] if SETS[name].in_time_order else ["folds"]
    assert [(t.split, t.model) for t in found.tests] == [
        (s, m) for s in splits for m in ("lightgbm", "logistic")
    ]
    metrics = found.tests[0].runs[0].as_dict()
    assert 0.6 < metrics["auc"] < 1 and metrics["average_precision"] > found.positives / found.rows
    assert 0 <= metrics["calibration_error"] < 0.2 and metrics["lift"] > 1 and 0 < metrics["log_loss"] < 0.7


def test_the_traps_are_not_read(tmp_path: Path) -> None:
    for name, trap in (
        ("churn-modelling", "Surname"),
        ("churn-modelling", "RowNumber"),
        ("bank-marketing", "duration"),
        ("bank-churners", "Naive_Bayes_Classifier_Attrition_Flag_1"),
        ("bank-churners", "CLIENTNUM"),
    ):
        path = FILES[name](tmp_path)
        assert trap in path.read_text("utf-8")
        names = SETS[name].read(path).frame.names
        assert not [n for n in names if trap.lower() in n.lower()]
    sample = SETS["bank-churners"].read(bank_churners(tmp_path))
    assert "are in the file and were left out" in sample.notes[0]


def test_berka_loans_know_nothing_of_what_came_after_them(tmp_path: Path) -> None:
    frame = SETS["berka-loans"].read(berka_loans(tmp_path)).frame
    column = {name: frame.values[:, n] for n, name in enumerate(frame.names)}
    assert set(column["booked_month"] * 92 / 30.4) == {1.0}  # one booking before the day, 92 days earlier
    assert set(column["balance_last"]) == {-500.0, 9000.0}
    assert set(column["had_card"]) == {0.0}  # issued half a year later
    assert sorted({round(age, 1) for age in column["age"]}) == [23.5, 49.3]


def test_the_same_seed_gives_the_same_figures_and_a_window_never_learns_from_later_rows(
    tmp_path: Path,
) -> None:
    churn_modelling(tmp_path)
    assert quick("churn-modelling", tmp_path).tests == quick("churn-modelling", tmp_path).tests
    assert all(train.max() < test.min() for train, test in windows_of(1000))
    assert np.concatenate([test for _, test in windows_of(1000)]).tolist() == list(range(500, 1000))


def test_no_row_is_scored_by_what_has_seen_it(tmp_path: Path) -> None:
    """Who leaves is drawn by lot: whatever is above chance was learned by heart."""
    path, lot = churn_modelling(tmp_path), np.random.default_rng(6)
    head, *rows = path.read_text("utf-8").splitlines()
    drawn = [f"{row.rpartition(',')[0]},{lot.integers(2)}" for row in rows]
    path.write_text("\n".join([head, *drawn, ""]), "utf-8")
    for tested in quick("churn-modelling", path).tests:
        assert tested.spread("auc").mean == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("spoil", "code", "told"),
    [
        (lambda path: path.unlink(), "dataset_missing", "no Churn_Modelling.csv"),
        (lambda path: path.write_text("a,b\n1,2\n"), "dataset_odd", "CreditScore"),
        (lambda path: path.write_bytes(b"\x00\xff\x01"), "dataset_odd", ""),
        (lambda path: path.write_text(path.read_text().replace("France", "France,x", 1)), "dataset_odd", ""),
        (lambda path: path.write_text(path.read_text().splitlines()[0] + "\n"), "dataset_odd", "no rows"),
        (
            lambda path: path.write_text(path.read_text().replace(",0\n", ",maybe\n")),
            "dataset_odd",
            "Exited has maybe",
        ),
        (
            lambda path: path.write_text(path.read_text().replace(",0\n", ",1\n")),
            "dataset_odd",
            "same in all",
        ),
    ],
)
def test_a_missing_or_odd_file_is_refused_in_words(tmp_path: Path, spoil, code: str, told: str) -> None:  # type: ignore[no-untyped-def]
    spoil(churn_modelling(tmp_path, 60))
    with pytest.raises(YinkeError) as refused:
        quick("churn-modelling", tmp_path)
    assert (refused.value.code, told in refused.value.message) == (code, True)


def test_the_section_in_the_document_is_written_anew_and_nothing_else(tmp_path: Path) -> None:
    churn_modelling(tmp_path)
    docs = tmp_path / "models.md"
    docs.write_text(
        "# A\n<!-- begin evaluate churn-modelling -->stale figures<!-- end evaluate churn-modelling -->\nZ\n"
    )
    found = quick("churn-modelling", tmp_path)
    for _ in range(2):
        write_section(docs, found)
    text = docs.read_text("utf-8")
    assert text.startswith("# A\n") and text.endswith("-->\nZ\n") and "stale" not in text
    assert text.count("| 5 folds × 1 | LightGBM |") == 1 and str(found.tests[0].spread("auc")) in text
    assert (
        "0.86–0.87" in text and "yinke score evaluate --dataset churn-modelling" in text and "cores" in text
    )
    with pytest.raises(YinkeError, match="no section"):
        write_section(tmp_path / "other.md", found)


def test_an_unknown_set_is_refused_at_the_command_line(tmp_path: Path) -> None:
    asked = CliRunner().invoke(app, ["score", "evaluate", "--dataset", "telco", "--path", str(tmp_path)])
    assert isinstance(asked.exception, YinkeError) and asked.exception.code == "dataset_unknown"


@pytest.mark.skipif(
    not FOLDER, reason="YINKE_DATASETS names no folder with the public sets, see docs/models.md"
)
@pytest.mark.parametrize("name", SETS)
def test_the_real_set_reaches_what_is_honestly_published(name: str) -> None:
    chosen = replace(SETS[name], in_time_order=False)
    found = evaluate(chosen, Path(FOLDER), repeats=1)
    assert found.tests[0].spread("auc").mean >= HONEST[name]
