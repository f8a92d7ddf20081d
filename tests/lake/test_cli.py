"""``yinke feeds`` and ``yinke quarantine`` at the terminal."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from tests.lake.small_bank import FIRST, SmallBank
from yinke.common.errors import YinkeError
from yinke.lake.cli import feeds_app, quarantine_command
from yinke.lake.tables import TABLES

app = typer.Typer()
app.add_typer(feeds_app, name="feeds")
app.command("quarantine")(quarantine_command)


def run(*arguments: str) -> tuple[int, str]:
    """(exit code, output) of a command."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "300", "TERM": "dumb"})
    if isinstance(result.exception, YinkeError):
        raise result.exception
    return result.exit_code, result.output


def test_every_canonical_table_has_a_published_schema() -> None:
    code, text = run("feeds", "schema")
    assert code == 0
    assert all(name in text for name in TABLES)
    for table in TABLES.values():
        shown = run("feeds", "schema", table.name)[1]
        assert all(column.name in shown for column in table.columns)
    with pytest.raises(YinkeError, match="no table"):
        run("feeds", "schema", "clients")


def test_right_descriptions_are_counted_and_listed(bank: SmallBank) -> None:
    bank.described()
    folder = str(bank.folder / "feeds")
    assert run("feeds", "check", folder) == (0, f"{len(bank.feeds)} feeds, all right.\n")
    assert "CHANNEL_LOG_" in run("feeds", "list", folder)[1]


def test_each_wrong_description_is_told_with_its_place(bank: SmallBank) -> None:
    bank.described()
    for feed in ("org", "fx"):
        path = bank.folder / "feeds" / f"{feed}.yaml"
        path.write_text(path.read_text("utf-8").replace("mode: FULL", "mode: NEVER"), "utf-8")
    code, text = run("feeds", "check", str(bank.folder / "feeds"))
    assert code == 1
    flat = text.replace("\n", "")
    assert "org.yaml:" in flat
    assert "fx.yaml:" in flat
    assert "Remedy" in flat


def test_quarantined_rows_are_shown_with_place_and_reason(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YINKE_LAKE", str(bank.lake.root))
    bank.rows["transaction"] += [
        ["20260130", f"T{n}", "A1", "C", "1.00", "CNY", "CASH", ""] for n in range(2, 9)
    ]
    bank.rows["transaction"][3][4] = "-1.00"
    bank.write()
    bank.load()
    code, text = run("quarantine", "--date", str(FIRST))
    assert code == 0
    assert "negative_amount" in text
    assert bank.data("transaction").name in text
    assert "AMT" in text
    assert "No row" in run("quarantine", "--date", "2026-02-01")[1]
