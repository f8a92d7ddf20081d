"""旅程的否则用: a message step's second text stands in for the first, for each customer once, and the journey sees what came of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from tests.outreach.journeys import JourneyBank
from tests.outreach.test_next_channel import Says
from yinke.customers.models import Customer
from yinke.outreach.channels import Provider
from yinke.outreach.journeys import services
from yinke.outreach.journeys.services import JourneyFaulty
from yinke.outreach.models import Message, Reply, Traveller
from yinke.outreach.services.dispatch import dispatch
from yinke.outreach.services.templates import Draft, decide, retire, submit

WAIT = {"id": "w", "type": "WAIT", "days": 1, "next": "c"}


class Ways(JourneyBank):
    """Service texts, to be sent by text message, and by notice to whom that does not reach."""

    def __init__(self, folder: Path, settings: Any) -> None:
        super().__init__(folder, settings)
        self.app = self.approve_text("推送", "APP")
        self.sms = Says("sms", [("REFUSED", False)])
        self.notice = Says("app")

    def approve_text(self, name: str, channel: str, kind: str = "SERVICE") -> int:
        draft = Draft(name, kind, "{称呼}，您好。", channel=channel)
        return decide(self.viewer("合规"), submit(self.viewer("运营"), draft).id, fit=True).template_id

    def send(self, **more: Any) -> dict[str, Any]:
        return {"id": "m", "type": "MESSAGE", "template": self.text, "otherwise": self.app, **more}

    def go(self) -> None:
        ways: dict[str, Sequence[Provider]] = {"SMS": [self.sms], "APP": [self.notice]}
        with patch.object(timezone, "now", lambda: self.now):
            dispatch(carriers=lambda channel: ways.get(channel, ()))

    def ways(self) -> list[tuple[str, str, str]]:
        return [(one.channel, one.state, one.journey_step) for one in Message.objects.order_by("id")]


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> Ways:
    return Ways(tmp_path, settings)


@pytest.mark.parametrize(
    ("came", "second"), [("SENT", "SENT"), ("DELIVERED", "DELIVERED"), ("REPLIED", "SENT")]
)
def test_the_second_text_stands_in_and_the_journey_sees_what_came_of_it(
    bank: Ways, came: str, second: str
) -> None:
    asks = {"id": "c", "type": "CONDITION", "message": "m", "came": came, "yes": None, "no": None}
    journey = bank.drawn(bank.send(next="w"), WAIT, asks)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    bank.go()
    assert bank.ways() == [("SMS", "FAILED", "m"), ("APP", "SENT", "m")]
    letter = Message.objects.get(channel="APP")
    assert letter.journey_id == journey.in_force_id and letter.fallback_of is not None
    Message.objects.filter(id=letter.id).update(state=second)
    if came == "REPLIED":
        Reply.objects.create(
            provider="app", provider_ref="1", customer=bank.zhao, channel="APP", at=bank.now, meaning="OTHER"
        )
    bank.tick(days=1, hours=1)
    assert bank.places(journey)[bank.zhao.id][2][-1] == "c:yes"
    shown = bank.client("运营").get(f"/api/journeys/{journey.id}").json()
    counted = next(row for row in shown["counts"] if row["step"] == "m")
    assert counted["messages"] == {second: 1}  # each customer once
    bank.go()
    assert Message.objects.count() == 2


@pytest.mark.parametrize("how", ["stopped", "goal", "retired", "none"])
def test_nothing_stands_in_once_it_must_not(bank: Ways, how: str) -> None:
    step = bank.send(next="w") if how != "none" else {**bank.send(next="w"), "otherwise": None}
    asks = {"id": "c", "type": "CONDITION", "segment": "poor", "yes": None, "no": None}
    journey = bank.drawn(step, WAIT, asks, goal={"segment": "bought", "days": 30})
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    if how == "retired":
        retire(bank.viewer("运营"), bank.app)
    if how == "goal":
        Traveller.objects.update(reached_at=bank.now, state="GOAL", step="", due_at=None, ended_at=bank.now)
    if how == "stopped":
        services.stop(bank.viewer("运营"), journey.id)
        Message.objects.update(state="QUEUED")  # it was on its way when the journey was stopped
    bank.go()
    bank.go()
    assert bank.ways() == [("SMS", "FAILED", "m")]


def test_who_reached_the_goal_by_an_earlier_way_still_gets_the_second(bank: Ways) -> None:
    journey = bank.drawn(
        bank.send(), trigger={"type": "SEGMENT", "segment": "rich", "again_days": 1}, goal={"segment": "bought", "days": 30}
    )  # fmt: skip
    bank.sms.says = []
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    bank.go()
    Traveller.objects.update(reached_at=bank.now)
    bank.members("rich", [])
    bank.tick()
    bank.tick(days=2)
    bank.members("rich", [bank.zhao.id])
    bank.tick()
    assert Traveller.objects.filter(journey=journey).count() == 2
    bank.sms.says = [("REFUSED", False)]
    bank.go()
    bank.go()
    assert bank.ways() == [("SMS", "SENT", "m"), ("SMS", "FAILED", "m"), ("APP", "SENT", "m")]


def test_a_second_text_is_of_another_channel_the_same_kind_and_approved(bank: Ways) -> None:
    pending = submit(bank.viewer("运营"), Draft("待批", "SERVICE", "您好。", channel="APP")).template_id
    wrong = {
        bank.text: "OTHERWISE_UNFIT", bank.approve_text("推送问候", "APP", "GREETING"): "OTHERWISE_UNFIT",
        pending: "TEMPLATE_NOT_APPROVED", 9999: "NO_SUCH_TEMPLATE",
    }  # fmt: skip
    for text, code in wrong.items():
        assert [fault.code for fault in services.check(bank.definition(bank.send(otherwise=text)))] == [code]
    assert services.check(bank.definition(bank.send())) == []
    with pytest.raises(JourneyFaulty):
        bank.drawn(bank.send(otherwise=bank.text))


def test_a_dry_run_says_by_which_channel_it_would_go(bank: Ways) -> None:
    nobody = bank.customer("无号码")
    Customer.objects.filter(id=nobody.id).update(mobile_sealed=None, mobile_index=None)
    bank.members("rich", [nobody.id])
    body = {
        "definition": bank.definition(bank.send()).model_dump(mode="json"),
        "customers": 5,
        "journey_id": None,
    }
    found = bank.client("运营").post("/api/journeys/dry-run", body, content_type="application/json").json()
    (step,) = found["paths"][0]["steps"]
    assert (step["why"], step["instead"]) == ("", "APP")


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_asks_for_second_texts_asks_for_each_once(
    tmp_path: Path, settings: Any
) -> None:
    bank = Ways(tmp_path, settings)
    bank.drawn(bank.send())
    people = [bank.customer(f"客{n}", mobile=f"138{n:08}").id for n in range(6)]
    bank.members("rich", people)
    bank.tick()
    place = {
        **os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "TEST_LAKE": str(tmp_path), "TEST_NOW": bank.now.isoformat(),
    }  # fmt: skip

    def run(dies: int) -> int:
        command = [sys.executable, "-m", "tests.outreach.die_next_channel", f"{dies}"]
        return subprocess.run(command, env=place, timeout=300, check=False).returncode

    assert run(1) == -signal.SIGKILL
    assert Message.objects.count() == 6  # what ended them is undone with what it asked for
    assert set(Message.objects.values_list("state", flat=True)) == {"SENDING"}
    Message.objects.update(
        state="QUEUED", next_at=bank.now
    )  # as they are found later, but that nothing was carried
    assert run(0) == 0 and run(0) == 0
    assert Message.objects.filter(channel="SMS", state="FAILED").count() == 6
    seconds = Message.objects.filter(channel="APP", state="SENT")
    assert (
        seconds.count()
        == 6
        == seconds.values("fallback_of").distinct().count()
        == Message.objects.count() - 6
    )
