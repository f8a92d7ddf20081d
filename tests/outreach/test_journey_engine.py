"""旅程引擎: every customer ends up at exactly one place, by the way that the definition draws; reckoned again one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from yinke.outreach.journeys.check import Known, faults
from yinke.outreach.journeys.definition import WAITS, Definition, Step, exits
from yinke.outreach.journeys.dry_run import way_of
from yinke.outreach.journeys.engine import ENTERING, SHANGHAI, Placed, advance, plan_of, work_time

NOW = datetime(2026, 11, 2, 10, 15, tzinfo=SHANGHAI)
"""A Monday."""
PEOPLE = range(1, 41)
SEGMENTS = {"even": BitMap(n for n in PEOPLE if n % 2 == 0), "first": BitMap(range(1, 11))}
KNOWN = Known(
    {"even", "first"},
    {"even", "first"},
    {"E01"},
    {1},
    {1: True, 2: False},
    fields={"hobby": lambda value: value == "gold"},
)


@dataclass
class Bank:
    """``World`` and ``Deeds`` of forty customers, which write down what they are told."""

    now: datetime = NOW
    hours: tuple[int, int] = (9, 18)
    arrived: frozenset[int] = frozenset()
    done: list[tuple[str, frozenset[int]]] = field(default_factory=list)

    def inside(self, segment: str, whom: BitMap) -> BitMap:
        return SEGMENTS[segment] & whom

    def came(self, step: str, what: str, whom: BitMap) -> BitMap:
        return BitMap(self.arrived) & whom

    def message(self, step: Any, whom: BitMap) -> BitMap:
        self.done.append((step.id, frozenset(whom)))
        return whom if step.template == 1 else BitMap()

    def task(self, step: Any, whom: BitMap) -> None:
        self.done.append((step.id, frozenset(whom)))

    tag = task

    def fill(self, step: Any, whom: BitMap) -> BitMap:
        self.done.append((step.id, frozenset(whom)))
        return whom if step.value == "gold" else BitMap()


def journey(*steps: dict[str, Any], start: str | None = "a", **more: Any) -> Definition:
    trigger = more.pop("trigger", {"type": "SEGMENT", "segment": "even"})
    return Definition.model_validate({"trigger": trigger, "start": start, "steps": steps, **more})


def walked(
    definition: Definition, bank: Bank, leaving: dict[tuple[str, bool], BitMap] | None = None
) -> list[Placed]:
    return advance(plan_of(definition, "j"), leaving or {(ENTERING, False): BitMap(PEOPLE)}, bank, bank)


def where(placed: list[Placed]) -> dict[int, tuple[str | None, str, tuple[str, ...]]]:
    found: dict[int, tuple[str | None, str, tuple[str, ...]]] = {}
    for one in placed:
        for customer in one.flow.whom:
            assert customer not in found
            found[customer] = (one.step, one.state, one.flow.path)
    return found


def test_a_condition_parts_the_customers_and_both_ways_meet_again() -> None:
    bank = Bank(arrived=frozenset(range(5, 9)))
    definition = journey(
        {"id": "a", "type": "CONDITION", "segment": "even", "yes": "m", "no": "t"},
        {"id": "m", "type": "MESSAGE", "template": 1, "next": "w"},
        {"id": "t", "type": "TAG", "tag": 1, "next": "w"},
        {"id": "w", "type": "WAIT", "days": 1, "next": "c"},
        {"id": "c", "type": "CONDITION", "message": "m", "came": "DELIVERED", "yes": None, "no": "k"},
        {"id": "k", "type": "TASK", "title": "回访"},
    )
    found = where(walked(definition, bank))
    for n in PEOPLE:
        assert found[n] == ("w", "INSIDE", ("a:yes", "m:next") if n % 2 == 0 else ("a:no", "t:next"))
    even = frozenset(n for n in PEOPLE if n % 2 == 0)
    assert sorted(bank.done) == [("m", even), ("t", frozenset(PEOPLE) - even)]
    bank.done.clear()
    later = where(walked(definition, bank, {("w", False): BitMap(PEOPLE)}))
    for n in PEOPLE:
        came = n in range(5, 9)
        assert later[n] == (None, "DONE", ("w:next", "c:yes") if came else ("w:next", "c:no", "k:next"))
    assert bank.done == [("k", frozenset(PEOPLE) - frozenset(range(5, 9)))]


def test_a_text_that_is_not_approved_any_more_is_passed_and_said_so() -> None:
    bank = Bank()
    found = where(walked(journey({"id": "a", "type": "MESSAGE", "template": 2}), bank))
    assert set(found.values()) == {(None, "DONE", ("a:none",))}


def test_chance_is_the_same_for_the_same_customer_and_has_its_shares() -> None:
    paths = [{"share": 20, "next": "w"}, {"share": 30, "next": None}, {"share": 50, "next": None}]
    definition = journey({"id": "a", "type": "SPLIT", "paths": paths}, {"id": "w", "type": "WAIT", "days": 1})
    many = BitMap(range(1, 100_001))
    plan, bank = plan_of(definition, "j"), Bank()
    one, again = (
        where(advance(plan, {(ENTERING, False): some}, bank, bank)) for some in (many, BitMap(range(1, 1001)))
    )
    assert all(one[n] == again[n] for n in again)
    shares = [sum(place[2] == (f"a:{n}",) for place in one.values()) / len(many) for n in range(3)]
    assert shares == pytest.approx([0.2, 0.3, 0.5], abs=0.006)  # four standard errors
    other = where(advance(plan_of(definition, "k"), {(ENTERING, False): many}, bank, bank))
    same = sum(one[n] == other[n] for n in many) / len(many)
    assert same == pytest.approx(0.2**2 + 0.3**2 + 0.5**2, abs=0.007)


def test_who_is_held_out_goes_no_further_and_is_told_apart() -> None:
    bank = Bank()
    definition = journey(
        {"id": "a", "type": "HOLDOUT", "share": 30, "next": "m"},
        {"id": "m", "type": "MESSAGE", "template": 1},
    )
    placed = walked(definition, bank)
    arms = {one.flow.held_out: (one.state, one.flow.path, set(one.flow.whom)) for one in placed}
    assert arms[True][:2] == ("HELD_OUT", ("a:held",)) and arms[False][:2] == ("DONE", ("a:next", "m:next"))
    assert arms[True][2] | arms[False][2] == set(PEOPLE) and 4 <= len(arms[True][2]) <= 20
    assert bank.done == [("m", frozenset(arms[False][2]))]


def test_what_is_awaited_may_have_come_already() -> None:
    bank = Bank()
    definition = journey({"id": "a", "type": "AWAIT", "segment": "even", "days": 5, "yes": "t", "no": None},
                         {"id": "t", "type": "TASK", "title": "问候"})  # fmt: skip
    by = {one.heard: one for one in walked(definition, bank)}
    assert (set(by[True].flow.whom), by[True].due_at) == (set(SEGMENTS["even"]), NOW)
    assert (by[False].due_at, by[False].step) == (NOW + timedelta(days=5), "a")
    later = where(walked(definition, bank, {("a", True): BitMap([1, 2]), ("a", False): BitMap([3])}))
    assert later == {
        1: (None, "DONE", ("a:yes", "t:next")),
        2: (None, "DONE", ("a:yes", "t:next")),
        3: (None, "DONE", ("a:no",)),
    }


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-02 10:15", "2026-11-02 10:15"), ("2026-11-02 08:59", "2026-11-02 09:00"),
        ("2026-11-02 18:00", "2026-11-03 09:00"), ("2026-11-06 18:00", "2026-11-09 09:00"),
        ("2026-10-10 12:00", "2026-10-10 12:00"), ("2026-10-01 12:00", "2026-10-08 09:00"),
    ],
)  # fmt: skip
def test_working_time_knows_weekends_holidays_and_made_up_saturdays(now: str, due: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=SHANGHAI) for one in (now, due)]
    assert work_time(moments[0], (9, 18)) == moments[1]


@pytest.mark.parametrize(
    ("wait", "due"),
    [
        ({"days": 3}, "2026-11-05 10:15"), ({"hours": 5}, "2026-11-02 15:15"), ({"at_hour": 10}, "2026-11-03 10:00"),
        ({"at_hour": 11}, "2026-11-02 11:00"), ({"days": 1, "at_hour": 9}, "2026-11-04 09:00"),
    ],
)  # fmt: skip
def test_a_wait_ends_after_its_time_at_its_hour(wait: dict[str, int], due: str) -> None:
    (placed,) = walked(journey({"id": "a", "type": "WAIT", **wait}), Bank())
    assert placed.due_at == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


NAMES = [f"n{n}" for n in range(7)]
TARGETS = st.sampled_from([*NAMES, None])


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Any steps that lead to one another in any way."""
    made = []
    for name in NAMES[: draw(st.integers(1, 7))]:
        kind = draw(
            st.sampled_from(
                [
                    "WAIT",
                    "WORKTIME",
                    "AWAIT",
                    "CONDITION",
                    "SPLIT",
                    "HOLDOUT",
                    "MESSAGE",
                    "TASK",
                    "TAG",
                    "FIELD",
                ]
            )
        )
        step: dict[str, Any] = {"id": name, "type": kind}
        if kind in ("AWAIT", "CONDITION"):
            step |= {
                "segment": draw(st.sampled_from(["even", "first"])),
                "yes": draw(TARGETS),
                "no": draw(TARGETS),
            }
            step |= {"days": 3} if kind == "AWAIT" else {}
        elif kind == "SPLIT":
            step["paths"] = [{"share": share, "next": draw(TARGETS)} for share in (40, 60)]
        else:
            step["next"] = draw(TARGETS)
            step |= {"WAIT": {"days": draw(st.integers(0, 2)), "hours": 1}, "HOLDOUT": {"share": 20}, "MESSAGE": {"template": 1},
                     "TASK": {"title": "x"}, "TAG": {"tag": 1}, "FIELD": {"field": "hobby", "value": "gold"}}.get(kind, {})  # fmt: skip
        made.append(step)
    return made


def one_by_one(
    definition: Definition, customer: int, first: str | None, bank: Bank, everybody: list[Placed]
) -> tuple[str | None, list[str]]:
    """Where one customer comes to, step after step; chance as the engine drew it for all."""
    drawn = {passed for one in everybody if customer in one.flow.whom for passed in one.flow.path}
    by_id: dict[str, Step] = {step.id: step for step in definition.steps}
    at, path = first, list[str]()
    while at is not None and not isinstance(by_id[at], WAITS):
        step = by_id[at]
        ways = dict(exits(step))
        if step.type == "CONDITION":
            out = "yes" if customer in SEGMENTS[step.segment or ""] else "no"
        elif step.type in ("SPLIT", "HOLDOUT"):
            out = next(passed.partition(":")[2] for passed in drawn if passed.startswith(f"{at}:"))
        else:
            out = "next"
        path.append(f"{at}:{out}")
        at = None if out == "held" else ways[out]
    return at, path


@given(drawn=steps())
def test_any_journey_without_faults_takes_everybody_to_one_place_by_the_way_drawn(
    drawn: list[dict[str, Any]],
) -> None:
    definition = journey(*drawn, start="n0")
    wrong = {fault.code for fault in faults(definition, KNOWN, NOW)}
    if wrong - {"UNREACHABLE"}:
        return
    bank = Bank()
    placed = walked(definition, bank)
    found = where(placed)
    assert set(found) == set(PEOPLE)
    for customer in PEOPLE:
        at, path = one_by_one(definition, customer, "n0", bank, placed)
        assert (found[customer][0], list(found[customer][2])) == (at, path)
    for name, whom in bank.done:
        assert whom == {n for n in PEOPLE if any(passed.startswith(f"{name}:") for passed in found[n][2])}
    way = way_of(7, definition, "j", bank)  # it ends, or is cut beyond a year
    assert way.end in ("DONE", "HELD_OUT", "CUT")
    assert [one.step for one in way.steps if one.out][: len(found[7][2])] == [
        p.partition(":")[0] for p in found[7][2]
    ]


def test_a_dry_run_follows_the_times_and_takes_what_does_not_come_as_late() -> None:
    definition = journey(
        {"id": "a", "type": "WAIT", "days": 1, "at_hour": 9, "next": "b"},
        {"id": "b", "type": "AWAIT", "event": "E01", "days": 7, "yes": None, "no": "m"},
        {"id": "m", "type": "MESSAGE", "template": 1, "next": "r"},
        {"id": "r", "type": "CONDITION", "message": "m", "came": "REPLIED", "yes": None, "no": "w"},
        {"id": "w", "type": "WORKTIME", "next": None},
    )
    bank = Bank()
    way = way_of(3, definition, "j", bank)
    said = [(one.step, f"{one.at.astimezone(SHANGHAI):%m-%d %H:%M}", one.out) for one in way.steps]
    assert said == [
        ("a", "11-02 10:15", "next"), ("b", "11-04 09:00", "no"), ("m", "11-11 09:00", "next"), ("r", "11-11 09:00", "no"),
        ("w", "11-11 09:00", "next"),
    ]  # fmt: skip
    assert way.end == "DONE" and bank.done == []


def test_a_way_round_is_cut_beyond_a_year() -> None:
    definition = journey({"id": "a", "type": "WAIT", "days": 30, "next": "a"})
    way = way_of(3, definition, "j", Bank())
    assert way.end == "CUT" and len(way.steps) == 13


def test_nobody_waits_at_a_goal_that_is_reached() -> None:
    definition = journey({"id": "a", "type": "WAIT", "days": 30}, goal={"segment": "even", "days": 9})
    assert [way_of(n, definition, "j", Bank()).end for n in (2, 3)] == ["GOAL", "DONE"]


def codes(definition: Definition) -> list[tuple[str | None, str, str]]:
    return [(fault.step, fault.code, fault.about) for fault in faults(definition, KNOWN, NOW)]


WAIT = {"id": "a", "type": "WAIT", "days": 1}


@pytest.mark.parametrize(
    ("drawn", "more", "wrong"),
    [
        ([WAIT], {}, []),
        ([], {"start": None}, [(None, "NO_STEPS", "")]),
        ([WAIT], {"trigger": {"type": "SEGMENT"}}, [(None, "NO_TRIGGER_SEGMENT", "")]),
        ([WAIT], {"trigger": {"type": "MANUAL", "segment": "gone"}}, [(None, "NO_SUCH_SEGMENT", "gone")]),
        ([WAIT], {"trigger": {"type": "EVENT"}}, [(None, "NO_TRIGGER_EVENT", "")]),
        ([WAIT], {"trigger": {"type": "EVENT", "event": "E99"}}, [(None, "NO_SUCH_EVENT", "E99")]),
        ([WAIT], {"trigger": {"type": "EVENT", "event": "E01"}}, []),
        ([WAIT], {"trigger": {"type": "DATE", "segment": "even"}}, [(None, "NO_TRIGGER_DATE", "")]),
        ([WAIT], {"trigger": {"type": "DATE", "segment": "even", "at": "2026-02-30 09:00"}}, [(None, "NO_TRIGGER_DATE", "2026-02-30 09:00")]),
        ([WAIT], {"trigger": {"type": "DATE", "segment": "even", "at": "2026-11-02 10:15"}}, [(None, "DATE_PAST", "2026-11-02 10:15")]),
        ([WAIT], {"trigger": {"type": "DATE", "segment": "even", "at": "2026-11-02 10:16"}}, []),
        ([WAIT], {"goal": {"segment": "gone", "days": 3}}, [(None, "NO_SUCH_SEGMENT", "gone")]),
        ([WAIT, WAIT], {}, [("a", "SAME_ID", "a")]),
        ([{"id": "a", "type": "WAIT"}], {}, [("a", "NO_WAIT", "")]),
        ([{"id": "a", "type": "WAIT", "at_hour": 9}], {}, []),
        ([{**WAIT, "next": "z"}], {}, [("a", "NO_SUCH_STEP", "z")]),
        ([WAIT, {"id": "b", "type": "WORKTIME"}], {}, [("b", "UNREACHABLE", "")]),
        ([WAIT], {"start": "z"}, [(None, "NO_SUCH_STEP", "z"), ("a", "UNREACHABLE", "")]),
        ([{**WAIT, "next": "a"}], {}, []),
        ([{"id": "a", "type": "WAIT", "at_hour": 9, "next": "a"}], {}, [("a", "LOOP_WITHOUT_WAIT", "")]),
        ([{"id": "a", "type": "WORKTIME", "next": "a"}], {}, [("a", "LOOP_WITHOUT_WAIT", "")]),
        ([{"id": "a", "type": "TAG", "tag": 1, "next": "b"}, {"id": "b", "type": "AWAIT", "event": "E01", "days": 3, "yes": "a"}], {},
         [("a", "LOOP_WITHOUT_WAIT", ""), ("b", "LOOP_WITHOUT_WAIT", "")]),
        ([{"id": "a", "type": "AWAIT", "days": 3}], {}, [("a", "NOTHING_ASKED", "")]),
        ([{"id": "a", "type": "AWAIT", "days": 3, "event": "E01", "segment": "even"}], {}, [("a", "NOTHING_ASKED", "")]),
        ([{"id": "a", "type": "AWAIT", "days": 3, "event": "E98"}], {}, [("a", "NO_SUCH_EVENT", "E98")]),
        ([{"id": "a", "type": "AWAIT", "days": 3, "segment": "gone"}], {}, [("a", "NO_SUCH_SEGMENT", "gone")]),
        ([{"id": "a", "type": "CONDITION"}], {}, [("a", "NOTHING_ASKED", "")]),
        ([{"id": "a", "type": "CONDITION", "segment": "even", "came": "SENT"}], {}, [("a", "NOTHING_ASKED", "")]),
        ([{"id": "a", "type": "CONDITION", "segment": "gone"}], {}, [("a", "NO_SUCH_SEGMENT", "gone")]),
        ([{"id": "a", "type": "CONDITION", "message": "b", "came": "SENT", "yes": "b"}, {"id": "b", "type": "MESSAGE", "template": 1}], {},
         [("a", "NOT_A_MESSAGE_BEFORE", "b")]),
        ([{"id": "a", "type": "MESSAGE", "template": 1, "next": "b"}, {"id": "b", "type": "CONDITION", "message": "a", "came": "SENT"}], {}, []),
        ([{"id": "a", "type": "SPLIT", "paths": [{"share": 50}, {"share": 49}]}], {}, [("a", "SHARES_NOT_100", "99")]),
        ([{"id": "a", "type": "MESSAGE", "template": 2}], {}, [("a", "TEMPLATE_NOT_APPROVED", "2")]),
        ([{"id": "a", "type": "MESSAGE", "template": 3}], {}, [("a", "NO_SUCH_TEMPLATE", "3")]),
        ([{"id": "a", "type": "TAG", "tag": 2}], {}, [("a", "NO_SUCH_TAG", "2")]),
        ([{"id": "a", "type": "FIELD", "field": "hobby", "value": "gold"}], {}, []),
        ([{"id": "a", "type": "FIELD", "field": "", "value": "gold"}], {}, [("a", "NO_SUCH_FIELD", "")]),
        ([{"id": "a", "type": "FIELD", "field": "hobby", "value": "iron"}], {}, [("a", "VALUE_DOES_NOT_FIT", "hobby")]),
        ([{"id": "a", "type": "FIELD", "field": "hobby"}], {}, [("a", "VALUE_DOES_NOT_FIT", "hobby")]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_place(
    drawn: list[dict[str, Any]], more: dict[str, Any], wrong: list[Any]
) -> None:
    assert codes(journey(*drawn, **more)) == wrong


def test_a_segment_must_be_approved_for_outreach_to_be_a_trigger_but_not_to_be_asked() -> None:
    known = Known({"first"}, {"even", "first"}, set(), set(), {})
    definition = journey({"id": "a", "type": "CONDITION", "segment": "even"})
    assert [f.code for f in faults(definition, known, NOW)] == ["SEGMENT_NOT_FOR_OUTREACH"]
