"""The columns in memory answer as the whole does; reasons say of each condition what is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segments.rules.made import lay, made_bank
from tests.segments.rules.test_evaluators import rules_for
from yinke.lake.engine import Engine
from yinke.segments.members.live import Live, ids
from yinke.segments.rules.explain import explain
from yinke.segments.rules.language import Rule, leaves
from yinke.segments.rules.sentence import Names


@settings(max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_the_live_count_is_the_count(duck: Engine, tmp_path_factory: Any, seed: int) -> None:
    bank = made_bank(seed)
    folder: Path = tmp_path_factory.mktemp("lake")
    world = lay(bank, folder, duck)
    live = Live(world, threads=2, memory="500MB", scratch=folder)
    people = {row["cust_id"]: row for row in bank.days[bank.today]["snapshot"]}
    mine = sorted(people)[::2]
    for rule in rules_for(bank, seed, 25):
        holds = bank.who(rule)
        counted = live.count(world, rule)
        assert (counted.customers, counted.of) == (len(holds), len(people))
        tiers = [people[cust]["tier"] for cust in holds if people[cust]["tier"] is not None]
        assert counted.by["tier"] == {tier: tiers.count(tier) for tier in tiers}
        within = live.count(world, rule, ids(mine))
        assert (within.customers, within.of) == (len(holds & set(mine)), len(mine))
        assert set(live.some(world, rule, 100, ids(mine))) == holds & set(mine)


def test_each_condition_is_told_with_the_customers_own_value(duck: Engine, tmp_path: Path) -> None:
    bank = made_bank(11)
    world = lay(bank, tmp_path, duck)
    for rule in rules_for(bank, 11, 8):
        for cust in sorted(row["cust_id"] for row in bank.days[bank.today]["snapshot"])[:2]:
            own = {name: has[cust] for name, has in bank.own.items() if cust in has}
            told = explain(world, rule, cust, Names(custom=bank.fields), own)
            assert told is not None and told.holds == (cust in bank.who(rule))
            assert len(told.reasons) == len(list(leaves(rule)))
            for reason, (place, leaf) in zip(told.reasons, leaves(rule), strict=True):
                assert reason.place == place
                assert (reason.state == "met") == bank.holds(leaf, cust, reason.on)
    aum = Rule.model_validate({"where": {"type": "compare", "field": "aum", "op": "ge", "value": 1}})
    row = next(row for row in bank.days[bank.today]["snapshot"] if row["aum"] is None)
    told = explain(world, aum, row["cust_id"], Names())
    assert told is not None and (told.reasons[0].state, told.reasons[0].value) == ("unknown", None)
    assert explain(world, aum, 9_999, Names()) is None
