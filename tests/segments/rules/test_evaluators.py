"""Three evaluators, one answer: DuckDB, Spark, and plain Python row by row. The night's way to ask many rules, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.segments.rules.made import Maker, every_test, lay, made_bank
from tests.segments.rules.naive import Naive
from yinke.lake.engine import Engine
from yinke.segments.members.refresh import holding
from yinke.segments.rules.check import Around, check
from yinke.segments.rules.gather import evaluate
from yinke.segments.rules.language import Rule, children
from yinke.segments.rules.world import World

LIMITS = {"rule.max_depth": 50, "rule.max_conditions": 300, "rule.max_expanded": 1000, "rule.max_list": 1000,
          "rule.max_text": 60, "rule.max_days": 400}  # fmt: skip
RULES = 350
BANKS = 6
"""6 banks × 350 rules: 2,100 random rules in each run, of DuckDB and of row by row."""
SPARK_RULES = 1050
SPARK_BANKS = 2
"""As many of Spark too, of fewer banks: it takes a third of a second to plan each question of the lake, however many
rules are put together from its answer."""


def rules_for(bank: Naive, seed: int, many: int) -> list[Rule]:
    """Random rules; each one passes the checker, or the checker is wrong."""
    maker = Maker(seed, bank)
    return checked_rules(bank, [maker.rule() for _ in range(many)])


def checked_rules(bank: Naive, raws: Iterable[Any]) -> list[Rule]:
    """The rules; each one passes the checker, or the checker is wrong."""
    found = []
    around = Around(
        LIMITS, bank.today, bank.segments, oldest=date(2000, 1, 1), compliance=True, custom=bank.fields
    )
    for raw in raws:
        checked = check(raw, around)
        assert checked.rule is not None, [(p.place, p.code, p.facts, raw) for p in checked.problems]
        found.append(checked.rule)
    return found


def answers(world: World, rules: list[Rule]) -> list[set[int]]:
    """Whom each rule holds of, by the compiled form in one query."""
    table = world.engine.to_arrow(evaluate(world, rules))
    ids = table["cust_id"].to_pylist()
    columns = [table[f"r{n}"].to_pylist() for n in range(len(rules))]
    return [{cust for cust, holds in zip(ids, column, strict=True) if holds} for column in columns]


def at_once(world: World, rules: list[Rule]) -> list[set[int]]:
    """The same as the night finds it."""
    return [set(who) for who in holding(world, {f"{n}": rule for n, rule in enumerate(rules)}).values()]


Evaluator = Callable[[World, list[Rule]], list[set[int]]]


def smallest(world: World, bank: Naive, rule: Rule, by: Evaluator) -> Any:
    """The innermost condition on which the two still differ, and how."""
    for _, inner in children(rule.where):
        part = Rule(where=inner)
        if by(world, [part])[0] != bank.who(part):
            return smallest(world, bank, part, by)
    got, wanted = by(world, [rule])[0], bank.who(rule)
    return rule.model_dump_json(exclude_defaults=True), bank.today, sorted(got - wanted), sorted(wanted - got)


def agree(bank: Naive, world: World, rules: list[Rule], by: Evaluator) -> None:
    """The evaluator answers as reading row by row does."""
    for rule, found in zip(rules, by(world, rules), strict=True):
        assert found == bank.who(rule), smallest(world, bank, rule, by)


@settings(max_examples=BANKS)
@given(seed=st.integers(0, 2**32))
def test_the_night_answers_as_row_by_row(
    duck: Engine, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    bank = made_bank(seed)
    agree(bank, lay(bank, tmp_path_factory.mktemp("lake"), duck), rules_for(bank, seed, RULES), at_once)


@pytest.mark.parametrize("seed", [3, 110])
def test_the_compiled_form_answers_as_row_by_row(duck: Engine, tmp_path: Path, seed: int) -> None:
    bank = made_bank(seed)
    agree(bank, lay(bank, tmp_path, duck), rules_for(bank, seed, 100), answers)


@pytest.mark.parametrize("by", [at_once, answers])
@pytest.mark.parametrize("seed", [1, 7])  # 31 March, and 29 February
def test_every_operator_of_every_field_answers_as_row_by_row(
    duck: Engine, tmp_path: Path, seed: int, by: Evaluator
) -> None:
    bank = made_bank(seed, 25)
    world, rules = lay(bank, tmp_path, duck), checked_rules(bank, every_test(seed, bank))
    for start in range(0, len(rules), 150):
        agree(bank, world, rules[start : start + 150], by)


def on(engine: Engine, world: World) -> World:
    """The same world, asked of another engine."""
    return World(engine, world.lake, world.day, world.values, world.segments, world.marks)


@pytest.mark.spark
@settings(max_examples=SPARK_BANKS, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_spark_and_duckdb_answer_as_row_by_row(
    duck: Engine, spark: Engine, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    bank = made_bank(seed)
    world = lay(bank, tmp_path_factory.mktemp("lake"), duck)
    rules = rules_for(bank, seed, SPARK_RULES)
    agree(bank, world, rules, at_once)
    agree(bank, on(spark, world), rules, at_once)


@pytest.mark.spark
def test_the_compiled_form_is_the_same_on_spark(duck: Engine, spark: Engine, tmp_path: Path) -> None:
    bank = made_bank(1)
    world = lay(bank, tmp_path, duck)
    agree(bank, on(spark, world), rules_for(bank, 1, 20), answers)
