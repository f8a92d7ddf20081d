"""模型登记: trained by one, approved and released by another, rolled back, and each step in the audit trail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from typer.testing import CliRunner

from tests.bank import Bank, a_bank
from tests.scoring.bank import SMALL, LeaverBank
from yinke.access.models import AuditEntry
from yinke.access.viewer import Viewer
from yinke.cli import app
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.lake.store import Lake
from yinke.scoring.churn.store import numbers_of, read_card, released_number
from yinke.scoring.churn.train import train_churn
from yinke.scoring.models import ModelMonth, ScoreFeedback, ScoreNight, ScoringModel
from yinke.scoring.services import registry, training

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def lake(leavers: LeaverBank, tmp_path: Path, settings: Any) -> Lake:
    """A lake with three models and nothing released."""
    source = leavers.bank
    while len(numbers_of(source.lake, "churn")) < 3:
        train_churn(source.engine, source.lake, source.values, threads=1, recipe=SMALL)
    shutil.copytree(source.lake.root / "models", tmp_path / "lake" / "models")
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path / "lake")
    return Lake(tmp_path / "lake")


@pytest.fixture
def bank() -> Bank:
    found = (
        a_bank().with_staff("研", "MODEL_DEV").with_staff("运营", "HQ_OPS").with_staff("合规", "COMPLIANCE")
    )
    return found.with_branch("徐汇").with_manager("李")


def ask(bank: Bank, who: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = bank.client(who).post(f"/api/scoring/{path}", body, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json()


def listed(bank: Bank) -> dict[int, str]:
    return {row["number"]: row["status"] for row in bank.client("运营").get("/api/scoring/models").json()}


def registered(bank: Bank, lake: Lake) -> None:
    for number in (1, 2, 3):
        registry.register(bank.viewer("研"), read_card(lake, "churn", number), note=f"第{number}版")


def test_a_model_goes_from_candidate_to_use_and_back(
    bank: Bank, lake: Lake, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    registered(bank, lake)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(bank, "运营", "models/churn/1/release", 409)["code"] == "model_moved"  # not approved yet
        for number in (1, 2, 3):
            ask(bank, "运营", f"models/churn/{number}/approve")
            assert ask(bank, "运营", f"models/churn/{number}/release")["released_by"] == "运营"
    assert listed(bank) == {1: "RETIRED", 2: "RETIRED", 3: "RELEASED"}
    assert released_number(lake, "churn") == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(bank, "运营", "releases/churn/rollback", 400, reason=" ")["code"] == "reason_missing"
        assert ask(bank, "运营", "releases/churn/rollback", reason="误报太多") == {"number": 2}
    assert listed(bank) == {1: "RETIRED", 2: "RELEASED", 3: "RETIRED"}
    assert released_number(lake, "churn") == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(bank, "运营", "releases/churn/rollback", reason="仍然太多") == {"number": 1}
    with django_capture_on_commit_callbacks(
        execute=True
    ):  # what was rolled back does not come back by itself
        assert ask(bank, "运营", "releases/churn/rollback", reason="再退") == {"number": None}
    assert released_number(lake, "churn") is None
    assert ask(bank, "运营", "releases/churn/rollback", 409, reason="又退")["code"] == "model_moved"
    steps = AuditEntry.objects.filter(object_type="model").order_by("id").values_list("action", "object_id")
    assert list(steps) == [
        *(("model.train", f"churn/{n}") for n in (1, 2, 3)),
        ("model.approve", "churn/1"), ("model.release", "churn/1"), ("model.approve", "churn/2"),
        ("model.release", "churn/2"), ("model.approve", "churn/3"), ("model.release", "churn/3"),
        *(("model.rollback", f"churn/{n}") for n in (3, 2, 1)),
    ]  # fmt: skip


def test_who_trained_a_model_neither_approves_nor_releases_it(bank: Bank, lake: Lake) -> None:
    registered(bank, lake)
    ask(bank, "研", "models/churn/1/approve", 403)  # has no such right
    trainer = replace(bank.viewer("研"), rights=frozenset({"model.train", "model.approve"}))
    for step in (registry.approve, registry.release):
        with pytest.raises(NotAllowed) as refused:
            step(trainer, "churn", 1)
        assert refused.value.code == "maker_checker"
    for number in (1, 2):
        for step in (registry.approve, registry.release):
            step(bank.viewer("运营"), "churn", number)
    with pytest.raises(NotAllowed) as refused:  # nor takes the one before it back into use
        registry.roll_back(trainer, "churn", "误报太多")
    assert refused.value.code == "maker_checker" and listed(bank)[2] == "RELEASED"
    steps: dict[str, Callable[[Viewer], Any]] = {
        "approve": lambda viewer: registry.approve(viewer, "churn", 3),
        "release": lambda viewer: registry.release(viewer, "churn", 3),
        "set aside": lambda viewer: registry.set_aside(viewer, "churn", 3, "不采用"),
        "roll back": lambda viewer: registry.roll_back(viewer, "churn", "误报太多"),
    }
    for step_of in steps.values():  # nor anybody without the right, who trained none
        with pytest.raises(NotAllowed, match=r"model\.approve"):
            step_of(bank.viewer("合规"))
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database says the same
        ScoringModel.objects.filter(number=3).update(approved_by=bank.staff["研"])
    with pytest.raises(NotAllowed):
        registry.register(bank.viewer("运营"), read_card(lake, "churn", 1))
    assert bank.client("李").get("/api/scoring/models").status_code == 403
    assert ask(bank, "运营", "models/churn/9/approve", 404)["code"] == "not_found"


def test_a_model_whose_card_or_file_was_changed_is_not_approved(bank: Bank, lake: Lake) -> None:
    registered(bank, lake)
    card = lake.root / "models" / "churn" / "1" / "card.json"
    card.write_text(card.read_text("utf-8").replace('"lightgbm"', '"lightgbm2"'), "utf-8")
    assert ask(bank, "运营", "models/churn/1/approve", 400)["code"] == "model_changed"
    (lake.root / "models" / "churn" / "2" / "model-0.txt").write_text("tree", "utf-8")
    assert ask(bank, "运营", "models/churn/2/approve", 400)["code"] == "model_changed"
    shutil.rmtree(lake.root / "models" / "churn" / "3")
    with pytest.raises(YinkeError, match="no churn model 3"):
        registry.approve(bank.viewer("运营"), "churn", 3)


def test_a_model_whose_file_was_changed_since_is_neither_released_nor_rolled_back_to(
    bank: Bank, lake: Lake
) -> None:
    registered(bank, lake)
    viewer = bank.viewer("运营")
    for number in (1, 2, 3):
        registry.approve(viewer, "churn", number)
    for number in (1, 2):
        registry.release(viewer, "churn", number)
    for number in (1, 3):
        (lake.root / "models" / "churn" / f"{number}" / "model-0.txt").write_text("tree", "utf-8")
    for step in (
        lambda: registry.release(viewer, "churn", 3),
        lambda: registry.roll_back(viewer, "churn", "误报"),
    ):
        with pytest.raises(YinkeError) as refused:
            step()
        assert refused.value.code == "model_changed"
    assert listed(bank) == {1: "RETIRED", 2: "RELEASED", 3: "APPROVED"}


def test_the_card_tells_all_that_a_reader_must_know(bank: Bank, lake: Lake) -> None:
    registered(bank, lake)
    card = bank.client("合规").get("/api/scoring/models/churn/2").json()
    figures = card["metrics"]
    assert card["window"]["learned_to"] < card["window"]["tested_on"] < card["window"]["outcome_to"]
    assert {"model", "logistic", "rule_e05", "warning", "reliability", "sensitivity"} <= figures.keys()
    assert (card["auc"], card["note"], card["trained_by"]) == (figures["model"]["auc"], "第2版", "研")
    assert (
        not card["may_decide"] and bank.client("运营").get("/api/scoring/models/churn/2").json()["may_decide"]
    )
    labels = {feature["name"]: feature["label"] for feature in card["features"]}
    assert labels["own_out"] == "近一月转本人他行" and card["thresholds"]["churn.drop_share"] == 0.5


def test_the_command_line_trains_and_others_decide(
    bank: Bank, lake: Lake, leavers: LeaverBank, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    for folder in ("versions", "days"):
        shutil.rmtree(lake.root / folder)
        shutil.copytree(leavers.bank.lake.root / folder, lake.root / folder, symlinks=True)
    number = numbers_of(lake, "churn")[-1] + 1
    emp = {name: user.emp_no for name, user in bank.staff.items()}

    def run(*words: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return CliRunner().invoke(app, ["score", *words])

    refused = run("train", "churn", "--by", emp["运营"])
    assert isinstance(refused.exception, NotAllowed) and numbers_of(lake, "churn")[-1] == number - 1
    trained = run("train", "churn", "--by", emp["研"], "--note", "首版")
    assert (
        trained.exit_code == 0 and f"churn {number}: CANDIDATE" in trained.output and "E05:" in trained.output
    )
    assert isinstance(run("approve", f"{number}", "--by", emp["研"]).exception, NotAllowed)
    before = read_card(lake, "churn", number)
    gone = next(iter(leavers.goes))
    bank.with_customer("走", id=gone)
    said = {"model": number, "band": "HIGH", "probability": 0.9, "reason": "HOUSE", "by": bank.staff["李"]}
    for month in leavers.bank.lake.dates():  # somebody explained all of one customer's falls
        ScoreFeedback.objects.create(customer=bank.customers["走"], biz_date=month, **said)
    run("train", "churn", "--by", emp["研"])
    after = read_card(lake, "churn", number + 1)
    assert 0 < before["rows"] - after["rows"] <= before["months"]
    for step, status in (("approve", "APPROVED"), ("release", "RELEASED")):
        assert status in run(step, f"{number}", "--by", emp["运营"]).output
    assert released_number(lake, "churn") == number
    assert "RELEASED" in run("list").output
    valued = run("train", "value", "--by", emp["研"]).output
    assert (
        "value 1: CANDIDATE" in valued and "within the 80% span" in valued and "value 1" in run("list").output
    )
    assert "APPROVED" in run("approve", "1", "--kind", "value", "--by", emp["运营"]).output
    card = bank.client("合规").get("/api/scoring/models/value/1").json()
    assert card["coverage"] == card["metrics"]["model"]["coverage"] and card["auc"] is None
    assert "rules alone" in run("rollback", "--by", emp["运营"], "--reason", "误报").output
    assert released_number(lake, "churn") is None
    assert isinstance(run("approve", "1", "--by", "X9").exception, NotFound)


def test_nights_are_monitored(bank: Bank, lake: Lake) -> None:
    psi = {"mda": 0.31, "age": 0.01}
    fine = {"kind": "churn", "model": 1, "scored": 900, "bands": {"HIGH": 50, "MEDIUM": 100}}
    ScoreNight.objects.create(biz_date=date(2026, 10, 29), score_psi=0.02, psi=psi, **fine)
    ScoreNight.objects.create(
        biz_date=date(2026, 10, 30),
        kind="churn",
        model=1,
        scored=0,
        blocked="drift",
        blocked_features=["mda"],
    )
    found = bank.client("合规").get("/api/scoring/monitoring/churn").json()
    assert (found["warn"], found["block"], found["measured_on"]) == (0.2, 0.25, "2026-10-29")
    assert found["features"][0] == {"name": "mda", "label": "月日均AUM", "psi": 0.31}
    assert [night["blocked"] for night in found["nights"]] == ["", "drift"]
    assert found["nights"][0]["worst"]["label"] == "月日均AUM"
    assert bank.client("李").get("/api/scoring/monitoring/churn").status_code == 403
    ModelMonth.objects.create(
        kind="churn", number=1, month=date(2026, 8, 31), customers=900, figures={"auc": 0.712}, fell=True
    )
    told = CliRunner().invoke(
        app, ["score", "monitor", "--by", bank.staff["合规"].emp_no], env={"COLUMNS": "160"}
    )
    assert told.exit_code == 0 and "2026-10-29" in told.output and "0.310" in told.output
    assert "no scores: drift" in told.output and "0.712" in told.output and "fell" in told.output
    refused = CliRunner().invoke(app, ["score", "monitor", "--by", bank.staff["李"].emp_no])
    assert isinstance(refused.exception, NotAllowed)


def test_a_model_is_asked_for_on_the_page_and_trained_by_the_worker(bank: Bank, lake: Lake) -> None:
    ask(bank, "运营", "trainings", 403, kind="churn")
    (run,) = ask(bank, "研", "trainings", kind="churn", note="季度更新")
    assert (run["status"], run["asked_by"], run["note"]) == ("WAITING", "研", "季度更新")
    assert ask(bank, "研", "trainings", 409, kind="churn")["code"] == "training_open"
    assert training.carry_out(run["id"]) == "FAILED"  # this lake has models and no days
    (run,) = bank.client("合规").get("/api/scoring/trainings").json()
    assert (run["status"], run["code"], run["number"]) == ("FAILED", "too_few_months", None)
    assert training.carry_out(run["id"]) == ""  # twice is once
