"""营销活动 through its door: planned, estimated, approved, watched; each sees those customers only whom he may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import a_day, a_lake
from tests.outreach.campaigns import DAY, FIRST, CampaignBank
from yinke.care.models import ContactRecord, Reason, Task
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Metrics
from yinke.effect.services.follow import follow
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignPlan
from yinke.outreach.models import Message

LEADS: dict[str, Any] = {"script": "邀约到店", "daily_cap": 5, "days": 5, "priority": 2}


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> Iterator[CampaignBank]:
    made = CampaignBank(tmp_path, settings, 60)
    with made.at_now():
        yield made


def post(client: Client, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
    answer = getattr(client, method)(
        f"/api/campaigns{path}", data=body or {}, content_type="application/json"
    )
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def get(client: Client, path: str = "", status: int = 200) -> Any:
    answer = client.get(f"/api/campaigns{path}", headers={"accept-language": "zh-hans"})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def body(bank: CampaignBank, name: str = "秋收", **more: Any) -> dict[str, Any]:
    return {"name": name, "plan": bank.plan(**more).model_dump(mode="json")}


def test_from_a_draft_to_a_funnel_with_its_cost_and_effect(bank: CampaignBank) -> None:
    writer, checker = bank.client("运营"), bank.client("合规")
    assert get(writer) == []
    made = post(writer, "", {"name": "秋收", "plan": {"starts_on": str(FIRST), "ends_on": str(FIRST)}})
    assert (made["state"], made["may_write"], made["effect"], made["funnel"]) == ("DRAFT", True, None, [])
    assert {one["code"] for one in made["faults"]} == {"NO_SEGMENT", "NO_TOUCH", "NO_AMOUNT"}
    path = f"/{made['id']}"
    assert post(writer, f"{path}/submit", status=400)["code"] == "campaign_faulty"
    asked = body(
        bank, leads=LEADS, holdout=50, message_cost="0.05", lead_cost="2", offer="到店礼", budget="500"
    )
    assert post(writer, path, asked, method="put")["faults"] == []
    sent = post(writer, f"{path}/submit")
    assert (sent["state"], sent["may_decide"], sent["may_withdraw"]) == ("REVIEW", False, True)
    assert post(writer, f"{path}/approve", {"digest": sent["digest"]}, status=403)
    seen = get(checker, path)
    assert (seen["may_decide"], seen["texts"][0]["whole"]) == (True, "【银客银行】{称呼}，您好。拒收请回复R")
    assert post(checker, f"{path}/approve", {"digest": "f" * 64}, status=409)["code"] == "campaign_moved"
    agreed = post(checker, f"{path}/approve", {"digest": seen["digest"]})
    assert (agreed["state"], agreed["decided_by"]) == ("APPROVED", "合规")

    bank.minute()
    campaign = Campaign.objects.get()
    held, care = bank.held_out(campaign), [one for one in bank.ids if one not in bank.held_out(campaign)]
    told = list(Message.objects.order_by("id"))
    for message, state, why in zip(
        told, ["DELIVERED"] * 12 + ["SENT"] * 4 + ["REFUSED"] * 3, [""] * 16 + ["CAP_WEEK"] * 2 + ["DND"], strict=False
    ):  # fmt: skip
        message.state, message.why = state, why
        message.save()
    bank.night(on=FIRST - DAY)
    tasks = list(Task.objects.order_by("-score", "id"))
    assert len(tasks) == 10
    for task, result in zip(tasks, ["DEAL", "INTERESTED", "REFUSED", "NO_ANSWER"], strict=False):
        ContactRecord.objects.create(
            customer=task.customer, task=task, user=bank.li, channel="PHONE", result=result, at=bank.now, biz_date=FIRST,
            request_key=f"{task.id}",
        )  # fmt: skip
    bank.balances(dict.fromkeys([*care[:6], *sorted(held)[:1]], 9_000_000))
    bank.night(on=FIRST)
    seen, leads = get(writer, path), campaign.members.filter(lead_on__isnull=False).count()
    assert {one["code"]: one["customers"] for one in seen["funnel"]} == {
        "ELIGIBLE": 30, "ASKED": 30, "SENT": 16, "DELIVERED": 12, "HANDED": leads, "CONTACTED": 3, "INTERESTED": 2, "DEAL": 1, "REACHED": 6,
    }  # fmt: skip
    assert seen["handed"] == leads == Reason.objects.filter(type="C01").count() >= 10
    assert {one["why"]: one["customers"] for one in seen["unsent"]} == {"CAP_WEEK": 2, "DND": 1}
    spent = 16 * 0.05 + leads * 2
    assert float(seen["cost"]["spent"]) == pytest.approx(spent) == float(seen["spent"])
    assert float(seen["cost"]["reserved"]) == pytest.approx(11 * 0.05)
    assert float(seen["cost"]["per_reached"]) == pytest.approx(spent / 6, abs=0.01)
    arms = seen["effect"]["comparison"]
    assert (arms["treated"], arms["held_out"]) == (
        {"customers": 30, "reached": 6},
        {"customers": 30, "reached": 1},
    )
    assert arms["difference"] == pytest.approx(100 * (6 - 1) / 30, abs=0.01)
    assert (seen["targeted"], seen["lost"], seen["frozen_digest"] != "") == (60, [], True)
    listed = get(writer)[0]
    assert (listed["sent"], listed["handed"], listed["reached"]) == (16, leads, 6)

    assert get(writer, f"{path}/customers?part=HELD_OUT")["total"] == 30
    assert get(writer, f"{path}/customers?part=REACHED")["total"] == 6
    rows = get(writer, f"{path}/customers")
    assert (rows["total"], len(rows["rows"]), rows["rows"][0]["name"]) == (60, 50, "客*")
    assert len(get(writer, f"{path}/customers?page=2")["rows"]) == 10
    by = {row["customer_id"]: row for row in rows["rows"]}
    assert by[told[17].customer_id]["why"] == "CAP_WEEK" and by[bank.ids[0]]["place"] == 1

    for deed, state in (("pause", "PAUSED"), ("resume", "RUNNING"), ("end", "ENDED")):
        assert post(writer, f"{path}/{deed}")["state"] == state
    assert get(writer, f"{path}")["may_end"] is False


def test_the_effect_on_money_is_what_the_experiment_says(bank: CampaignBank) -> None:
    campaign = bank.running(holdout=50, ends_on=FIRST)
    held = bank.held_out(campaign)
    seen = get(bank.client("运营"), f"/{campaign.id}")
    assert (seen["effect"]["verdict"], seen["effect"]["aum"]) == (None, None)
    measured = FIRST + 14 * DAY
    before = dict(campaign.members.values_list("customer_id", "aum_before"))
    rows = [
        {"cust_id": row.customer_id, "tier": row.tier, "status": "NORMAL",
         "aum": before.get(row.customer_id, row.aum) + (0 if row.customer_id in held else 50_000)}
        for row in Metrics.objects.all()
    ]  # fmt: skip
    follow(a_day(a_lake(bank.root), measured, snapshot=rows), load_thresholds(None).at(measured))
    effect = get(bank.client("运营"), f"/{campaign.id}")["effect"]
    assert (effect["verdict"], effect["as_of"], effect["measured_on"]) == (
        "BETTER",
        str(measured),
        str(measured),
    )
    assert effect["aum"]["difference"] == pytest.approx(50_000, abs=1)
    campaign.refresh_from_db()
    assert campaign.experiment and campaign.experiment.status == "ENDED"


def test_the_estimate_is_what_then_happens(bank: CampaignBank) -> None:
    writer = bank.client("运营")
    bank.members("poor", bank.ids[:10])
    asked = body(
        bank,
        exclude=["poor"],
        leads=LEADS,
        holdout=20,
        message_cost="0.05",
        lead_cost="2",
        ends_on=FIRST + DAY,
    )
    found = post(writer, "/estimate", asked)
    assert (found["targeted"], found["eligible"], found["held_out"], found["messages"]) == (60, 50, 10, 40)
    assert found["lost"] == [{"why": "EXCLUDED", "customers": 10}]
    assert found["leads"] == 20  # two managers, five a day, two days
    assert float(found["cost"]) == pytest.approx(40 * 0.05 + 20 * 2)
    assert (found["chance"], found["faults"]) == ({"base": None, "points": None}, [])
    assert not Message.objects.exists() and not Campaign.objects.exists()
    rows = [
        {"cust_id": one, "tier": 3, "status": "NORMAL", "aum_30d_ago": 1000, "aum": 1200 if n < 15 else 1000}
        for n, one in enumerate(bank.ids)
    ]
    a_day(a_lake(bank.root), bank.biz_date + DAY, snapshot=rows)
    chance = post(writer, "/estimate", asked)["chance"]
    assert chance["base"] == 0.25 and 0.2 < chance["points"] < 0.75
    assert post(bank.client("合规"), "/estimate", asked, status=403)
    assert post(writer, "/estimate", {"name": "", "plan": {**asked["plan"], "segment": ""}})["eligible"] == 0


def test_a_branch_sees_its_own_customers_of_it_and_plans_none(bank: CampaignBank) -> None:
    bank.with_org("东分行", level=2).with_staff("东零售", "RETAIL_MGR")
    far = bank.with_branch("静安", under="东分行").with_customer("远客", of=None, at="静安").customers["远客"]
    bank.agree([far.id])
    bank.members("rich", [*bank.ids, far.id])
    bank.publish()
    campaign = bank.running()
    campaign.members.filter(customer=far).update(held_out=False)
    branch, shown = bank.client("东零售"), get(bank.client("东零售"), f"/{campaign.id}")
    assert {one["code"]: one["customers"] for one in shown["funnel"]}["ELIGIBLE"] == 1
    assert (shown["targeted"], shown["lost"], shown["may_write"]) == (None, [], False)
    assert [row["customer_id"] for row in get(branch, f"/{campaign.id}/customers")["rows"]] == [far.id]
    assert get(branch)[0]["sent"] == 0
    post(branch, "", body(bank), status=403)
    post(branch, "/estimate", body(bank), status=403)
    for deed in ("submit", "start", "pause", "resume", "end"):
        post(branch, f"/{campaign.id}/{deed}", status=403)
    assert get(bank.client("李"), status=403)
    assert get(branch, "/999999", status=404) and get(branch, "/999999/customers", status=404)


def test_what_a_plan_may_name_and_where_a_segment_is_used(bank: CampaignBank) -> None:
    found = get(bank.client("运营"), "/choices")
    assert [one["code"] for one in found["segments"]] == ["rich"] and found["segments"][0]["size"] == 60
    assert {one["code"] for one in found["others"]} == {"rich", "poor", "bought"}
    assert {one["name"] for one in found["templates"]} == {"问候", "活动短信"}
    campaign = bank.drafted(exclude=["poor"])
    uses = bank.client("运营").get("/api/segments/poor/uses").json()
    assert uses == [{"kind": "campaign", "code": f"{campaign.id}", "name": "秋收"}]


def test_refused_it_is_a_draft_with_the_reason_and_taken_back_one_too(bank: CampaignBank) -> None:
    writer, checker = bank.client("运营"), bank.client("合规")
    path = f"/{post(writer, '', body(bank))['id']}"
    post(writer, f"{path}/submit")
    refused = post(checker, f"{path}/refuse", {"reason": "权益不清楚"})
    assert (refused["state"], refused["reason"], refused["decided_by"]) == ("DRAFT", "权益不清楚", "合规")
    post(writer, f"{path}/submit")
    assert post(writer, f"{path}/withdraw")["state"] == "DRAFT"
    later = post(writer, "", body(bank, "以后", by_hand=True))
    post(writer, f"/{later['id']}/submit")
    read = get(checker, f"/{later['id']}")
    post(checker, f"/{later['id']}/approve", {"digest": read["digest"]})
    assert get(writer, f"/{later['id']}")["may_start"] is True
    assert post(writer, f"/{later['id']}/start")["start_asked"] is True
    bank.minute()
    assert get(writer, f"/{later['id']}")["state"] == "RUNNING"


@given(st.integers(0, 365), st.integers(0, 200), st.integers(7, 90))
def test_a_plan_reads_back_as_it_was_written(start: int, long: int, days: int) -> None:
    plan = CampaignPlan(
        starts_on=FIRST + start * DAY, ends_on=FIRST + (start + long) * DAY, goal={"days": days}, budget="12.50"  # type: ignore[arg-type]
    )  # fmt: skip
    assert CampaignPlan.model_validate(plan.model_dump(mode="json")) == plan
    assert plan.horizon == long + days
