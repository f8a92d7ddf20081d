"""批量操作: the preview counts exactly, the deed does that, and the undo puts back exactly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import TODAY, Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.customers.list_models import BulkAction, CustomerTag, ListEntry, Tag

pytestmark = pytest.mark.django_db


def a_small_bank() -> Bank:
    bank = a_bank().with_branch("静安").with_manager("王").with_customer("外人")
    bank.with_branch("徐汇").with_manager("李").with_head("陈")
    for number in range(5):
        bank.with_customer(f"客户{number}", tier=number % 3)
    return bank


@pytest.fixture
def bank() -> Bank:
    return a_small_bank()


def call(bank: Bank, path: str, body: dict[str, Any] | None = None, who: str = "李") -> Any:
    return bank.client(who).post(f"/api/{path}", body or {}, content_type="application/json")


def a_tag(bank: Bank, name: str = "重点", who: str = "陈", **more: Any) -> int:
    return int(call(bank, "tags", {"name": name, **more}, who).json()["id"])


def a_list(bank: Bank, name: str = "国庆回访", who: str = "李", **more: Any) -> int:
    return int(call(bank, "customer-lists", {"name": name, **more}, who).json()["id"])


def ids(bank: Bank, *numbers: int) -> list[int]:
    return [bank.customers[f"客户{number}"].id for number in numbers]


def do(bank: Bank, kind: str, target: int, who: str = "李", **chosen: Any) -> dict[str, Any]:
    """Preview, then the deed as previewed."""
    body = {"kind": kind, "target": target, **chosen}
    seen = call(bank, "bulk/preview", body, who).json()
    done = call(bank, "bulk", {**body, "expected": seen["will"]}, who)
    assert done.status_code == 200, done.content
    assert (done.json()["count"], done.json()["left_out"]) == (seen["will"], seen["left_out"])
    return done.json()  # type: ignore[no-any-return]


def held() -> list[tuple[Any, ...]]:
    """All tags and list entries as they are, ended ones included."""
    columns = ("customer_id", "by_id", "at", "added_in_id", "removed_at", "removed_by_id", "removed_in_id")
    tags = CustomerTag.objects.values_list("id", "tag_id", "expires_on", *columns)
    return sorted([*tags, *ListEntry.objects.values_list("id", "of_list_id", *columns)], key=repr)


def tagged(bank: Bank, tag: int, who: str = "李") -> set[str]:
    rows = bank.client(who).get("/api/customers", {"tag": tag}).json()["rows"]
    assert all(tag in [t["id"] for t in row["tags"]] for row in rows)
    return {row["name"] for row in rows}


def test_the_preview_says_how_many_and_who_is_left_out_and_why(bank: Bank) -> None:
    tag = a_tag(bank)
    do(bank, "TAG_ADD", tag, ids=ids(bank, 0))
    bank.customers["客户1"].status = "CLOSED"
    bank.customers["客户1"].save()
    outside = bank.customers["外人"].id
    chosen = [*ids(bank, 0, 1, 2, 3), outside, 999_999_999, ids(bank, 2)[0]]
    before = held()
    seen = call(bank, "bulk/preview", {"kind": "TAG_ADD", "target": tag, "ids": chosen}).json()
    assert seen["will"] == 2
    assert {(row["reason"], row["count"]) for row in seen["left_out"]} == {
        ("OUT_OF_SCOPE", 2), ("CLOSED", 1), ("HAS_IT", 1),
    }  # fmt: skip
    assert held() == before


def test_everybody_that_fits_a_filter_is_taken(bank: Bank) -> None:
    roster = a_list(bank)
    done = do(bank, "LIST_ADD", roster, query={"tier": [1, 2]})
    assert done["count"] == 3
    rows = bank.client("李").get("/api/customers", {"on_list": roster}).json()["rows"]
    assert {row["name"] for row in rows} == {"客户1", "客户2", "客户4"}
    (shown,) = bank.client("李").get("/api/customer-lists").json()
    assert (shown["size"], shown["mine"]) == (3, True)


def test_a_number_that_changed_since_the_preview_stops_it(bank: Bank) -> None:
    tag = a_tag(bank)
    refused = call(bank, "bulk", {"kind": "TAG_ADD", "target": tag, "ids": ids(bank, 0, 1), "expected": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "bulk_changed")
    assert held() == []


def test_a_tag_shows_on_list_and_customer_with_who_and_until_when(bank: Bank) -> None:
    tag = a_tag(bank, expire_days=30)
    do(bank, "TAG_ADD", tag, ids=ids(bank, 0))
    (shown,) = bank.client("陈").get(f"/api/customers/{ids(bank, 0)[0]}").json()["tags"]
    assert (shown["name"], shown["by"], shown["expires_on"]) == (
        "重点", "李", (TODAY + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    CustomerTag.objects.update(expires_on=TODAY - timedelta(days=1))
    assert tagged(bank, tag) == set()
    done = do(
        bank, "TAG_ADD", tag, ids=ids(bank, 0)
    )  # an expired one makes room, and comes back with the undo
    assert tagged(bank, tag) == {"客户0"}
    call(bank, f"bulk/{done['id']}/undo")
    assert [row.expires_on for row in CustomerTag.objects.all()] == [TODAY - timedelta(days=1)]


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["TAG_ADD", "TAG_REMOVE", "LIST_ADD", "LIST_REMOVE"]), st.booleans(),
            st.sets(st.integers(0, 4), min_size=1), st.sampled_from(["李", "陈"]),
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_undone_last_first_everything_is_as_it_was_at_each_step(
    steps: list[tuple[str, bool, set[int], str]],
) -> None:
    with transaction.atomic():
        bank = a_small_bank()
        tags, lists = (
            (a_tag(bank), a_tag(bank, "高净值")),
            (a_list(bank, shared=True), a_list(bank, "二", shared=True)),
        )
        past: list[tuple[int, str, list[tuple[Any, ...]]]] = []
        for kind, second, chosen, who in steps:
            target = (tags if kind.startswith("TAG") else lists)[second]
            before = held()
            past.append((do(bank, kind, target, who, ids=ids(bank, *chosen))["id"], who, before))
        for action, who, before in reversed(past):
            assert call(bank, f"bulk/{action}/undo", who=who).status_code == 204
            assert held() == before
        transaction.set_rollback(True)


def test_an_undo_leaves_what_others_did_since(bank: Bank) -> None:
    tag = a_tag(bank)
    do(bank, "TAG_ADD", tag, "陈", ids=ids(bank, 0, 1))
    removed = do(bank, "TAG_REMOVE", tag, ids=ids(bank, 0, 1))
    do(bank, "TAG_ADD", tag, "陈", ids=ids(bank, 0))
    assert call(bank, f"bulk/{removed['id']}/undo").status_code == 204
    assert tagged(bank, tag) == {"客户0", "客户1"}
    rows = CustomerTag.objects.filter(customer_id=ids(bank, 0)[0], removed_at=None)
    assert [row.by.name for row in rows] == ["陈"]


def test_an_undo_is_ones_own_once_and_only_for_a_while(bank: Bank) -> None:
    tag = a_tag(bank)
    done = do(bank, "TAG_ADD", tag, ids=ids(bank, 0))
    assert call(bank, f"bulk/{done['id']}/undo", who="陈").status_code == 404
    BulkAction.objects.update(at=timezone.now() - timedelta(minutes=31))
    assert call(bank, f"bulk/{done['id']}/undo").json()["code"] == "too_late"
    BulkAction.objects.update(at=timezone.now())
    assert call(bank, f"bulk/{done['id']}/undo").status_code == 204
    assert call(bank, f"bulk/{done['id']}/undo").json()["code"] == "bulk_undone"
    actions = [entry.action for entry in AuditEntry.objects.order_by("id")]
    assert actions == ["tag.change", "customer.bulk", "customer.bulk_undo"]


def test_a_catalogue_belongs_to_an_org_and_those_below_see_it(bank: Bank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行").with_head("静安行长", at="静安")
    whole, branch = a_tag(bank, "全行", "运营"), a_tag(bank, "徐汇专用", "陈")
    names = lambda who: {row["name"] for row in bank.client(who).get("/api/tags").json()}  # noqa: E731
    assert (names("李"), names("王"), names("运营")) == ({"全行", "徐汇专用"}, {"全行"}, {"全行", "徐汇专用"})
    assert call(bank, "tags", {"name": "徐汇专用"}, "陈").json()["code"] == "name_taken"
    assert call(bank, "tags", {"name": "x"}, "李").status_code == 403
    assert bank.client("陈").delete(f"/api/tags/{whole}").status_code == 403
    assert bank.client("静安行长").delete(f"/api/tags/{branch}").status_code == 404
    assert bank.client("陈").delete(f"/api/tags/{branch}").status_code == 204
    assert names("李") == {"全行"}
    assert Tag.objects.count() == 2
    refused = call(bank, "bulk/preview", {"kind": "TAG_ADD", "target": branch, "ids": ids(bank, 0)})
    assert refused.status_code == 404


def test_a_list_is_ones_own_until_it_is_shared(bank: Bank) -> None:
    roster = a_list(bank)
    seen = lambda who: [row["name"] for row in bank.client(who).get("/api/customer-lists").json()]  # noqa: E731
    assert (seen("李"), seen("陈")) == (["国庆回访"], [])
    change = lambda who, shared: bank.client(who).patch(  # noqa: E731
        f"/api/customer-lists/{roster}", {"shared": shared}, content_type="application/json"
    )
    assert change("陈", True).status_code == 404
    assert change("李", True).status_code == 204
    assert (seen("陈"), seen("王")) == (["国庆回访"], [])
    assert change("陈", False).status_code == 404


def test_a_closed_list_is_kept_and_can_be_opened_again_unless_its_name_is_taken(bank: Bank) -> None:
    roster = a_list(bank, shared=True)
    do(bank, "LIST_ADD", roster, ids=ids(bank, 0, 1))
    put = lambda who, **to: bank.client(who).patch(  # noqa: E731
        f"/api/customer-lists/{roster}", to, content_type="application/json"
    )
    seen = lambda who, closed: [  # noqa: E731
        (row["name"], row["size"], row["closed"])
        for row in bank.client(who).get("/api/customer-lists", {"closed": closed}).json()
    ]
    assert put("陈", closed=True).status_code == 404
    assert put("李", closed=True).status_code == 204
    assert (seen("李", False), seen("陈", False), seen("陈", True)) == ([], [], [])
    assert seen("李", True) == [("国庆回访", 2, True)]
    other = a_list(bank)
    assert put("李", closed=False).json()["code"] == "name_taken"
    bank.client("李").patch(f"/api/customer-lists/{other}", {"closed": True}, content_type="application/json")
    assert put("李", closed=False).status_code == 204
    assert seen("李", False) == seen("陈", False) == [("国庆回访", 2, False)]


def test_before_a_tag_is_retired_its_keepers_read_where_it_is_used(bank: Bank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行").with_head("静安行长", at="静安")
    tag = a_tag(bank, "全行", "运营")
    do(bank, "TAG_ADD", tag, ids=ids(bank, 0, 1))
    do(bank, "TAG_ADD", tag, "王", ids=[bank.customers["外人"].id])
    call(bank, "customer-views", {"name": "重点", "query": {"tag": [tag]}, "shared": True})
    use = lambda who: bank.client(who).get(f"/api/tags/{tag}/use").json()  # noqa: E731
    assert use("运营") == {
        "customers": 3,
        "outlets": [{"name": "徐汇", "customers": 2}, {"name": "静安", "customers": 1}],
        "views": [],
    }
    assert (use("陈")["customers"], use("陈")["views"]) == (2, ["重点"])
    assert use("静安行长")["outlets"] == [{"name": "静安", "customers": 1}]
    assert bank.client("李").get(f"/api/tags/{tag}/use").status_code == 403
    do(bank, "TAG_REMOVE", tag, ids=ids(bank, 0))
    assert use("陈")["customers"] == 1


def test_a_view_keeps_filters_order_and_columns_and_may_be_shared(bank: Bank) -> None:
    body = {
        "name": " 大额 ", "query": {"aum_from": "500000", "tier": [3, 4], "sort": "-mda", "page": 7},
        "columns": ["name", "aum", "age"], "shared": True,
    }  # fmt: skip
    saved = call(bank, "customer-views", body).json()
    assert saved["name"] == "大额"
    assert saved["query"] == {"aum_from": "500000", "tier": [3, 4], "sort": "-mda"}
    (seen,) = bank.client("陈").get("/api/customer-views").json()
    assert (seen["columns"], seen["mine"], seen["owner"]) == (["name", "aum", "age"], False, "李")
    assert bank.client("王").get("/api/customer-views").json() == []
    call(bank, "customer-views", {**body, "shared": False})
    assert bank.client("陈").get("/api/customer-views").json() == []
    assert bank.client("陈").delete(f"/api/customer-views/{saved['id']}").status_code == 404
    assert bank.client("李").delete(f"/api/customer-views/{saved['id']}").status_code == 204


@pytest.mark.parametrize("chosen", [{}, {"ids": []}])
def test_nothing_chosen_is_refused(bank: Bank, chosen: dict[str, Any]) -> None:
    tag = a_tag(bank)
    assert (
        call(bank, "bulk/preview", {"kind": "TAG_ADD", "target": tag, **chosen}).json()["code"]
        == "nothing_chosen"
    )
