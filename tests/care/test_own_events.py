"""自定义事件: who enters the segment is told of once, as another person approved, from the next night on."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from tests.bank import TODAY
from tests.care.own_events import ASKED, RICH, OwnBank, after
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb, Reason, Task
from yinke.care.own_events import services
from yinke.care.own_events.firing import fired
from yinke.care.own_events.models import OwnEvent, OwnEventVersion
from yinke.care.own_events.schemas import OwnEventIn
from yinke.care.own_events.services import OwnEventMoved, OwnEventSegment, OwnEventWords
from yinke.care.own_events.simulation import simulate
from yinke.care.own_events.words import forget
from yinke.care.queries.tasks import Wanted, workbench
from yinke.care.reasons import event_name, family, sentence, talk
from yinke.common.errors import NotAllowed, YinkeError
from yinke.lake.engine import Engine
from yinke.segments.queries_store import where_used
from yinke.segments.services.close import SegmentUsed, close

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path, settings: Any, duck: Engine) -> OwnBank:
    return OwnBank(tmp_path, settings, duck)


def test_who_enters_is_told_of_and_who_was_in_before_is_not(bank: OwnBank) -> None:
    bank.night(TODAY, "赵一")
    event = bank.running()
    made = bank.night(after(1), "赵一", "钱二")
    assert (made.tasks, made.reasons, bank.told()) == (1, 1, [(1, "钱二")])
    reason = Reason.objects.get()
    assert (reason.type, reason.priority, reason.expire_on) == (event.code, 2, after(8))
    assert reason.dedup_key == f"{event.code}|{bank.customers['钱二'].id}||{after(1)}"
    assert Task.objects.get().assignee == bank.staff["李"]


def test_a_date_made_anew_doubles_nothing(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.running()
    bank.night(after(1), "钱二")
    bank.night(after(1), "钱二")
    bank.night(after(2), "钱二", "孙三")
    bank.night(after(1), "钱二")
    assert bank.told() == [(1, "钱二"), (2, "孙三")]
    assert Task.objects.count() == 2


def test_a_corrected_date_takes_back_what_it_does_not_bear_out(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.running()
    bank.night(after(1), "钱二", "孙三")
    Task.objects.filter(customer=bank.customers["孙三"]).update(status="IN_PROGRESS")
    bank.night(after(1), "赵一")
    assert bank.told() == [(1, "赵一"), (1, "孙三")]  # a manager has begun with the last one
    assert Task.objects.get(customer=bank.customers["钱二"]).status == "CANCELLED"


def test_it_leaves_other_reasons_of_the_date_alone(bank: OwnBank) -> None:
    bank.night(TODAY)
    first, _ = bank.running(), bank.running(name_zh="另一个")
    bank.night(after(1), "钱二")
    services.stop(bank.viewer("运营"), first.id)
    bank.night(after(1), "钱二")  # what the stopped one has raised stands
    assert Reason.objects.count() == 2


def test_quiet_days_and_the_tier_hold(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.running(quiet_days=3, tier_from=3)
    for n, rich in enumerate((["赵一", "钱二"], [], ["赵一"], ["孙三"], ["赵一"]), 1):
        bank.night(after(n), *rich)
    assert bank.told() == [
        (1, "赵一"),
        (4, "孙三"),
        (5, "赵一"),
    ]  # on day 3 赵一 was told of two days ago; 钱二 is of tier 2


def test_it_is_in_force_from_the_night_after_its_approval(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.night(after(1), "赵一")
    event = bank.running()
    assert OwnEventVersion.objects.get().valid_from == after(2)
    bank.night(after(1), "赵一")  # made anew: it was not in force then
    bank.night(after(2), "赵一", "钱二")
    assert bank.told() == [(2, "钱二")]
    bank.changed(event, tier_from=4)
    bank.night(after(2), "赵一", "钱二")  # by the version of that date
    bank.night(after(3), "孙三")
    bank.night(after(4), "赵一", "孙三")
    assert bank.told() == [(2, "钱二"), (3, "孙三")]


@pytest.mark.parametrize(
    "state", ["waits", "refused", "withdrawn", "stopped", "closed", "unapproachable", "weekly"]
)
def test_only_what_runs_and_may_follow_its_segment_raises_anything(bank: OwnBank, state: str) -> None:
    bank.night(TODAY)
    event = bank.submitted()
    if state in ("refused", "stopped", "closed", "unapproachable", "weekly"):
        services.decide(bank.viewer("合规"), event.id, fit=state != "refused", reason="话术不妥")
    if state == "withdrawn":
        services.withdraw(bank.viewer("运营"), event.id)
    if state == "stopped":
        services.stop(bank.viewer("运营"), event.id)
    change = {
        "closed": {"status": "CLOSED"},
        "unapproachable": {"outreach": False},
        "weekly": {"schedule": "WEEKLY"},
    }
    for name, value in change.get(state, {}).items():
        setattr(bank.rich, name, value)
    bank.rich.save()
    bank.night(after(1), "赵一")
    assert not Reason.objects.exists()


def test_a_changed_rule_is_no_event_of_its_customers(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.running()
    rule = {"where": {"type": "not", "of": RICH}}
    bank.rich.versions.create(number=2, rule=rule, status="APPROVED")
    bank.night(after(1))
    assert bank.told() == []
    bank.night(after(2), "赵一")
    bank.night(after(3))
    assert bank.told() == [(3, "赵一")]


def test_who_must_not_be_disturbed_is_not_told_of(bank: OwnBank) -> None:
    bank.night(TODAY)
    bank.running()
    DoNotDisturb.objects.create(customer=bank.customers["赵一"], scope="ALL_MARKETING", source="RM")
    made = bank.night(after(1), "赵一", "钱二")
    assert (made.muted, bank.told()) == (1, [(1, "钱二")])


NIGHTS = (
    ["赵一", "钱二"],
    ["钱二"],
    ["赵一", "孙三"],
    [],
    ["赵一", "钱二", "孙三"],
    ["钱二"],
    ["赵一", "钱二"],
)


@pytest.mark.parametrize(("quiet_days", "tier_from"), [(1, 0), (3, 0), (5, 3)])
def test_a_simulation_tells_what_the_nights_then_made(bank: OwnBank, quiet_days: int, tier_from: int) -> None:
    bank.night(TODAY)
    bank.running(quiet_days=quiet_days, tier_from=tier_from)
    for n, rich in enumerate(NIGHTS, 1):
        bank.night(after(n), *rich)
    found = simulate(bank.viewer("运营"), "rich", tier_from, quiet_days)
    by_night = {night.biz_date: night.reasons for night in found.nights}
    made = {after(n): Reason.objects.filter(biz_date=after(n)).count() for n in range(1, len(NIGHTS) + 1)}
    assert by_night == made
    assert found.reasons == Reason.objects.count() > 0
    assert found.customers == Reason.objects.values("customer").distinct().count()
    assert sum(found.by_tier.values()) == found.reasons
    assert (found.days, found.since, found.until, found.few, found.managers) == (
        7,
        after(1),
        after(7),
        True,
        2,
    )
    assert found.per_day == pytest.approx(found.reasons / 7)
    assert found.per_manager_day == pytest.approx(found.reasons / 14)


def test_a_simulation_speaks_of_days_between_its_nights_and_of_whom_it_left_out(bank: OwnBank) -> None:
    for n, rich in ((0, []), (7, ["赵一", "钱二"]), (8, ["孙三", "钱二"])):
        bank.published(after(n), rich)
    DoNotDisturb.objects.create(customer=bank.customers["钱二"], scope="ALL_MARKETING", source="RM")
    Task.objects.create(
        customer=bank.customers["赵一"], biz_date=TODAY, assignee=bank.staff["李"], org=bank.orgs["徐汇网点"], priority=2, score=1,
        due_on=after(9), expire_on=after(9),
    )  # fmt: skip
    found = simulate(bank.viewer("合规"), "rich", 0, 30)
    assert [(night.gap, night.reasons) for night in found.nights] == [(7, 1), (1, 1)]
    assert (found.reasons, found.joined, found.muted, found.days, found.most) == (2, 1, 1, 8, 1)
    assert found.by_tier == {"3": 1, "4": 1}


def test_with_too_few_nights_a_simulation_says_so(bank: OwnBank) -> None:
    found = simulate(bank.viewer("运营"), "rich", 0, 1)
    assert (found.nights, found.since, found.reasons, found.few, found.most) == ([], None, 0, True, None)
    bank.published(TODAY, ["赵一"])
    assert simulate(bank.viewer("运营"), "rich", 0, 1).nights == []


def test_it_looks_back_no_further_than_the_bank_wants(bank: OwnBank) -> None:
    for n in (0, 5, 100, 101):
        bank.published(after(n), ["赵一"] if n in (5, 101) else [])
    found = simulate(bank.viewer("运营"), "rich", 0, 1)
    assert [(night.biz_date, night.gap) for night in found.nights] == [(after(100), 95), (after(101), 1)]


@given(st.lists(st.tuples(st.integers(1, 4), st.sets(st.integers(1, 6))), max_size=14), st.integers(1, 9))
def test_nobody_is_told_of_twice_within_the_quiet_days(
    nights: list[tuple[int, set[int]]], quiet: int
) -> None:
    on, entered = date(2026, 10, 1), list[tuple[date, BitMap]]()
    for gap, who in nights:
        on += timedelta(days=gap)
        entered.append((on, BitMap(who)))
    last: dict[int, date] = {}
    for (on, came), (told_on, told) in zip(entered, fired(entered, quiet), strict=True):
        assert told_on == on
        wanted = {who for who in came if who not in last or (on - last[who]).days >= quiet}
        assert set(told) == wanted
        last |= dict.fromkeys(wanted, on)


def test_its_words_are_what_was_approved_in_both_languages(bank: OwnBank) -> None:
    event = bank.running()
    code = event.code
    assert (event_name(code, "zh-hans"), event_name(code, "en"), family(code)) == (
        "大额活期",
        "Idle balance",
        "FLOW",
    )
    assert (
        sentence(code, {"version": 1}, None, "zh-hans") == "资产刚过 50 万，[还没有]{安排}"
    )  # an operator's braces are no places
    assert sentence(code, {}, None, "en") == "AUM has passed 500K"
    assert talk([code], "zh-hans") == ["建议约客户面谈。", "先问用途。", "再约时间。"]
    assert talk([code], "en") == ["Best in person.", "先问用途。", "再约时间。"]  # no English one was written
    services.submit(bank.viewer("运营"), event.id, OwnEventIn(**{**ASKED, "name_zh": "新名字"}))
    assert event_name(code, "zh-hans") == "大额活期"
    services.decide(bank.viewer("合规"), event.id, fit=True)
    assert event_name(code, "zh-hans") == "新名字"
    assert (event_name("U999", "zh-hans"), sentence("U999", {}, None, "en")) == ("自定义事件", "Own event")


def test_the_list_of_the_day_and_its_filter_call_it_by_name(bank: OwnBank) -> None:
    bank.night(TODAY)
    event = bank.running()
    bank.night(after(1), "赵一")
    page = workbench(bank.viewer("李"), Wanted())
    assert page.counts.own_names == {event.code: "大额活期"}
    assert [reason.name for reason in page.tasks[0].reasons] == ["大额活期"]
    shown = bank.client("李").get(f"/api/customers/{bank.customers['赵一'].id}/timeline").json()
    assert "大额活期" in {entry["title"] for entry in shown["rows"]}


def test_who_makes_does_not_approve_and_the_database_holds_to_it(bank: OwnBank) -> None:
    event = bank.submitted()
    with pytest.raises(NotAllowed):
        services.decide(bank.viewer("运营"), event.id, fit=True)
    version = OwnEventVersion.objects.get()
    for change in (
        {"state": "APPROVED", "valid_from": TODAY, "decided_by": bank.staff["运营"]},
        {"state": "APPROVED", "valid_from": TODAY},
        {"quiet_days": 2},
        {"says_zh": "别的"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            OwnEventVersion.objects.filter(id=version.id).update(**change)
    services.decide(bank.viewer("合规"), event.id, fit=True)
    for change in ({"state": "PENDING"}, {"tier_from": 3}, {"valid_from": TODAY}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OwnEventVersion.objects.filter(id=version.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OwnEventVersion.objects.filter(id=version.id).delete()
    told = (
        AuditEntry.objects.filter(object_type="own_event")
        .order_by("id")
        .values_list("action", "object_id", "reason")
    )
    assert list(told) == [("own_event.submit", event.code, "v1"), ("own_event.approve", event.code, "v1")]


def test_a_version_that_waits_is_decided_or_taken_back_before_another(bank: OwnBank) -> None:
    event = bank.running()
    services.submit(bank.viewer("运营"), event.id, OwnEventIn(**ASKED))
    with pytest.raises(OwnEventMoved):
        services.submit(bank.viewer("运营"), event.id, OwnEventIn(**ASKED))
    with pytest.raises(NotAllowed):
        services.withdraw(bank.viewer("合规"), event.id)
    with pytest.raises(YinkeError):
        services.decide(bank.viewer("合规"), event.id, fit=False, reason=" ")
    services.decide(bank.viewer("合规"), event.id, fit=False, reason="太多")
    with pytest.raises(OwnEventMoved):
        services.decide(bank.viewer("合规"), event.id, fit=True)
    states = OwnEventVersion.objects.order_by("number").values_list("number", "state")
    assert list(states) == [(1, "APPROVED"), (2, "REFUSED")]
    services.stop(bank.viewer("运营"), event.id)
    for deed in (services.stop, services.withdraw):
        with pytest.raises(OwnEventMoved):
            deed(bank.viewer("运营"), event.id)


def test_what_was_never_approved_is_taken_back_not_stopped(bank: OwnBank) -> None:
    event = bank.submitted()
    with pytest.raises(OwnEventMoved):
        services.stop(bank.viewer("运营"), event.id)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name_zh": " "}, YinkeError), ({"says_zh": ""}, OwnEventWords), ({"says_zh": "这款产品稳赚"}, OwnEventWords),
        ({"script_zh": "请打 13812345678"}, OwnEventWords), ({"segment": "poor"}, OwnEventSegment),
        ({"segment": "a\x00"}, OwnEventSegment), ({"expire_days": 16}, YinkeError), ({"quiet_days": 367}, YinkeError),
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused(bank: OwnBank, wrong: dict[str, Any], error: type[YinkeError]) -> None:
    with pytest.raises(error):
        bank.submitted(**wrong)
    assert not OwnEvent.objects.exists()


def test_a_segment_that_is_closed_meanwhile_can_t_be_approved_to(bank: OwnBank) -> None:
    event = bank.submitted()
    bank.rich.outreach = False
    bank.rich.save()
    with pytest.raises(OwnEventSegment):
        services.decide(bank.viewer("合规"), event.id, fit=True)
    services.decide(bank.viewer("合规"), event.id, fit=False, reason="客群不可用")


def test_a_segment_stays_open_as_long_as_an_event_follows_it(bank: OwnBank) -> None:
    bank.rich.owner = bank.staff["运营"]
    bank.rich.save()
    event = bank.running()
    viewer = bank.viewer("运营")
    assert [(use.kind, use.code, use.name) for use in where_used(viewer, "rich")] == [
        ("own_event", f"{event.id}", "大额活期")
    ]
    with pytest.raises(SegmentUsed):
        close(viewer, "rich")
    services.stop(viewer, event.id)
    assert where_used(viewer, "rich") == []
    close(viewer, "rich")


def test_only_the_whole_bank_s_operators_make_and_try_them(bank: OwnBank) -> None:
    branch = bank.client("东零售")
    body = json.dumps(ASKED)
    assert branch.post("/api/own-events", body, content_type="application/json").status_code == 403
    assert branch.get("/api/own-events/simulation?segment=rich").status_code == 403
    assert branch.get("/api/own-events").status_code == 200
    for name in ("李", "张行长"):
        assert bank.client(name).get("/api/own-events").status_code == 403


def test_the_page_tells_what_each_may_do(bank: OwnBank) -> None:
    writer, checker, other = (bank.client(name) for name in ("运营", "合规", "合规二"))
    made = writer.post("/api/own-events", json.dumps(ASKED), content_type="application/json").json()
    assert (made["code"], made["holds"], made["newest"]["state"]) == ("U001", None, "PENDING")
    assert [made[may] for may in ("may_edit", "may_decide", "may_withdraw", "may_stop")] == [
        False,
        False,
        True,
        False,
    ]
    path = f"/api/own-events/{made['id']}"
    assert writer.post(f"{path}/approve").status_code == 403
    seen = checker.get("/api/own-events").json()[0]
    assert [seen[may] for may in ("may_edit", "may_decide", "may_withdraw", "may_stop")] == [
        False,
        True,
        False,
        False,
    ]
    done = checker.post(f"{path}/approve").json()
    assert (done["holds"]["state"], done["newest"], done["holds"]["decided_by"]) == ("APPROVED", None, "合规")
    assert other.post(f"{path}/approve").json()["code"] == "own_event_moved"
    changed = writer.post(
        f"{path}/versions", json.dumps({**ASKED, "priority": 1}), content_type="application/json"
    ).json()
    assert (changed["holds"]["priority"], changed["newest"]["priority"]) == (2, 1)
    refused = other.post(
        f"{path}/refuse", json.dumps({"reason": "太急"}), content_type="application/json"
    ).json()
    assert (refused["newest"]["state"], refused["newest"]["reason"]) == ("REFUSED", "太急")
    writer.post(f"{path}/versions", json.dumps(ASKED), content_type="application/json")
    assert writer.post(f"{path}/withdraw").json()["newest"]["state"] == "WITHDRAWN"
    bank.rich.outreach = False
    bank.rich.save()
    assert writer.get("/api/own-events").json()[0]["idle"] is True
    stopped = writer.post(f"{path}/stop").json()
    assert (stopped["may_edit"], stopped["may_stop"], stopped["idle"]) == (False, False, False)
    assert stopped["stopped_at"]
    assert writer.get("/api/own-events/choices").json()["segments"] == []
    assert writer.post("/api/own-events/9999/stop").status_code == 404


def test_another_process_s_words_are_read_when_a_code_is_new(bank: OwnBank) -> None:
    forget()
    assert event_name("U001", "zh-hans") == "自定义事件"
    event = OwnEvent.objects.create(code="U001", made_by=bank.staff["运营"])
    asked = {key: value for key, value in ASKED.items() if key != "segment"}
    event.versions.create(
        number=1, segment=bank.rich, made_by=bank.staff["运营"], made_at="2026-10-30T00:00Z", **asked
    )
    assert event_name("U001", "zh-hans") == "大额活期"
