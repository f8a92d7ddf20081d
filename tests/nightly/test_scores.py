"""A released model that cannot be used holds no night: the rules stand alone, and the audit trail says so."""

from __future__ import annotations

import json

import pytest

from tests.lake.small_bank import FIRST
from tests.nightly.night_bank import NightBank
from yinke.access.models import AuditEntry
from yinke.care.models import Task
from yinke.nightly.models import Run

pytestmark = pytest.mark.django_db


def test_a_night_goes_on_by_the_rules_when_the_model_is_spoilt(bank: NightBank) -> None:
    folder = bank.lake.root / "models" / "churn"
    (folder / "7").mkdir(parents=True)
    card = {"number": 7, "files": [{"name": "model-0.txt", "sha256": "0" * 64}]}
    (folder / "7" / "card.json").write_text(json.dumps(card), "utf-8")
    (folder / "released.json").write_text('{"number": 7}', "utf-8")
    bank.send(FIRST)
    assert bank.run(FIRST).status == "SUCCEEDED"
    step = Run.objects.get().steps.get(name="scores")
    assert (step.detail["model"], step.detail["scored"], step.detail["blocked"]) == (7, 0, "model")
    alarm = AuditEntry.objects.get(action="model.blocked")
    assert (alarm.object_id, alarm.reason, alarm.user_id) == ("churn/7", "model", None)
    assert Task.objects.filter(reasons__type="E01").exists()
    day = bank.lake.latest()
    assert day is not None and not day.has("score")
    assert day.manifest()["steps"]["scores"]["blocked"] == "model"
