"""文本: what a note is about, from training over release to the page, and what a bank's own examples must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.utils.timezone import localdate, now
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.care.models import ContactRecord
from yinke.care.services.watch_texts import watch_texts
from yinke.cli import app
from yinke.common.errors import YinkeError
from yinke.common.yaml_files import read_yaml
from yinke.lake.exchange import exchange
from yinke.lake.store import Lake
from yinke.scoring.churn.store import read_card, read_files
from yinke.scoring.models import ScoreNight, ScoringModel
from yinke.scoring.services import registry, training
from yinke.scoring.text.features import TONES, TOPICS, examples, normal
from yinke.scoring.text.model import TextModel
from yinke.scoring.text.train import fit, read_examples, shipped, train_text

JSON = "application/json"
HEAD = "text,topic,tone\n"


@pytest.fixture(scope="module")
def model() -> TextModel:
    """Learned from the shipped examples."""
    known = shipped()
    return fit(
        [normal(one.text) for one in known],
        np.array([TOPICS.index(one.topic) for one in known]),
        np.array([TONES.index(one.tone) for one in known]),
    )


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[Bank]:
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path / "lake", home=tmp_path)
    (tmp_path / "lake").mkdir()
    bank = a_bank().with_staff("研", "MODEL_DEV").with_staff("运营", "HQ_OPS").with_staff("审计", "AUDITOR")
    yield bank.with_branch("徐汇").with_manager("李").with_customer("张")


def heard(bank: Bank, text: str, who: str = "李", status: int = 200) -> Any:
    answer = bank.client(who).post("/api/scoring/texts/read", {"text": text}, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_texts_that_were_not_learned_from_are_told_rightly(model: TextModel) -> None:
    held_out = read_yaml(Path(__file__).with_name("held_out.yaml"))
    assert not {text for *_, text in held_out} & {text for text, *_ in examples()}
    read = [(topic, tone, model.read(text)) for topic, tone, text in held_out]
    right = sum(topic == found.topic for topic, _, found in read)
    moods = sum(tone == found.tone for _, tone, found in read)
    as_told = sum(
        (found.complaint >= 0.5) == (tone == "NEGATIVE" and topic != "NONE") for topic, tone, found in read
    )
    assert right >= 0.75 * len(read) and moods >= 0.75 * len(read) and as_told >= 0.85 * len(read)


@given(st.text(max_size=500))
def test_any_text_is_read_and_shares_are_shares(model: TextModel, text: str) -> None:
    found = model.read(text)
    assert found.topic in TOPICS and found.tone in TONES
    assert all(0 <= share <= 1 for share in (found.topic_sure, found.tone_sure, found.complaint))
    if found.topic == "NONE":  # who is about nothing complains of nothing, however unhappy
        assert found.complaint <= 1 - found.topic_sure + 1e-9


def test_who_is_unhappy_about_nothing_of_the_banks_counts_as_complaining_less(model: TextModel) -> None:
    told = [
        model.read(text)
        for text in (
            "今天下大雨，客户心情很差，气得不行",
            "客户说太气人了，孩子考试没考好",
            "失望，球队又输了",
        )
    ]
    of_nothing = [found for found in told if (found.topic, found.tone) == ("NONE", "NEGATIVE")]
    assert of_nothing and all(found.complaint <= 1 - found.topic_sure + 1e-9 for found in of_nothing)


def test_a_model_reads_the_same_when_it_is_read_back(model: TextModel) -> None:
    back = TextModel.loads(model.dumps())
    for text, *_ in examples()[::7]:
        mine, its = model.read(text), back.read(text)
        assert (mine.topic, mine.tone) == (its.topic, its.tone)
        assert mine.complaint == pytest.approx(its.complaint, abs=1e-3)


@pytest.mark.django_db
def test_a_model_of_texts_is_trained_decided_on_and_reads_notes(
    bank: Bank, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    commits = django_capture_on_commit_callbacks
    assert heard(bank, "柜员态度很差") is None  # none is in use
    made, card = training.train(bank.viewer("研"), "text", "首版")
    assert (card["rows"], card["own"]) == (len(examples()), 0)
    assert card["metrics"]["model"]["auc"] > 0.9 and card["metrics"]["model"]["topic"] > 0.75
    assert heard(bank, "柜员态度很差") is None
    registry.approve(bank.viewer("运营"), "text", made.number)
    with commits(execute=True):
        registry.release(bank.viewer("运营"), "text", made.number)
    found = heard(bank, "柜员态度恶劣，排队一个小时，客户要投诉")
    assert (found["topic"], found["tone"], found["is_complaint"]) == ("SERVICE", "NEGATIVE", True)
    assert {"态度", "排队"} <= set(found["because"])
    assert heard(bank, "约了周三下午来网点签字")["is_complaint"] is False
    assert heard(bank, "x", who="审计", status=403)["code"] == "not_allowed"
    heard(bank, "", status=422)
    heard(bank, "长" * 501, status=422)
    listed = bank.client("运营").get("/api/scoring/models").json()
    assert [(row["kind"], row["topic"], row["tone"]) for row in listed] == [
        ("text", *(pytest.approx(card["metrics"]["model"][name]) for name in ("topic", "tone")))
    ]
    shown = bank.client("运营").get(f"/api/scoring/models/text/{made.number}").json()
    assert (shown["own"], shown["features"], len(shown["metrics"]["topics"])) == (0, [], len(TOPICS))
    told = CliRunner().invoke(app, ["score", "read", "信用卡年费没有告知就扣了，要求退还"])
    assert told.exit_code == 0 and "FEES" in told.output and "年费" in told.output


@pytest.mark.django_db
def test_a_contacts_note_is_read_when_it_is_recorded_and_told_on_the_timeline(
    bank: Bank, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    commits = django_capture_on_commit_callbacks
    customer = bank.customers["张"]

    def record(note: str, key: str) -> ContactRecord:
        body = {"channel": "PHONE", "result": "CONSIDER", "note": note, "request_key": key}
        answer = bank.client("李").post(f"/api/customers/{customer.id}/contacts", body, content_type=JSON)
        assert answer.status_code == 200, answer.content
        return ContactRecord.objects.get(request_key=key)

    before = record("客户说手续费太高，很生气，要求退还", "before-1")
    assert (before.topic, before.tone) == ("", "")
    made, _ = training.train(bank.viewer("研"), "text")
    registry.approve(bank.viewer("运营"), "text", made.number)
    with commits(execute=True):
        registry.release(bank.viewer("运营"), "text", made.number)
    angry = record("客户说手续费太高，很生气，要求退还", "after-01")
    assert (angry.topic, angry.tone) == ("FEES", "NEGATIVE")
    assert record("", "after-02").topic == ""
    record("客户问手续费是多少", "after-03")
    page = bank.client("李").get(f"/api/customers/{customer.id}/timeline?kind=CONTACT").json()
    assert sorted(row["after"] for row in page["rows"]) == ["", "", "", "FEES"]


@pytest.mark.django_db
def test_the_banks_own_examples_are_learned_by_every_later_model(bank: Bank, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    lines = [
        f"积分商城兑换的东西没有寄到收件人{'甲乙丙丁戊'[n % 5]}{'子丑寅卯辰巳午未申酉'[n % 10]}{n},SERVICE,NEGATIVE"
        for n in range(20)
    ]
    own.write_text(HEAD + "\n".join(lines), "utf-8-sig")
    emp_no = bank.staff["研"].emp_no
    done = CliRunner().invoke(app, ["score", "examples", str(own), "--by", emp_no])
    assert done.exit_code == 0 and "20 examples" in done.output
    made = CliRunner().invoke(app, ["score", "train", "text", "--by", emp_no])
    assert made.exit_code == 0 and "SERVICE" in made.output, made.output
    card = read_card(Lake(django_settings.YINKE.lake), "text", 1)
    assert (card["own"], card["rows"]) == (20, len(examples()) + 20)
    lake = Lake(django_settings.YINKE.lake)
    kept = lake.root / "models" / "text" / training.EXAMPLES
    assert "积分商城".encode() not in kept.read_bytes()  # customers' own words lie sealed
    _, files = read_files(lake, "text", 1)
    assert (
        '"积分商"' in files["weights.json"] and '"甲子"' not in files["weights.json"]
    )  # two wrote that name
    before = kept.read_bytes()
    exchange(lake, 1)
    assert kept.read_bytes() != before and len(training.own_examples(lake)) == 20
    for path, by in ((own, "李"), (tmp_path / "missing.csv", "研")):
        refused = CliRunner().invoke(app, ["score", "examples", str(path), "--by", bank.staff[by].emp_no])
        assert refused.exit_code != 0


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("a,b\n1,2\n", "columns"),
        (HEAD + ",FEES,NEGATIVE\n", "row 2"),
        (HEAD + "好,FEES,NEGATIVE\n坏,MONEY,NEGATIVE\n", "row 3 has the label 'MONEY'"),
        (HEAD + "好,FEES,ANGRY\n", "row 2 has the label 'ANGRY'"),
        (HEAD + "请回电13812345678,FEES,NEGATIVE\n", "row 2 holds a mobile number"),
        (HEAD + f"{'长' * 2001},FEES,NEGATIVE\n", "row 2"),
    ],
)
def test_examples_that_are_none_are_refused_with_their_row(body: str, says: str) -> None:
    with pytest.raises(YinkeError, match=says) as problem:
        read_examples(body.encode(), "own.csv")
    assert (problem.value.code, problem.value.place) == ("examples_wrong", "own.csv") and problem.value.remedy
    with pytest.raises(YinkeError, match="no CSV"):
        read_examples(b"\xff\xfe\x00bad", "own.csv")


def test_the_card_tells_the_day_of_training(tmp_path: Path) -> None:
    card = train_text(Lake(tmp_path), [], date(2026, 10, 30))
    assert card["window"]["tested_on"] == "2026-10-30" and 0.5 <= card["thresholds"]["complaint"] <= 1


@pytest.mark.django_db
def test_what_is_heard_later_is_compared_with_what_was_heard_first(
    bank: Bank, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    few = {"text.drift_days": 10, "text.drift_notes": 20, "churn.psi_warn": 0.2}
    watch_texts(date(2026, 11, 1), few)
    assert not ScoreNight.objects.exists()  # none is in use
    made, _ = training.train(bank.viewer("研"), "text")
    registry.approve(bank.viewer("运营"), "text", made.number)
    with django_capture_on_commit_callbacks(execute=True):
        registry.release(bank.viewer("运营"), "text", made.number)
    first = localdate(ScoringModel.objects.get(kind="text").released_at)

    def noted(after: int, topic: str, many: int, **more: Any) -> None:
        for n in range(many):
            ContactRecord.objects.create(
                customer=bank.customers["张"], user=bank.staff["李"], channel="PHONE", result="CONSIDER",
                at=now(), biz_date=first + timedelta(days=after), topic=topic, tone="NEUTRAL",
                request_key=f"{after}-{topic}-{n}-{len(more)}", **more,
            )  # fmt: skip

    def psi(after: int) -> dict[str, float]:
        watch_texts(first + timedelta(days=after), few)
        return ScoreNight.objects.get(biz_date=first + timedelta(days=after)).psi

    noted(3, "FEES", 15)
    noted(3, "NONE", 15)
    noted(25, "FEES", 10)
    noted(25, "NONE", 9)
    noted(26, "FEES", 50, withdrawn_at=now())
    noted(25, "", 5)
    assert psi(25) == {}  # nineteen
    assert ScoreNight.objects.get().scored == 19
    noted(26, "NONE", 1)
    assert psi(19) == {}  # the first and the newest are still the same days
    same = psi(26)
    assert same["tone"] == 0 and same["topic"] < 0.001
    noted(30, "SERVICE", 40)
    assert psi(30)["topic"] > 0.25 and psi(30)["tone"] == 0
    page = bank.client("运营").get("/api/scoring/monitoring/text").json()
    assert (page["least"], page["days"]) == (200, 30)
    assert page["nights"][-1]["worst"]["label"] == "主题" and page["nights"][-1]["scored"] == 40
    assert AuditEntry.objects.filter(action="model.drift", object_id=f"text/{made.number}").exists()
