"""任务与积分 through its door: planned, approved, redeemed; each does what they may, to those customers only whom they see."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.bank import TODAY, browser
from tests.outreach.points import DAY, PointsBank
from yinke.outreach.points.models import Mission, PointsLot
from yinke.segments.models import Segment
from yinke.segments.queries_store import USES


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> Iterator[PointsBank]:
    made = PointsBank(tmp_path, settings, 4)
    with made.at_now():
        yield made


def call(client: Client, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
    answer = getattr(client, method)(
        f"/api{path}", data=None if method == "get" else body or {}, content_type="application/json",
        headers={"accept-language": "zh-hans"},
    )  # fmt: skip
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api{path}", headers={"accept-language": "zh-hans"})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_a_mission_from_a_draft_to_points_that_buy_a_reward(bank: PointsBank) -> None:
    ops, checker, li = bank.client("运营"), bank.client("合规"), bank.client("李")
    bad = bank.mission(counts={"type": "EVENT", "event": "E03"}).model_dump(mode="json")
    [made] = call(ops, "/points/missions", {"name": "存款有礼", "plan": bad})
    assert [(one["field"], one["code"]) for one in made["faults"]] == [("counts", "DEPOSIT_FOR_GIFT")]
    path = f"/points/mission/{made['id']}"
    assert call(ops, f"{path}/steps/submit", status=400)["code"] == "points_plan_faulty"
    good = bank.mission(counts={"type": "HAND"}).model_dump(mode="json")
    call(ops, f"/points/missions/{made['id']}", {"name": "到店有礼", "plan": good}, method="put")
    call(ops, f"{path}/steps/submit", status=204)
    [seen] = get(checker, "/points/missions")
    assert (seen["may_decide"], seen["may_write"], seen["segment"], seen["faults"]) == (
        True,
        False,
        "客群everybody",
        [],
    )
    assert call(ops, f"{path}/approve", {"digest": seen["digest"]}, status=403)
    assert call(checker, f"{path}/approve", {"digest": "f" * 64}, status=409)["code"] == "points_plan_moved"
    call(checker, f"{path}/approve", {"digest": seen["digest"]}, status=204)

    [reward] = call(ops, "/points/rewards", {"name": "保温杯", "plan": bank.reward().model_dump(mode="json")})
    call(ops, f"/points/reward/{reward['id']}/steps/submit", status=204)
    [waits] = get(checker, "/points/rewards")
    call(checker, f"/points/reward/{reward['id']}/refuse", {"reason": "太贵"}, status=204)
    call(ops, f"/points/reward/{reward['id']}/steps/submit", status=204)
    call(checker, f"/points/reward/{reward['id']}/approve", {"digest": waits["digest"]}, status=204)

    who = bank.ids[0]
    mine = get(li, f"/customers/{who}/points")
    assert (mine["balance"], mine["due"], mine["may_work"]) == (0, None, True)
    assert [(one["name"], one["earned"]) for one in mine["missions"]] == [("到店有礼", False)]
    earned = call(li, f"/customers/{who}/points/award", {"mission_id": made["id"], "why": "到店办理"})
    assert (earned["balance"], earned["missions"][0]["earned"]) == (100, True)
    again = call(li, f"/customers/{who}/points/award", {"mission_id": made["id"], "why": "到店"}, status=409)
    assert (again["code"], again["place"]) == ("points_refused", "EARNED")
    click = {"reward_id": reward["id"], "request_key": secrets.token_hex(8)}
    spent = call(li, f"/customers/{who}/points/redeem", click)
    assert call(li, f"/customers/{who}/points/redeem", click)["balance"] == spent["balance"] == 40
    row = spent["rows"][0]
    assert (row["kind"], row["points"], row["name"], row["by"], row["redemption"]["may_cancel"]) == (
        "SPEND", -60, "保温杯", "李", True,
    )  # fmt: skip
    short = {"reward_id": reward["id"], "request_key": secrets.token_hex(8)}
    assert call(li, f"/customers/{who}/points/redeem", short, status=409)["code"] == "points_short"
    back = call(li, f"/redemptions/{row['redemption']['id']}/cancel", {"reason": "不要了"})
    assert (back["balance"], back["rows"][0]["kind"]) == (100, "RETURN")

    sums = get(ops, "/points/summary")
    assert {name: sums[name] for name in ("issued", "redeemed", "expired", "reversed", "owed", "liability", "wrong")} == {
        "issued": 100, "redeemed": 0, "expired": 0, "reversed": 0, "owed": 100, "liability": "1.00", "wrong": [],
    }  # fmt: skip
    PointsLot.objects.update(rest=1)
    assert {one["code"] for one in get(ops, "/points/summary")["wrong"]} == {"LOTS", "USES"}


def test_nobody_touches_the_points_of_customers_whom_they_do_not_see(bank: PointsBank) -> None:
    mission, reward = bank.by_hand(), bank.offered()
    mine, others = bank.ids[0], bank.ids[1]
    bank.award(mission, mine)
    bank.award(mission, others, who="王")
    redemption = bank.redeem(reward, others, who="王")
    li, checker = bank.client("李"), bank.client("合规")
    get(li, f"/customers/{others}/points", status=404)
    key = secrets.token_hex(8)
    call(li, f"/customers/{others}/points/redeem", {"reward_id": reward.id, "request_key": key}, status=404)
    call(li, f"/customers/{others}/points/award", {"mission_id": mission.id, "why": "到店"}, status=404)
    call(li, f"/redemptions/{redemption.id}/cancel", {"reason": "不要了"}, status=404)
    call(
        checker, f"/customers/{mine}/points/redeem", {"reward_id": reward.id, "request_key": key}, status=403
    )
    call(li, "/points/missions", {"name": "我的", "plan": {}}, status=403)
    read = get(checker, f"/customers/{others}/points")  # who may only read gets no code that buys something
    assert (read["may_work"], read["rewards"], read["rows"][0]["redemption"]["code"]) == (False, [], "")
    get(browser(), f"/customers/{mine}/points", status=401)
    [row] = [
        one for one in get(bank.client("运营"), f"/customers/{mine}/points")["rows"] if one["kind"] == "AWARD"
    ]
    assert row["may_reverse"]
    call(li, f"/points/entries/{row['id']}/reverse", {"reason": "错"}, status=403)
    call(bank.client("运营"), f"/points/entries/{row['id']}/reverse", {"reason": "认错了人"})
    assert bank.balance(mine) == 0


def test_what_a_plan_may_name_speaks_of_no_deposits(bank: PointsBank) -> None:
    bank.segment("rich2", {"where": {"type": "compare", "field": "aum", "op": "ge", "value": 1}})
    offered = get(bank.client("运营"), "/points/choices")
    codes = {one["code"] for one in offered["segments"]}
    assert {"everybody", "carded"} <= codes and "rich2" not in codes
    events = {one["code"] for one in offered["events"]}
    assert "E11" in events and not {"E01", "E03", "E05"} & events
    assert (offered["reward_value"], offered["months"]) == ("500", 24)


def test_a_segment_that_a_mission_names_stays_open(bank: PointsBank) -> None:
    bank.running()
    segment = Segment.objects.get(code="carded")
    uses = [use for ask in USES for use in ask(bank.viewer("运营"), segment)]
    assert [(use.kind, use.name) for use in uses] == [("mission", "绑卡有礼")]
    call(bank.client("运营"), f"/points/mission/{Mission.objects.get().id}/steps/end", status=204)
    assert not [use for ask in USES for use in ask(bank.viewer("运营"), segment)]


def test_points_stand_on_the_customers_timeline(bank: PointsBank) -> None:
    mission, reward, who = bank.by_hand(), bank.offered(), bank.ids[0]
    li = bank.client("李")
    before = get(li, f"/customers/{who}/timeline")["mark"]
    bank.award(mission, who)
    bank.now += DAY
    bank.redeem(reward, who)
    page = get(
        bank.client("李"), f"/customers/{who}/timeline?kinds=POINTS"
    )  # the day before's session is over
    assert [
        (one["code"], one["before"], one["detail"]) for one in page["rows"] if one["kind"] == "POINTS"
    ] == [
        ("SPEND", "-60", "保温杯"),
        ("AWARD", "100", "绑卡有礼"),
    ]
    assert page["mark"] != before and page["rows"][0]["at"] > f"{TODAY}"
