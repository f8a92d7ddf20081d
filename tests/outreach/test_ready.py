"""即用模板: every text may be sent as it is, every plan and journey runs once its texts are approved, and nothing goes before."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from tests.care.nights import ONE, event
from tests.outreach.journeys import JourneyBank
from yinke.access.models import AuditEntry
from yinke.care.events.registry import EVENT_TYPES
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.journeys.check import Known, hints
from yinke.outreach.journeys.check import faults as journey_faults
from yinke.outreach.journeys.definition import ManagerTask
from yinke.outreach.models import CarePlan, Journey, Message, Template, TemplateVersion
from yinke.outreach.ready.catalogue import catalogue
from yinke.outreach.services.plans import DUE
from yinke.outreach.services.templates import decide, in_force, retire, withdraw
from yinke.outreach.texts import OPT_OUTS, Words, composed, faults, parts
from yinke.segments.ready import ready_segments

FACTS = {"称呼": "欧阳建国先生", "客户经理": "李建明", "网点": "徐家汇支行"}
FOUND = catalogue()


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> JourneyBank:
    return JourneyBank(tmp_path, settings)


def get(bank: JourneyBank, who: str = "运营", status: int = 200) -> dict[str, Any]:
    answer = bank.client(who).get("/api/ready-care")
    assert answer.status_code == status, answer.content.decode()
    return {one["code"]: one for one in answer.json()} if status == 200 else {}


def post(bank: JourneyBank, path: str, who: str = "运营", status: int = 200, body: Any = None) -> Any:
    with patch.object(timezone, "now", lambda: bank.now):
        answer = bank.client(who).post(f"/api/{path}", data=body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def take(bank: JourneyBank, code: str, **more: Any) -> Any:
    return post(bank, f"ready-care/{code}/take", **more)


def approve_texts(bank: JourneyBank) -> None:
    for version in TemplateVersion.objects.filter(state="PENDING"):
        post(bank, f"templates/versions/{version.id}/approve", "合规")


@pytest.mark.parametrize("code", FOUND.texts)
def test_every_text_may_be_sent_as_it_is_and_says_who_writes_and_how_to_opt_out(db: None, code: str) -> None:
    text, values = FOUND.texts[code], in_force()
    words = Words(text.channel, text.kind, text.text, text.subject)
    assert faults(words, values) == []
    whole = composed(words, values, FACTS)
    assert "{" not in whole and parts(text.channel, whole) == 1
    if text.channel == "SMS":
        assert whole.startswith(values["outreach.signature"])
    out = values[OPT_OUTS.get(text.channel, "outreach.opt_out")]
    assert (out in whole) == (text.kind != "SERVICE")
    assert all(1 <= len(name) <= 60 for name in text.name)


def test_every_text_is_used_and_codes_are_one_s_own() -> None:
    used = {text for one in (*FOUND.plans.values(), *FOUND.journeys.values()) for text in one.texts}
    assert used == set(FOUND.texts)
    assert not set(FOUND.plans) & set(FOUND.journeys)
    assert max(map(len, (*FOUND.texts, *FOUND.plans, *FOUND.journeys))) <= 30


@pytest.mark.parametrize("code", FOUND.plans)
def test_every_plan_answers_an_event_that_is_there(code: str) -> None:
    plan = FOUND.plans[code]
    assert plan.event in EVENT_TYPES and (not plan.on_due or plan.event in DUE)
    assert 0 <= plan.tiers[0] <= plan.tiers[1] <= 5
    first, second = FOUND.texts[plan.text], FOUND.texts[plan.otherwise] if plan.otherwise else None
    assert second is None or (second.channel != first.channel and second.kind == first.kind)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", FOUND.journeys)
def test_every_journey_runs_once_its_texts_are_approved(code: str, language: str) -> None:
    journey = FOUND.journeys[code]
    ids = {text: n for n, text in enumerate(journey.texts, 1)}
    drawn, now = journey.definition(ids, language), datetime(2026, 11, 3, tzinfo=SHANGHAI)

    def wrong(approved: bool) -> list[str]:
        known = Known(
            set(), set(ready_segments()), set(EVENT_TYPES), set(), dict.fromkeys(ids.values(), approved)
        )
        return [fault.code for fault in journey_faults(drawn, known, now)]

    assert (wrong(True), set(wrong(False))) == ([], {"TEMPLATE_NOT_APPROVED"})
    assert [hint.code for hint in hints(drawn)] in ([], ["NO_HOLDOUT"])
    chinese = [
        any("\u4e00" <= c <= "\u9fff" for c in step.title)
        for step in drawn.steps
        if isinstance(step, ManagerTask)
    ]
    assert chinese and set(chinese) == {language != "en"}


def test_a_plan_is_taken_its_text_approved_asked_for_approved_and_a_customer_gets_the_message(
    bank: JourneyBank,
) -> None:
    assert {one["state"] for one in get(bank).values()} == {"NEW"}
    assert not any(one["may_take"] for one in get(bank, "合规").values())
    taken = take(bank, "birthday")
    assert (taken["state"], taken["may_take"]) == ("TEXTS", False)
    assert [one["state"] for one in taken["texts"]] == ["PENDING", "PENDING"]
    assert not CarePlan.objects.exists()
    assert take(bank, "birthday", status=409)["code"] == "ready_taken"
    approve_texts(bank)
    assert (get(bank)["birthday"]["state"], get(bank)["birthday"]["may_take"]) == ("READY", True)
    assert take(bank, "birthday")["state"] == "PENDING"
    plan = CarePlan.objects.get()
    asked = (plan.event, plan.tier_from, plan.tier_to, plan.on_due, plan.instead, plan.template.channel)
    assert asked == ("E11", 0, 2, True, True, "SMS") and plan.otherwise and plan.otherwise.channel == "APP"
    post(bank, f"care-plans/{plan.id}/approve", status=403)  # not by who asked
    birthday = event("E11", bank.qian, due=str(bank.biz_date + 4 * ONE), case="AHEAD")
    assert bank.night(birthday).messages == 0
    post(bank, f"care-plans/{plan.id}/approve", "合规")
    assert get(bank)["birthday"]["state"] == "RUNNING"
    later = event("E11", bank.qian, key="again", due=str(bank.biz_date + 4 * ONE), case="AHEAD")
    assert bank.night(later).messages == 1
    message = Message.objects.get()
    assert (message.customer, message.version.text) == (bank.qian, FOUND.texts["birthday_sms"].text)
    done = AuditEntry.objects.filter(action="ready.take", object_id="birthday")
    assert done.count() == 2


def test_a_journey_is_taken_as_a_draft_and_runs_when_its_texts_and_itself_are_approved(
    bank: JourneyBank,
) -> None:
    from yinke.segments.services.install import install_ready_segments

    install_ready_segments()
    taken = take(bank, "onboarding")
    assert (taken["state"], taken["may_take"]) == ("DRAFT", False)
    path = f"journeys/{taken['journey_id']}"
    drawn = bank.client("运营").get(f"/api/{path}").json()
    assert {one["code"] for one in drawn["check"]["faults"]} == {"TEMPLATE_NOT_APPROVED"}
    assert post(bank, f"{path}/submit", status=400)["code"] == "journey_faulty"
    assert take(bank, "onboarding", status=409)["code"] == "ready_taken"
    approve_texts(bank)
    post(bank, f"{path}/submit")
    assert get(bank)["onboarding"]["state"] == "PENDING"
    post(bank, f"{path}/approve", status=403)
    post(bank, f"{path}/approve", "合规")
    assert get(bank)["onboarding"]["state"] == "RUNNING"
    bank.now = datetime.combine(bank.biz_date + ONE, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
    with patch.object(timezone, "now", lambda: bank.now):
        bank.night(event("E20", bank.zhao, case="WELCOME", day=1))
    bank.tick()
    message = Message.objects.get()
    assert (message.customer, message.version.text) == (bank.zhao, FOUND.texts["welcome_sms"].text)
    journey = Journey.objects.get()
    assert bank.places(journey)[bank.zhao.id][:2] == ("INSIDE", "w1")
    post(bank, f"{path}/stop")
    assert (get(bank)["onboarding"]["state"], get(bank)["onboarding"]["may_take"]) == ("READY", True)
    assert take(bank, "onboarding")["journey_id"] != journey.id
    assert Template.objects.filter(ready="welcome_sms").count() == 1  # approved already: not asked for again


def test_a_text_taken_back_is_submitted_anew_one_refused_waits_for_its_author(bank: JourneyBank) -> None:
    take(bank, "papers")
    version = TemplateVersion.objects.get(template__ready="papers_sms")
    withdraw(bank.viewer("运营"), version.id)
    assert (get(bank)["papers"]["state"], get(bank)["papers"]["may_take"]) == ("TEXTS", True)
    assert take(bank, "papers")["texts"][0]["state"] == "PENDING"
    again = TemplateVersion.objects.get(template__ready="papers_sms", number=2)
    decide(bank.viewer("合规"), again.id, fit=False, reason="语气")
    assert (get(bank)["papers"]["state"], get(bank)["papers"]["may_take"]) == ("REFUSED", False)
    assert take(bank, "papers", status=409)["code"] == "ready_taken"
    retire(bank.viewer("运营"), again.template_id)  # given up: it begins anew, beside the name that is taken
    assert take(bank, "papers")["state"] == "TEXTS"
    assert set(Template.objects.filter(ready="papers_sms").values_list("name", flat=True)) == {
        "证件到期提醒",
        "证件到期提醒 2",
    }


def test_only_the_whole_bank_s_operations_take_and_nothing_half(bank: JourneyBank) -> None:
    bank.with_org("东分行", level=2).with_staff("东零售", "RETAIL_MGR")
    assert not any(one["may_take"] for one in get(bank, "东零售").values())
    take(bank, "birthday", who="东零售", status=403)
    take(bank, "birthday", who="合规", status=403)
    get(bank, "李", 403)
    take(bank, "nothing", status=404)
    with (
        patch("yinke.outreach.journeys.services.save", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        from yinke.outreach.ready import services

        services.take(bank.viewer("运营"), "outflow")
    assert not Template.objects.exclude(ready="").exists()
