"""Rules in words: read back they are the same rule; what people type is understood, or said not to be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segments.rules.made import OWN, made_bank
from tests.segments.rules.test_evaluators import rules_for
from yinke.segments.rules.language import Rule
from yinke.segments.rules.parse import parse
from yinke.segments.rules.sentence import Names, normal, sentence

NAMES = Names(
    tags={"1": "老客户", "2": "”怪”"},
    segments={"dynamic": "临界客户"},
    orgs={"11": "上海分行", "12": "上海", "1": "总行"},
    custom={field.name: field for field in OWN},
)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_a_rule_read_from_its_own_sentence_is_the_same_rule(seed: int) -> None:
    bank = made_bank(seed, customers=1)
    for rule in rules_for(bank, seed, 100):
        text = sentence(rule, "zh", NAMES)
        parsed = parse(text, NAMES)
        assert parsed.rule == normal(rule, NAMES), (text, parsed.not_understood)
        assert parsed.not_understood == []


AUM = {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}
SILENT = {
    "type": "not",
    "of": {"type": "compare", "field": "last_login", "op": "in_last", "value": {"n": 30}},
}
SUNFLOWER = {"type": "compare", "field": "tier", "op": "eq", "value": 3}
SHANGHAI = {"type": "compare", "field": "org_no", "op": "under", "value": ["11"]}
MATURING = {
    "type": "behaviour", "table": "account", "filters": [
        {"field": "category", "op": "eq", "value": "TIME"},
        {"field": "maturity", "op": "in_next", "value": {"n": 7}},
        {"field": "status", "op": "ne", "value": "CLOSED"},
    ],
}  # fmt: skip


def _all(*of: object) -> dict[str, object]:
    return {"type": "all", "of": list(of)}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("AUM 50万以上且30天未登录的客户", _all(AUM, SILENT)),
        ("AUM不低于50万元，最近30天没有登录手机银行", _all(AUM, SILENT)),
        ("AUM>=500,000 and 近30天没登录", _all(AUM, SILENT)),
        ("近7天到期的定期", MATURING),
        ("金葵花客户 且 上海分行", _all(SUNFLOWER, SHANGHAI)),
        ("上海分行的金葵花客户", _all(SHANGHAI, SUNFLOWER)),
        ("非（金葵花 或 上海分行）", {"type": "not", "of": {"type": "any", "of": [SUNFLOWER, SHANGHAI]}}),
        ("金葵花及以上", {**SUNFLOWER, "op": "ge"}),
        ("金葵花及以下", {**SUNFLOWER, "op": "le"}),
        ("AUM 50万以下", {**AUM, "op": "le"}),
        ("AUM在50万以内", {**AUM, "op": "le"}),
        ("年龄60岁以下", {"type": "compare", "field": "age", "op": "le", "value": 60}),
        ("AUM 10万到1亿", {**AUM, "op": "between", "value": [100_000, 100_000_000]}),
        ("AUM低于“30天前AUM”的 0.7 倍", {**AUM, "op": "lt", "value": {"field": "aum_30d_ago", "times": 0.7}}),
        ("AUM居本网点前10%", {"type": "peer", "field": "aum", "percent": 10}),
        ("生日在本周", {"type": "compare", "field": "birthday", "op": "in_this", "value": "week"}),
        ("代发客户且未持有理财", _all({"type": "compare", "field": "is_payroll", "op": "is_true"},
                                      {"type": "compare", "field": "has_wealth", "op": "is_false"})),
        ("年龄60岁以上", {"type": "compare", "field": "age", "op": "ge", "value": 60}),
        ("60岁以上", {"type": "compare", "field": "age", "op": "ge", "value": 60}),
        ("25到35岁且没有理财", _all({"type": "compare", "field": "age", "op": "between", "value": [25, 35]},
                                    {"type": "compare", "field": "has_wealth", "op": "is_false"})),
        ("AUM >= 500k and not logged in for 30 days", _all(AUM, SILENT)),
        ("Sunflower customers with no login in the last 30 days", _all(SUNFLOWER, SILENT)),
        ("Sunflower and above, without a mortgage", _all({**SUNFLOWER, "op": "ge"},
                                                         {"type": "compare", "field": "has_mortgage", "op": "is_false"})),
        ("aged over 60 and in 上海分行", _all({"type": "compare", "field": "age", "op": "gt", "value": 60}, SHANGHAI)),
        ("爱好包含“钓鱼”且家庭年收入大于 30", _all(
            {"type": "compare", "field": "custom.text", "op": "contains", "value": "钓鱼"},
            {"type": "compare", "field": "custom.number", "op": "gt", "value": 30})),
        ("结婚纪念日在未来7天内，关注有乙或丙，不是是否有车", _all(
            {"type": "compare", "field": "custom.date", "op": "in_next", "value": {"n": 7}},
            {"type": "compare", "field": "custom.choices", "op": "has_any", "value": ["o2"]},
            {"type": "compare", "field": "custom.yes_no", "op": "is_false"})),
        ("not (aum < 1000)", {"type": "not", "of": {**AUM, "op": "lt", "value": 1000}}),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(text: str, where: object) -> None:
    parsed = parse(text, NAMES)
    assert parsed.not_understood == []
    assert parsed.rule == Rule.model_validate({"where": where})


def test_what_is_not_understood_is_said_and_no_rule_comes_of_it() -> None:
    text = "AUM 50万以上且喜欢钓鱼的客户，30天未登录"
    parsed = parse(text, NAMES)
    assert parsed.rule is None
    assert parsed.not_understood == ["喜欢钓鱼的客户"]
    assert [part.text for part in parsed.parts] == ["AUM 50万以上", "喜欢钓鱼的客户", "30天未登录"]
    assert all(text[part.start : part.end] == part.text for part in parsed.parts)


@given(st.text(alphabet="AUM50万以上且或非（）30天未登录，“”不 \n'\";-金葵花", max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    parsed = parse(text, NAMES)
    assert parsed.rule is None or parse(sentence(parsed.rule, "zh", NAMES), NAMES).rule == parsed.rule


def test_deep_brackets_are_refused_not_fatal() -> None:
    assert parse("（" * 2_000 + "金葵花" + "）" * 1_990).rule is None


def test_a_sentence_in_english_reads_as_english() -> None:
    rule = Rule.model_validate(
        {"where": _all(AUM, SILENT, {"type": "at", "on": "2026-06-30", "of": SUNFLOWER})}
    )
    assert sentence(rule, "en") == (
        "AUM at least CNY 500,000 and not logged in in the last 30 days and on 2026-06-30 (Granted tier is Sunflower)"
    )
    assert (
        sentence(rule, "zh")
        == "AUM不低于 50 万元，且 最近 30 天没有登录，且 在 2026-06-30 （服务等级为 金葵花）"
    )
