"""What people do on the pages, in a real browser."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, yinke

pytestmark = pytest.mark.browser

MANAGER, HEAD, RETAIL = "0001001", "0001900", "9801001"
OPERATIONS, COMPLIANCE, SYSTEM, SECURITY, AUDITOR, MODELLER = (f"990000{n}" for n in range(1, 7))
Visit = Callable[..., Visitor]


def test_second_start_of_the_demo_makes_nothing_anew(demo_home: Path) -> None:
    before = sorted(p.name for p in (demo_home / "lake" / "versions").iterdir())
    again = yinke(demo_home, "demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    assert sorted(p.name for p in (demo_home / "lake" / "versions").iterdir()) == before
    assert MANAGER in again.stderr


def test_sign_in_offers_the_demo_logins_and_opens_the_workbench(visit: Visit) -> None:
    visitor = visit(None)
    page = visitor.open("/")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_role("button", name=re.compile("客户经理")).first.click()
    expect(page.get_by_role("heading", name="今天该联系谁")).to_be_visible()


def test_a_wrong_password_says_so_without_saying_which_part_is_wrong(visit: Visit) -> None:
    page = visit(None).open("/sign-in")
    page.get_by_label("员工号").fill("no-such-person")
    page.get_by_label("密码").fill("wrong-password-1")
    page.get_by_role("button", name=re.compile("登.?录")).click()
    alert = page.get_by_role("alert").first
    expect(alert).to_be_visible()
    expect(alert).not_to_contain_text("no-such-person")


def test_a_manager_records_a_result_and_takes_it_back(visit: Visit) -> None:
    page = visit(MANAGER).open("/workbench")
    rows = page.locator("button[data-task]")
    expect(rows.first).to_be_visible()
    first, second = (rows.nth(n).get_attribute("data-task") for n in (0, 1))
    page.keyboard.press("j")
    expect(page.locator(f"button[data-task='{second}']")).to_have_attribute("aria-current", "true")
    chosen = page.locator(f"button[data-task='{first}']")
    chosen.click()
    expect(chosen).to_have_attribute("aria-current", "true")  # the form is that task's now
    page.get_by_role("button", name="考虑中").dblclick()  # its second half is not for the next customer
    expect(page.locator(f"button[data-task='{first}']")).to_have_count(0)
    expect(page.locator(f"button[data-task='{second}']")).to_be_visible()
    page.get_by_text("撤销", exact=True).click()
    expect(page.locator(f"button[data-task='{first}']")).to_be_visible()


def test_a_note_with_a_mobile_number_can_not_be_recorded(visit: Visit) -> None:
    page = visit(MANAGER).open("/workbench")
    page.locator("button[data-task]").first.click()
    page.get_by_placeholder("选填，不写证件号、手机号、卡号").fill("打 13812345678")
    expect(page.get_by_text("备注里有手机号")).to_be_visible()
    expect(page.get_by_role("button", name="考虑中")).to_be_disabled()


def test_a_note_that_reads_like_a_complaint_is_offered_as_one(visit: Visit) -> None:
    page = visit(MANAGER).open("/workbench")
    first = page.locator("button[data-task]").first
    task = first.get_attribute("data-task")
    first.click()
    note = page.get_by_placeholder("选填，不写证件号、手机号、卡号")
    note.fill("约了周三下午来网点签字")
    heard = page.get_by_text("像是投诉")
    note.fill("客户说年费没有告知就扣了，很生气，要求退还")
    expect(heard).to_contain_text("定价与收费")
    note.fill("约了周三下午来网点签字")
    expect(heard).to_have_count(0)
    note.fill("客户说年费没有告知就扣了，很生气，要求退还")
    heard.get_by_role("button", name="投诉倾向").click()
    expect(page.locator(f"button[data-task='{task}']")).to_have_count(0)
    page.get_by_text("撤销", exact=True).click()
    expect(page.locator(f"button[data-task='{task}']")).to_be_visible()


def test_search_by_name_leads_to_the_customer_page(visit: Visit) -> None:
    visitor = visit(MANAGER)
    page = visitor.open("/customers")
    name = page.evaluate("async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0].name")
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.locator(".ant-select-item-option").filter(has_text=name).first.click()
    expect(page).to_have_url(re.compile(r"/customers/\d+"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert not visitor.complaints


def test_enter_right_after_typing_opens_whom_was_typed_not_whom_the_list_still_shows(visit: Visit) -> None:
    visitor = visit(MANAGER)
    page = visitor.open("/customers")
    rows = page.evaluate("async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows")
    first, other = rows[0]["cust_no"], rows[1]["cust_no"]
    page.keyboard.press("/")
    page.keyboard.type(first)
    expect(page.locator(".ant-select-item-option").filter(has_text=first)).to_be_visible()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(other)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/customers/{rows[1]['id']}$"))
    assert not visitor.complaints


def test_a_branch_head_goes_down_to_a_managers_list(visit: Visit) -> None:
    visitor = visit(HEAD)
    page = visitor.open("/branch")
    expect(page.get_by_role("heading", name="我的支行这周怎么样")).to_be_visible()
    page.get_by_role("table").last.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/(workbench|customers)"))
    assert not visitor.complaints


def test_who_may_not_open_a_page_learns_who_can_grant_it(visit: Visit) -> None:
    page = visit(MANAGER).open("/nightly")
    expect(page.get_by_text("安全管理员")).to_be_visible()


def test_the_operator_sees_the_last_night_and_its_steps(visit: Visit) -> None:
    page = visit(SYSTEM).open("/nightly")
    expect(page.get_by_text("成功").first).to_be_visible()


PAGES = {
    MANAGER: ["/workbench", "/customers", "/customers/{id}", "/churn", "/pool", "/handovers", "/team"],
    HEAD: ["/workbench", "/branch", "/orgs", "/oneid?tab=persons", "/pool", "/segments"],
    RETAIL: ["/branch", "/churn", "/customers", "/exports"],
    OPERATIONS: [
        "/customers/{id}", "/branch", "/oneid", "/segments", "/segments/new", "/segments/groups",
        "/segments/compare", "/segments/tags", "/segments/standards", "/effect", "/effect/new", "/custom-fields", "/messages", "/care-plans", "/journeys",
        "/own-events", "/campaigns", "/campaigns/new",
    ],
    COMPLIANCE: ["/customers", "/templates", "/rights-cases", "/policies", "/catalogue", "/roles", "/segments"],
    SYSTEM: ["/nightly", "/orgs"],
    SECURITY: ["/alerts", "/history"],
    AUDITOR: ["/audit", "/nightly"],
    MODELLER: ["/models"],
}  # fmt: skip
"""Every page of the navigation and those below it, by somebody who works there."""
KEY = re.compile(
    r"\b(?:access|app|care|customers|effect|nightly|oneid|outreach|privacy|scoring|segments|shared|standards)[.:][a-z]\w+"
)
LEAST = 80
"""Characters that every page has."""
BUSY = ".ant-skeleton-active, .ant-spin-spinning"


def said(page: Page) -> str:
    """A page's text, as soon as it says something: a busy machine shows nothing between two pages for a while."""
    text = ""
    for _ in range(300):
        text = str(page.locator("body").inner_text())
        if len(text) >= LEAST:
            break
        page.wait_for_timeout(100)
    return text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_fits_desk_and_phone_and_speaks_one_language(visit: Visit, language: str) -> None:
    wrong: list[str] = []
    for emp_no, paths in PAGES.items():
        visitor = visit(emp_no, 1440, language)
        for path in paths:
            if "{id}" in path:
                row = "async () => (await (await fetch('/api/customers?sort=-aum')).json()).rows[0].id"
                path = path.replace("{id}", str(visitor.page.evaluate(row)))
            page = visitor.open(path) if path == paths[0] else visitor.go(path)
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 844})
                expect(page.get_by_role("heading").first).to_be_visible()
                expect(page.locator(BUSY)).to_have_count(0)  # a phone's other parts fetch their own
                text = said(page)
                over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                place = f"{emp_no} {path} at {width}"
                wrong += [f"{place}: {over} pixels too wide"] * (over > 1)
                wrong += [f"{place}: shows the key {key}" for key in KEY.findall(text)[:1]]
                wrong += [f"{place}: says no more than {text!r}"] * (len(text) < LEAST)
            wrong += [f"{path}: console: {line}" for line in visitor.complaints[:1]]
            visitor.complaints.clear()
        visitor.context.close()
    assert not wrong, "\n".join(wrong)


def test_the_api_is_closed_to_whoever_has_not_signed_in(address: str) -> None:
    schema = json.loads((Path(__file__).parents[2] / "web" / "openapi.json").read_text("utf-8"))
    for path, operations in schema["paths"].items():
        if "get" not in operations or path.endswith(("/demo-logins", "/sign-in-ways")):
            continue
        try:
            with urllib.request.urlopen(address + re.sub(r"{\w+}", "1", path)) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status == 401, path
