"""冠军与挑战者: two models told on one month, a challenger that scores beside the model in use, and who decides what of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from tests.bank import Bank, a_bank
from tests.scoring.bank import SMALL, LeaverBank
from tests.scoring.test_registry import JSON
from tests.scoring.test_score import LOOSE, TODAY, begun
from tests.scoring.test_value import FEW
from tests.scoring.test_value import SMALL as VALUE
from yinke.access.models import AuditEntry
from yinke.cli import app
from yinke.common.errors import NotFound, YinkeError
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.scoring.champion.compare import Measured, measure_models, month_to_measure
from yinke.scoring.churn.label import ends_later
from yinke.scoring.churn.store import challenger_number, read_card, read_model, set_released
from yinke.scoring.churn.train import observed, train_churn
from yinke.scoring.learning.difference import auc_difference
from yinke.scoring.models import ChallengerNight, ModelComparison, ModelMonth, ScoringModel
from yinke.scoring.services import registry, training
from yinke.scoring.services.alerts import take_scores
from yinke.scoring.services.comparison import measure_due
from yinke.scoring.value.expected import rounded
from yinke.scoring.value.features import frame_of, observe
from yinke.scoring.value.outcome import Past
from yinke.scoring.value.score import score_all
from yinke.scoring.value.train_products import RECIPE as PRODUCTS
from yinke.scoring.value.train_products import train_products
from yinke.scoring.value.train_value import train_value
from yinke.scoring.value.used import opened_model

WEAK = replace(SMALL, rounds=1, leaves=2, columns=0.01)
"""One question about one feature."""


@pytest.fixture(scope="module")
def trained(leavers: LeaverBank, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The leavers' lake with two models of each kind; the second churn model is weak, the other pairs are alike."""
    bank, root = leavers.bank, tmp_path_factory.mktemp("champions") / "lake"
    shutil.copytree(bank.lake.root, root, symlinks=True, ignore=shutil.ignore_patterns("models"))
    lake = Lake(root)
    for recipe in (SMALL, WEAK):
        train_churn(bank.engine, lake, bank.values, threads=1, recipe=recipe)
    past = Past(bank.engine, lake, {**bank.values, **FEW})
    for _ in range(2):
        train_value(past, threads=1, recipe=VALUE)
        train_products(past, threads=1, recipe=replace(PRODUCTS, least_rows=20))
    return lake


@pytest.fixture
def lake(trained: Lake, tmp_path: Path, settings: Any) -> Lake:
    root = tmp_path / "lake"
    shutil.copytree(trained.root, root, symlinks=True)
    settings.YINKE = replace(django_settings.YINKE, lake=root)
    return Lake(root)


@pytest.fixture
def values(leavers: LeaverBank) -> dict[str, Any]:
    return {**leavers.bank.values, **LOOSE, **FEW}


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank().with_staff("研", "MODEL_DEV").with_staff("运营", "HQ_OPS").with_staff("合规", "COMPLIANCE")
    )


def ask(bank: Bank, who: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = bank.client(who).post(f"/api/scoring/{path}", body, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json()


def card(bank: Bank, number: int, kind: str = "churn") -> dict[str, Any]:
    return dict(bank.client("合规").get(f"/api/scoring/models/{kind}/{number}").json())


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_difference_of_two_rankings_is_that_of_their_areas(data: st.DataObject) -> None:
    y = np.array([True, True, False, False, *data.draw(st.lists(st.booleans(), max_size=40))])
    marks = st.lists(st.integers(0, 9), min_size=len(y), max_size=len(y))
    one, two = (np.array(data.draw(marks), float) for _ in range(2))
    found = auc_difference(y, one, two)
    assert found.by == pytest.approx(roc_auc_score(y, two) - roc_auc_score(y, one))
    assert found.told().low <= found.by <= found.told().high


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    wide = 40_000
    truth = rng.random(wide) < 0.3
    signal = truth + rng.normal(size=wide)
    one, two = signal + rng.normal(size=wide), signal + 0.7 * rng.normal(size=wide)
    real = roc_auc_score(truth, two) - roc_auc_score(truth, one)
    held = 0
    for rows in rng.permutation(wide).reshape(200, -1):
        told = auc_difference(truth[rows], one[rows], two[rows]).told()
        held += told.low <= real <= told.high
    assert 0.9 <= held / 200 <= 0.99


def test_both_are_told_on_the_newest_month_that_is_known(
    leavers: LeaverBank, lake: Lake, values: dict[str, Any]
) -> None:
    engine = leavers.bank.engine

    def both(kind: str, *numbers: int) -> Measured:
        return measure_models(engine, lake, values, kind, numbers)

    found = both("churn", 1, 2)
    month = month_to_measure(lake)
    assert found.month == month and f"{month}" == read_card(lake, "churn", 1)["window"]["tested_on"]
    seen = observed(engine, lake, month, values, 1_000)
    areas = [roc_auc_score(seen.y, read_model(lake, "churn", n).model.scores(seen.frame)) for n in (1, 2)]
    assert [figures["auc"] for figures in found.figures] == pytest.approx(areas)
    told = found.told()
    assert told["difference"]["by"] == pytest.approx(areas[1] - areas[0]) and told["better"] == "CHAMPION"
    assert both("churn", 1).figures == found.figures[:1] and both("churn", 1).difference is None
    assert both("churn", 2, 1).told()["better"] == "CHALLENGER"
    for kind in ("churn", "value", "product"):
        number = 1 if kind == "churn" else 2
        same = both(kind, 1, number)
        assert same.figures[0] == same.figures[1] and same.told()["better"] == "NEITHER", kind
        assert same.told()["difference"] == {"by": 0.0, "low": 0.0, "high": 0.0}
    worse = lake.root / "models" / "value" / "2" / "card.json"
    worse.write_text(worse.read_text("utf-8").replace('"name": "mda"', '"name": "mda_of_old"'), "utf-8")
    with pytest.raises(YinkeError) as other:
        both("value", 1, 2)
    assert other.value.code == "models_differ" and "mda_of_old" in other.value.message


def test_a_challenger_scores_beside_the_champion_and_changes_nothing(
    leavers: LeaverBank, lake: Lake, values: dict[str, Any]
) -> None:
    engine = leavers.bank.engine

    def night(**thresholds: Any) -> tuple[dict[str, Any], list[Any]]:
        building = begun(lake)
        told = score_all(engine, building, lake, {**values, **thresholds}, (3,))
        return told, [pq.read_table(building.path(name)).to_pylist() for name in ("score", "value")]

    for kind in ("churn", "value", "product"):
        set_released(lake, kind, 1)
    alone, written = night()
    assert "challengers" not in alone
    for kind in ("churn", "value", "product"):
        set_released(lake, kind, 1, 2)
    told, both = night()
    assert both == written and {kind: told[kind] for kind in alone} == alone
    beside = told["challengers"]
    churn, scores = beside["churn"], written[0]
    assert (churn["champion"], churn["model"], churn["customers"]) == (1, 2, len(scores))
    by_champion = [sum(row["band"] == band for row in scores) for band in ("HIGH", "MEDIUM", "LOW")]
    assert [sum(row) for row in churn["mix"]] == by_champion
    assert churn["same"] == sum(churn["mix"][n][n] for n in range(3)) < churn["customers"] and churn["psi"]
    for kind in ("value", "product"):  # the same trees say the same of everybody
        assert beside[kind]["same"] == beside[kind]["customers"] == len(written[1]) and beside[kind]["psi"]
    few, _ = night(**{"challenger.customers": 60})
    assert 30 < few["challengers"]["value"]["customers"] < 100
    (lake.root / "models" / "churn" / "2" / "model-0.txt").write_text("tree", "utf-8")
    spoilt, again = night()
    assert again == written and spoilt["challengers"]["churn"]["blocked"] == "model"
    assert spoilt["challengers"]["value"] == beside["value"]
    unfit, _ = night(**{"churn.psi_block": -1.0})  # the champions are left out, and who stands beside them
    assert "challengers" not in unfit


def test_a_challenger_of_values_agrees_where_it_stays_within_the_champions_span(
    leavers: LeaverBank, lake: Lake, values: dict[str, Any]
) -> None:
    engine, day = leavers.bank.engine, lake.day(TODAY)
    assert day is not None
    other = train_value(Past(engine, lake, values), threads=1, recipe=replace(VALUE, rounds=2))["number"]
    table = engine.to_arrow(observe(engine, day, lake, values)).sort_by("cust_id")
    frame, nobody = frame_of(table), np.full(len(table), np.nan)
    seen: Counter[str] = Counter()
    path = lake.root / "models" / "value" / f"{other}" / "card.json"
    set_released(lake, "value", 1, other)
    for decay in (None, {"leaving": 0.0, "loss": 0.0}):  # as if nobody ever left: too much
        if decay is not None:
            path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"decay": decay}), "utf-8")
        building = begun(lake)
        told = score_all(engine, building, lake, values)["challengers"]["value"]
        spans = pq.read_table(building.path("value"), columns=["cust_id", "low", "high"]).to_pylist()
        used = opened_model(lake, "value", other)
        says = rounded(used.year(frame, table["f_contribution"].to_numpy(), nobody).expected)
        assert [row["cust_id"] for row in spans] == table["cust_id"].to_pylist()
        ways = Counter(
            "below" if said < float(row["low"]) else "above" if said > float(row["high"]) else "within"
            for row, said in zip(spans, says, strict=True)
        )
        assert told["same"] == ways["within"] and told["customers"] == len(spans)
        seen += ways
    assert min(seen["below"], seen["within"], seen["above"]) > 0, seen
    for numbers, better in (((1, other), "CHAMPION"), ((other, 1), "CHALLENGER")):  # whose error is less
        compared = measure_models(engine, lake, values, "value", numbers).told()
        errors = {
            number: compared[name]["error"]
            for number, name in zip(numbers, ("champion", "challenger"), strict=True)
        }
        assert errors[1] < errors[other] and compared["better"] == better


@pytest.mark.spark
def test_a_cluster_lets_challengers_score_as_one_engine_does(
    lake: Lake, values: dict[str, Any], duck: Engine, spark: Engine
) -> None:
    for kind in ("churn", "value", "product"):
        set_released(lake, kind, 1, 2)
    one, two = (
        score_all(engine, begun(lake), lake, {**values, "challenger.customers": 150})["challengers"]
        for engine in (duck, spark)
    )
    assert one == two and 50 < one["churn"]["customers"] < 150


@pytest.mark.django_db
def test_who_is_approved_challenges_until_released_or_set_aside(
    bank: Bank, leavers: LeaverBank, lake: Lake, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    train_churn(leavers.bank.engine, lake, leavers.bank.values, threads=1, recipe=SMALL)
    for number in (1, 2, 3):
        registry.register(bank.viewer("研"), read_card(lake, "churn", number))

    def do(path: str, status: int = 200, **body: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return ask(bank, "运营", path, status, **body)

    do("models/churn/2/approve")
    assert challenger_number(lake, "churn") is None and not card(bank, 2)["challenger"]  # beside nothing
    do("models/churn/1/approve")
    do("models/churn/1/release")
    assert challenger_number(lake, "churn") == 2 and card(bank, 2)["challenger"]
    do("models/churn/3/approve")
    rows = bank.client("合规").get("/api/scoring/models").json()
    assert challenger_number(lake, "churn") == 3 and {r["number"]: r["challenger"] for r in rows} == {
        1: False, 2: False, 3: True,
    }  # fmt: skip
    assert do("models/churn/3/set-aside", 400, reason=" ")["code"] == "reason_missing"
    assert do("models/churn/1/set-aside", 409, reason="在用")["code"] == "model_moved"
    assert do("models/churn/9/set-aside", 404, reason="无")["code"] == "not_found"
    ask(bank, "研", "models/churn/3/set-aside", 403, reason="自己撤")
    aside = do("models/churn/3/set-aside", reason="不如在用的")
    assert (aside["status"], aside["reason"], aside["challenger"]) == ("RETIRED", "不如在用的", False)
    assert challenger_number(lake, "churn") == 2
    assert do("models/churn/3/release", 409)["code"] == "model_moved"
    do("models/churn/2/release")
    assert challenger_number(lake, "churn") is None
    do("releases/churn/rollback", reason="误报太多")  # who was set aside is never what is gone back to
    assert card(bank, 1)["status"] == "RELEASED" and card(bank, 3)["status"] == "RETIRED"
    assert AuditEntry.objects.get(action="model.set_aside").object_id == "churn/3"


@pytest.mark.django_db
def test_the_night_keeps_what_the_challenger_came_to_and_a_new_month_is_compared_once(
    bank: Bank, leavers: LeaverBank, lake: Lake, values: dict[str, Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    engine = leavers.bank.engine
    for number in (1, 2):
        registry.register(bank.viewer("研"), read_card(lake, "churn", number))
    measure_due(engine, lake, values)  # none is in use
    with django_capture_on_commit_callbacks(execute=True):
        for path in ("1/approve", "1/release", "2/approve"):
            ask(bank, "运营", f"models/churn/{path}")
    building = begun(lake)
    scores = score_all(engine, building, lake, values)
    building.note("scores", {**scores.pop("churn"), **scores})
    day = lake.publish(building)
    take_scores(engine, lake, day, values, ())
    take_scores(engine, lake, day, values, ())  # twice is once
    measure_due(engine, lake, values)
    row = ModelComparison.objects.get()
    measure_due(engine, lake, values)  # once a month
    assert ModelComparison.objects.get().made_at == row.made_at and not ModelMonth.objects.exists()
    (night,) = ChallengerNight.objects.all()
    told = card(bank, 2)
    assert told["challenged"] == [{
        "biz_date": f"{TODAY}", "champion": 1, "challenger": 2, "customers": night.customers, "same": night.same,
        "mix": night.mix, "worst": told["challenged"][0]["worst"], "blocked": "", "blocked_features": [],
    }]  # fmt: skip
    assert night.customers > night.same > 0 and told["challenged"][0]["worst"]["label"]
    (compared,) = told["comparisons"]
    assert (compared["better"], compared["champion"], compared["challenger"]) == ("CHAMPION", 1, 2)
    assert compared["difference"]["by"] == row.figures["difference"]["by"] < 0
    assert card(bank, 1)["comparisons"] == told["comparisons"] and card(bank, 1)["challenged"] == []
    emp = bank.staff["合规"].emp_no
    said = CliRunner().invoke(app, ["score", "compare", "--by", emp])
    assert said.exit_code == 0 and "churn 1 is better" in said.output and ModelComparison.objects.count() == 1
    number = training.train(bank.viewer("研"), "churn")[
        0
    ].number  # a new one is compared as soon as it is there
    assert [c["challenger"] for c in card(bank, number)["comparisons"]] == [number]
    assert card(bank, number)["status"] == "CANDIDATE" and len(card(bank, 1)["comparisons"]) == 2
    for words in (["--number", "1"], ["--kind", "text"], ["--kind", "value"]):
        assert isinstance(
            CliRunner().invoke(app, ["score", "compare", "--by", emp, *words]).exception, NotFound
        )


@pytest.mark.django_db
def test_the_model_in_use_is_told_on_each_later_month_and_its_fall_is_an_alarm(
    bank: Bank, leavers: LeaverBank, lake: Lake, values: dict[str, Any]
) -> None:
    """As if it had been tested a month before the newest that is known."""
    engine, newest = leavers.bank.engine, month_to_measure(lake)
    for kind in ("churn", "value", "product"):
        registry.register(bank.viewer("研"), read_card(lake, kind, 1))
        model = ScoringModel.objects.get(kind=kind)
        model.status, model.window["tested_on"] = "RELEASED", f"{ends_later(newest, -1)}"
        model.metrics["model"] |= {"auc": 0.99, "coverage": 0.8} if kind == "churn" else {}
        model.save()
    measure_due(engine, lake, {**values, "monitor.auc_drop": 0.001})
    measure_due(engine, lake, values)  # once
    churn, value, product = (
        bank.client("合规").get(f"/api/scoring/monitoring/{kind}").json()["months"]
        for kind in ("churn", "value", "product")
    )
    (month,) = churn
    assert (month["month"], month["number"], month["fell"]) == (f"{newest}", 1, True)
    assert month["tested"]["auc"] == 0.99 > month["figures"]["auc"]
    assert value[0]["figures"]["coverage"] == pytest.approx(value[0]["tested"]["coverage"])
    assert product[0]["figures"]["auc"] == pytest.approx(product[0]["tested"]["auc"])
    assert [value[0]["fell"], product[0]["fell"]] == [False, False]
    alarm = AuditEntry.objects.get(action="model.fell")
    assert (alarm.object_id, alarm.user_id) == ("churn/1", None) and "0.990 when tested" in alarm.reason
