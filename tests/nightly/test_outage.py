"""PostgreSQL away, a process killed: the lake's day stays, nothing is half-written, the next run completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank, empty, people
from yinke.care.models import Reason
from yinke.customers.models import Frontier
from yinke.lake.engine import Engine
from yinke.nightly import people as module
from yinke.nightly.models import Run
from yinke.nightly.recording import LOCK

pytestmark = pytest.mark.django_db(transaction=True)
SECOND, THIRD = following(FIRST), following(FIRST, 2)


def address() -> dict[str, Any]:
    """How another connection reaches the test's database."""
    said = connection.settings_dict
    return {"host": said["HOST"], "port": said["PORT"] or None, "user": said["USER"], "password": said["PASSWORD"],
            "dbname": said["NAME"]}  # fmt: skip


def cut_off(*_: Any, **__: Any) -> Any:
    """End the night's own connection from outside, as a crash or a switch-over of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(**address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def two_days(bank: NightBank) -> None:
    """The first night has run; the second's files are there, with other balances."""
    bank.send(FIRST)
    assert bank.run(FIRST).status == "SUCCEEDED"
    bank.rows["balance"][0][1] = "7000000.00"
    bank.send(SECOND)


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> dict[str, Any]:
    """What PostgreSQL holds after two nights that nothing disturbed."""
    other = NightBank(tmp_path_factory.mktemp("undisturbed"), engine)
    two_days(other)
    assert other.run(SECOND).status == "SUCCEEDED"
    found = people()
    empty()
    return found


@pytest.mark.parametrize("step", ["write_back", "make_tasks", "roll_up"])
def test_postgresql_gone_in_mid_run(bank: NightBank, undisturbed: dict[str, Any], step: str) -> None:
    two_days(bank)
    before = people()
    real = getattr(module, step)

    def then_cut(*given: Any) -> Any:
        result = real(*given)
        cut_off()
        return result

    with patch.object(module, step, then_cut):
        out = bank.run(SECOND)
    assert (out.status, out.place) == ("FAILED", "PostgreSQL")
    assert "the lake's day is kept" in out.remedy
    assert people() == before
    assert bank.lake.day(SECOND) is not None
    assert bank.run(SECOND).status == "SUCCEEDED"
    assert people() == undisturbed
    assert Run.objects.filter(biz_date=SECOND, status="FAILED").count() == 1


def test_a_process_killed_between_lake_and_pages(bank: NightBank, undisturbed: dict[str, Any]) -> None:
    two_days(bank)
    before = people()
    to = address()
    url = f"postgresql://{quote(to['user'])}:{quote(to['password'] or '')}@/{to['dbname']}?host={quote(to['host'], safe='')}"
    killed = subprocess.run(
        [sys.executable, "-m", "tests.nightly.die", str(bank.folder), SECOND.isoformat()],
        env={**os.environ, "DATABASE_URL": url}, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert people() == before
    assert bank.lake.day(SECOND) is not None
    assert Run.objects.get(biz_date=SECOND).status == "RUNNING"
    assert bank.run(SECOND).status == "SUCCEEDED"
    assert people() == undisturbed
    assert Run.objects.filter(biz_date=SECOND).order_by("id").first().reason == "killed"  # type: ignore[union-attr]


def test_nights_that_the_pages_missed_are_caught_up_in_order(bank: NightBank) -> None:
    bank.send(FIRST)
    bank.run(FIRST)
    bank.rows["account"][2] = ["A3", "C2", "T", "USD", "20210630", "0", f"{following(FIRST, 8):%Y%m%d}", "I"]
    bank.rows["balance"][2][1] = "90000.00"
    bank.send(SECOND)
    with patch.object(module, "sync_orgs", cut_off):
        assert bank.run(SECOND).status == "FAILED"
    bank.send(THIRD)
    assert bank.run(THIRD).status == "SUCCEEDED"
    assert Reason.objects.get(type="E01", customer__cust_no="C2").biz_date == SECOND
    assert Frontier.objects.get().biz_date == THIRD


def test_one_night_at_a_time(bank: NightBank) -> None:
    bank.send(FIRST)
    with psycopg.connect(**address(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        out = bank.run(FIRST)
    assert (out.status, out.message) == ("HELD", "Another night is running")
    assert not Run.objects.exists()
    assert bank.run(FIRST).status == "SUCCEEDED"
