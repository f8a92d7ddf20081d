"""流失预警 in the browser: an empty board, a model approved and released, a night that scores, a manager who objects."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, Visitor, environment, yinke
from yinke.lake.store import Lake

pytestmark = pytest.mark.browser
MANAGER, OPERATIONS, DEVELOPER = "0001001", "9900001", "9900006"


def test_from_an_empty_board_to_an_alert_that_is_not_true(
    visit: Callable[..., Visitor], demo_home: Path
) -> None:
    operations = visit(OPERATIONS)
    page = operations.open("/churn")
    expect(page.get_by_text("还没有启用流失模型")).to_be_visible()

    script = [sys.executable, "-m", "tests.e2e.a_model", DEVELOPER]
    for _ in range(2):
        made = subprocess.run(
            script, cwd=ROOT, env=environment(demo_home), capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
    page.get_by_role("button", name="模型管理").click()
    page.get_by_role("link", name="流失模型 1 号").click()
    expect(page.get_by_role("img", name=re.compile("可靠性"))).to_be_visible()
    expect(page.get_by_text("逻辑回归")).to_be_visible()
    for step, status in (("审批通过", "待发布"), ("发布", "使用中")):
        page.get_by_role("button", name=step).click()
        page.get_by_role("tooltip").get_by_role("button", name=re.compile("确.?定")).click()
        expect(page.get_by_text(status, exact=True)).to_be_visible()
    page = operations.open("/models/churn/2")
    page.get_by_role("button", name="审批通过").click()
    page.get_by_role("tooltip").get_by_role("button", name=re.compile("确.?定")).click()
    expect(page.get_by_text("挑战者", exact=True)).to_be_visible()
    expect(page.get_by_text("下一次日终起与在用模型同时评分")).to_be_visible()
    page = operations.open("/churn")
    expect(page.get_by_text("模型已发布，等下一次日终")).to_be_visible()

    last = Lake(demo_home / "lake").dates()[-1]
    night = yinke(demo_home, "nightly", "--date", f"{last}", "--rebuild")
    assert night.returncode == 0, night.stderr

    page = operations.open("/models/churn/2")
    champion = page.get_by_role("table").filter(has_text="2 号：中高")
    expect(champion).to_contain_text("行是冠军的档")
    expect(page.get_by_role("table").filter(has_text="同评客户")).to_contain_text("100.0%")  # the same trees
    page.get_by_role("button", name="不采用").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("不采用的原因").fill("与在用的一样")
    dialog.get_by_role("button", name="不采用").click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
    expect(page.get_by_text("与在用的一样")).to_be_visible()

    page = operations.open("/churn")
    page.get_by_role("main").get_by_role("link", name="关怀计划").click()
    expect(page.get_by_role("dialog").get_by_text("模型流失预警")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text(re.compile("天的事件|天没有这样的事件"))).to_be_visible()

    manager = visit(MANAGER)
    page = manager.open("/churn")
    expect(page.get_by_text("高风险客户", exact=True)).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("link")).first
    name = row.get_by_role("link").inner_text()
    expect(row.get_by_role("listitem").first).to_be_visible()
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="安排待办（1 位）").click()
    plan = page.get_by_role("dialog")
    plan.get_by_text("方案沟通").click()
    plan.get_by_label("备注").fill("谈养老规划")
    expect(plan.get_by_text(re.compile("可安排：.*待办里"))).to_be_visible()
    plan.get_by_role("button", name=re.compile("^安.?排$")).click()
    expect(page.get_by_text(re.compile(f"已安排 · {name}"))).to_be_visible()
    row.get_by_role("link").click()
    expect(page.get_by_text(re.compile("安排：方案沟通，谈养老规划")).first).to_be_visible()
    expect(page.get_by_role("heading", name="流失风险")).to_be_visible()
    expect(page.get_by_text("可以做", exact=True)).to_be_visible()
    expect(page.get_by_text("月价值贡献", exact=True)).to_be_visible()
    page.get_by_role("button", name="不属实").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("买房等大额用途").check()
    dialog.get_by_label("补充说明").fill("电话 13812345678")
    dialog.get_by_role("button", name=re.compile("提.?交")).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("补充说明").fill("首付款")
    manager.complaints.clear()  # the refusal is one
    dialog.get_by_role("button", name=re.compile("提.?交")).click()
    expect(page.get_by_text("反馈不属实")).to_be_visible()
    page = manager.open("/churn")
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("买房等大额用途")

    reader = visit(DEVELOPER, 390, "en")
    page = reader.open("/models")
    expect(page.get_by_role("heading", name="Monitoring")).to_be_visible()
    expect(page.get_by_text("In use", exact=True)).to_be_visible()
    page.get_by_role("button", name="Train a model").click()
    page.get_by_role("dialog").get_by_role("button", name="Start").click()
    expect(page.get_by_text("The past is too short")).to_be_visible()

    page = operations.open("/models/churn/1")
    page.get_by_role("button", name=re.compile("回.?退")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("误报太多")
    dialog.get_by_role("button", name=re.compile("回.?退")).click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
    expect(page.get_by_text("误报太多")).to_be_visible()
    for visitor in (operations, manager, reader):
        assert not visitor.complaints
