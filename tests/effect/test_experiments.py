"""对照实验: drawn before contact, respected by every night, measured in its time, and honest in what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from tests.bank import TODAY, a_day
from tests.care.nights import TaskBank, event
from yinke.care.models import ContactRecord, DoNotDisturb, Reason, Task
from yinke.care.reasons import sentence
from yinke.care.services.make_tasks import make_tasks
from yinke.common.crypto import decrypt
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer
from yinke.effect import queries
from yinke.effect.cli import uplift_of
from yinke.effect.models import Experiment, Member, Withheld
from yinke.effect.services import decide, learn
from yinke.effect.services.follow import follow
from yinke.scoring.effect import history
from yinke.scoring.effect.draw import is_held_out, seal_of
from yinke.scoring.models import ChurnAlert, ScoreNight
from yinke.segments.kept import members_store
from yinke.segments.models import Segment

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
ASKED = decide.Plan(
    name="临界提升电话", note="给临界客户打电话，资产是否多留下来", events=["E08"], share=20, measure="KEPT", horizon_days=7,
    enrol_days=7, planned=400,
)  # fmt: skip


class ExperimentBank(TaskBank):
    """Two at head office, and many customers; nights bring events and balances."""

    def __init__(self, folder: Path, customers: int = 120) -> None:
        super().__init__(folder)
        for name, role in (("总行甲", "HQ_OPS"), ("总行乙", "HQ_OPS"), ("合规", "COMPLIANCE")):
            self.with_staff(name, role, at="总行")
        self.statuses: dict[int, str] = {}
        self.people = [
            self.customer(f"客{n}", tier=n % 4, aum=100_000 * (1 + n % 7)) for n in range(customers)
        ]

    def running(self, **more: Any) -> Experiment:
        """An experiment, asked for, approved by another, started today."""
        found = decide.plan(self.viewer("总行甲"), decide.Plan(**{**vars(ASKED), **more}))
        decide.approve(self.viewer("合规"), found.id)
        return decide.start(self.viewer("总行甲"), found.id, on=TODAY)

    def a_night(self, on: date, *rows: dict[str, Any], gone: frozenset[int] = frozenset()) -> Any:
        """Tasks and the look of one date; who is ``gone`` holds nothing any more."""
        snapshot = [
            {"cust_id": c.id, "tier": n % 4, "status": self.statuses.get(c.id, "NORMAL"), "aum": 0 if c.id in gone else 100_000 * (1 + n % 7)}
            for n, c in enumerate(self.people)
        ]  # fmt: skip
        values = load_thresholds(None).at(on)
        day = a_day(self.lake, on, events=rows, snapshot=snapshot)
        made = make_tasks(day, on, values)
        follow(day, values)
        return made


@pytest.fixture
def bank(db: None, tmp_path: Path) -> ExperimentBank:
    return ExperimentBank(tmp_path)


def e08(bank: ExperimentBank, on: date, some: slice = slice(None)) -> list[dict[str, Any]]:
    return [event("E08", c, on=on, stands=30, key=f"E08|{c.id}||cycle") for c in bank.people[some]]


def contacted(kind: str = "E08") -> set[int]:
    return set(Reason.objects.filter(type=kind).values_list("customer_id", flat=True))


def test_who_is_held_out_gets_no_task_until_measured_and_then_like_everybody(bank: ExperimentBank) -> None:
    experiment = bank.running()
    assert decrypt(experiment.seed_sealed) and experiment.seed_digest == seal_of(
        bytes.fromhex(decrypt(experiment.seed_sealed))
    )
    made = bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 80)), event("E11", bank.people[0], stands=5))
    held = set(Member.objects.filter(held_out=True).values_list("customer_id", flat=True))
    care = set(Member.objects.filter(held_out=False).values_list("customer_id", flat=True))
    assert len(held) == made.withheld == Withheld.objects.count() and 12 <= len(held) <= 20
    assert contacted() == care and len(care | held) == 80
    assert contacted("E11") == {bank.people[0].id}  # another event of anybody is not tested
    for n in range(1, 7):  # the event stands, and others come: nobody held out is contacted
        on = TODAY + n * ONE
        bank.a_night(on, *e08(bank, on, slice(0, 80 + 5 * n)))
        held |= set(Member.objects.filter(held_out=True).values_list("customer_id", flat=True))
        first = set(
            Member.objects.filter(assigned_on=TODAY, held_out=True).values_list("customer_id", flat=True)
        )
        assert not contacted() & held and first <= held
    bank.a_night(TODAY + 7 * ONE, *e08(bank, TODAY + 7 * ONE))
    assert first <= contacted()  # measured at this day's end
    assert not Member.objects.filter(assigned_on=TODAY + 7 * ONE).exists()  # nobody is taken in any more


nights = st.lists(
    st.tuples(st.integers(0, 5), st.sets(st.tuples(st.sampled_from(["E08", "E14", "E11"]), st.integers(0, 23)), max_size=30)),
    min_size=2, max_size=6,
)  # fmt: skip


@settings(max_examples=12, deadline=None, phases=[Phase.generate])
@given(dates=nights, stopped=st.booleans())
def test_whatever_the_nights_bring_nobody_held_out_has_a_reason_of_that_event(
    bank: ExperimentBank, dates: list[tuple[int, set[tuple[str, int]]]], stopped: bool
) -> None:
    """Nights in any order, again and with other events (corrections): the log and the tasks always agree."""
    Experiment.objects.all().delete()
    Task.objects.all().delete()
    bank.running(events=["E08"], share=50)
    other = bank.running(events=["E14"], share=30)
    for n, (day, rows) in enumerate(dates):
        on = TODAY + day * ONE
        bank.a_night(on, *(event(kind, bank.people[k], on=on, stands=9) for kind, k in sorted(rows)))
        if stopped and n == 0:
            decide.stop(bank.viewer("总行甲"), other.id, "停")
        for member in Member.objects.filter(held_out=True, experiment__status="RUNNING"):
            while_held = Reason.objects.filter(
                customer=member.customer_id, type=member.event, biz_date__lt=member.due_on
            )  # fmt: skip
            assert not while_held.exists()
            assert Withheld.objects.filter(customer=member.customer_id, event=member.event).exists()
    for customer, kind in Reason.objects.filter(type="E08").values_list("customer_id", "type"):
        assert Member.objects.filter(customer=customer, event=kind, held_out=False).exists()


def test_a_reason_for_who_is_held_out_is_refused_by_the_database_itself(bank: ExperimentBank) -> None:
    bank.running()
    bank.a_night(TODAY, *e08(bank, TODAY), *(event("E11", c, stands=5) for c in bank.people))
    held = Member.objects.filter(held_out=True)[0]
    reason = {
        "task": Task.objects.get(customer=held.customer_id), "customer_id": held.customer_id, "biz_date": TODAY,
        "priority": 1, "expire_on": TODAY + ONE,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Reason.objects.create(**reason, type="E08", dedup_key="by another way")
    Reason.objects.create(**reason, type="E04", dedup_key="of another event")


def test_arms_can_be_drawn_again_and_are_alike(bank: ExperimentBank) -> None:
    experiment = bank.running(share=25)
    for n in range(6):
        bank.a_night(TODAY + n * ONE, *e08(bank, TODAY + n * ONE, slice(20 * n, 20 * n + 20)))
    seed = bytes.fromhex(decrypt(experiment.seed_sealed))
    members = list(Member.objects.all())
    assert len(members) == 120
    assert all(m.held_out == is_held_out(seed, m.stratum, m.number, 25) for m in members)
    for stratum in {
        m.stratum for m in members
    }:  # thirty each: a block of 20, of which 5 are held out, and half of one
        assert 5 <= sum(m.held_out for m in members if m.stratum == stratum) <= 10
    other = bank.running(events=["E14"], share=25)
    bank.a_night(TODAY + 6 * ONE, *(event("E14", c, on=TODAY + 6 * ONE) for c in bank.people))
    again = {m.customer_id: m.held_out for m in Member.objects.filter(experiment=other)}
    assert [again[m.customer_id] for m in members] != [m.held_out for m in members]


def test_no_more_are_drawn_than_were_planned_and_the_rest_get_care(bank: ExperimentBank) -> None:
    bank.running(planned=100, share=50)
    bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 70)))
    bank.a_night(TODAY + ONE, *e08(bank, TODAY + ONE))
    members = dict(Member.objects.values_list("customer_id", "held_out"))
    assert len(members) == 100
    assert contacted() == {c.id for c in bank.people} - {c for c, held in members.items() if held}


def test_a_segment_that_may_not_be_approached_any_more_brings_nobody(
    bank: ExperimentBank, tmp_path: Path, settings: Any
) -> None:
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path)
    segment = a_segment(bank, "drawn", bank.people[:50])
    bank.running(events=[], segment="drawn", share=20)
    waits = decide.plan(
        bank.viewer("总行甲"), decide.Plan(**{**vars(ASKED), "events": [], "segment": "drawn"})
    )
    segment.outreach = False  # after the start, before the night
    segment.save()
    with pytest.raises(YinkeError) as refused:
        decide.approve(bank.viewer("合规"), waits.id)
    assert refused.value.code == "segment_not_approachable"
    bank.a_night(TODAY)
    assert not Member.objects.exists() and not contacted("X01")


def test_a_date_made_anew_draws_nobody_else_from_a_segment(
    bank: ExperimentBank, tmp_path: Path, settings: Any
) -> None:
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path)
    a_segment(bank, "drawn", bank.people[:50])
    bank.running(events=[], segment="drawn", share=20)
    bank.a_night(TODAY)
    drawn = set(Member.objects.values_list("customer_id", flat=True))
    a_segment(bank, "drawn", bank.people[:80])  # the correction finds more of them
    bank.a_night(TODAY)
    assert (
        set(Member.objects.values_list("customer_id", flat=True)) == drawn == {c.id for c in bank.people[:50]}
    )


def test_the_past_is_not_looked_at_with_what_is_known_today(bank: ExperimentBank) -> None:
    experiment = bank.running()
    bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 60)))
    before = experiment.looks.get().result
    bank.a_night(TODAY + ONE, *e08(bank, TODAY + ONE, slice(60, None)))
    bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 60)))  # a correction
    looks = list(experiment.looks.order_by("biz_date"))
    assert [look.biz_date for look in looks] == [TODAY, TODAY + ONE] and looks[0].result == before


def test_who_is_deleted_leaves_a_place_that_nobody_takes(bank: ExperimentBank) -> None:
    bank.running(share=50)
    bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 60)))
    first = set(Member.objects.values_list("stratum", "number"))
    Member.objects.filter(number__in=(0, 3)).delete()  # at their own wish
    bank.a_night(TODAY + ONE, *e08(bank, TODAY + ONE, slice(60, None)))
    later = list(Member.objects.filter(assigned_on=TODAY + ONE).values_list("stratum", "number"))
    assert len(later) == len(set(later)) == 60 and not first & set(later)


def test_who_closed_the_accounts_was_not_kept(bank: ExperimentBank) -> None:
    experiment = bank.running(share=50)
    bank.a_night(TODAY, *e08(bank, TODAY))
    left, moved = bank.people[0], bank.people[1]
    bank.statuses = {left.id: "CLOSED"}
    for n in range(1, 8):
        bank.a_night(TODAY + n * ONE, gone=frozenset({moved.id}) if n == 7 else frozenset())
    kept = dict(experiment.members.values_list("customer_id", "kept"))
    assert {c for c, stayed in kept.items() if not stayed} == {
        left.id,
        moved.id,
    }  # though the one's balance stood still


def test_the_last_look_says_what_was_kept_and_ends_it(bank: ExperimentBank) -> None:
    experiment = bank.running(enrol_days=7, share=50)
    bank.a_night(TODAY, *e08(bank, TODAY))
    arm = dict(Member.objects.values_list("customer_id", "held_out"))
    held = [c for c in arm if arm[c]]
    gone = frozenset(held[: len(held) * 2 // 3])  # of those held out two thirds take their money away
    for n in range(1, 8):
        bank.a_night(TODAY + n * ONE, gone=gone if n == 7 else frozenset())
    experiment.refresh_from_db()
    looks = [look.result for look in experiment.looks.order_by("biz_date")]
    assert [look["looks"] for look in looks] == list(range(1, 9))
    assert experiment.status == "ENDED" and experiment.ended_on == TODAY + 7 * ONE
    last = looks[-1]
    with pytest.raises(YinkeError) as little:  # 120 customers teach nobody whom care changes
        uplift_of(["E08"])
    assert little.value.code == "too_few_for_uplift" and "120" in little.value.message
    assert (last["final"], last["verdict"], last["proven"]) == (True, "BETTER", 120)
    assert last["kept"]["treated"] == 1 and last["kept"]["control"] == pytest.approx(1 / 3, abs=0.02)
    assert 0.4 < last["kept"]["low"] < 2 / 3 < last["kept"]["high"]
    assert last["aum"]["low"] > 0 and not last["ratio_alarm"] and not last["held_out"]["reached"]
    assert looks[-2]["verdict"] == "TOO_FEW"  # nobody's time was over


def test_reached_is_who_was_spoken_with_after_the_draw_and_an_arm_that_was_changed_is_told(
    bank: ExperimentBank,
) -> None:
    experiment = bank.running(share=50)
    bank.a_night(TODAY, *e08(bank, TODAY))
    tasks = list(Task.objects.filter(reasons__type="E08").order_by("id")[:4])
    said = (("CONSIDER", 1), ("NO_ANSWER", 1), ("CONSIDER", 0), ("CONSIDER", 8))
    for task, (result, days) in zip(tasks, said, strict=True):
        ContactRecord.objects.create(
            customer=task.customer, task=task, user=bank.staff["总行甲"], channel="PHONE", result=result,
            at=timezone.now(), biz_date=TODAY + days * ONE, request_key=f"{task.id}",
        )  # fmt: skip
    changed = Member.objects.filter(held_out=False).order_by("id").last()
    Member.objects.filter(pk=changed and changed.pk).update(held_out=True)
    for n in range(1, 8):
        bank.a_night(TODAY + n * ONE)
    last = experiment.looks.order_by("biz_date").last()
    assert last and (last.result["care"]["reached"], last.result["proven"]) == (1, 119)


def test_nothing_is_claimed_where_nothing_happened(bank: ExperimentBank) -> None:
    experiment = bank.running()
    bank.a_night(TODAY, *e08(bank, TODAY))
    for n in range(1, 8):
        bank.a_night(TODAY + n * ONE)
    last = experiment.looks.order_by("biz_date").last()
    assert (
        last
        and last.result["verdict"] == "NONE"
        and last.result["kept"]["low"] < 0 < last.result["kept"]["high"]
    )


def test_who_asks_does_not_decide_and_nothing_owed_is_withheld(bank: ExperimentBank) -> None:
    maker = bank.viewer("总行甲")
    with pytest.raises(YinkeError) as owed:
        decide.plan(maker, decide.Plan(**{**vars(ASKED), "events": ["E08", "E16"]}))
    assert owed.value.code == "event_protected"
    found = decide.plan(maker, ASKED)
    with pytest.raises(NotAllowed):
        decide.approve(maker, found.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(id=found.id).update(status="APPROVED", decided_by=found.made_by_id)
    with pytest.raises(decide.ExperimentMoved):
        decide.start(maker, found.id)
    bank.running()
    decide.approve(bank.viewer("总行乙"), found.id)
    with pytest.raises(decide.ExperimentMoved) as busy:
        decide.start(maker, found.id)
    assert busy.value.code == "experiment_overlaps"


def test_what_is_owed_since_it_was_asked_for_is_not_withheld_either(bank: ExperimentBank) -> None:
    found = decide.plan(bank.viewer("总行甲"), ASKED)
    Experiment.objects.filter(id=found.id).update(
        events=["E08", "E16"]
    )  # as if E16 had been free to test then
    with pytest.raises(YinkeError) as owed:
        decide.approve(bank.viewer("合规"), found.id)
    assert owed.value.code == "event_protected" and Experiment.objects.get(id=found.id).status == "PENDING"


def test_a_part_of_the_bank_neither_plans_nor_decides(bank: ExperimentBank) -> None:
    head = replace(bank.viewer("张行长"), rights=bank.viewer("总行甲").rights | bank.viewer("合规").rights)
    found = decide.plan(bank.viewer("总行甲"), ASKED)
    running = bank.running(events=["E14"])
    for step in (
        lambda: decide.plan(head, ASKED), lambda: decide.approve(head, found.id), lambda: decide.refuse(head, found.id, "不妥"),
        lambda: decide.start(head, found.id), lambda: decide.stop(head, running.id, "不妥"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="whole bank"):
            step()
    with pytest.raises(NotFound):  # another's is not theirs to take back
        decide.withdraw(bank.viewer("总行乙"), found.id)


def test_once_stopped_nobody_is_held_out(bank: ExperimentBank) -> None:
    experiment = bank.running()
    bank.a_night(TODAY, *e08(bank, TODAY))
    decide.stop(bank.viewer("总行甲"), experiment.id, "分行投诉")
    bank.a_night(TODAY + ONE, *e08(bank, TODAY + ONE))
    assert contacted() == {c.id for c in Customer.objects.filter(id__in=[c.id for c in bank.people])}


def test_the_pages_ask_plan_decide_and_tell(bank: ExperimentBank) -> None:
    bank.running(events=["E14"])
    bank.a_night(TODAY, *(event("E14", c) for c in bank.people), *e08(bank, TODAY))
    maker, other, head = (bank.client(name) for name in ("总行甲", "合规", "张行长"))
    offered = {row["code"]: row for row in maker.get("/api/experiments/events").json()}
    assert "E16" not in offered and offered["E08"]["customers"] == 120 and offered["E14"]["running"]
    power = maker.get("/api/experiments/power?events=E08&share=20&days=45").json()
    assert power["seen"] == 120 and {c["days"]: c["customers"] for c in power["chances"]}[45] == 120 * 45
    body = {**vars(ASKED), "events": ["E08"]}
    made = maker.post("/api/experiments", body, content_type="application/json").json()
    assert (made["status"], made["may_decide"], made["may_withdraw"], made["seed"]) == (
        "PENDING",
        False,
        True,
        None,
    )
    address = f"/api/experiments/{made['id']}"
    assert head.post(f"{address}/approve").status_code == 403
    assert other.post(f"{address}/approve").json()["status"] == "APPROVED"
    assert maker.post(f"{address}/start").json()["starts_on"] == str(TODAY + ONE)
    listed = {row["events"][0]: row for row in head.get("/api/experiments").json()}
    assert listed["E14"]["report"]["verdict"] == "TOO_FEW" and not listed["E14"]["may_run"]
    stopped = maker.post(f"{address}/stop", {"reason": "换方案"}, content_type="application/json").json()
    assert seal_of(bytes.fromhex(stopped["seed"])) == stopped["seed_digest"]


def test_a_branch_reckons_with_its_own_customers(bank: ExperimentBank) -> None:
    bank.with_branch("静安").with_head("静安长").with_manager("周").with_customer("吴四").with_customer(
        "郑五"
    )
    others = [bank.customers[name] for name in ("吴四", "郑五")]
    rows = [event("E08", c, on=TODAY, stands=30, key=f"E08|{c.id}||cycle") for c in others]
    bank.a_night(TODAY, *e08(bank, TODAY), *rows)
    seen = {
        who: bank.client(who).get("/api/experiments/power?events=E08&share=20&days=45").json()["seen"]
        for who in ("总行甲", "张行长", "静安长")
    }
    assert seen == {"总行甲": 122, "张行长": 120, "静安长": 2}


def a_segment(bank: ExperimentBank, code: str, members: list[Customer], on: date = TODAY) -> Segment:
    """A segment whose members, on a date, another person has approved to be approached."""
    found, _ = Segment.objects.update_or_create(
        code=code, defaults={"name_zh": f"客群{code}", "kind": "DYNAMIC", "scope": "BANK", "status": "IN_USE", "outreach": True}
    )  # fmt: skip
    members_store().put(found.key, 1, on, BitMap([c.id for c in members]))
    return found


def test_the_members_of_a_segment_are_drawn_once_before_anybody_is_contacted(
    bank: ExperimentBank, tmp_path: Path, settings: Any
) -> None:
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path)
    people = bank.people
    DoNotDisturb.objects.create(customer=people[0], source="RM")
    a_segment(bank, "drawn", people[:100])
    a_segment(bank, "other", people[60:])
    with pytest.raises(decide.ExperimentWrong):
        bank.running(segment="drawn")  # on events or on a segment
    first = bank.running(events=[], segment="drawn", share=20)
    second = bank.running(events=[], segment="other", share=50)
    bank.running(events=["E08"], share=50)
    with pytest.raises(decide.ExperimentMoved):
        bank.running(events=[], segment="drawn")
    made = bank.a_night(TODAY, *e08(bank, TODAY, slice(0, 10)))
    of = {e: Member.objects.filter(experiment=e) for e in (first, second)}
    drawn = set(of[first].values_list("customer_id", flat=True))
    assert drawn == {c.id for c in people[1:100]}  # all but who is not to be disturbed
    assert set(of[second].values_list("customer_id", flat=True)) == {
        c.id for c in people[100:]
    }  # nobody twice
    held = set(Member.objects.filter(event="X01", held_out=True).values_list("customer_id", flat=True))
    assert contacted("X01") == (drawn | {c.id for c in people[100:]}) - held and 20 <= len(held) <= 40
    assert made.withheld == Withheld.objects.count() >= len(held)
    task = Task.objects.get(customer=min(contacted("X01") & drawn))
    assert (
        sentence("X01", task.reasons.get(type="X01").payload, None, "zh-hans")
        == "临界提升电话（客群「客群drawn」）"
    )
    maker = bank.client("总行甲")
    offered = {row["code"]: row for row in maker.get("/api/experiments/segments").json()}
    assert (offered["drawn"]["customers"], offered["drawn"]["running"]) == (100, "临界提升电话")
    power = maker.get("/api/experiments/power?segment=drawn&share=20&days=1").json()
    assert (power["seen"], [chance["customers"] for chance in power["chances"]]) == (100, [100])
    shown = maker.get(f"/api/experiments/{first.id}").json()
    assert (shown["segment"]["code"], shown["events"], shown["enrol_days"]) == ("drawn", ["X01"], 1)
    assert {use["kind"] for use in maker.get("/api/segments/drawn/uses").json()} == {"experiment"}
    for on in (TODAY, TODAY + ONE):
        a_segment(bank, "drawn", people, on)
    for on in (TODAY, TODAY + ONE):  # a correction, and a night on which others have entered
        bank.a_night(on)
        assert set(of[first].values_list("customer_id", flat=True)) == drawn
        assert not contacted("X01") & held and len(contacted("X01")) == 119 - len(held)
    for n in range(2, 8):
        bank.a_night(TODAY + n * ONE)
    first.refresh_from_db()
    last = first.looks.order_by("biz_date").last()
    assert first.status == "ENDED" and last and last.result["final"] and last.result["proven"] == 99


def test_nobody_held_out_is_planned_for_by_hand_unless_they_ask(bank: ExperimentBank) -> None:
    bank.running(share=50)
    bank.a_night(TODAY, *e08(bank, TODAY))
    held = [Customer.objects.get(id=m.customer_id) for m in Member.objects.filter(held_out=True)[:2]]
    free = Customer.objects.get(id=Member.objects.filter(held_out=False)[0].customer_id)
    client = bank.client("李")

    def plan(kind: str, *customers: Customer) -> Any:
        body = {
            "customer_ids": [c.id for c in customers], "kind": kind, "due_on": "2026-11-02", "request_key": f"{kind}-request"
        }  # fmt: skip
        return client.post("/api/tasks/by-hand", body, content_type="application/json")

    refused = plan("H01", held[0])
    assert refused.status_code == 400
    assert (refused.json()["code"], refused.json()["place"]) == ("task_held_out", "临界提升电话")
    lines = plan("H01", *held, free).json()["lines"]
    assert [(line["refusal"], line["experiment"]) for line in lines] == [
        ("task_held_out", "临界提升电话"), ("task_held_out", "临界提升电话"), ("", "")
    ]  # fmt: skip
    assert plan("H04", held[0]).status_code == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        Reason.objects.create(
            task=Task.objects.get(customer=held[0]), customer=held[0], biz_date=TODAY, priority=2, type="H02",
            expire_on=TODAY, dedup_key="by another way",
        )  # fmt: skip
    ChurnAlert.objects.create(
        customer=held[1], org=held[1].org, manager=bank.li, tier=1, entered_on=TODAY, model=1, band="HIGH",
        probability=0.5, aum=1, aum_at_risk=1, base=1,
    )  # fmt: skip
    ScoreNight.objects.create(kind="churn", biz_date=TODAY, model=1, scored=1)
    (row,) = client.get("/api/churn/alerts").json()["rows"]
    assert row["held_out"] == "临界提升电话"


def test_the_page_tells_how_much_history_is_missing_and_then_whom_care_changes(
    bank: ExperimentBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = bank.running()
    client, head = bank.client("总行甲"), bank.client("张行长")
    address = f"/api/experiments/{experiment.id}"
    assert client.get(address).json()["uplift"]["state"] == "NOT_YET"
    Experiment.objects.update(status="ENDED")
    members = [
        Member(
            experiment=experiment, customer=c, event="E08", stratum="T1-HIGH", number=n, held_out=n % 2 == 0, tier=n % 4,
            assigned_on=TODAY, due_on=TODAY, measured_on=TODAY, aum_before=100_000, aum_after=100_000,
            kept=n % 10 < (8 if n % 2 and n % 4 >= 2 else 3),
        )
        for n, c in enumerate(bank.people)
    ]  # fmt: skip
    Member.objects.bulk_create(members)
    running = bank.running()  # what it will show is not known yet
    Member.objects.bulk_create(
        Member(
            experiment=running, customer=c, event="E08", stratum="T1-LOW", number=n, held_out=False, tier=1, assigned_on=TODAY,
            due_on=TODAY, measured_on=TODAY, aum_before=1, aum_after=1, kept=True,
        )
        for n, c in enumerate(bank.people[:9])
    )  # fmt: skip
    few = head.get(address).json()["uplift"]
    assert (few["state"], few["measured"], few["needed"], few["may_learn"]) == ("FEW", 120, 2_000, False)
    assert client.post(f"{address}/uplift").json()["code"] == "too_few_for_uplift"
    for module in (history, learn, queries):  # as if so few were enough
        monkeypatch.setattr(module, "LEAST_CUSTOMERS", 100)
        monkeypatch.setattr(module, "LEAST_OUTCOMES", 10)
    assert client.get(address).json()["uplift"]["state"] == "OPEN"
    assert head.post(f"{address}/uplift").status_code == 403
    found = client.post(f"{address}/uplift").json()["uplift"]
    assert (found["state"], found["learned_on"]) == ("LEARNED", str(TODAY))
    assert [(one["learner"], len(one["curve"])) for one in found["learners"]] == [("T", 21), ("X", 21)]
    assert all(one["low"] <= one["qini"] <= one["high"] for one in found["learners"])
    assert head.get(address).json()["uplift"]["learners"] == found["learners"]  # kept, not learned again
