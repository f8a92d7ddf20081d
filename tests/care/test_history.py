"""变更历史: auditors read who changed what, from what to what, and nobody reads beyond their scope."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry, RoleRight, User
from yinke.access.viewer import Viewer
from yinke.care.models import DoNotDisturb, Task
from yinke.common.row_security import see_as
from yinke.customers.list_models import ExportRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    bank = (
        a_bank()
        .with_staff("合规", "COMPLIANCE")
        .with_staff("审计", "AUDITOR")
        .with_staff("安全", "SEC_ADMIN")
    )
    bank.with_branch("静安").with_manager("赵").with_customer("外人").with_staff("静安审计", "AUDITOR")
    bank.with_branch("徐汇").with_head("陈").with_manager("王").with_manager("李").with_customer("张三丰")
    bank.with_customer("李四")
    return bank


def read(bank: Bank, reader: str = "审计", /, **wanted: Any) -> Any:
    return bank.client(reader).get("/api/history", wanted).json()


def a_handover(bank: Bank) -> int:
    body = {"giver": bank.staff["李"].id, "receiver": bank.staff["王"].id, "reason": "CAPACITY"}
    made = bank.client("李").post("/api/handovers", body, content_type="application/json")
    return int(made.json()["id"])


def a_task(bank: Bank, name: str, assignee: str) -> Task:
    customer = bank.customers[name]
    return Task.objects.create(
        customer=customer, biz_date=bank.biz_date, org=customer.org, assignee=bank.staff[assignee], priority=1,
        score=1, due_on=bank.biz_date, expire_on=bank.biz_date,
    )  # fmt: skip


def by(viewer: Viewer) -> None:
    """In this transaction, what is changed is changed by this person."""
    see_as(viewer.user_id, viewer.looks_after, viewer.org_ids, reads_customers=True)


def test_each_step_of_a_handover_says_who_took_it_and_what_it_changed(bank: Bank) -> None:
    number = a_handover(bank)
    bank.client("王").post(f"/api/handovers/{number}/accept", content_type="application/json")
    for rows in (
        read(bank, kind="handover", object_id=number)["rows"],
        bank.client("李").get(f"/api/handovers/{number}/history").json(),
    ):
        accepted, *_, made = rows
        assert (accepted["by"], accepted["act"], made["by"], made["act"]) == ("王", "update", "李", "insert")
        (status,) = [each for each in accepted["changes"] if each["field"] == "status"]
        assert (status["label"], status["before"], status["after"]) == ("状态", ["SUBMITTED"], ["ACCEPTED"])
        (giver,) = [each for each in made["changes"] if each["field"] == "giver"]
        assert giver["after"] == [f"李 {bank.staff['李'].emp_no}"]


def test_a_change_of_a_task_says_what_the_night_had_left_and_what_a_person_made_of_it(bank: Bank) -> None:
    task = a_task(bank, "张三丰", "李")
    Task.objects.filter(id=task.id).update(status="IN_PROGRESS")  # as a night does: not kept
    body = {"user_id": bank.staff["王"].id}
    given = bank.client("陈").post(f"/api/tasks/{task.id}/assign", body, content_type="application/json")
    assert given.status_code == 200, given.content
    (change,) = bank.client("王").get(f"/api/tasks/{task.id}/history").json()
    assert change["by"] == "陈"
    assignee = next(each for each in change["changes"] if each["field"] == "assignee")
    assert [assignee["before"][0].split()[0], assignee["after"][0].split()[0]] == ["李", "王"]
    assert all(each["field"] != "customer" for each in change["changes"])


def test_a_handover_or_task_of_others_has_no_history(bank: Bank) -> None:
    number, task = a_handover(bank), a_task(bank, "张三丰", "李")
    assert bank.client("赵").get(f"/api/handovers/{number}/history").status_code == 404
    assert bank.client("赵").get(f"/api/tasks/{task.id}/history").status_code == 404


@pytest.mark.parametrize("who", ["李", "陈", "赵"])
def test_managers_and_heads_have_no_history_of_the_bank(bank: Bank, who: str) -> None:
    assert bank.client(who).get("/api/history").status_code == 403


def test_below_the_head_office_one_reads_what_ones_own_people_changed(bank: Bank) -> None:
    a_handover(bank)
    assert [row["kind"] for row in read(bank, by_system=False)["rows"]][-1] == "handover"
    assert read(bank, "静安审计")["rows"] == []
    with transaction.atomic():
        by(bank.viewer("赵"))
        ExportRequest.objects.create(
            requester=bank.staff["赵"], org=bank.orgs["静安"], purpose="x", recipient="y", fields=["name"], query={},
            rows=1,
        )  # fmt: skip
    assert [(row["kind"], row["by"]) for row in read(bank, "静安审计")["rows"]] == [("export", "赵")]


def test_security_administrators_read_of_people_and_roles_only(bank: Bank) -> None:
    a_handover(bank)
    page = read(bank, "安全", by_system=True)
    assert set(page["kinds"]) == {"person", "role_grant", "role_right", "substitution"}
    assert {row["kind"] for row in page["rows"]} <= set(page["kinds"])
    assert bank.client("安全").get("/api/history", {"kind": "handover"}).status_code == 403


def test_what_the_system_changed_is_shown_when_it_is_asked_for(bank: Bank) -> None:
    User.objects.filter(id=bank.staff["李"].id).update(is_disabled=True)
    assert read(bank, kind="person")["rows"] == []
    newest = read(bank, kind="person", by_system=True)["rows"][0]
    assert (newest["by"], newest["subject"]) == ("", "李")
    assert newest["changes"] == [
        {
            "field": "is_disabled",
            "label": "是否停用",
            "type": "yes_no",
            "before": ["false"],
            "after": ["true"],
        }
    ]


def test_a_deleted_row_says_what_it_was(bank: Bank) -> None:
    with transaction.atomic():
        by(bank.viewer("安全"))
        RoleRight.objects.create(role="RM", right="export.request", held=True)
        RoleRight.objects.all().delete()
    gone = read(bank, "安全", kind="role_right")["rows"][0]
    assert (gone["act"], gone["subject"]) == ("delete", "RM")
    assert {each["field"]: (each["before"], each["after"]) for each in gone["changes"]} == {
        "role": (["RM"], []), "right": (["export.request"], []), "held": (["true"], []),
    }  # fmt: skip


def test_pages_join_without_gap_or_repetition(bank: Bank) -> None:
    with transaction.atomic():
        by(bank.viewer("李"))
        for _ in range(40):  # one moment, two kinds
            task = a_task(bank, "张三丰", "李")
            Task.objects.filter(id=task.id).update(status="DONE")
            DoNotDisturb.objects.create(customer=bank.customers["李四"], source="RM", scope=f"S{task.id}")
            task.delete()
    seen: list[str] = []
    cursor = ""
    while True:
        page = read(bank, cursor=cursor)
        seen += [row["id"] for row in page["rows"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 80
    assert bank.client("审计").get("/api/history", {"cursor": "x"}).json()["code"] == "old_page"


def test_a_search_is_narrowed_and_accounted_for(bank: Bank) -> None:
    a_handover(bank)
    today = AuditEntry.objects.latest("id").at.astimezone().date()
    assert read(bank, who="李", kind="handover")["rows"]
    assert read(bank, who="王")["rows"] == []
    assert read(bank, "合规", since=f"{today}", until=f"{today}")["rows"]
    assert read(bank, "合规", until="2020-01-01")["rows"] == []
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.reason) == ("history.search", "until=2020-01-01")
