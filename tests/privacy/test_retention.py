"""到期清理: what is past its time goes, what must stay stays, and a listing touches nothing."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from pyroaring import BitMap
from typer.testing import CliRunner

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake, schema_of
from yinke.access.models import AuditEntry, SignInFailure
from yinke.care.models import ContactRecord, Reason, Task
from yinke.cli import app
from yinke.common.crypto import encrypt
from yinke.customers.models import Customer, Frontier
from yinke.privacy.models import Consent, Expiry, RightsCase, Suppression
from yinke.privacy.services.policies import seed_policies
from yinke.privacy.services.record_consent import Said, newest_policy, write_consent
from yinke.privacy.services.retention import due, expire
from yinke.segments.members import Members

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    env = django_settings.YINKE
    monkeypatch.setattr(
        django_settings, "YINKE", env.__class__(**{**vars(env), "home": tmp_path, "lake": tmp_path / "lake"})
    )
    return tmp_path


@pytest.fixture
def bank(home: Path) -> Bank:
    return (
        a_bank()
        .with_branch("徐汇")
        .with_manager("李")
        .with_customer("张三丰")
        .with_staff("合规", "COMPLIANCE", at="总行")
    )


def rows(found: Any) -> dict[str, int]:
    return {item.table: item.rows for item in found if item.rows}


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def everything(bank: Bank) -> None:
    """Rows on both sides of every limit."""
    for days in (182, 185):
        SignInFailure.objects.create(emp_no="E1", address="10.0.0.1", at=ago(days))
    Session.objects.create(session_key="ended", session_data="", expire_date=ago(0) - timedelta(seconds=1))
    Session.objects.create(session_key="alive", session_data="", expire_date=ago(-1))
    for number, days in enumerate((1090, 1100, 1101)):
        when = timezone.localdate() - timedelta(days=days)
        task = Task.objects.create(
            customer=bank.customers["张三丰"], biz_date=when, org=bank.orgs["徐汇"], priority=1, score=1.0,
            due_on=when, expire_on=when, status="DONE",
        )  # fmt: skip
        Reason.objects.create(
            task=task,
            customer=task.customer,
            type="E01",
            biz_date=when,
            priority=1,
            expire_on=when,
            dedup_key=f"{number}",
        )
        if days == 1101:  # a record of five years still refers to it
            contact(bank, task, 1101)
    contact(bank, None, 1820)
    contact(bank, None, 1830)


def contact(bank: Bank, task: Task | None, days: int) -> None:
    ContactRecord.objects.create(
        customer=bank.customers["张三丰"], task=task, user=bank.staff["李"], channel="PHONE", result="CONSIDER", at=ago(days),
        biz_date=ago(days).date(), note=f"谈了{days}", request_key=f"r{days}",
    )  # fmt: skip


def test_what_is_past_its_time_goes_and_the_rest_stays(bank: Bank) -> None:
    everything(bank)
    expected = {
        "access.SignInFailure": 1,
        "sessions.Session": 1,
        "care.Task": 1,
        "care.Reason": 2,
        "care.ContactRecord": 1,
    }
    assert rows(due()) == {**expected}
    assert SignInFailure.objects.count() == 2  # a listing touches nothing
    gone = rows(expire())
    assert gone.pop("care.Reason", 0) + 1 >= 2  # its reason may have gone with the task
    assert gone == {k: v for k, v in expected.items() if k != "care.Reason"}
    assert [s.session_key for s in Session.objects.all()] == ["alive"]
    assert Task.objects.count() == 2
    assert Reason.objects.count() == 1
    assert sorted(ContactRecord.objects.values_list("note", flat=True)) == ["", "谈了1101", "谈了1820"]
    assert rows(due()) == {}
    assert expire() and rows(expire()) == {}


def test_each_deletion_is_accounted_for(bank: Bank) -> None:
    everything(bank)
    expire()
    logged = {e.object_id for e in AuditEntry.objects.filter(action="retention.run")}
    assert (
        logged == set(Expiry.objects.values_list("table", flat=True)) >= {"access.SignInFailure", "care.Task"}
    )


def test_the_audit_trail_and_the_consent_ledger_are_never_deleted(bank: Bank) -> None:
    seed_policies()
    AuditEntry.objects.create(action="customer.reveal", object_type="customer", object_id="1")
    write_consent(
        bank.customers["张三丰"].id,
        Said("PROFILING", "REFUSED", "APP", "k"),
        newest_policy("PROFILING"),
        None,
    )
    before = AuditEntry.objects.count()
    far = timezone.now() + timedelta(days=4000)
    assert not {"access.AuditEntry", "privacy.Consent"} & set(rows(due(far)))
    expire(far)
    assert Consent.objects.count() == 1
    assert AuditEntry.objects.count() >= before


def test_the_words_of_an_old_request_go_the_fact_of_it_stays(bank: Bank) -> None:
    for days in (1090, 1100):
        RightsCase.objects.create(
            customer=bank.customers["张三丰"], kind="EXPLAIN", channel="PHONE", received_on=ago(days).date(), due_on=ago(days).date(),
            opened_by=bank.staff["合规"], status="DONE", closed_at=ago(days), asked_sealed=encrypt("为什么降级"), answer_sealed=encrypt("因为"),
        )  # fmt: skip
    assert rows(expire()) == {"privacy.RightsCase": 1}
    assert sorted(c.asked_sealed is None for c in RightsCase.objects.all()) == [False, True]


def test_customers_who_left_more_than_ten_years_ago_are_deleted(bank: Bank, home: Path) -> None:
    bank.with_customer("王五").with_customer("赵六")
    today = timezone.localdate()
    closed = {"张三丰": 3640, "王五": 3700, "赵六": 3700}
    accounts = [
        {"acct_no": f"A{n}", "cust_no": f"C{n}", "category": "DEMAND", "ccy": "CNY", "open_date": date(2010, 1, 1),
         "cust_id": bank.customers[name].id, "status": "CLOSED", "close_date": today - timedelta(days=days)}
        for n, (name, days) in enumerate(closed.items())
    ]  # fmt: skip
    accounts.append(
        {**accounts[2], "acct_no": "A9", "status": "NORMAL", "close_date": None}
    )  # 赵六 has another one
    a_day(a_lake(home / "lake"), TODAY, account=accounts)
    Customer.objects.update(status="CLOSED")
    members = Members(home / "lake" / "members")
    members.put("segment:all", 1, TODAY, BitMap(c.id for c in bank.customers.values()))
    assert rows(due()) == {"customers.Customer": 1}
    expire()
    assert {c.id for c in Customer.objects.filter(status="ERASED")} == {bank.customers["王五"].id}
    expire()
    assert bank.customers["王五"].id not in members.members("segment:all")
    day = a_lake(home / "lake").day(TODAY)
    assert day
    left = {row["cust_id"] for row in pq.read_table(day.path("account")).to_pylist()}
    assert left == {bank.customers["张三丰"].id, bank.customers["赵六"].id}
    assert rows(due()) == {}


def test_a_deleted_customer_goes_out_of_every_date_even_of_files_that_dates_share(
    bank: Bank, home: Path
) -> None:
    lake = a_lake(home / "lake")
    cards = [{"card_no": f"62284804025648900{n:02}", "cust_no": f"C{n}", "kind": "DEBIT", "ccy": "CNY", "status": "NORMAL", "cust_id": n}
             for n in range(1, 6)]  # fmt: skip
    first = a_day(lake, TODAY - timedelta(days=1), card=cards, org=[])
    second = lake.build(TODAY)
    assert second.carry("card", first)
    later = lake.publish(second)
    a_day(lake, TODAY + timedelta(days=1), card=cards[:2])
    org = first.path("org").stat()
    Suppression.objects.create(customer_id=3, number_hash=b"h", since=timezone.now())
    assert rows(due()) == {"lake.customer": 1}
    expire()
    for day, expected in (
        (first, [1, 2, 4, 5]),
        (later, [1, 2, 4, 5]),
        (lake.day(TODAY + timedelta(days=1)), [1, 2]),
    ):
        assert day
        assert pq.read_table(day.path("card"))["cust_id"].to_pylist() == expected
    assert first.path("card").samefile(later.path("card"))  # still one file
    assert first.path("org").stat() == org  # nobody's file is not touched
    columns = [(field.name, field.type) for field in pq.read_schema(first.path("card"))]
    assert columns == [(field.name, field.type) for field in schema_of("card")]
    assert not list((home / "lake" / "versions").rglob(".*"))
    assert rows(due()) == {}


class TestLake:
    def test_replaced_versions_raw_files_and_quarantine_go_the_valid_ones_stay(
        self, bank: Bank, home: Path
    ) -> None:
        lake = a_lake(home / "lake")
        today = timezone.localdate()
        for day in (today - timedelta(days=400), today - timedelta(days=2)):
            for _ in range(3):
                a_day(lake, day, org=[])
            for kind in ("raw", "quarantine"):
                (lake.root / kind / f"{day}" / "feed").mkdir(parents=True)
        (lake.root / "raw" / "undated" / "feed").mkdir(parents=True)
        old = ago(40).timestamp()
        first = today - timedelta(days=400)
        for number in (1, 2, 3):
            os.utime(lake.root / "versions" / f"{first}-{number}", (old, old))
        Frontier.objects.update(lake_version=f"{first}-2")
        assert rows(due()) == {"lake.versions": 1, "lake.raw": 1, "lake.quarantine": 1}
        expire()
        left = sorted(path.name for path in (lake.root / "versions").iterdir())
        second = today - timedelta(days=2)
        assert left == [f"{first}-2", f"{first}-3", *(f"{second}-{n}" for n in (1, 2, 3))]
        assert lake.dates() == [first, second]
        assert sorted(p.name for p in (lake.root / "raw").iterdir()) == [f"{second}", "undated"]

    def test_dates_older_than_the_law_asks_go_but_never_the_newest(self, bank: Bank, home: Path) -> None:
        lake = a_lake(home / "lake")
        a_day(lake, TODAY - timedelta(days=10), org=[])
        a_day(lake, TODAY, org=[])
        far = timezone.make_aware(datetime(2040, 1, 1))
        assert rows(due(far))["lake.dates"] == 1
        expire(far)
        assert lake.dates() == [TODAY]


def test_the_command_lists_first_and_deletes_when_told(bank: Bank) -> None:
    everything(bank)
    out = CliRunner().invoke(app, ["retention"])
    assert out.exit_code == 0, out.output
    assert "would go" in out.output
    assert SignInFailure.objects.count() == 2
    assert "deleted" in CliRunner().invoke(app, ["retention", "--run"]).output
    assert SignInFailure.objects.count() == 1
