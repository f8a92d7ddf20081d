"""Ready tags and segments: each makes sense, says what it comes from, and answers as row by row."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings

from tests.segments.rules.made import lay, made_bank
from tests.segments.rules.test_evaluators import answers
from yinke.access.viewer import RIGHTS, Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import Engine
from yinke.lake.tables import TABLES
from yinke.segments.ready import ReadySegment, ReadyTag, ready_segments, ready_tags
from yinke.segments.ready.audience import sees_aml, tags_for
from yinke.segments.ready.lineage import event_sources, lineage
from yinke.segments.rules.check import Around, check
from yinke.segments.rules.fields import fields, groups, words
from yinke.segments.rules.language import Compare, Rule, leaves

TODAY = date(2026, 10, 30)
AML = {code for code, tag in ready_tags().items() if tag.audience == "aml"}


def around(*, compliance: bool = False) -> Around:
    values = load_thresholds(settings.YINKE.thresholds).at(TODAY)
    return Around(values, TODAY, oldest=date(2025, 9, 1), compliance=compliance)


def every() -> list[ReadyTag | ReadySegment]:
    return [*ready_tags().values(), *ready_segments().values()]


def tagged(*codes: str) -> dict[str, object]:
    return {"where": {"type": "compare", "field": "tag", "op": "has_any", "value": list(codes)}}


def test_there_are_enough_of_each_class_and_none_is_called_as_another() -> None:
    tags, segments = ready_tags(), ready_segments()
    assert len(tags) >= 80 and len(segments) >= 30
    assert {tag.group for tag in tags.values()} == set(groups()) >= {s.group for s in segments.values()}
    for kind in (tags, segments):
        for names in ([one.zh for one in kind.values()], [one.en for one in kind.values()]):
            assert len(set(names)) == len(names)
    assert not any(code.isdigit() for code in tags)  # numbers are the tags that people put on
    for one in every():
        chinese = [one.zh, one.about_zh] + (
            [one.reason_zh, one.care_zh] if isinstance(one, ReadySegment) else []
        )
        english = [one.en, one.about_en] + (
            [one.reason_en, one.care_en] if isinstance(one, ReadySegment) else []
        )
        assert all(re.search("[一-鿿]", text) for text in chinese), one.code
        assert all(re.fullmatch("[^一-鿿]+", text) for text in english), one.code
    assert all(set(segment.who) <= set(RIGHTS) | {"LOBBY"} for segment in segments.values())


def test_every_rule_passes_the_checker_and_no_tag_stands_on_another() -> None:
    for one in every():
        found = check(one.rule.model_dump(mode="json"), around(compliance=one.code in AML))
        assert not found.problems, (one.code, found.problems)
    for tag in ready_tags().values():
        asked = {leaf.field for _, leaf in leaves(tag.rule) if isinstance(leaf, Compare)}
        assert "tag" not in asked


def test_the_lineage_of_each_is_known_down_to_the_delivered_tables() -> None:
    for one in every():
        found = lineage(one.rule)
        assert found.columns and found.level in ("C1", "C2")
        assert set(found.tables) <= set(TABLES)
        assert found.tables or {c.table for c in found.columns} <= {
            "consent",
            "do_not_disturb",
            "churn",
            "next_product",
        }
    for name, known in fields().items():  # a new figure without sources is noticed here
        if known.source == "snapshot":
            asked = lineage(
                Rule.model_validate({"where": {"type": "compare", "field": name, "op": "is_known"}})
            )
            assert asked.tables, name
    assert set(event_sources()) == set(EVENT_TYPES) == set(words()["type"])
    assert lineage(ready_tags()["salary_sweep"].rule).tables == ("transaction", "payroll")
    assert lineage(ready_segments()["salary_swept"].rule).level == "C2"


def test_what_tells_of_money_laundering_is_for_compliance_alone() -> None:
    assert len(AML) >= 2 and not any(ready_tags()[code].marketing_usable for code in AML)
    for code in AML:
        assert [p.code for p in check(tagged("payroll", code), around()).problems] == ["not_for_marketing"]
        assert check(tagged(code), around(compliance=True)).rule is not None
    for segment in ready_segments().values():
        assert not (AML & set(str(segment.rule.model_dump()).split("'")))
    compliance = Viewer(1, "COMPLIANCE", 1, "/1/", None, "zh")
    assert set(tags_for(compliance)) == set(ready_tags())
    for role in set(RIGHTS) - {"COMPLIANCE"}:  # not even where a bank's own rights would let it
        granted = replace(compliance, role=role, rights=RIGHTS[role] | {"aml.read", "segment.draw"})
        assert not sees_aml(granted) and not AML & set(tags_for(granted))
    manager = replace(compliance, role="RM", rights=frozenset({"aml.read"}))
    assert not AML & set(tags_for(manager))


def test_a_tag_that_is_not_there_or_not_delivered_is_told_at_its_place() -> None:
    problems = check(tagged("payroll", "rich_and_famous"), around()).problems
    assert [(p.place, p.code) for p in problems] == [("/where/value/1", "no_tag")]
    without = replace(around(), delivered=frozenset({"snapshot.aum"}))
    assert [p.code for p in check(tagged("borrower"), without).problems] == ["not_delivered"]
    assert check(tagged("aum_10m_up"), without).rule is not None
    many = {"where": {"type": "any", "of": [tagged(*ready_tags().keys() - AML)["where"]] * 6}}
    assert [p.code for p in check(many, around()).problems] == ["too_many"]


def test_they_answer_as_row_by_row_and_tags_of_one_kind_exclude_each_other(
    duck: Engine, tmp_path: Path
) -> None:
    bank = made_bank(5, customers=40)
    world = lay(bank, tmp_path, duck)
    found = dict(
        zip((one.key for one in every()), answers(world, [one.rule for one in every()]), strict=True)
    )
    for one in every():
        assert found[one.key] == bank.who(one.rule), one.code
    by_kind: dict[str, list[set[int]]] = {}
    for tag in ready_tags().values():
        if tag.one_of:
            by_kind.setdefault(tag.one_of, []).append(found[tag.key])
    assert len(by_kind) >= 8
    for kind, holders in by_kind.items():
        assert sum(map(len, holders)) == len(set().union(*holders)), kind
