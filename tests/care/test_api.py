"""The pages' way through a manager's morning, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.bank import TODAY
from tests.care.nights import TaskBank, event
from yinke.care.models import ContactRecord, Task


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/{path}", body, content_type="application/json")


@pytest.fixture
def morning(bank: TaskBank) -> TaskBank:
    """The night made a task for each manager and one for the pool."""
    bank.night(
        event("E04", bank.zhao, priority=1),
        event("E08", bank.qian),
        event("E03", bank.customer("孙三", of=None)),
    )
    return bank


def test_open_record_and_take_back(morning: TaskBank) -> None:
    li = morning.client("李")
    page = li.get("/api/workbench").json()
    assert (page["biz_date"], page["counts"]["left"], page["next_cursor"]) == (str(TODAY), 1, None)
    task = page["tasks"][0]
    assert (task["customer"]["name"], task["customer"]["aum"]) == ("赵一", "600000.00")
    said = {"channel": "PHONE", "result": "DEAL", "request_key": "one-click-1", "note": "续存"}
    done = post(li, f"tasks/{task['id']}/result", **said)
    assert (done.status_code, done.json()["status"]) == (200, "DONE")
    again = post(li, f"tasks/{task['id']}/result", **said)
    assert again.json()["last_contact"] == done.json()["last_contact"]
    assert ContactRecord.objects.count() == 1
    contact = done.json()["last_contact"]
    assert (contact["by"], contact["result"], contact["note"]) == ("李", "DEAL", "续存")
    back = post(li, f"contacts/{contact['id']}/withdraw")
    assert (back.json()["status"], back.json()["last_contact"]) == ("NEW", None)


def test_a_contact_without_task_has_nothing_to_reopen(morning: TaskBank) -> None:
    Task.objects.all().delete()
    li = morning.client("李")
    said = post(
        li,
        f"customers/{morning.zhao.id}/contacts",
        channel="WECOM",
        result="CONSIDER",
        request_key="wecom-12",
    )
    assert said.json()["channel"] == "WECOM"
    back = post(li, f"contacts/{said.json()['id']}/withdraw")
    assert (back.status_code, back.json()) == (200, None)


def test_the_next_date_is_kept(morning: TaskBank) -> None:
    li = morning.client("李")
    task = li.get("/api/workbench").json()["tasks"][0]
    when = (timezone.localdate() + timedelta(days=3)).isoformat()
    said = post(
        li,
        f"tasks/{task['id']}/result",
        channel="PHONE",
        result="APPOINT",
        next_on=when,
        request_key="one-click-1",
    )
    assert (said.json()["status"], said.json()["next_on"], said.json()["is_later"]) == (
        "IN_PROGRESS",
        when,
        True,
    )


def test_a_refusal_says_where_and_what_to_do(morning: TaskBank) -> None:
    li = morning.client("李")
    task = li.get("/api/workbench").json()["tasks"][0]
    said = post(li, f"tasks/{task['id']}/result", channel="PHONE", result="CONSIDER", request_key="one-click-1",
                note="回电 13812345678")  # fmt: skip
    assert said.status_code == 400
    assert said.json()["place"] == "note"
    assert said.json()["remedy"]
    assert "13812345678" not in said.content.decode()


def test_the_head_of_the_branch_assigns_from_the_pool(morning: TaskBank) -> None:
    head = morning.client("张行长")
    pool = head.get("/api/workbench?pool=true").json()["tasks"]
    assert [t["customer"]["name"] for t in pool] == ["孙三"]
    said = post(head, f"tasks/{pool[0]['id']}/assign", user_id=morning.li.id)
    assert said.json()["assignee"]["name"] == "李"
    assert head.get("/api/branch").json()["pool_tasks"] == 0
    assert len(morning.client("李").get("/api/workbench").json()["tasks"]) == 2


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("李", "get", "workbench?pool=true", 403),
        ("李", "get", "branch", 403),
        ("李", "get", "customers/{qian}/tasks", 404),
        ("李", "post", "tasks/{of_qian}/result", 404),
        ("李", "post", "tasks/{of_zhao}/assign", 403),
        ("李", "post", "customers/{qian}/contacts", 404),
        ("运营", "get", "workbench", 403),
        ("运营", "post", "tasks/{of_zhao}/result", 403),
        ("审计", "post", "customers/{zhao}/contacts", 403),
        (None, "get", "workbench", 401),
        (None, "post", "tasks/{of_zhao}/result", 401),
    ],
)
def test_who_may_not(morning: TaskBank, who: str | None, method: str, path: str, status: int) -> None:
    morning.with_staff("运营", "HQ_OPS", at="总行").with_staff("审计", "AUDITOR", at="总行")
    numbers = {
        "zhao": morning.zhao.id, "qian": morning.qian.id,
        "of_zhao": Task.objects.get(customer=morning.zhao).id, "of_qian": Task.objects.get(customer=morning.qian).id,
    }  # fmt: skip
    client = morning.client(who) if who else Client()
    path = path.format(**numbers)
    body = {"channel": "PHONE", "result": "DEAL", "request_key": "one-click-1", "user_id": morning.li.id}
    said = client.get(f"/api/{path}") if method == "get" else post(client, path, **body)
    assert said.status_code == status
    assert set(said.json()) == {"code", "message", "place", "remedy"}
    assert not ContactRecord.objects.exists()
