"""客户一览 in a real browser: the stream, what happens while one looks, the walk over the relations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.test_pages import HEAD, MANAGER, OPERATIONS

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

RECORD = """async (id) => {
    const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
    const body = {channel: "WECOM", result: "CONSIDER", note: "在另一扇窗里记的", request_key: crypto.randomUUID()};
    const answer = await fetch(`/api/customers/${id}/contacts`, {method: "POST", body: JSON.stringify(body),
        headers: {"Content-Type": "application/json", "X-CSRFToken": token}});
    return answer.status;
}"""
RICHEST = "async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0].id"
AT_HOME = """async () => {
    for (let page = 1; page < 20; page++) {
        const {rows} = await (await fetch(`/api/customers?page=${page}`)).json();
        if (!rows.length) return null;
        for (const {id} of rows) {
            const graph = await (await fetch(`/api/customers/${id}/relationships`)).json();
            const other = graph.nodes.find((node) => node.kind === "CUSTOMER" && node.id !== id);
            if (graph.household && other) return {id, name: graph.nodes.find((n) => n.id === id).name, other};
        }
    }
    return null;
}"""


def entries(page: Page) -> Any:
    return page.locator("ol[aria-live] > li")


def test_the_stream_is_narrowed_and_the_address_keeps_it(visit: Visit) -> None:
    visitor = visit(MANAGER)
    page = visitor.open("/customers")
    customer = page.evaluate(RICHEST)
    visitor.open(f"/customers/{customer}")
    expect(entries(page).first).to_be_visible()
    page.get_by_role("group", name="只看").get_by_text("变更").click()
    expect(page).to_have_url(re.compile("show=CHANGE"))
    changes = {"TIER", "STAGE", "PROFILE", "OWNER", "RELATION", "OPENED"}
    expect(entries(page)).not_to_have_count(0)
    for kind in ("CONTACT", "MESSAGE", "EVENT", "MONEY", "TASK"):
        expect(page.locator(f"ol[aria-live] > li[data-kind={kind}]")).to_have_count(0)
    page.reload()
    expect(entries(page).first).to_be_visible()
    kinds = {entries(page).nth(n).get_attribute("data-kind") for n in range(entries(page).count())}
    assert kinds <= changes
    assert not visitor.complaints


def test_what_is_recorded_elsewhere_appears_while_one_looks(visit: Visit) -> None:
    visitor, elsewhere = visit(HEAD), visit(MANAGER)
    customer = elsewhere.open("/customers").evaluate(RICHEST)
    page = visitor.open(f"/customers/{customer}")
    expect(entries(page).first).to_be_visible()
    expect(page.get_by_text("在另一扇窗里记的")).to_have_count(0)
    assert elsewhere.page.evaluate(RECORD, customer) == 200
    expect(page.get_by_text("在另一扇窗里记的").first).to_be_visible()
    assert not visitor.complaints


def test_the_walk_goes_from_person_to_person_and_back(visit: Visit) -> None:
    visitor = visit(HEAD)
    page = visitor.open("/customers")
    found = page.evaluate(AT_HOME)
    assert found, "the demo bank has households within a branch"
    visitor.open(f"/customers/{found['id']}")
    node = page.locator(".react-flow__node").get_by_role("button", name=found["other"]["name"])
    node.scroll_into_view_if_needed()
    node.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".react-flow__node [data-center]")).to_contain_text(found["other"]["name"])
    page.locator(".react-flow__node").get_by_role("button", name=found["name"]).dblclick()
    expect(page.locator(".react-flow__node [data-center]")).to_contain_text(found["name"])
    page.locator(".ant-breadcrumb").get_by_role("button").first.click()
    expect(page.locator(".ant-breadcrumb")).to_have_count(0)
    assert not visitor.complaints


@pytest.mark.parametrize("who", [HEAD, OPERATIONS])
def test_on_a_phone_the_relations_are_a_list(visit: Visit, who: str) -> None:
    found = visit(HEAD).open("/customers").evaluate(AT_HOME)
    page = visit(who, 390).open(f"/customers/{found['id']}")
    expect(page.get_by_role("heading", name="关系图谱")).to_be_visible()
    expect(page.get_by_text("同一家庭").first).to_be_visible()
    expect(page.locator(".react-flow")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1


def test_a_manager_writes_a_relationship_down_and_ends_it(visit: Visit) -> None:
    visitor = visit(MANAGER)
    page = visitor.open("/customers")
    rows = page.evaluate("async () => (await (await fetch('/api/customers?sort=aum')).json()).rows")
    first, other = rows[0], rows[1]
    visitor.open(f"/customers/{first['id']}")
    page.get_by_role("button", name="登记关系").click()
    page.get_by_label("对方客户号").fill(other["cust_no"])
    page.get_by_label("怎么知道的").fill("客户来行时说起")
    page.get_by_role("button", name=re.compile("^登.?记$")).click()
    line = page.get_by_role("listitem").filter(has_text="客户来行时说起")
    expect(line).to_contain_text(other["name"])
    line.get_by_role("button", name=re.compile("结.?束")).click()
    page.get_by_label("原因").fill("客户说记错了")
    page.get_by_role("tooltip").get_by_role("button", name=re.compile("结.?束")).click()
    expect(line).to_have_count(0)
    assert not visitor.complaints
