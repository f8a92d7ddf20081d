"""旅程 through its door: drawn, checked, tried, approved, watched; each sees those customers only whom he may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.care.nights import event
from tests.outreach.journeys import JourneyBank
from yinke.access.models import AuditEntry
from yinke.customers.list_models import Tag
from yinke.outreach.models import Message
from yinke.privacy.models import Consent, Policy


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> JourneyBank:
    return JourneyBank(tmp_path, settings)


def post(client: Client, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
    answer = getattr(client, method)(f"/api/journeys{path}", data=body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def get(client: Client, path: str = "", status: int = 200) -> Any:
    answer = client.get(f"/api/journeys{path}", headers={"accept-language": "zh-hans"})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def drawn(bank: JourneyBank) -> dict[str, Any]:
    return bank.definition(
        {"id": "h", "type": "HOLDOUT", "share": 50, "next": "m"},
        {"id": "m", "type": "MESSAGE", "template": bank.text, "next": "w"},
        {"id": "w", "type": "WAIT", "days": 1, "next": None},
        goal={"segment": "bought", "days": 30},
    ).model_dump(mode="json")


def test_from_a_draft_to_a_journey_that_runs_with_its_numbers(bank: JourneyBank) -> None:
    writer, checker = bank.client("运营"), bank.client("合规")
    people = [bank.customer(f"客{n}", of="王").id for n in range(60)]
    bank.members("rich", [])
    assert get(writer) == []
    empty = {"trigger": {"type": "SEGMENT"}, "start": None, "steps": [], "goal": None}
    made = post(writer, "", {"name": "留客", "definition": empty})
    assert (made["state"], made["number"], made["versions"][0]["state"]) == ("DRAFT", 1, "DRAFT")
    assert [one["code"] for one in made["check"]["faults"]] == ["NO_TRIGGER_SEGMENT", "NO_STEPS"]
    assert (made["may_write"], made["may_pause"], made["trigger"]) == (True, False, "尚未设定")
    path = f"/{made['id']}"
    assert post(writer, f"{path}/submit", status=400)["code"] == "journey_faulty"
    saved = post(writer, path, {"name": "留客", "definition": drawn(bank)}, method="put")
    assert (saved["check"], saved["trigger"], saved["steps"]) == (
        {"faults": [], "hints": []},
        "进入客群「rich」",
        3,
    )
    assert get(checker)[0]["may_decide"] is False
    sent = post(writer, f"{path}/submit")
    assert (sent["waiting"], sent["may_withdraw"], sent["may_decide"]) == (1, True, False)
    assert (
        post(writer, path, {"name": "改", "definition": drawn(bank)}, status=409, method="put")["code"]
        == "journey_moved"
    )
    assert post(writer, f"{path}/approve", status=403)
    assert get(checker)[0]["may_decide"] is True
    runs = post(checker, f"{path}/approve")
    assert (runs["state"], runs["versions"][0]["in_force"], runs["versions"][0]["decided_by"]) == (
        "RUNNING",
        True,
        "合规",
    )

    bank.members("rich", people)
    bank.tick()
    held = get(writer, f"{path}/customers?state=HELD_OUT")["total"]
    bank.members("bought", people[:30])
    bank.tick()
    seen = get(writer, path)
    assert (seen["entered"], seen["inside"] + sum(seen["ended"].values()), seen["reached"]) == (60, 60, 30)
    counts = {one["step"]: one for one in seen["counts"]}
    kept = 60 - held
    assert counts["h"] == {
        "step": "h",
        "here": 0,
        "came": 60,
        "out": {"held": held, "next": kept},
        "messages": {},
    }
    assert (counts["m"]["came"], counts["m"]["out"], sum(counts["m"]["messages"].values())) == (
        kept,
        {"next": kept},
        kept,
    )
    cancelled = Message.objects.filter(state="CANCELLED").count()
    assert counts["m"]["messages"] == {"QUEUED": kept - cancelled, "CANCELLED": cancelled}
    assert (counts["w"]["here"], counts["w"]["came"]) == (kept - cancelled, kept - cancelled)
    arms = seen["comparison"]
    assert (arms["treated"]["customers"], arms["held_out"]["customers"]) == (kept, held)
    assert arms["treated"]["reached"] == cancelled and arms["held_out"]["reached"] == 30 - cancelled
    rate = 100 * (cancelled / kept - (30 - cancelled) / held)
    assert (
        arms["difference"] == pytest.approx(rate, abs=0.01)
        and arms["low"] < arms["difference"] < arms["high"]
    )
    rows = get(writer, f"{path}/customers?step=w")
    assert (rows["total"], {row["step"] for row in rows["rows"]}) == (kept - cancelled, {"w"})
    assert len(get(writer, f"{path}/customers")["rows"]) == 50
    assert len(get(writer, f"{path}/customers?page=2")["rows"]) == 10
    listed = get(writer)[0]
    assert (listed["entered"], listed["reached"], listed["inside"]) == (60, 30, kept - cancelled)

    paused = post(writer, f"{path}/pause")
    assert (paused["state"], paused["may_resume"], paused["may_pause"]) == ("PAUSED", True, False)
    assert post(writer, f"{path}/resume")["state"] == "RUNNING"
    assert post(writer, f"{path}/stop")["state"] == "STOPPED"
    done = set(
        AuditEntry.objects.filter(object_type="journey", object_id=f"{made['id']}").values_list(
            "action", flat=True
        )
    )
    assert done == {f"journey.{deed}" for deed in ("save", "submit", "approve", "pause", "resume", "stop")}


def test_a_new_draft_is_shown_beside_what_is_in_force(bank: JourneyBank) -> None:
    writer, checker = bank.client("运营"), bank.client("合规")
    journey = bank.drawn({"id": "w", "type": "WAIT", "days": 1, "next": None})
    again = post(writer, f"/{journey.id}", {"name": "旅程", "definition": drawn(bank)}, method="put")
    assert (again["number"], [one["state"] for one in again["versions"]]) == (2, ["DRAFT", "APPROVED"])
    assert [step["id"] for step in get(writer, f"/{journey.id}?number=1")["definition"]["steps"]] == ["w"]
    assert get(writer, f"/{journey.id}?number=9", status=404)
    post(writer, f"/{journey.id}/submit")
    refused = post(checker, f"/{journey.id}/refuse", {"reason": "分组太大"})
    assert (refused["number"], refused["versions"][0]["reason"], refused["state"]) == (
        2,
        "分组太大",
        "RUNNING",
    )
    assert get(writer, f"/{journey.id}")["number"] == 1
    post(writer, f"/{journey.id}", {"name": "旅程", "definition": drawn(bank)}, method="put")
    post(writer, f"/{journey.id}/submit")
    assert post(writer, f"/{journey.id}/withdraw")["versions"][0]["state"] == "WITHDRAWN"


def test_a_branch_sees_its_own_customers_of_it_and_draws_none(bank: JourneyBank) -> None:
    bank.with_org("东分行", level=2).with_staff("东零售", "RETAIL_MGR")
    far = bank.with_branch("静安", under="东分行").with_customer("远客", of=None, at="静安").customers["远客"]
    journey = bank.drawn({"id": "w", "type": "WAIT", "days": 1, "next": None})
    bank.members("rich", [bank.zhao.id, far.id])
    bank.tick()
    branch = bank.client("东零售")
    assert (get(branch)[0]["entered"], get(branch)[0]["may_write"]) == (1, False)
    seen = get(branch, f"/{journey.id}")
    assert (seen["inside"], seen["counts"][0]["here"], seen["versions"][0]["inside"]) == (1, 1, 1)
    assert [row["customer_id"] for row in get(branch, f"/{journey.id}/customers")["rows"]] == [far.id]
    assert post(branch, "", {"name": "支行的", "definition": drawn(bank)}, status=403)
    for deed in ("pause", "stop", "enter", "submit"):
        post(branch, f"/{journey.id}/{deed}", status=403)
    assert get(bank.client("李"), status=403)
    names = {row["name"] for row in get(bank.client("运营"), f"/{journey.id}/customers")["rows"]}
    assert names == {"赵*", "远*"}  # masked at head office


def test_a_dry_run_shows_each_path_and_writes_nothing(bank: JourneyBank) -> None:
    writer = bank.client("运营")
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    bank.members("poor", [bank.qian.id])
    definition = bank.definition(
        {"id": "c", "type": "CONDITION", "segment": "poor", "yes": "w", "no": "m"},
        {"id": "w", "type": "WAIT", "days": 2, "next": "m"},
        {"id": "m", "type": "MESSAGE", "template": bank.text, "next": None},
    ).model_dump(mode="json")
    bank.qian.mobile_sealed = None  # type: ignore[assignment]
    bank.qian.save()
    tried = post(writer, "/dry-run", {"definition": definition})
    assert tried["audience"] == 2
    ways = {
        path["customer_id"]: [(one["step"], one["out"], one["why"]) for one in path["steps"]]
        for path in tried["paths"]
    }
    assert ways == {
        bank.zhao.id: [("c", "no", ""), ("m", "next", "")],
        bank.qian.id: [("c", "yes", ""), ("w", "next", ""), ("m", "next", "NO_ADDRESS")],
    }
    assert {path["end"] for path in tried["paths"]} == {"DONE"} and not Message.objects.exists()
    assert len(post(writer, "/dry-run", {"definition": definition, "customers": 1})["paths"]) == 1
    definition["steps"][1]["next"] = "c"
    definition["steps"][1]["days"] = 0
    assert post(writer, "/dry-run", {"definition": definition}, status=400)["code"] == "journey_faulty"


def test_the_audience_of_an_event_are_those_to_whom_it_happened_lately(bank: JourneyBank) -> None:
    bank.night(event("E01", bank.zhao))
    definition = bank.definition(
        {"id": "w", "type": "WAIT", "days": 2, "next": None}, trigger={"type": "EVENT", "event": "E01"}
    ).model_dump(mode="json")
    tried = post(bank.client("运营"), "/dry-run", {"definition": definition})
    assert (tried["audience"], [path["customer_id"] for path in tried["paths"]]) == (1, [bank.zhao.id])


def test_hints_say_who_has_not_agreed_and_what_can_not_be_compared(bank: JourneyBank) -> None:
    from yinke.outreach.services.templates import Draft, decide, submit

    writer = bank.client("运营")
    text = submit(bank.viewer("运营"), Draft("新品", "MARKETING", "{称呼}，新品上架。"))
    decide(bank.viewer("合规"), text.id, fit=True)
    bank.members("rich", [bank.zhao.id, bank.qian.id])
    policy = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
    Consent.objects.create(
        customer=bank.zhao, purpose="MARKETING_SMS", answer="GRANTED", policy=policy, text_hash=policy.text_hash, channel="COUNTER",
        at=bank.now.replace(year=2020), request_key="k",
    )  # fmt: skip
    definition = bank.definition(
        {"id": "h", "type": "HOLDOUT", "share": 10, "next": "m"},
        {"id": "m", "type": "MESSAGE", "template": text.template_id, "next": None},
    ).model_dump(mode="json")
    hints = post(writer, "/check", definition)["hints"]
    assert {(one["step"], one["code"], one["about"]) for one in hints} == {
        ("h", "HOLDOUT_WITHOUT_GOAL", ""), ("m", "NO_CONSENT", "1/2")
    }  # fmt: skip
    definition = bank.definition(
        {"id": "w", "type": "WAIT", "days": 1, "next": None}, goal={"segment": "bought", "days": 3}
    ).model_dump(mode="json")
    assert [one["code"] for one in post(writer, "/check", definition)["hints"]] == ["NO_HOLDOUT"]


def test_choices_are_what_may_be_named(bank: JourneyBank) -> None:
    Tag.objects.create(org=bank.orgs["总行"], name="重点", made_by=bank.staff["运营"])
    bank.members("rich", [bank.zhao.id])
    found = get(bank.client("运营"), "/choices")
    assert found["segments"] == [{"code": "rich", "name": "rich", "size": 1}]
    assert {one["code"] for one in found["conditions"]} == {"rich", "poor", "bought"}
    assert {"code": "E11", "name": "生日", "size": None} in found["events"]
    assert [one["name"] for one in found["tags"]] == ["重点"]
    assert [(one["id"], one["channel"], one["kind"]) for one in found["templates"]] == [
        (bank.text, "SMS", "SERVICE")
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"steps": [{"id": "a", "type": "DANCE"}]}, {"steps": [{"id": "A!", "type": "WORKTIME"}]}, {"colour": "red"},
        {"steps": [{"id": "a", "type": "SPLIT", "paths": [{"share": 100}]}]}, {"steps": [{"id": "a", "type": "WAIT", "days": -1}]},
        {"trigger": {"type": "SEGMENT", "at": "tomorrow"}},
    ],
)  # fmt: skip
def test_what_is_no_journey_is_refused_with_its_place(bank: JourneyBank, broken: dict[str, Any]) -> None:
    whole = {"trigger": {"type": "SEGMENT"}, "start": None, "steps": [], **broken}
    assert post(bank.client("运营"), "", {"name": "x", "definition": whole}, status=422)
