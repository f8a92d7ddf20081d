"""客户归并 on the page: a steward merges two by the keyboard, takes them apart again, and a colleague checks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, Visitor, environment

pytestmark = pytest.mark.browser
HEAD, OPERATIONS = "0001900", "9900001"

SEED = """
from yinke.cli import start_django
start_django()
from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.customers.models import IdentityPair, PersonMember
from yinke.customers.queries import visible
head = User.objects.select_related("org").get(emp_no="0001900")
free = visible(viewer_of(head)).exclude(id__in=PersonMember.objects.values("customer_id")).order_by("id")
a, b = free[:2]
IdentityPair.objects.all().delete()
IdentityPair.objects.create(a=a, b=b, rule="K3", verdict="REVIEW", score=1, found_on="2026-01-01")
print(a.cust_no, b.cust_no)
"""


@pytest.fixture
def pair(demo_home: Path) -> tuple[str, str]:
    """The numbers of two customers of the first branch whom the night could not tell apart."""
    made = subprocess.run([sys.executable, "-c", SEED], env=environment(demo_home), cwd=ROOT, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert made.returncode == 0, made.stderr
    a, b = made.stdout.split()
    return a, b


def test_a_steward_merges_by_key_and_two_people_take_apart(
    visit: Callable[..., Visitor], pair: tuple[str, str]
) -> None:
    head = visit(HEAD)
    page = head.open("/oneid")
    expect(page.get_by_role("link", name=pair[0])).to_be_visible()
    page.keyboard.press("s")
    page.get_by_label("依据").fill("柜面核实")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有待判定的客户")).to_be_visible()

    page = head.open(f"/oneid?tab=persons&q={pair[1]}")
    expect(page.get_by_text("同一人：2 个客户号")).to_be_visible()
    page.get_by_role("row").filter(has_text=pair[1]).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="提交复核")).to_be_disabled()
    dialog.get_by_role("textbox").fill("录错了，是两个人")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已申请拆出，等人复核")).to_be_visible()
    page = head.open("/oneid?tab=splits")
    expect(page.get_by_text("须由同事复核")).to_be_visible()

    colleague = visit(OPERATIONS)
    page = colleague.open("/oneid?tab=splits")
    page.get_by_role("button", name="同意拆分").click()
    expect(page.get_by_text("没有等待复核的拆分")).to_be_visible()
    page = colleague.open("/oneid?tab=history")
    row = page.get_by_role("row").filter(has_text=pair[1])
    expect(row.filter(has_text="不是同一人")).to_be_visible()
    expect(row.filter(has_text="柜面核实")).to_contain_text("撤销")
    page = head.open(f"/oneid?tab=persons&q={pair[1]}")
    expect(page.get_by_text("没有归并的客户")).to_be_visible()
    assert not head.complaints and not colleague.complaints
