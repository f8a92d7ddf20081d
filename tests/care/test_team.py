"""代管, 团队, 机构, 停用: who stands in for whom, who is where, and whose account is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.access.models import AuditEntry, Substitution, User
from yinke.care.models import ContactRecord, Task
from yinke.care.services.roll_up import roll_up
from yinke.customers.models import Assignment
from yinke.customers.queries import visible

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_staff("系统", "SYS_ADMIN").with_staff("运营", "HQ_OPS")
    bank.with_branch("静安").with_head("赵").with_manager("钱").with_customer("欧阳晓晓")
    bank.with_branch("徐汇").with_head("陈").with_manager("王").with_customer("陆小凤").with_manager("李")
    return bank.with_customer("张三丰")


def cover(bank: Bank, by: str, absent: str, substitute: str, first: int = 0, last: int = 5) -> Any:
    today = timezone.localdate()
    body = {
        "absent": bank.staff[absent].id, "substitute": bank.staff[substitute].id,
        "since": f"{today + timedelta(days=first)}", "until": f"{today + timedelta(days=last)}",
    }  # fmt: skip
    return bank.client(by).post("/api/substitutions", body, content_type=JSON)


def a_task(bank: Bank, customer: str, of: str, due: date) -> Task:
    row = bank.customers[customer]
    return Task.objects.create(
        customer=row, biz_date=TODAY, assignee=bank.staff[of], org=row.org, priority=2, score=1.0, due_on=due,
        expire_on=due + timedelta(days=9),
    )  # fmt: skip


class TestSubstitution:
    def test_the_substitute_sees_and_works_the_customers_and_tasks(self, bank: Bank) -> None:
        task = a_task(bank, "张三丰", "李", timezone.localdate())
        customer = bank.customers["张三丰"].id
        client = bank.client("王")
        assert client.get(f"/api/customers/{customer}").status_code == 404
        assert cover(bank, "李", "李", "王").status_code == 204
        assert client.get(f"/api/customers/{customer}").status_code == 200
        assert {row["name"] for row in client.get("/api/customers").json()["rows"]} == {"张三丰", "陆小凤"}
        listed = client.get("/api/workbench").json()["tasks"]
        assert [(t["customer"]["name"], t["assignee"]["name"]) for t in listed] == [("张三丰", "李")]
        result = {
            "channel": "PHONE",
            "result": "CONSIDER",
            "request_key": "abcdefgh",
            "note": "",
            "next_on": None,
            "close": True,
        }
        assert client.post(f"/api/tasks/{task.id}/result", result, content_type=JSON).status_code == 200
        assert ContactRecord.objects.get().user == bank.staff["王"]

    def test_the_absent_keeps_the_customers_and_nobody_else_sees_more(self, bank: Bank) -> None:
        cover(bank, "李", "李", "王")
        assert Assignment.objects.filter(end_date=None, user=bank.staff["李"]).count() == 1
        assert bank.client("李").get(f"/api/customers/{bank.customers['张三丰'].id}").status_code == 200
        assert bank.client("李").get(f"/api/customers/{bank.customers['陆小凤'].id}").status_code == 404
        assert bank.client("钱").get("/api/customers").json()["total"] == 1

    def test_it_begins_and_ends_by_itself(self, bank: Bank) -> None:
        customer = bank.customers["张三丰"].id
        cover(bank, "李", "李", "王", first=1)
        assert bank.client("王").get(f"/api/customers/{customer}").status_code == 404
        today = timezone.localdate()
        Substitution.objects.update(since=today - timedelta(days=3), until=today)
        assert bank.client("王").get(f"/api/customers/{customer}").status_code == 200
        Substitution.objects.update(until=today - timedelta(days=1))
        assert bank.client("王").get(f"/api/customers/{customer}").status_code == 404

    def test_it_is_called_off_at_once(self, bank: Bank) -> None:
        cover(bank, "李", "李", "王")
        number = Substitution.objects.get().id
        assert bank.client("钱").post(f"/api/substitutions/{number}/end").status_code == 404
        assert bank.client("李").post(f"/api/substitutions/{number}/end").status_code == 204
        assert bank.client("王").get("/api/customers").json()["total"] == 1
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {"cover.make", "cover.end"}

    def test_it_does_not_pass_on(self, bank: Bank) -> None:
        bank.with_manager("孙").with_customer("花满楼")
        cover(bank, "陈", "李", "王")
        today = timezone.localdate()
        Substitution.objects.create(
            absent=bank.staff["王"],
            substitute=bank.staff["孙"],
            since=today,
            until=today,
            made_by=bank.staff["陈"],
        )
        seen = {row["name"] for row in bank.client("孙").get("/api/customers").json()["rows"]}
        assert seen == {"花满楼", "陆小凤"}

    @pytest.mark.parametrize(
        ("by", "absent", "substitute", "first", "last", "status"),
        [
            ("陈", "李", "王", 0, 3, 204), ("王", "李", "王", 0, 3, 404), ("赵", "李", "王", 0, 3, 404),
            ("李", "李", "钱", 0, 3, 404), ("李", "李", "李", 0, 3, 400), ("李", "李", "王", -1, 3, 400),
            ("李", "李", "王", 3, 2, 400), ("李", "李", "王", 0, 60, 400), ("李", "李", "王", 0, 59, 204),
        ],
    )  # fmt: skip
    def test_who_may_name_whom_and_for_how_long(
        self, bank: Bank, by: str, absent: str, substitute: str, first: int, last: int, status: int
    ) -> None:
        assert cover(bank, by, absent, substitute, first, last).status_code == status

    def test_one_is_not_away_twice_nor_stands_in_while_away(self, bank: Bank) -> None:
        bank.with_manager("孙")
        assert cover(bank, "李", "李", "王", 0, 5).status_code == 204
        assert cover(bank, "李", "李", "孙", 5, 6).json()["code"] == "away_already"
        assert cover(bank, "孙", "孙", "李", 5, 6).json()["code"] == "away_already"
        assert cover(bank, "王", "王", "孙", 5, 6).json()["code"] == "stands_in_already"
        assert cover(bank, "李", "李", "孙", 6, 6).status_code == 204

    def test_an_absent_head_does_not_lend_the_branch(self, bank: Bank) -> None:
        """Only own customers pass to the substitute, not what the role oversees."""
        cover(bank, "陈", "陈", "王")
        assert bank.client("王").get("/api/customers").json()["total"] == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-3, 3), st.integers(0, 4), st.booleans()),
        max_size=4,
    )
)
def test_visible_is_own_and_that_of_whom_one_stands_in_for_today(
    rows: list[tuple[int, int, int, int, bool]],
) -> None:
    from django.db import transaction

    with transaction.atomic():
        bank = a_bank().with_branch("徐汇")
        names = ["甲", "乙", "丙", "丁"]
        for name in names:
            bank.with_manager(name).with_customer(f"{name}客")
        today = timezone.localdate()
        for absent, substitute, first, days, ended in rows:
            if absent != substitute:
                since = today + timedelta(days=first)
                Substitution.objects.create(
                    absent=bank.staff[names[absent]], substitute=bank.staff[names[substitute]], since=since,
                    until=since + timedelta(days=days), made_by=bank.staff["甲"],
                    ended_at=timezone.now() if ended else None,
                )  # fmt: skip
        for number, name in enumerate(names):
            stood = {a for a, s, f, d, e in rows if s == number and a != s and f <= 0 <= f + d and not e}
            expected = {bank.customers[f"{names[n]}客"].id for n in stood | {number}}
            assert set(visible(bank.viewer(name)).values_list("id", flat=True)) == expected
        transaction.set_rollback(True)


class TestTeam:
    def test_a_head_sees_who_is_away_and_what_is_due_when(self, bank: Bank) -> None:
        today = timezone.localdate()
        a_task(bank, "张三丰", "李", today + timedelta(days=2))
        a_task(bank, "陆小凤", "王", today - timedelta(days=2))
        cover(bank, "李", "李", "王")
        page = bank.client("陈").get("/api/team").json()
        due = {m["user"]["name"]: m["due"] for m in page["members"]}
        assert set(due) == {"陈", "王", "李"}
        assert (due["李"][2], due["王"][0], sum(due["陈"])) == (1, 1, 0)
        assert [(a["absent"]["name"], a["substitute"]["name"], a["may_end"]) for a in page["away"]] == [
            ("李", "王", True)
        ]
        assert len(page["days"]) == len(page["workdays"]) == 14

    def test_a_manager_sees_the_colleagues_but_not_their_tasks(self, bank: Bank) -> None:
        a_task(bank, "陆小凤", "王", timezone.localdate())
        members = bank.client("李").get("/api/team").json()["members"]
        assert [(m["user"]["name"], m["due"] is None) for m in members] == [
            ("李", False),
            ("陈", True),
            ("王", True),
        ]


class TestOrgs:
    def test_an_org_with_its_people_and_their_load(self, bank: Bank) -> None:
        roll_up(TODAY)
        page = bank.client("陈").get("/api/orgs").json()
        assert (
            page["org"]["name"],
            page["org"]["staff"],
            page["org"]["managers"],
            page["org"]["customers"],
        ) == ("徐汇", 3, 3, 2)
        load = {row["user"]["name"]: (row["customers"], row["capacity"]) for row in page["staff"]}
        assert load == {"陈": (0, 600), "王": (1, 600), "李": (1, 600)}

    def test_the_tree_ends_where_the_scope_ends(self, bank: Bank) -> None:
        above, beside = bank.orgs["总行"].id, bank.orgs["静安"].id
        for org in (above, beside, 987_654):
            assert bank.client("陈").get("/api/orgs", {"org": org}).status_code == 404
        page = bank.client("运营").get("/api/orgs").json()
        assert sorted(c["name"] for c in page["children"]) == ["徐汇", "静安"]
        assert bank.client("系统").get("/api/orgs", {"org": beside}).status_code == 200
        assert bank.client("李").get("/api/orgs").status_code == 403

    def test_one_who_left_is_listed_as_long_as_customers_are_in_their_name(self, bank: Bank) -> None:
        User.objects.filter(id__in=(bank.staff["李"].id,)).update(is_active=False)
        (first, *_) = bank.client("陈").get("/api/orgs").json()["staff"]
        assert (first["user"]["name"], first["is_active"], first["customers"]) == ("李", False, 1)
        Assignment.objects.filter(user=bank.staff["李"]).update(end_date=TODAY)
        names = [row["user"]["name"] for row in bank.client("陈").get("/api/orgs").json()["staff"]]
        assert "李" not in names


class TestDisable:
    def _do(self, bank: Bank, whom: str, what: str = "disable", by: str = "系统") -> Any:
        return bank.client(by).post(f"/api/staff/{bank.staff[whom].id}/{what}")

    def test_not_while_they_look_after_customers(self, bank: Bank) -> None:
        assert self._do(bank, "李").json()["code"] == "holds_customers"
        assert User.objects.get(name="李").is_active
        Assignment.objects.filter(user=bank.staff["李"]).update(end_date=TODAY)
        client = bank.client("李")
        assert self._do(bank, "李").status_code == 204
        assert client.get("/api/me").status_code == 401

    def test_not_while_they_stand_in_for_somebody(self, bank: Bank) -> None:
        Assignment.objects.filter(user=bank.staff["王"]).update(end_date=TODAY)
        cover(bank, "李", "李", "王")
        assert self._do(bank, "王").json()["code"] == "holds_customers"

    def test_not_ones_own_and_not_by_others(self, bank: Bank) -> None:
        assert self._do(bank, "系统").json()["code"] == "own_role"
        assert self._do(bank, "运营", by="陈").status_code == 403
