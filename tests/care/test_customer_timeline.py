"""时间线: one stream of everything that happened, by kind, page by page, noticed as it happens."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.bank import TODAY, Bank, a_bank
from yinke.care.customer_timeline import KINDS, Place
from yinke.care.models import ContactRecord, Reason, Task
from yinke.customers.models import Assignment, Customer, ProfileChange, Relationship, TierChange
from yinke.outreach.journeys.models import Journey, Traveller
from yinke.outreach.points.models import Mission, PointsEntry
from yinke.outreach.salons.models import Salon

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 30, 4, tzinfo=UTC)


def a_small_bank() -> Bank:
    return (
        a_bank().with_branch("徐汇").with_manager("李").with_head("陈").with_staff("运营", "HQ_OPS", at="总行")
        .with_staff("合规", "COMPLIANCE", at="总行").with_customer("张三丰").with_customer("赵敏")
        .with_branch("静安").with_manager("王")
    )  # fmt: skip


@pytest.fixture
def bank() -> Bank:
    return a_small_bank()


def call(customer: Customer, bank: Bank, n: int, at: datetime, **fields: Any) -> ContactRecord:
    return ContactRecord.objects.create(
        customer=customer, user=bank.staff["李"], at=at, biz_date=TODAY, request_key=f"k{n}",
        **{"channel": "PHONE", "result": "DEAL", **fields},
    )  # fmt: skip


def a_task(customer: Customer, bank: Bank, day: date, **fields: Any) -> Task:
    return Task.objects.create(
        customer=customer, biz_date=day, assignee=bank.staff["李"], org=customer.org, priority=1, score=1, due_on=day,
        expire_on=day, **{"status": "EXPIRED", **fields},
    )  # fmt: skip


def a_reason(task: Task, type: str, key: str, **payload: Any) -> Reason:
    return Reason.objects.create(
        task=task, customer=task.customer, type=type, biz_date=task.biz_date, priority=1, expire_on=task.expire_on,
        dedup_key=key, payload=payload, amount=500_000,
    )  # fmt: skip


def everything(bank: Bank, customer: Customer) -> None:
    """One entry of each kind."""
    call(customer, bank, 1, NOON)
    call(customer, bank, 2, NOON - timedelta(hours=1), channel="WECOM", note="发了产品说明")
    call(customer, bank, 3, NOON - timedelta(hours=2), channel="BRANCH")
    task = a_task(customer, bank, TODAY)
    a_reason(task, "E01", "a", case="AHEAD", days=7, due="2026-11-06", tail="1234")
    a_reason(task, "E11", "b", birthday="2026-11-02", calendar="SOLAR", age=46)
    TierChange.objects.create(customer=customer, on_date=date(2026, 5, 1), tier_from=2, tier_to=3)
    for field, before, after in (("mobile", "138****1111", "139****2222"), ("stage", "STABLE", "GROWING")):
        ProfileChange.objects.create(
            customer=customer, on_date=date(2026, 6, 1), field=field, before=before, after=after
        )
    Relationship.objects.create(
        kind="HOUSEHOLD", customer=customer, other=bank.customers["赵敏"], source="HAND",
        valid_from=date(2026, 7, 1), made_by=bank.staff["李"],
    )  # fmt: skip
    journey = Journey.objects.create(name="到期承接", made_by=bank.staff["运营"])
    version = journey.versions.create(
        number=1, definition={}, state="APPROVED", made_by=bank.staff["运营"], made_at=NOON
    )
    Traveller.objects.create(
        journey=journey, version=version, customer=customer, entry=1, step="w", since=NOON, entered_at=NOON
    )
    salon = Salon.objects.create(
        name="茶会",
        host=customer.org,
        plan={},
        starts_at=NOON,
        seats=9,
        made_by=bank.staff["陈"],
        made_at=NOON,
    )
    salon.guests.create(customer=customer, invited_by=bank.staff["李"], invited_at=NOON)
    mission = Mission.objects.create(name="到店", plan={}, made_by=bank.staff["运营"], made_at=NOON)
    PointsEntry.objects.create(
        kind="AWARD",
        natural_key="timeline",
        customer=customer,
        points=100,
        mission=mission,
        biz_date=TODAY,
        at=NOON,
    )


def address(customer: Customer, part: str = "timeline") -> str:
    return f"/api/customers/{customer.id}/{part}"


def whole(client: Client, customer: Customer, **query: Any) -> list[dict[str, Any]]:
    """All pages, one after the other."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(address(customer), {**query, "cursor": cursor}).json()
        rows += page["rows"]
        cursor = page["next"]
    return rows


def test_everything_that_happened_stands_in_one_stream_newest_first(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    everything(bank, customer)
    rows = whole(bank.client("李"), customer)
    assert {row["kind"] for row in rows} == set(KINDS)
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    said = {row["kind"]: row for row in rows}
    assert (said["CONTACT"]["code"], said["CONTACT"]["before"], said["CONTACT"]["by"]) == (
        "DEAL",
        "PHONE",
        "李",
    )
    assert said["MESSAGE"]["detail"] == "发了产品说明"
    assert (said["JOURNEY"]["code"], said["JOURNEY"]["detail"]) == ("ENTERED", "到期承接")
    assert said["MONEY"]["detail"].startswith("定存 50 万")
    assert (said["PROFILE"]["code"], said["PROFILE"]["after"]) == ("mobile", "139****2222")
    assert (said["TIER"]["code"], said["TIER"]["before"], said["TIER"]["after"]) == ("UP", "2", "3")
    assert (said["OWNER"]["code"], said["OWNER"]["by"]) == ("MAIN_BEGAN", "李")
    assert said["RELATION"]["code"] == "HOUSEHOLD_BEGAN"
    assert said["OPENED"]["detail"] == "徐汇"


def test_it_is_narrowed_to_several_kinds(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    everything(bank, customer)
    client = bank.client("李")
    assert {row["kind"] for row in whole(client, customer, kind=["MESSAGE", "MONEY"])} == {"MESSAGE", "MONEY"}
    assert client.get(address(customer), {"kind": "GOSSIP"}).status_code == 422


def test_another_customers_life_is_not_in_it(bank: Bank) -> None:
    everything(bank, bank.customers["张三丰"])
    kinds = {row["kind"] for row in whole(bank.client("李"), bank.customers["赵敏"])}
    assert kinds == {"OWNER", "OPENED", "RELATION"}


@pytest.mark.parametrize("part", ["timeline", "mark"])
def test_it_is_closed_to_whom_the_customer_is_closed_to(bank: Bank, part: str) -> None:
    assert bank.client("王").get(address(bank.customers["张三丰"], part)).status_code == 404
    assert bank.client("陈").get(address(bank.customers["张三丰"], part)).status_code == 200


@pytest.mark.parametrize("who", ["运营", "合规"])
def test_masked_roles_are_told_what_happened_without_its_amounts(bank: Bank, who: str) -> None:
    customer = bank.customers["张三丰"]
    everything(bank, customer)
    money = next(row for row in whole(bank.client(who), customer) if row["kind"] == "MONEY")
    assert (money["title"], money["detail"]) == ("定存到期", "")


def test_no_entry_in_english_holds_a_chinese_word_of_ours(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    everything(bank, customer)
    bank.staff["李"].language = "en"
    bank.staff["李"].save()
    rows = whole(bank.client("李"), customer, kind=["MONEY", "EVENT"])
    assert rows
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(row["title"] + row["detail"] for row in rows))


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "MjAyNi0xMC0zMHxjb250YWN0fDE", "a" * 300])
def test_a_cursor_that_is_not_ours_is_refused_in_words(bank: Bank, cursor: str) -> None:
    answer = bank.client("李").get(address(bank.customers["张三丰"]), {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "old_page")


def test_a_contact_taken_back_is_gone(bank: Bank) -> None:
    customer = bank.customers["张三丰"]
    record = call(customer, bank, 1, NOON)
    ContactRecord.objects.filter(id=record.id).update(withdrawn_at=NOON)
    assert not [row for row in whole(bank.client("李"), customer) if row["kind"] == "CONTACT"]


def test_the_mark_moves_with_whatever_happens_and_only_then(bank: Bank) -> None:
    customer, client = bank.customers["张三丰"], bank.client("陈")

    def mark() -> str:
        return str(client.get(address(customer, "mark")).json()["mark"])

    seen = [mark()]
    assert mark() == seen[0] == client.get(address(customer)).json()["mark"]
    call(bank.customers["赵敏"], bank, 9, NOON)
    assert mark() == seen[0]
    record = call(customer, bank, 1, NOON)
    seen.append(mark())
    ContactRecord.objects.filter(id=record.id).update(withdrawn_at=NOON)
    seen.append(mark())
    task = a_task(customer, bank, date(2026, 1, 5), status="NEW")
    seen.append(mark())
    a_reason(task, "E01", "old", due="2026-01-07")  # a correction adds something long past
    seen.append(mark())
    Task.objects.filter(id=task.id).update(status="DONE", done_at=NOON)
    seen.append(mark())
    Assignment.objects.filter(customer=customer).update(end_date=TODAY)
    seen.append(mark())
    assert len(set(seen)) == len(seen)


MOMENTS = st.integers(0, 40).map(lambda n: NOON - timedelta(hours=12 * n))


class Pages(TestCase):
    """Pages read while more happens."""

    def setUp(self) -> None:
        self.bank = a_small_bank()
        self.customer = self.bank.customers["张三丰"]
        self.client = self.bank.client("李")  # type: ignore[assignment]
        self.number = 0

    def happen(self, moments: list[datetime]) -> None:
        for at in moments:
            self.number += 1
            call(self.customer, self.bank, self.number, at)
            if self.number % 3 == 0:
                ProfileChange.objects.get_or_create(
                    customer=self.customer,
                    on_date=at.date(),
                    field="address",
                    defaults={"after": "北京市****"},
                )

    @settings(max_examples=25)
    @given(before=st.lists(MOMENTS, max_size=90), between=st.lists(MOMENTS, max_size=10))
    def test_pages_put_together_are_the_whole_and_nothing_twice(
        self, before: list[datetime], between: list[datetime]
    ) -> None:
        self.happen(before)
        once = [row["id"] for row in whole(self.client, self.customer)]
        assert (
            len(once) == len(set(once)) == ContactRecord.objects.count() + ProfileChange.objects.count() + 2
        )
        first = self.client.get(address(self.customer)).json()
        self.happen(between)
        rows, cursor = first["rows"], first["next"]
        while cursor:
            page = self.client.get(address(self.customer), {"cursor": cursor}).json()
            rows, cursor = rows + page["rows"], page["next"]
        read = [row["id"] for row in rows]
        assert len(read) == len(set(read))
        assert [name for name in read if name in set(once)] == once


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["contact", "reason", "opened"]),
    st.integers(0, 2**63 - 1),
)
def test_a_cursor_comes_back_as_the_place_it_was_made_of(at: datetime, source: str, number: int) -> None:
    place = Place(at, source, number)
    assert Place.read(str(place)) == place
