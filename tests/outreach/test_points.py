"""积分任务: planned by one, approved by another, never for a deposit; the night awards each once, within caps and budget."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import TODAY
from tests.care.nights import event
from tests.outreach.locks import is_held
from tests.outreach.points import DAY, PointsBank, asks
from yinke.access.maker_checker import MakerChecker
from yinke.access.models import AuditEntry
from yinke.common.errors import NotAllowed, NotFound
from yinke.customers.models import Customer
from yinke.outreach.points import counter, services
from yinke.outreach.points.deposits import deposit_events, deposit_fields
from yinke.outreach.points.known import faults_of, known
from yinke.outreach.points.ledger import wrong
from yinke.outreach.points.models import Mission, PointsEntry, PointsLot
from yinke.outreach.points.plan import good_until
from yinke.outreach.points.services import PointsPlanFaulty, PointsPlanMoved
from yinke.privacy.models import Restriction, RightsCase
from yinke.segments.models import SegmentVersion
from yinke.segments.rules.fields import fields


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> PointsBank:
    return PointsBank(tmp_path, settings, 6)


def codes(bank: PointsBank, name: str, plan: Any) -> set[tuple[str, str]]:
    """What stands against a plan, as a draft of the operator's."""
    with bank.at_now():
        return {
            (one.field, one.code)
            for one in faults_of(services.save(bank.viewer("运营"), None, name, plan), known())
        }


def earned(mission: Mission) -> set[int]:
    """Who has the mission's points."""
    return set(
        PointsEntry.objects.filter(mission=mission, kind="AWARD").values_list("customer_id", flat=True)
    )


def night(bank: PointsBank, *rows: Any, on: date) -> None:
    """The night of a date, at its own time."""
    with bank.at_now():
        bank.night(*rows, on=on)


def test_what_stands_against_a_mission_and_a_reward(bank: PointsBank) -> None:
    bank.segment("listed", None, kind="LIST")
    bank.segment("closed", asks("age"), outreach=False)
    assert codes(bank, "好", bank.mission()) == set()
    assert codes(bank, "好", bank.reward()) == set()
    wrong_one = bank.mission(segment="", counts={}, budget=99, ends_on=TODAY - DAY)
    assert codes(bank, "存款返现", wrong_one) == {
        ("name", "BANNED_WORD"), ("segment", "NO_SEGMENT"), ("counts", "NOTHING_COUNTS"), ("budget", "BUDGET_SMALL"),
        ("window", "WINDOW_BACKWARDS"),
    }  # fmt: skip
    listed = bank.mission(segment="listed", counts={"type": "SEGMENT", "segment": "listed"})
    assert codes(bank, "好", listed) == {("counts", "NOT_ENTERABLE")}  # nobody sees how they got in
    assert codes(bank, "好", bank.mission(segment="closed")) == {("segment", "NOT_APPROACHABLE")}
    assert codes(bank, "好", bank.mission(counts={"type": "EVENT", "event": "E99"})) == {
        ("counts", "NO_SUCH_EVENT")
    }
    assert codes(bank, "好", bank.mission(counts={"type": "EVENT", "event": "E11"})) == set()
    assert codes(bank, "好", bank.reward(value="500.01", stock=0)) == {
        ("value", "TOO_DEAR"),
        ("stock", "NO_STOCK"),
    }
    assert codes(bank, "好", bank.reward(value="0")) == {("value", "NO_VALUE")}
    old = bank.reward(starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    assert codes(bank, "好", old) == {("window", "WINDOW_OVER")}
    assert codes(bank, "好", bank.reward(ends_on=TODAY + 367 * DAY)) == {("window", "TOO_LONG")}


BALANCES = [
    asks("aum"), asks("mda"), asks("mda_m3"), asks("time"), asks("demand"), asks("wealth"), asks("tier"), asks("rfm_m", "ge", 4),
    asks("has_time", "is_true", None), asks("in_today"), asks("payroll_sum_m1"), asks("maturing_30d"), asks("stage", "eq", "GROWTH"),
    asks("tag", "has_any", ["aum_1m_5m"]),
    asks("age", "lt", {"field": "aum", "times": 1, "plus": 0}),
    {"where": {"type": "not", "of": asks("aum")["where"]}},
    {"where": {"type": "at", "on": {"n": 30}, "of": asks("aum")["where"]}},
    {"where": {"type": "peer", "field": "aum", "side": "top", "percent": 10}},
    {"where": {"type": "behaviour", "table": "account", "measure": "sum", "column": "balance", "value": 50_000}},
    {"where": {"type": "behaviour", "table": "account", "filters": [{"field": "category", "op": "eq", "value": "TIME"}]}},
    {"where": {"type": "behaviour", "table": "account", "filters": [{"field": "category", "op": "ne", "value": "DEMAND"}]}},
    {"where": {"type": "behaviour", "table": "holding", "filters": [{"field": "market_value", "op": "ge", "value": 9}]}},
    {"where": {"type": "behaviour", "table": "transaction", "last": {"n": 7}, "measure": "sum", "column": "amount", "value": 9}},
    {"where": {"type": "behaviour", "table": "events", "last": {"n": 7}, "filters": [{"field": "type", "op": "eq", "value": "E03"}]}},
    {"where": {"type": "behaviour", "table": "events", "last": {"n": 7}}},
    {"where": {"type": "sequence", "first": {"table": "channel_log"}, "within": {"n": 3}, "last": {"n": 9},
               "then": {"table": "transaction", "filters": [{"field": "amount", "op": "ge", "value": 9}]}}},
    {"where": {"type": "segment", "segment": "rich"}},
]  # fmt: skip
HARMLESS = [
    asks("has_credit_card", "is_true", None), asks("open_accounts"), asks("age"), asks("last_login", "in_last", {"n": 7}),
    asks("lum"), asks("txns_90d"), asks("consent", "has_any", ["MARKETING_SMS"]), asks("has_payroll", "is_true", None),
    {"where": {"type": "behaviour", "table": "account", "filters": [{"field": "category", "op": "eq", "value": "DEMAND"}]}},
    {"where": {"type": "behaviour", "table": "card", "filters": [{"field": "kind", "op": "eq", "value": "DEBIT"}]}},
    {"where": {"type": "behaviour", "table": "signup"}},
    {"where": {"type": "behaviour", "table": "transaction", "last": {"n": 7}, "measure": "sum", "column": "amount", "value": 9,
               "filters": [{"field": "direction", "op": "eq", "value": "OUT"}]}},
    {"where": {"type": "behaviour", "table": "events", "last": {"n": 7}, "filters": [{"field": "type", "op": "eq", "value": "E11"}]}},
    {"where": {"type": "segment", "segment": "carded"}},
]  # fmt: skip
RULES = {"rich": asks("aum"), "carded": asks("has_credit_card", "is_true", None)}


@pytest.mark.parametrize("rule", BALANCES, ids=str)
def test_a_rule_that_speaks_of_deposits_is_seen(rule: Any) -> None:
    assert deposit_fields(rule, RULES, {})


@pytest.mark.parametrize("rule", HARMLESS, ids=str)
def test_a_rule_that_does_not_is_let_through(rule: Any) -> None:
    assert deposit_fields(rule, RULES, {}) == set()


@given(
    inner=st.sampled_from(BALANCES), outer=st.sampled_from(HARMLESS), joined=st.sampled_from(["all", "any"])
)
def test_it_is_seen_wherever_in_a_rule_it_stands(inner: Any, outer: Any, joined: str) -> None:
    whole = {"where": {"type": joined, "of": [outer["where"], {"type": "not", "of": inner["where"]}]}}
    assert deposit_fields(whole, RULES, {})


def test_every_field_of_money_but_debts_speaks_of_deposits() -> None:
    money = {name for name, one in fields().items() if one.kind == "money"}
    assert {name for name in money if not deposit_fields(asks(name), {}, {})} == {"lum"}


def test_no_gift_for_a_deposit_neither_as_what_counts_nor_as_the_audience(bank: PointsBank) -> None:
    bank.segment("rich2", asks("aum", "ge", 500_000))
    bank.segment("inside", {"where": {"type": "segment", "segment": "rich2"}})
    for more, field in (
        ({"counts": {"type": "SEGMENT", "segment": "inside"}}, "counts"), ({"segment": "rich2"}, "segment"),
        ({"segment": "inside", "counts": {"type": "HAND"}}, "segment"), ({"counts": {"type": "EVENT", "event": "E03"}}, "counts"),
        ({"counts": {"type": "EVENT", "event": "E01"}}, "counts"),
    ):  # fmt: skip
        plan = bank.mission(**more)
        assert codes(bank, "好", plan) == {(field, "DEPOSIT_FOR_GIFT")}
        with bank.at_now(), pytest.raises(PointsPlanFaulty, match="DEPOSIT_FOR_GIFT"):
            row = services.save(bank.viewer("运营"), None, "好", plan)
            services.submit(bank.viewer("运营"), "mission", row.id)
    assert {"E01", "E02", "E03", "E05", "E08", "E10"} <= deposit_events() and "E11" not in deposit_events()


def test_a_segment_that_turns_to_deposits_later_earns_nothing_more(bank: PointsBank) -> None:
    mission = bank.running()
    SegmentVersion.objects.filter(segment__code="carded").update(rule=asks("aum"))
    bank.found("carded", bank.ids, on=TODAY + DAY)
    night(bank, on=TODAY + DAY)
    assert earned(mission) == set()


def test_one_plans_another_approves_what_was_read(bank: PointsBank) -> None:
    ops, checker = bank.viewer("运营"), bank.viewer("合规")
    with bank.at_now():
        row = services.save(ops, None, " 绑卡 有礼 ", bank.mission())
        assert (row.name, row.state) == ("绑卡 有礼", "DRAFT")
        services.submit(ops, "mission", row.id)
        row.refresh_from_db()
        with pytest.raises(MakerChecker):
            services.approve(ops, "mission", row.id, row.digest)
        with pytest.raises(PointsPlanMoved):
            services.approve(checker, "mission", row.id, "f" * 64)
        services.save(ops, row.id, "绑卡", bank.mission(points=200))  # an edit voids what was asked for
        with pytest.raises(PointsPlanMoved):
            services.approve(checker, "mission", row.id, row.digest)
        services.submit(ops, "mission", row.id)
        services.refuse(checker, "mission", row.id, "太贵")
        row.refresh_from_db()
        assert (row.state, row.reason) == ("DRAFT", "太贵")
        services.submit(ops, "mission", row.id)
        services.withdraw(ops, "mission", row.id)
        services.submit(ops, "mission", row.id)
        row.refresh_from_db()
        services.approve(checker, "mission", row.id, row.digest)
        with pytest.raises(PointsPlanMoved):
            services.save(ops, row.id, "绑卡", bank.mission())
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            Mission.objects.filter(id=row.id).update(plan={**row.plan, "points": 9})
        with pytest.raises(NotAllowed):
            services.save(bank.viewer("张行长"), None, "支行的", bank.mission())
        for step in ("pause", "resume", "end"):
            services.STEPS[step](ops, "mission", row.id)
        with pytest.raises(PointsPlanMoved):
            services.resume(ops, "mission", row.id)
    told = list(
        AuditEntry.objects.filter(action__startswith="mission.")
        .order_by("id")
        .values_list("action", flat=True)
    )
    assert [one.split(".")[1] for one in told] == [
        "save", "submit", "save", "submit", "refuse", "submit", "withdraw", "submit", "approve", "pause", "resume", "end",
    ]  # fmt: skip


def test_who_enters_earns_once_whatever_the_nights_do(bank: PointsBank) -> None:
    a, b, c, d, e, f = bank.ids
    mission = bank.running()
    outside = bank.customer("圈外")
    Customer.objects.filter(id=d).update(status="CLOSED")
    case = RightsCase.objects.create(
        customer_id=e,
        kind="DELETE",
        channel="COUNTER",
        opened_by=bank.staff["合规"],
        received_on=TODAY,
        due_on=TODAY,
    )
    Restriction.objects.create(customer_id=e, case=case, ground="AML", since=bank.now)
    bank.found("carded", [a], on=TODAY)  # was in before: does not enter
    bank.found("carded", [a, b, d, e, outside.id], on=TODAY + DAY)
    night(bank, on=TODAY + DAY)
    assert earned(mission) == {b}
    night(bank, on=TODAY + DAY)  # made anew
    bank.found("carded", [a, c], on=TODAY + 2 * DAY)
    night(bank, on=TODAY + 2 * DAY)
    bank.found("carded", [a, b, c], on=TODAY + 3 * DAY)  # b enters again: once is once
    night(bank, on=TODAY + 3 * DAY)
    assert earned(mission) == {b, c} and PointsEntry.objects.count() == 2
    mission.refresh_from_db()
    assert (mission.used, bank.balance(b), wrong()) == (200, 100, {})
    assert set(PointsLot.objects.values_list("expires_on", flat=True)) == {
        good_until(TODAY + n * DAY, 24) for n in (1, 2)
    }
    with bank.at_now():
        services.pause(bank.viewer("运营"), "mission", mission.id)
    bank.found("carded", [f], on=TODAY + 4 * DAY)
    night(bank, on=TODAY + 4 * DAY)
    assert f not in earned(mission)


def test_budget_and_the_days_cap_are_never_passed(bank: PointsBank) -> None:
    tight = bank.running(budget=250)
    bank.found("carded", bank.ids, on=TODAY + DAY)
    night(bank, on=TODAY + DAY)
    night(bank, on=TODAY + DAY)
    tight.refresh_from_db()
    assert (len(earned(tight)), tight.used) == (2, 200)
    with pytest.raises(DatabaseError, match="within_most"), transaction.atomic():
        Mission.objects.filter(id=tight.id).update(used=251)
    lavish = [bank.running(points=3000, often="DAY") for _ in range(2)]
    bank.found("carded", [], on=TODAY + 2 * DAY)
    bank.found("carded", bank.ids, on=TODAY + 3 * DAY)
    night(bank, on=TODAY + 3 * DAY)
    assert (earned(lavish[0]), earned(lavish[1])) == (set(bank.ids), set())  # 5000 a day
    assert wrong() == {}


def test_an_event_earns_once_however_often_it_is_told(bank: PointsBank) -> None:
    a, b, *_ = bank.people
    daily = bank.running(counts={"type": "EVENT", "event": "E11"}, often="DAY")
    monthly = bank.running(counts={"type": "EVENT", "event": "E11"}, often="MONTH")
    told = event("E11", a, key="E11|a|生日", on=TODAY)
    night(bank, told, event("E12", b), on=TODAY)
    night(bank, told, event("E11", a, key="E11|a|又一件"), on=TODAY)
    assert PointsEntry.objects.filter(mission=daily).count() == 1  # a day's second
    night(bank, told, on=TODAY + DAY)
    assert PointsEntry.objects.filter(mission=daily).count() == 1  # the same event
    night(bank, event("E11", a, key="E11|a|再一件", on=TODAY + DAY), on=TODAY + DAY)
    night(bank, event("E11", a, key="E11|a|下个月", on=TODAY + 3 * DAY), on=TODAY + 3 * DAY)
    assert (
        PointsEntry.objects.filter(mission=daily).count(),
        PointsEntry.objects.filter(mission=monthly).count(),
    ) == (3, 2)
    assert earned(daily) == {a.id} and wrong() == {}


def test_staff_award_what_they_have_seen_to_their_own_customers(bank: PointsBank) -> None:
    mine, others = bank.ids[0], bank.ids[1]
    mission, by_night = bank.by_hand(budget=250), bank.running()
    entry = bank.award(mission, mine)
    assert (entry.by_id, entry.why, bank.balance(mine)) == (bank.li.id, "到店办理", 100)
    with pytest.raises(counter.PointsRefused) as told:
        bank.award(mission, mine)
    assert told.value.place == "EARNED"
    with pytest.raises(NotFound):
        bank.award(mission, others)  # 王's
    with pytest.raises(counter.PointsRefused) as told:
        bank.award(by_night, mine)
    assert told.value.place == "BY_NIGHT"
    with pytest.raises(counter.PointsRefused) as told:
        bank.award(mission, bank.zhao.id)
    assert told.value.place == "AUDIENCE"
    bank.now += DAY
    bank.award(mission, mine)
    with pytest.raises(counter.PointsRefused) as told:
        bank.award(mission, bank.ids[2])
    assert told.value.place == "BUDGET"
    assert (
        list(AuditEntry.objects.filter(action="points.award").values_list("object_id", flat=True))
        == [f"{mine}"] * 2
    )


def test_a_wrong_award_is_reversed_by_another_as_far_as_it_is_left(bank: PointsBank) -> None:
    mission, reward, who = bank.by_hand(), bank.offered(), bank.ids[0]
    entry = bank.award(mission, who)
    bank.redeem(reward, who)
    with bank.at_now():
        with pytest.raises(NotAllowed):
            counter.reverse(bank.viewer("李"), entry.id, "错")
        done = counter.reverse(bank.viewer("运营"), entry.id, "认错了人")
        mission.refresh_from_db()
        assert (done.points, bank.balance(who), mission.used, wrong()) == (-40, 0, 60, {})
        with pytest.raises(counter.PointsRefused, match="reversed already"):
            counter.reverse(bank.viewer("运营"), entry.id, "认错了人")


def test_the_night_lets_points_expire_before_it_awards(bank: PointsBank) -> None:
    a, *_ = bank.ids
    mission = bank.running()
    bank.found("carded", [a], on=TODAY + DAY)
    night(bank, on=TODAY + DAY)
    last = good_until(TODAY + DAY, 24)
    night(bank, on=last - DAY)
    assert bank.balance(a) == 100
    night(bank, on=last)
    assert (bank.balance(a), earned(mission), wrong()) == (0, {a}, {})


@pytest.mark.django_db(transaction=True)
def test_the_night_holds_missions_before_accounts_as_whoever_awards_does(
    tmp_path: Path, settings: Any
) -> None:
    bank = PointsBank(tmp_path, settings, 2)
    mission, held = bank.by_hand(), list[bool]()

    def expire(cursor: Any, biz_date: Any) -> int:
        held.append(is_held(Mission.objects.filter(id=mission.id)))
        return 0

    with patch("yinke.outreach.points.night.expire", expire), transaction.atomic():
        bank.night(on=TODAY)
    assert held == [True]
