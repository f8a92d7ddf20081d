"""关系、归并、移交、标签、名单: what a deletion takes and a copy tells of the tables around a customer."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.care.models import IdleWarning, Standing
from yinke.care.services.roll_up import roll_up
from yinke.common import crypto
from yinke.common.catalogue import catalogue
from yinke.common.crypto import blind_indexes
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.list_models import (
    BulkAction,
    CustomerList,
    CustomerTag,
    ExportRequest,
    ListEntry,
    SavedView,
    Tag,
)
from yinke.customers.models import (
    Assignment,
    Claim,
    Customer,
    Handover,
    HandoverItem,
    IdentityDecision,
    IdentityPair,
    OwnerDecision,
    PersonLead,
    PersonMember,
    PersonSplit,
    ProfileChange,
    Relationship,
)
from yinke.customers.search import NAME_KEYS
from yinke.customers.services.write_back import write_back
from yinke.lake.erase import erase as erase_from_lake
from yinke.lake.oneid.night import PAIRS
from yinke.privacy.services.copy import collect
from yinke.privacy.services.erase import erase, rows_about
from yinke.privacy.services.keys import rotate
from yinke.privacy.services.retention import due, expire

pytestmark = pytest.mark.django_db
MOBILE, CERT = "13898761234", "110105194912310021"
A_DAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    env = django_settings.YINKE
    monkeypatch.setattr(
        django_settings, "YINKE", env.__class__(**{**vars(env), "home": tmp_path, "lake": tmp_path / "lake"})
    )
    return tmp_path


@pytest.fixture
def bank(home: Path) -> Bank:
    """A customer about whom every table around customers tells something, mostly together with a second one."""
    bank = a_bank().with_staff("总", "HQ_OPS").with_branch("徐汇").with_head("陈").with_manager("李")
    bank.with_manager("王").with_customer("欧阳晓", mobile="13700001111", cert_no="310101199001011239")
    bank.with_customer("张三丰", of="李", mobile=MOBILE, cert_no=CERT, pinyin="zsf")
    li, wang, place = bank.staff["李"], bank.staff["王"], bank.orgs["徐汇"]
    zhang, other = bank.customers["张三丰"], bank.customers["欧阳晓"]
    for one, two, words in ((zhang, other, "同住的母亲"), (other, zhang, "欧阳晓的丈夫")):
        Relationship.objects.create(
            kind="REFERRER", customer=one, other=two, source="HAND", valid_from=A_DAY, evidence=words
        )
    Relationship.objects.create(
        kind="EMPLOYER", customer=zhang, party="徐汇机械厂", source="FEED", valid_from=A_DAY
    )
    IdentityPair.objects.create(a=other, b=zhang, rule="K2", verdict="REVIEW", score=0.875, found_on=A_DAY)
    split = PersonSplit.objects.create(
        customer=zhang, asked_by=li, note="不是欧阳晓", status="DONE", checked_by=wang
    )
    IdentityDecision.objects.create(
        a=other, b=zhang, verdict="DIFFERENT", by=li, note="与欧阳晓不同", split=split
    )
    for customer in (zhang, other):
        PersonMember.objects.create(customer=customer, one_id=other.id, rule="SAME", score=1.0, since=A_DAY)
    PersonLead.objects.create(one_id=zhang.id, managers=[li.id, wang.id], lead=li, by=li)
    OwnerDecision.objects.create(customer=zhang, core_no="E9999")
    handover = Handover.objects.create(
        giver=wang, receiver=li, giver_org=place, receiver_org=place, sides=["GIVING"], reason="LEAVE", made_by=wang,
        status="EFFECTIVE",
    )  # fmt: skip
    for customer in (zhang, other):
        HandoverItem.objects.create(
            handover=handover, customer=customer, status="MOVED", aum=Decimal("600000.00")
        )
    Claim.objects.create(
        customer=zhang,
        user=li,
        on_date=A_DAY,
        contact_by=A_DAY,
        protected_until=A_DAY,
        ended_at=timezone.now(),
    )
    ProfileChange.objects.create(customer=zhang, on_date=A_DAY, field="name", before="张*", after="张*丰")
    IdleWarning.objects.create(customer=zhang, user=li, warned_on=A_DAY, returns_on=A_DAY)
    done = BulkAction.objects.create(user=li, kind="TAG_ADD", count=2)
    tag = Tag.objects.create(org=place, name="爱茶", made_by=li)
    kept = CustomerList.objects.create(owner=li, name="茶会")
    options = [{"code": "o1", "zh": "龙井", "en": "Longjing", "active": True}]
    drinks = CustomField.objects.create(
        code="tea", kind="CHOICES", name_zh="喝的茶", options=options, owner=li
    )
    for customer in (zhang, other):
        CustomerTag.objects.create(customer=customer, by=li, added_in=done, tag=tag)
        CustomValue.objects.create(customer=customer, by=li, field=drinks, choices=["o1"])
        ListEntry.objects.create(customer=customer, by=li, added_in=done, of_list=kept)
    return bank


def tables_about(customer: Customer) -> set[str]:
    return {
        entry.table for entry in catalogue().values()
        if entry.person and not entry.table.startswith("lake.") and rows_about(entry, customer.id).exists()
    }  # fmt: skip


AROUND = {
    f"customers.{name}"
    for name in (
        "Relationship", "IdentityPair", "IdentityDecision", "PersonMember", "PersonSplit", "PersonLead", "OwnerDecision",
        "HandoverItem", "Claim", "ProfileChange", "CustomerTag", "CustomValue", "ListEntry", "Assignment",
    )
} | {"care.IdleWarning"}  # fmt: skip


class TestDeletion:
    def test_it_takes_every_row_around_the_customer_from_either_side_and_nobody_elses(
        self, bank: Bank
    ) -> None:
        zhang, other = bank.customers["张三丰"], bank.customers["欧阳晓"]
        assert tables_about(zhang) >= AROUND
        erase(zhang)
        assert not tables_about(zhang) & AROUND
        assert tables_about(other) >= {
            "customers.PersonMember", "customers.HandoverItem", "customers.CustomerTag", "customers.CustomValue", "customers.ListEntry"}  # fmt: skip

    def test_nothing_of_the_name_or_the_numbers_is_left_to_search_by(self, bank: Bank) -> None:
        zhang = bank.customers["张三丰"]
        keys = (*NAME_KEYS, "mobile_tail", "cert_tail")
        assert None not in [getattr(zhang, key) for key in keys]
        erase(zhang)
        zhang.refresh_from_db()
        assert {getattr(zhang, key) for key in keys} == {None}
        for q in (
            "张三丰",
            "张",
            "zhangsanfeng",
            "zsf",
            MOBILE,
            CERT,
            MOBILE[-4:],
            CERT[-4:],
            zhang.cust_no,
            "",
        ):
            rows = bank.client("总").get("/api/customers", {"q": q}).json()["rows"]
            assert zhang.id not in [row["id"] for row in rows], q

    def test_no_look_up_pool_queue_graph_or_total_reaches_a_deleted_customer(self, bank: Bank) -> None:
        zhang, other = bank.customers["张三丰"], bank.customers["欧阳晓"]
        IdentityDecision.objects.all().delete()  # so that the pair waits
        PersonMember.objects.all().delete()
        client = bank.client("总")

        def reached() -> list[bool]:
            found = []
            for index, column in ((MOBILE, 0), (CERT, 1)):
                with connection.cursor() as cursor:
                    both = [None, None]
                    both[column] = blind_indexes(index)[0]  # type: ignore[call-overload]
                    cursor.execute("SELECT id FROM customers_elsewhere(%s, %s)", both)
                    found.append(cursor.fetchone() == (zhang.id,))
            pool = bank.client("陈").get("/api/pool").json()
            queue = client.get("/api/oneid/pairs").json()
            graph = client.get(f"/api/customers/{other.id}/relationships").json()
            roll_up(TODAY)
            totals = sum(Standing.objects.values_list("customers", flat=True))
            return [
                *found, f'"id": {zhang.id},' in json.dumps(pool), queue["total"] > 0, len(graph["nodes"]) > 1, totals > 1
            ]  # fmt: skip

        Assignment.objects.filter(customer=zhang).update(end_date=A_DAY)
        assert reached() == [True] * 6
        erase(zhang)
        assert reached() == [False] * 6

    def test_a_later_night_brings_neither_relations_nor_pairs_nor_changes_back(
        self, bank: Bank, home: Path
    ) -> None:
        zhang, other = bank.customers["张三丰"], bank.customers["欧阳晓"]
        erase(zhang)
        lake = a_lake(home / "lake")
        row = {"open_org": bank.orgs["徐汇"].org_no, "open_date": A_DAY, "status": "NORMAL"}
        people = [
            {**row, "cust_id": c.id, "cust_no": f"C{c.id}", "name": name}
            for c, name in ((zhang, "张三丰"), (other, "欧阳晓"))
        ]
        tie = {"kind": "HOUSEHOLD", "cust_id": other.id, "other_id": zhang.id, "party": "", "confidence": 90}
        works = {"kind": "EMPLOYER", "cust_id": zhang.id, "party": "U1", "confidence": 90}
        first = a_day(lake, TODAY, customer=people, snapshot=[], staff=[], relation=[])
        moved = [{**people[0], "occupation": "教师"}, people[1]]
        second = a_day(
            lake, TODAY + timedelta(days=1), customer=moved, snapshot=[], staff=[], relation=[tie, works]
        )
        write_back(second, first, second.biz_date)
        assert not rows_about(catalogue()["customers.Relationship"], zhang.id).exists()
        assert not ProfileChange.objects.filter(customer=zhang).exists()

    def test_the_lake_loses_rows_in_which_the_customer_is_the_second_of_a_pair(self, home: Path) -> None:
        lake = a_lake(home / "lake")
        day = a_day(
            lake, TODAY,
            tie=[{"cust_id": 1, "other_id": 2, "txns": 1}, {"cust_id": 1, "other_id": 3, "txns": 1}],
            relation=[
                {"kind": "HOUSEHOLD", "cust_id": 1, "other_id": 2, "party": ""},
                {"kind": "EMPLOYER", "cust_id": 1, "party": "U1"},
            ],
        )  # fmt: skip
        pairs = [{"a": 1, "b": 2, "rule": "K2", "verdict": "REVIEW", "score": 0.9},
                 {"a": 1, "b": 3, "rule": "K2", "verdict": "REVIEW", "score": 0.9}]  # fmt: skip
        pq.write_table(pa.Table.from_pylist(pairs, PAIRS), day.path("oneid_pairs"))
        assert erase_from_lake(lake, [2]) == 3
        assert pq.read_table(day.path("tie"))["other_id"].to_pylist() == [3]
        assert pq.read_table(day.path("relation"))["kind"].to_pylist() == ["EMPLOYER"]
        assert pq.read_table(day.path("oneid_pairs"))["b"].to_pylist() == [3]


class TestCopy:
    def test_it_tells_of_each_table_and_of_nobody_at_the_far_end(self, bank: Bank, home: Path) -> None:
        zhang, other = bank.customers["张三丰"], bank.customers["欧阳晓"]
        a_day(
            a_lake(home / "lake"), TODAY, org=[],
            tie=[{"cust_id": other.id, "other_id": zhang.id, "txns": 7, "amount": "70.00"}],
        )  # fmt: skip
        parts = {part.entry.table: part for part in collect(zhang.id)}
        assert set(parts) >= AROUND | {"lake.tie"}
        assert len(parts["customers.Relationship"].rows) == 3
        assert [row["txns"] for row in parts["lake.tie"].rows] == [7]
        for table in (
            "customers.Relationship",
            "customers.IdentityPair",
            "customers.IdentityDecision",
            "lake.tie",
        ):
            for row in parts[table].rows:
                assert not {"customer", "other", "a", "b", "cust_id", "other_id"} & set(row), table
        words = " ".join(str(part.rows) for part in parts.values())
        assert "欧阳晓" not in words
        assert "同住的母亲" not in words
        assert "徐汇机械厂" in words
        [drinks] = parts["customers.CustomValue"].rows
        assert (drinks["field"], drinks["choices"]) == ("喝的茶", ["龙井 / Longjing"])
        assert [row["tag"] for row in parts["customers.CustomerTag"].rows] == [Tag.objects.get().name]


class TestRetention:
    def test_history_goes_after_its_time_and_what_stands_or_is_referred_to_stays(self, bank: Bank) -> None:
        old = timezone.now() - timedelta(days=1100)
        BulkAction.objects.update(at=old)
        CustomerTag.objects.filter(customer=bank.customers["张三丰"]).update(removed_at=old)
        counted = {row.table: row.rows for row in due()}
        assert (counted["customers.CustomerTag"], counted["customers.BulkAction"]) == (1, 0)
        expire()
        assert CustomerTag.objects.get().customer == bank.customers["欧阳晓"]
        ListEntry.objects.all().delete()
        CustomerTag.objects.all().delete()
        expire()
        assert not BulkAction.objects.exists()


def test_a_saved_view_keeps_no_name_or_number_that_was_searched_for(bank: Bank) -> None:
    body = {"name": "大额", "query": {"q": MOBILE, "aum_from": "500000"}, "columns": [], "shared": False}
    answer = bank.client("李").post("/api/customer-views", body, content_type="application/json")
    assert answer.status_code in (200, 201)
    assert SavedView.objects.get().query == {"aum_from": "500000"}


def test_what_an_export_was_searched_by_lies_sealed_under_the_newest_key_and_is_told_to_who_asked(
    bank: Bank,
) -> None:
    body = {
        "purpose": "茶会邀请名单", "recipient": "徐汇支行", "fields": ["name"], "plain": [],
        "query": {"q": "张三丰", "tier": [3]},
    }  # fmt: skip
    asked = bank.client("陈").post("/api/exports", body, content_type="application/json").json()
    assert (asked["rows"], asked["query"]) == (1, {"q": "张三丰", "tier": [3]})
    assert ExportRequest.objects.get().query == {"tier": [3]}
    crypto.forget_keys()
    assert rotate(settle=0, alone=lambda: nullcontext(True)) == 2
    kept = ExportRequest.objects.get()
    assert bytes(kept.q_sealed or b"")[:3] == crypto.keyring().active.header
    (mine,) = bank.client("陈").get("/api/exports").json()["mine"]
    assert mine["query"] == asked["query"]
    crypto.forget_keys()
