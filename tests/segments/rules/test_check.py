"""What makes no sense is refused at its place, in the reader's language, and never by a crash."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.segments.rules.made import lay, made_bank
from yinke.lake.engine import Engine
from yinke.lake.snapshot import SNAPSHOT
from yinke.segments.rules.check import Around, Checked, check, texts
from yinke.segments.rules.fields import fields, groups, hidden
from yinke.segments.rules.gather import evaluate
from yinke.segments.rules.language import Rule, json_schema

ROOT = Path(__file__).parents[3]
LIMITS = {"rule.max_depth": 50, "rule.max_conditions": 300, "rule.max_expanded": 1000, "rule.max_list": 5,
          "rule.max_text": 60, "rule.max_days": 400}  # fmt: skip
TODAY = date(2026, 10, 30)
AUM = {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}


def checked(where: Any, **around: Any) -> Checked:
    return check({"version": 1, "where": where}, Around(LIMITS, TODAY, **around))


def problem(where: Any, **around: Any) -> tuple[str, str]:
    found = checked(where, **around)
    assert found.rule is None
    return found.problems[0].place, found.problems[0].code


def of(field: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "compare", "field": field, "op": op, "value": value, **more}


def rows(table: str = "transaction", **more: Any) -> dict[str, Any]:
    return {"type": "behaviour", "table": table, "last": {"n": 7}, **more}


def test_a_segment_that_asks_the_present_cannot_be_asked_of_the_past() -> None:
    past = {"type": "at", "on": {"n": 1, "unit": "day"}, "of": {"type": "segment", "segment": "outer"}}
    inner = {"rich": AUM, "tagged": of("tag", "has_any", ["1"])}
    for name, expected in (("rich", None), ("tagged", ("/where/of/segment", "not_then"))):
        rules: dict[str, Any] = {code: Rule.model_validate({"where": where}) for code, where in inner.items()}
        rules["outer"] = Rule.model_validate(
            {"where": {"type": "not", "of": {"type": "segment", "segment": name}}}
        )
        found = checked(past, segments=rules)
        assert (found.problems[0].place, found.problems[0].code) == expected if expected else found.rule


@pytest.mark.parametrize(
    ("where", "place", "code"),
    [
        (of("aumm", "ge", 1), "/where/field", "no_field"),
        (of("aum", "contains", "1"), "/where/op", "operator"),
        (of("aum", "ge"), "/where/value", "value_missing"),
        (of("aum", "is_known", 1), "/where/value", "value_unwanted"),
        (of("aum", "ge", "many"), "/where/value", "number"),
        (of("aum", "ge", True), "/where/value", "number"),
        (of("aum", "ge", 0.001), "/where/value", "places"),
        (of("aum", "ge", 1e300), "/where/value", "too_large"),
        (of("aum", "ge", "NaN"), "/where/value", "too_large"),
        (of("txns_90d", "ge", 1.5), "/where/value", "whole"),
        (of("stage", "eq", "GONE"), "/where/value", "code"),
        (of("stage", "in", ["LOST", "GONE"]), "/where/value/1", "code"),
        (of("stage", "in", []), "/where/value", "list_empty"),
        (of("payroll_unit", "in", list("abcdef")), "/where/value", "list_long"),
        (of("payroll_unit", "eq", "a\x00b"), "/where/value", "text"),
        (of("payroll_unit", "eq", "字" * 61), "/where/value", "text_long"),
        (of("aum", "between", [2, 1]), "/where/value", "between"),
        (of("last_login", "in_last", 30), "/where/value", "span"),
        (of("last_login", "in_last", {"n": 36_500, "unit": "year"}), "/where/value", "span_long"),
        (of("last_login", "in_this", "decade"), "/where/value", "period"),
        (of("last_login", "lt", "2026-02-30"), "/where/value", "date"),
        (of("age", "ge", 5, unit="WAN"), "/where/unit", "unit"),
        (of("aum", "ge", {"field": "age"}), "/where/value/field", "other"),
        (of("aml_level", "eq", "3"), "/where/field", "not_for_marketing"),
        (rows(table="gossip"), "/where/table", "no_table"),
        (rows(filters=[{"field": "opp_name", "op": "is_known"}]), "/where/filters/0/field", "no_column"),
        ({**rows(), "last": None}, "/where/last", "last_missing"),
        (rows(table="account"), "/where/last", "last_unwanted"),
        (rows(last={"n": 14, "unit": "month"}), "/where/last", "span_long"),
        (rows(measure="sum"), "/where/column", "column_missing"),
        (rows(measure="sum", column="channel"), "/where/column", "column_kind"),
        (rows(table="events", measure="sum", column="amount"), "/where/measure", "no_sum"),
        ({"type": "peer", "field": "stage", "percent": 10}, "/where/field", "peer_field"),
        ({"type": "peer", "field": "aum", "percent": 101}, "/where/percent", "shape"),
        ({"type": "at", "on": "2027-01-01", "of": AUM}, "/where/on", "at_future"),
        ({"type": "at", "on": {"n": 1, "unit": "day"}, "of": of("tag", "has_any", ["1"])}, "/where/of/field", "not_then"),
        ({"type": "segment", "segment": "9"}, "/where/segment", "no_segment"),
        ({"type": "all", "of": [AUM, {"type": "not", "of": of("x", "ge", 1)}]}, "/where/of/1/of/field", "no_field"),
        ({"type": "perhaps"}, "/where", "shape"),
        ({"type": "all", "of": [AUM, {**AUM, "drop": "table"}]}, "/where/of/1/drop", "shape"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_place(where: Any, place: str, code: str) -> None:
    assert problem(where) == (place, code)


def test_every_mistake_is_told_in_both_languages() -> None:
    for zh, en in texts().values():
        assert zh and en and not any("\u4e00" <= sign <= "\u9fff" for sign in en)
    told = checked(of("aum", "contains", "1")).problems[0]
    assert told.text("zh").startswith("“AUM”不能用“contains”来比较") and told.text("en").startswith(
        "AUM cannot be compared"
    )


def test_two_hundred_conditions_fifty_deep_are_a_rule_and_more_is_refused_at_once() -> None:
    wide = {"type": "any", "of": [of("aum", "ge", n) for n in range(199)]}
    assert checked(wide).rule is not None
    deep: Any = AUM
    for _ in range(49):
        deep = {"type": "not", "of": deep}
    assert checked(deep).rule is not None
    assert problem({"type": "not", "of": deep}) == ("/where", "too_deep")
    assert problem({"type": "any", "of": [AUM] * 301}) == ("/where", "too_many")
    for _ in range(100_000):
        deep = {"type": "not", "of": deep}
    assert problem(deep) == ("/where", "too_deep")
    while isinstance(deep, dict) and "of" in deep:
        deep = deep.pop("of")  # taken apart from outside, for Python frees what is nested by recursion


def test_segments_may_refer_to_each_other_but_never_in_a_circle() -> None:
    def into(name: str) -> Rule:
        return Rule.model_validate(
            {"where": {"type": "all", "of": [AUM, {"type": "segment", "segment": name}]}}
        )

    plain = Rule.model_validate({"where": AUM})
    assert (
        checked({"type": "segment", "segment": "a"}, segments={"a": into("b"), "b": plain}).rule is not None
    )
    for segments, own in (({"a": into("b"), "b": into("a")}, None), ({"a": into("me")}, "me"), ({}, "me")):
        name = "a" if segments else "me"
        assert problem({"type": "segment", "segment": name}, segments=segments, own=own)[1] == "cycle"


def test_what_the_bank_no_longer_delivers_is_said() -> None:
    there = frozenset({"snapshot.aum", "account"})
    assert checked(AUM, delivered=there).rule is not None
    assert problem(of("mda", "ge", 1), delivered=there) == ("/where/field", "not_delivered")
    assert problem(rows(), delivered=there) == ("/where/table", "not_delivered")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(
        ["compare", "all", "aum", "ge", "behaviour", "transaction", "in_last", "day", "segment", "", "\x00"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "of", "field", "op", "value", "table", "last", "n", "unit", "where", "on", "percent"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_gets_an_answer(raw: Any) -> None:
    for one in (raw, {"version": 1, "where": raw}):
        found = check(one, Around(LIMITS, TODAY))
        assert (found.rule is None) == bool(found.problems)
        assert all(p.text("zh") and p.text("en") for p in found.problems)


HOSTILE = (
    "'; DROP TABLE hot; --",
    "\\' OR 1=1 --",
    '"x"',
    "%_%",
    "$$a$$",
    "{{x}}",
    "a'||chr(39)",
    "\\",
    "/*",
    "𠮷",
)


@pytest.mark.parametrize("engine_name", ["duck", pytest.param("spark", marks=pytest.mark.spark)])
def test_no_text_of_a_user_is_read_as_sql(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    engine: Engine = request.getfixturevalue(engine_name)
    bank = made_bank(3)
    day = bank.days[bank.today]
    people = [dict(row) for row in day["snapshot"]]
    for row, text in zip(people, HOSTILE, strict=False):
        row["payroll_unit"] = text
    day["snapshot"] = people  # type: ignore[assignment]
    world = lay(bank, tmp_path, engine)
    asked = [
        of("payroll_unit", op, [text] if op == "in" else text)
        for text in HOSTILE
        for op in ("eq", "in", "contains")
    ]
    rules = [Rule.model_validate({"where": one}) for one in asked]
    found: pa.Table = engine.to_arrow(evaluate(world, rules))
    for n, rule in enumerate(rules):
        holds = {
            cust
            for cust, yes in zip(found["cust_id"].to_pylist(), found[f"r{n}"].to_pylist(), strict=True)
            if yes
        }
        assert holds == bank.who(rule) and holds, rule


def test_every_column_of_the_snapshot_is_a_field_or_said_to_be_none() -> None:
    assert {m.name for m in SNAPSHOT} <= set(fields()) | hidden()
    assert {f.group for f in fields().values()} <= set(groups())
    assert all(f.about_zh and f.about_en and "{" not in f.about_zh + f.about_en for f in fields().values())
    assert (
        fields()["aml_level"].audience == "compliance"
        and "birth_date" not in fields()
        and "nation" not in fields()
    )


def test_the_published_schema_is_the_language() -> None:
    published = json.loads((ROOT / "docs" / "rules.schema.json").read_text("utf-8"))
    assert published == json_schema(), "Write it anew: yinke rules-schema >docs/rules.schema.json"
