"""The night's three doors: the command with its exit codes, the schedule, the page."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank
from yinke import cli
from yinke.access.models import User
from yinke.nightly import schedule
from yinke.nightly.models import Release, Run

pytestmark = pytest.mark.django_db
SECOND, THIRD = following(FIRST), following(FIRST, 2)


@pytest.fixture
def installed(bank: NightBank, settings: Any) -> Any:
    """The small bank is what this installation works with; its first night has run."""
    settings.YINKE = replace(settings.YINKE, lake=bank.lake.root, inbox=bank.inbox)
    with (
        patch("yinke.nightly.wiring.open_bench", lambda *_: bank.bench),
        patch.object(schedule, "open_bench", lambda *_: bank.bench),
    ):
        bank.send(FIRST)
        assert bank.run(FIRST).status == "SUCCEEDED"
        yield bank


def spoil(bank: NightBank, day: date) -> None:
    bank.rows["balance"].append(["A9", "1.00", "CNY"])
    bank.send(day)
    bank.rows["balance"].pop()


class TestCommand:
    """``yinke nightly``: 0 done, 2 held, 1 failed; what happened and what to do, in words."""

    def call(self, *words: str) -> Any:
        return CliRunner().invoke(cli.app, ["nightly", *words])

    def test_done(self, installed: NightBank) -> None:
        installed.send(SECOND)
        result = self.call("--date", SECOND.isoformat())
        assert result.exit_code == 0
        assert "SUCCEEDED" in result.output
        assert "features" in result.output

    def test_held(self, installed: NightBank) -> None:
        spoil(installed, SECOND)
        result = self.call("--date", SECOND.isoformat())
        assert result.exit_code == 2
        assert "Remedy" in result.output

    def test_failed(self, installed: NightBank) -> None:
        installed.send(SECOND)
        with patch("yinke.nightly.lake_night.classify", side_effect=OSError(28, "No space left")):
            result = self.call("--date", SECOND.isoformat())
        assert result.exit_code == 1
        assert "No space left" in " ".join(result.output.split())
        assert "Traceback" not in result.output

    def test_many_dates(self, installed: NightBank) -> None:
        installed.send(SECOND)
        assert self.call("--from", FIRST.isoformat(), "--to", SECOND.isoformat()).exit_code == 0
        assert installed.lake.day(SECOND) is not None


SHANGHAI = ZoneInfo("Asia/Shanghai")


class TestSchedule:
    """Every five minutes: run when the control files are whole, raise the alarm when they are late."""

    def at(self, hour: int, day: date = THIRD) -> str:
        return schedule.look(datetime(day.year, day.month, day.day, hour, 30, tzinfo=SHANGHAI))

    def test_it_waits_for_the_control_files_and_then_runs(self, installed: NightBank) -> None:
        assert self.at(2) == "waiting"
        installed.send(SECOND)
        installed.control("balance", SECOND).unlink()
        assert self.at(3) == "waiting"
        installed.write(SECOND, "balance")
        assert self.at(4) == "SUCCEEDED"
        assert Run.objects.get(biz_date=SECOND).trigger == "SCHEDULE"
        assert self.at(5) == "idle"

    def test_before_the_night_begins_nothing_happens(self, installed: NightBank) -> None:
        installed.send(SECOND)
        assert self.at(0) == "idle"
        assert self.at(23, SECOND) == "idle"

    def test_late_files_raise_the_alarm_once(self, installed: NightBank, caplog: Any) -> None:
        installed.send(SECOND)
        for feed in ("balance", "fx"):
            installed.control(feed, SECOND).unlink()
        with caplog.at_level(logging.ERROR):
            assert [self.at(7), self.at(8)] == ["late", "late"]
        assert len([r for r in caplog.records if "late" in r.message]) == 1
        run = Run.objects.get(biz_date=SECOND)
        assert (run.status, run.reason) == ("HELD", "late")
        assert "balance" in run.message and "fx" in run.message
        installed.write(SECOND, "balance")
        self.at(9)
        run.refresh_from_db()
        assert "balance" not in run.message
        installed.write(SECOND, "fx")
        assert self.at(9) == "SUCCEEDED"

    def test_an_alarm_set_to_never_stays_silent(self, installed: NightBank, settings: Any) -> None:
        settings.YINKE = replace(settings.YINKE, night_alarm="")
        assert [self.at(7), self.at(23)] == ["waiting", "waiting"]
        assert not Run.objects.filter(biz_date=SECOND).exists()

    def test_a_held_date_is_not_tried_again_every_five_minutes(self, installed: NightBank) -> None:
        spoil(installed, SECOND)
        assert self.at(2) == "HELD"
        assert self.at(2) == "waiting"
        Run.objects.filter(status="HELD").update(finished_at=timezone.now() - timezone.timedelta(hours=2))  # type: ignore[attr-defined]
        assert self.at(4) == "HELD"


class TestPage:
    """日终: what ran, what waits, what was refused; and an operator's two buttons."""

    def signed_in(self, emp_no: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(emp_no=emp_no))
        return client

    def test_runs_with_their_steps(self, installed: NightBank) -> None:
        spoil(installed, SECOND)
        installed.run(SECOND)
        page = self.signed_in("E9").get("/api/nightly/runs").json()
        assert [(r["biz_date"], r["status"]) for r in page["rows"]] == [
            (str(SECOND), "HELD"),
            (str(FIRST), "SUCCEEDED"),
        ]
        assert [r["biz_date"] for r in page["held"]] == [str(SECOND)]
        assert page["next_date"] == str(SECOND)
        first = page["rows"][1]
        assert first["is_current"] and not page["rows"][0]["is_current"]
        assert [s["name"] for s in first["steps"]][-3:] == ["customers", "segments", "tasks"]
        one = self.signed_in("E9").get(f"/api/nightly/runs/{first['id']}").json()
        assert one["events"]["E01"] == 1

    def test_release_and_rerun_by_an_operator(self, installed: NightBank) -> None:
        spoil(installed, SECOND)
        installed.run(SECOND)
        run = Run.objects.get(status="HELD")
        client = self.signed_in("E9")
        said = client.post(
            f"/api/nightly/runs/{run.id}/release", {"note": "与核心确认过"}, content_type="application/json"
        )
        assert said.status_code == 200
        assert Release.objects.get().by.emp_no == "E9"
        again = client.post("/api/nightly/rerun", {"biz_date": str(SECOND)}, content_type="application/json")
        assert again.status_code == 202
        job = ProcrastinateJob.objects.get(task_name="nightly.rerun")  # asked twice, queued once
        assert schedule.rerun(**job.args) == "SUCCEEDED"
        run = Run.objects.get(biz_date=SECOND, status="SUCCEEDED")
        assert (run.trigger, run.by.emp_no if run.by else "") == ("PAGE", "E9")

    def test_not_by_a_manager(self, installed: NightBank) -> None:
        client = self.signed_in("E1")
        assert client.get("/api/nightly/runs").status_code == 403
        assert client.get(f"/api/nightly/quarantine?biz_date={SECOND}").status_code == 403
        said = client.post("/api/nightly/rerun", {"biz_date": str(FIRST)}, content_type="application/json")
        assert said.status_code == 403
        assert Client().get("/api/nightly/runs").status_code == 401

    def test_refused_rows_are_shown_masked(self, installed: NightBank) -> None:
        installed.rows["customer"].append([
            "C3", "赵小明", "310101198502281236", "2", "19850228", "没有这个网点", "20210630", "0", "20260131080000", "E1",
        ])  # fmt: skip
        installed.send(SECOND)
        installed.run(SECOND)
        said = self.signed_in("E9").get(f"/api/nightly/quarantine?biz_date={SECOND}")
        page = said.json()
        assert (page["total"], page["by_feed"]) == (1, {"customer": 1})
        assert page["rows"][0]["row"] == 3
        assert sum(page["by_reason"].values()) == 1
        assert "赵小明" not in said.content.decode()
        assert "310101198502281236" not in said.content.decode()
