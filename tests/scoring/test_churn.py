"""The churn label and features by hand, and what training must not see."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.scoring.bank import FIRST, SMALL, LeaverBank
from yinke.care.events import detect_events
from yinke.common.errors import YinkeError
from yinke.lake.around import compute_around
from yinke.lake.engine import Engine
from yinke.lake.features import compute_features
from yinke.lake.store import Day, Lake
from yinke.scoring.churn.features import FEATURES, observe
from yinke.scoring.churn.label import ends_later, label, observed_months
from yinke.scoring.churn.prove import weeks_until_gone
from yinke.scoring.churn.store import numbers_of, read_model, released_number, set_released
from yinke.scoring.churn.train import months_to_learn, observed, train_churn
from yinke.scoring.learning.fit import fit
from yinke.scoring.learning.frame import Frame
from yinke.segments.classify import classify


def night(bank: Bank, day: date) -> Day:
    building, earlier = bank.prepare(day)
    compute_features(bank.engine, building, bank.lake, earlier, bank.values)
    classify(bank.engine, building, bank.lake, earlier, bank.values)
    compute_around(bank.engine, building, bank.lake, earlier, bank.values)
    return bank.lake.publish(building)


def by_customer(bank: Bank, table: Any) -> dict[int, dict[str, Any]]:
    return {row["cust_id"]: row for row in bank.engine.to_arrow(table).to_pylist()}


def test_who_left_and_whom_the_label_leaves_out(tmp_path: Path, duck: Engine) -> None:
    bank = Bank(tmp_path / "lake", duck, DEFAULTS)
    held = {1: 100_000, 2: 100_000, 3: 100_000, 4: 100_000, 5: 100_000, 6: 100_000, 7: 900_000, 8: 100_000}
    for cust, amount in held.items():
        bank.has_customer(cust, address="同一间" if cust in (5, 6) else None).has_account(cust, amount)
    bank.is_paid(8, 9_000)
    for n in range(6):
        if n == 3:  # the first month after the observation: all of them lose money, each in his own way
            bank.has_account(1, 40_000)
            bank.has_account(2, 51_000)  # not half
            bank.has_account(3, 30_000)
            bank.moves(3, "HOUSE", 70_000)
            bank.has_account(4, 10_000)
            bank.has_customer(4, status="DECEASED")
            bank.has_account(5, 10_000)
            bank.moves(5, "TRANSFER", 90_000, opp_acct="A6")
            bank.has_account(7, 720_000)  # 180,000 less, but from T3 up it takes 200,000
            bank.has_account(8, 0, status="CLOSED")
        night(bank, ends_later(FIRST, n))
    month = ends_later(FIRST, 2)
    assert observed_months(bank.lake) == [month]
    rows = by_customer(bank, label(duck, bank.lake, month, DEFAULTS))
    assert {cust: row["left"] for cust, row in rows.items()} == {
        1: 1, 2: 0, 3: None, 4: None, 5: None, 6: 0, 7: 0, 8: 1,
    }  # fmt: skip
    assert [cust for cust, row in rows.items() if row["closed"]] == [8]
    assert [cust for cust, row in rows.items() if row["payroll_lost"]] == [8]
    assert (rows[1]["was"], rows[1]["after"]) == (100_000, 40_000)
    stricter = {**DEFAULTS, "churn.drop_share": 0.55}
    assert by_customer(bank, label(duck, bank.lake, month, stricter))[2]["left"] == 1
    with pytest.raises(YinkeError, match="not all in the lake"):
        label(duck, bank.lake, ends_later(FIRST, 3), DEFAULTS)


def test_the_label_is_its_definition_reckoned_one_by_one(tmp_path: Path, duck: Engine) -> None:
    """A hundred lives of seven months, all different; each is judged in plain Python from the nights' own months."""
    rng, bank = random.Random(5), Bank(tmp_path / "lake", duck, DEFAULTS)
    lives = range(1, 101)
    excused: Counter[tuple[int, int]] = Counter()
    paid: set[tuple[int, int]] = set()
    keeps, closed = dict[int, float](), set[int]()
    for cust in lives:
        bank.has_customer(cust, address=f"{cust // 2}室" if cust % 10 in (4, 5) else None)
        keeps[cust] = rng.choice((1.0, 0.8, 0.65, 0.55, 0.4, 0.2))
        if cust % 11 == 0 or cust % 10 == 5:
            keeps[cust] = 0.2
        elif cust % 7 == 0:
            keeps[cust] = 0.46
    for n in range(7):
        for cust in lives:
            holds = 36_000 if cust % 7 == 0 else 30_000 + cust * 2_000
            if cust % 9 == 0:
                holds = 600_000 if n == 0 else 230_000  # in the highest of these tiers for some months more
            if (n, cust % 13) == (5, 0) or (n, cust) == (1, 50):
                closed.add(cust)
            left = keeps[cust] if n > 2 else rng.choice((1.0, 0.9, 1.1))
            bank.has_account(cust, 0, status="CLOSED") if cust in closed else bank.has_account(
                cust, int(holds * left)
            )
            if cust % 4 == 0 and (n < 3 or rng.random() < 0.3):
                bank.is_paid(cust, 8_000, batch=f"B{n}")
                paid.add((cust, n))
            if n == 3 and cust % 10 == 5:  # to the one at home with the lower number
                bank.moves(cust, "TRANSFER", 60_000 + cust * 2_000, opp_acct=f"A{cust - 1}")
                excused[cust, n] += 60_000 + cust * 2_000
            if n > 2 and rng.random() < 0.2:
                amount, kind = (
                    rng.randint(5, 60) * 1_000,
                    rng.choice(("HOUSE", "LOAN_REPAYMENT", "TRANSFER", "CONSUME")),
                )
                to = cust ^ 1 if kind == "TRANSFER" else None
                bank.moves(cust, kind, amount, **({"opp_acct": f"A{to}"} if to in lives else {}))
                at_home = kind == "TRANSFER" and cust % 10 in (4, 5)
                excused[cust, n] += amount if kind in ("HOUSE", "LOAN_REPAYMENT") or at_home else 0
            if n == 4 and cust % 11 == 0:
                bank.has_customer(cust, status=("DECEASED", "FROZEN", "NORMAL")[cust % 3])
        night(bank, ends_later(FIRST, n))
    nights = [
        {
            row["cust_id"]: row
            for row in pq.read_table(bank.lake.day(ends_later(FIRST, n)).path("snapshot")).to_pylist()
        }  # type: ignore[union-attr]
        for n in range(7)
    ]
    kinds: Counter[str] = Counter()
    assert observed_months(bank.lake) == [ends_later(FIRST, 2), ends_later(FIRST, 3)]
    for n in (2, 3):
        rows = by_customer(bank, label(duck, bank.lake, ends_later(FIRST, n), DEFAULTS))
        assert rows.keys() == set(lives)
        for cust in lives:
            was, then = nights[n][cust], nights[n + 3][cust]
            base = sum(float(nights[m][cust]["mda"]) for m in (n - 2, n - 1, n)) / 3
            after = sum(float(nights[m][cust]["mda"]) for m in (n + 2, n + 3)) / 2
            known = sum(excused[cust, m] for m in (n + 1, n + 2, n + 3))
            floor = 200_000 if was["tier"] >= 3 else 20_000
            gone, gone_anyway = (left <= base / 2 and base - left >= floor for left in (after, after + known))
            barred = then["status"] in ("DECEASED", "FROZEN")
            expects = None if barred or (gone and not gone_anyway) else int(gone)
            row = rows[cust]
            assert row["left"] == expects, (n, cust, base, after, known)
            assert row["was"] == pytest.approx(base, abs=0.02) and row["after"] == pytest.approx(
                after, abs=0.02
            )
            assert row["closed"] == int(was["open_accounts"] > 0 and then["open_accounts"] == 0), cust
            missed = was["is_payroll"] and not any((cust, m) in paid for m in (n + 1, n + 2, n + 3))
            assert row["payroll_lost"] == int(missed or False), cust
            kinds["left"] += expects == 1
            kinds["explained"] += gone and not gone_anyway and not barred
            kinds["known, and left"] += bool(known) and expects == 1
            kinds["known, and stayed"] += bool(known) and expects == 0
            kinds["too little of a high tier"] += was["tier"] >= 3 and after <= base / 2 and not gone
            kinds["too little of a low one"] += was["tier"] < 3 and after <= base / 2 and not gone
            kinds[f"fell, {then['status']}"] += gone
            kinds["payroll lost"] += row["payroll_lost"]
            kinds["paid once more"] += (
                bool(was["is_payroll"]) and not row["payroll_lost"] and (cust, n + 3) not in paid
            )
            kinds["closed"] += row["closed"]
            kinds["closed before"] += was["open_accounts"] == 0
        learned = observed(duck, bank.lake, ends_later(FIRST, n), {**DEFAULTS, "churn.mda_floor": 0}, 10**6)
        known = {cust: row["left"] for cust, row in rows.items() if row["left"] is not None}
        assert dict(zip(learned.cust_id.tolist(), learned.y.astype(int).tolist(), strict=True)) == {
            cust: left for cust, left in known.items() if nights[n][cust]["status"] == "NORMAL"
        }  # who is left out is not learned from
    assert min(kinds.values()) > 0 and {"fell, DECEASED", "fell, FROZEN"} <= kinds.keys(), kinds


def test_features_of_a_day_within_the_month_roll(tmp_path: Path, duck: Engine) -> None:
    bank = Bank(tmp_path / "lake", duck, DEFAULTS)
    bank.has_customer(1, birth_date=date(1980, 6, 1)).has_account(1, 120_000)
    bank.has_account(1, 80_000, "t", "TIME", maturity=date(2025, 7, 20))
    bank.has_customer(2).has_account(2, 40_000)  # below 50,000: not scored
    bank.has_customer(3, opened=date(2025, 3, 1)).has_account(3, 90_000)  # with the bank for too short a time
    bank.has_customer(4, status="FROZEN").has_account(4, 90_000)
    for n in range(5):  # January to May
        if n == 4:
            bank.moves(1, "TRANSFER", 3_000, own_name=True, opp_bank="他行")
            bank.moves(1, "TRANSFER", 500, own_name=True, opp_bank="他行", seq="X")
            bank.moves(1, "TRANSFER", 500, "IN", reverses="X")
            bank.moves(1, "TRANSFER", 700, opp_bank="他行")  # to somebody else
            bank.logs_in(1)
        night(bank, ends_later(FIRST, n))
    bank.has_account(1, 60_000).moves(1, "TRANSFER", 60_000, own_name=True, opp_bank="他行")
    day = night(bank, date(2025, 6, 12))
    rows = by_customer(bank, observe(duck, day, bank.lake, DEFAULTS))
    assert list(rows) == [1]
    row = {name.removeprefix("f_"): value for name, value in rows[1].items()}
    passed = 12 / 30
    mda = (200_000 * 11 + 140_000) / 12
    assert row["mda"] == pytest.approx(passed * mda + (1 - passed) * 200_000, rel=1e-7)
    assert row["own_out"] == pytest.approx((60_000 + 3_000 * (1 - passed)) / row["base"])
    assert row["own_out_txns"] == pytest.approx(1 + (1 - passed))
    assert row["maturing_30d"] == 0 and row["maturing_60d"] == pytest.approx(80_000 / 140_000)
    assert row["login_days"] == 12 and row["payroll_months"] is None and row["slope_6m"] is None
    assert row["age"] == pytest.approx(45.03, abs=0.01) and row["drop_30d"] == pytest.approx(0.3)
    assert (row["rule_e05"], row["aum"]) == (1, 140_000)


def test_the_rule_beside_the_model_is_that_of_the_events(leavers: LeaverBank) -> None:
    bank, day = leavers.bank, leavers.bank.lake.day(ends_later(FIRST, 9))
    assert day is not None
    building = bank.lake.build(day.biz_date)
    for path in day.folder.glob("*.parquet"):
        shutil.copy(path, building.folder / path.name)
    detect_events(bank.engine, building, bank.lake, bank.lake.latest(before=day.biz_date), bank.values)
    events = pq.read_table(building.path("events"), filters=[("type", "=", "E05")])["cust_id"].to_pylist()
    building.discard()
    rows = by_customer(bank, observe(bank.engine, day, bank.lake, bank.values))
    found = {cust for cust, row in rows.items() if row["rule_e05"]}
    assert found and found <= set(events)
    assert {cust for cust in events if cust in rows} - found == set()


def test_features_are_bit_equal_whatever_happens_later(leavers: LeaverBank, tmp_path: Path) -> None:
    month = ends_later(FIRST, 6)
    root = tmp_path / "lake"
    shutil.copytree(leavers.bank.lake.root, root, symlinks=True)
    lake = Lake(root)
    changed = 0
    for day in [day for day in lake.dates() if day > month]:
        folder = lake.day(day).folder  # type: ignore[union-attr]
        for path in folder.glob("*.parquet"):
            table, columns = pq.read_table(path), []
            for column in table:
                whole = pa.types.is_integer(column.type)
                columns.append(pc.add(column, 1) if whole else pa.nulls(len(column), column.type))
            pq.write_table(pa.table(columns, names=table.column_names), path)
            changed += 1
    assert changed > 50
    engine, values = leavers.bank.engine, leavers.bank.values
    seen = [
        engine.to_arrow(observe(engine, known.day(month), known, values)).sort_by("cust_id")  # type: ignore[arg-type]
        for known in (leavers.bank.lake, lake)
    ]
    assert seen[0].equals(seen[1]) and seen[0].num_rows > 100


def test_training_learns_only_from_months_whose_outcome_was_known_at_the_test(
    leavers: LeaverBank, tmp_path: Path
) -> None:
    bank = leavers.bank
    learn, test = months_to_learn(observed_months(bank.lake))
    assert ends_later(learn[-1], 3) == test and ends_later(test, 3) == bank.lake.dates()[-1]
    card = train_churn(bank.engine, bank.lake, bank.values, threads=1, recipe=SMALL)
    again = train_churn(bank.engine, bank.lake, bank.values, threads=1, recipe=SMALL)
    assert again["number"] == card["number"] + 1
    assert {**again, "number": 0} == {**card, "number": 0}
    first, second = (read_model(bank.lake, "churn", c["number"]) for c in (card, again))
    assert first.card["files"] == second.card["files"]
    assert json.loads(json.dumps(card, sort_keys=True)).items() <= first.card.items()
    found = observed(bank.engine, bank.lake, test, bank.values, 10**6)
    held = {cust for cust, month in leavers.goes.items()}
    assert set(found.cust_id[found.y].tolist()) <= held
    figures = card["metrics"]
    assert (figures["customers"], figures["left"]) == (len(found), int(found.y.sum()))
    assert figures["model"]["auc"] > 0.8 and figures["model"]["precision_top"] > 2 * figures["base_rate"]
    assert figures["rule_e05"]["model_precision"] >= figures["rule_e05"]["precision"] > 0
    assert figures["warning"]["all"]["left"] == figures["left"]
    score = first.model.scores(found.frame)
    order = np.argsort(-score)[: len(score) // 20]
    assert figures["model"]["precision_top"] == pytest.approx(found.y[order].mean(), abs=0.15)
    for name, share in (
        ("high", 0.05),
        ("medium", 0.2),
    ):  # of the test month's scores, of which some are equal
        band, one = card["bands"][name], 1 / len(score)
        assert (score > band).mean() <= share + one and (score >= band).mean() >= share - one
    # what the rule and the model say at as many alarms, and how early
    rule, left = found.columns["rule_e05"] == 1, found.y
    alarms = figures["rule_e05"]
    assert (alarms["alarms"], alarms["precision"], alarms["recall"]) == (
        rule.sum(), pytest.approx((rule & left).sum() / rule.sum()), pytest.approx((rule & left).sum() / left.sum()),
    )  # fmt: skip
    same = np.isin(np.arange(len(score)), np.argsort(-score, kind="stable")[: rule.sum()])
    assert alarms["model_recall"] == pytest.approx((same & left).sum() / left.sum())
    weeks = weeks_until_gone(bank.lake, found, 0.5)
    gone = {cust: (ends_later(FIRST, month) - test).days / 7 for cust, month in leavers.goes.items()}
    assert [week for week in weeks if not np.isnan(week)] == [
        gone[cust] for cust in found.cust_id[left].tolist()
    ]
    high = np.isin(np.arange(len(score)), np.argsort(-score, kind="stable")[: round(len(score) * 0.05)])
    for name, who in (("model", high), ("rule_e05", rule), ("all", np.ones(len(left), bool))):
        told, warned = figures["warning"][name], weeks[who & left]
        assert (told["left"], told["median"]) == (len(warned), np.median(warned)), name
        assert told["in_time"] == pytest.approx((warned >= 2).mean())
    # what if another fall were leaving
    base, after = found.columns["base"], found.columns["after"]
    fell = {drop: ((after <= (1 - drop) * base) & (base - after >= 20_000)).sum() for drop in (0.3, 0.5, 0.8)}
    assert {row["drop"]: row["left"] for row in figures["sensitivity"]} == fell and fell[0.3] > fell[0.8]
    # a customer's months are of one fold: who is known from one month is no news in another
    past = [observed(bank.engine, bank.lake, month, bank.values, 10**6) for month in learn]
    frame = Frame(FEATURES, np.concatenate([o.frame.values for o in past]))
    whole = np.concatenate([o.y for o in past]), replace(SMALL, threads=1)
    who = np.concatenate([o.cust_id for o in past]).astype(np.intp)
    assert card["calibrator"] == fit(frame, *whole, groups=who).calibrator.as_dict()
    assert card["calibrator"] != fit(frame, *whole).calibrator.as_dict()
    assert np.array_equal(score, second.model.scores(found.frame))
    shap = first.model.contributions(found.frame)
    assert shap.shape[1] == len(FEATURES) + 1 and np.allclose(shap.sum(axis=1), score)


def test_a_model_is_read_back_only_as_it_was_kept(leavers: LeaverBank, tmp_path: Path) -> None:
    bank = leavers.bank
    lake = Lake(tmp_path / "lake")
    number = (
        numbers_of(bank.lake, "churn")
        or [train_churn(bank.engine, bank.lake, bank.values, threads=1, recipe=SMALL)["number"]]
    )[-1]
    shutil.copytree(bank.lake.root / "models", lake.root / "models")
    assert released_number(lake, "churn") is None
    set_released(lake, "churn", number)
    assert released_number(lake, "churn") == number
    set_released(lake, "churn", None)
    assert released_number(lake, "churn") is None
    path = lake.root / "models" / "churn" / str(number) / "model-0.txt"
    path.write_text(path.read_text("utf-8").replace("leaf_value=", "leaf_value=9", 1), "utf-8")
    with pytest.raises(YinkeError) as refused:
        read_model(lake, "churn", number)
    assert refused.value.code == "model_changed"
    with pytest.raises(YinkeError, match="no churn model 99"):
        read_model(lake, "churn", 99)


def test_a_short_past_is_refused_in_words(tmp_path: Path, duck: Engine) -> None:
    with pytest.raises(YinkeError) as refused:
        train_churn(duck, Lake(tmp_path), DEFAULTS)
    assert refused.value.code == "too_few_months"


def test_a_fall_that_a_manager_explained_is_not_learned_from(leavers: LeaverBank) -> None:
    bank, month = leavers.bank, ends_later(FIRST, 4)
    before = observed(bank.engine, bank.lake, month, bank.values, 1_000_000)
    gone, stayed = int(before.cust_id[before.y][0]), int(before.cust_id[~before.y][0])
    told = [
        (gone, ends_later(FIRST, 5)),
        (stayed, ends_later(FIRST, 8)),
    ]  # the second is too late for this month
    after = observed(bank.engine, bank.lake, month, bank.values, 1_000_000, told)
    assert set(before.cust_id) - set(after.cust_id) == {gone}
