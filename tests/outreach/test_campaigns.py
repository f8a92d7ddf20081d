"""营销活动推进: a frozen audience, who is held out left alone, a budget never passed, and every touch once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.outreach.campaigns import DAY, FIRST, CampaignBank
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb, Reason, Task
from yinke.care.reasons import sentence
from yinke.common.errors import NotAllowed, YinkeError
from yinke.customers.models import Customer
from yinke.effect.models import Experiment, Member
from yinke.effect.services.held_out import held_out
from yinke.outreach.campaigns import engine, services
from yinke.outreach.campaigns.audience import sift
from yinke.outreach.campaigns.effect import compared
from yinke.outreach.campaigns.models import Campaign, CampaignMember
from yinke.outreach.campaigns.plan import affordable, digest, faults
from yinke.outreach.campaigns.services import CampaignFaulty, CampaignMoved
from yinke.outreach.gate import judge
from yinke.outreach.models import Message
from yinke.outreach.services.templates import Draft, decide, in_force, retire, submit
from yinke.privacy.models import Restriction, RightsCase
from yinke.segments.models import Segment

LEADS: dict[str, Any] = {"script": "邀约到店", "daily_cap": 3, "days": 5, "priority": 2}


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> CampaignBank:
    return CampaignBank(tmp_path, settings, 60)


def written(campaign: Campaign) -> set[int]:
    """Whom it has asked a message for."""
    return set(Message.objects.filter(campaign=campaign).values_list("customer_id", flat=True))


def led(campaign: Campaign) -> set[int]:
    """Whom it has handed to managers, as the tasks have it."""
    return set(
        Reason.objects.filter(type="C01", dedup_key__startswith=f"C01|{campaign.id}|").values_list(
            "customer_id", flat=True
        )
    )


def test_it_starts_on_its_first_day_with_a_frozen_audience_and_leaves_who_is_held_out_alone(
    bank: CampaignBank,
) -> None:
    campaign = bank.approved(starts_on=FIRST + DAY, holdout=50)
    assert (bank.minute(hours=11).started, Campaign.objects.get().state) == (0, "APPROVED")
    done = bank.minute(hours=2)
    campaign.refresh_from_db()
    assert (done.started, campaign.state, campaign.halted) == (1, "RUNNING", "")
    held = bank.held_out(campaign)
    assert len(held) == 30  # blocks of twenty
    assert written(campaign) == set(bank.ids) - held and done.asked == 30
    assert Member.objects.filter(experiment=campaign.experiment_id).count() == 60
    bank.members("rich", [bank.zhao.id, *bank.ids[:3]])  # the segment moves, the audience does not
    assert bank.minute(days=1).asked == 0 and written(campaign) == set(bank.ids) - held
    assert set(campaign.members.values_list("customer_id", flat=True)) == set(bank.ids)
    frozen = campaign.frozen or {}
    numbers = "\n".join(map(str, sorted(bank.ids)))
    assert frozen == {
        "targeted": 60, "lost": {}, "eligible": 60, "held_out": 30, "as_of": bank.biz_date.isoformat(),
        "digest": sha256(numbers.encode()).hexdigest(),
    }  # fmt: skip
    order = campaign.members.order_by("place").values_list("customer_id", flat=True)
    assert list(order) == bank.ids  # the highest AUM first
    message = Message.objects.first()
    assert message is not None and message.campaign_id == campaign.id
    assert (message.channel, message.kind, message.version_id) == ("SMS", "GREETING", campaign.text_id)


def test_its_hold_out_is_an_experiment_that_everybody_respects_until_it_is_measured(
    bank: CampaignBank,
) -> None:
    campaign = bank.running(holdout=50)
    experiment = Experiment.objects.get()
    assert (experiment.status, experiment.events, experiment.share, experiment.measure) == (
        "RUNNING",
        ["C01"],
        50,
        "AUM",
    )
    assert (experiment.made_by.name, experiment.decided_by and experiment.decided_by.name) == ("运营", "合规")
    assert experiment.segment and experiment.segment.code == "rich"
    plan = engine.plan_of(campaign)
    assert set(experiment.members.values_list("due_on", flat=True)) == {plan.ends_on + 14 * DAY}
    held = bank.held_out(campaign)
    assert set(held_out(bank.ids, plan.measured_on - DAY)) == held
    assert not held_out(bank.ids, plan.measured_on)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database would refuse the touch
        campaign.members.filter(customer_id=min(held)).update(asked_at=bank.now)
    # another campaign on the same customers leaves them alone too
    other = sift(bank.plan(), FIRST)
    assert (set(other.eligible), other.lost) == (set(bank.ids) - held, {"HELD_OUT": len(held)})


def test_who_takes_no_part_is_counted_by_the_first_reason(bank: CampaignBank) -> None:
    a, b, c, d, e, f, g, *_ = bank.people
    bank.members("poor", [a.id, b.id])
    bank.members("bought", [b.id, c.id])
    Customer.objects.filter(id__in=[c.id, d.id]).update(status="DECEASED")
    case = RightsCase.objects.create(
        customer=e,
        kind="DELETE",
        channel="COUNTER",
        opened_by=bank.staff["合规"],
        received_on=FIRST,
        due_on=FIRST + 9 * DAY,
    )
    Restriction.objects.create(customer=e, case=case, ground="AML", since=bank.now - DAY)
    DoNotDisturb.objects.create(customer=f, scope="SMS", source="RM")
    DoNotDisturb.objects.create(customer=g, scope="SMS", source="RM", lifted_at=bank.now)
    silent = bank.customer("未同意")
    unknown = bank.customer("新客")  # not in the night's snapshot
    bank.agree([unknown.id])
    bank.members("rich", [*bank.ids, silent.id, unknown.id])
    goal = {"type": "SEGMENT", "segment": "bought", "days": 30}
    plan = bank.plan(exclude=["poor"], goal=goal)
    with bank.at_now():
        found = sift(plan, FIRST)
    assert found.lost == {"EXCLUDED": 2, "GOAL": 1, "STATUS": 1, "RESTRICTED": 1, "DND": 1, "CONSENT": 1}
    assert found.targeted == 62 == len(found.eligible) + sum(found.lost.values())
    campaign = bank.running(exclude=["poor"], goal=goal)
    assert (campaign.frozen or {})["lost"] == found.lost | {"UNKNOWN": 1}
    assert (campaign.frozen or {})["eligible"] == campaign.members.count() == 54
    # who may be called needs no consent to texts
    with bank.at_now():
        assert "CONSENT" not in sift(bank.plan(leads=LEADS), FIRST).lost


def test_leads_come_day_by_day_within_the_cap_of_each_manager_the_highest_aum_first(
    bank: CampaignBank,
) -> None:
    campaign = bank.running(template=None, leads=LEADS, offer="到店礼")
    held = bank.held_out(campaign)
    mine = {name: [one for one in bank.ids[n::2] if one not in held] for n, name in enumerate(("李", "王"))}
    assert bank.night(on=FIRST - DAY).reasons == 6
    assert led(campaign) == set(mine["李"][:3] + mine["王"][:3])
    assert bank.night(on=FIRST - DAY).reasons == 0 and len(led(campaign)) == 6  # made anew: no more
    bank.night(on=FIRST)
    assert led(campaign) == set(mine["李"][:6] + mine["王"][:6])
    reason = Reason.objects.filter(type="C01").order_by("id").first()
    assert reason is not None and reason.expire_on == FIRST + 5 * DAY
    assert sentence("C01", reason.payload, None, "zh-hans") == "活动「秋收」：邀约到店（权益：到店礼）"
    assert Task.objects.get(customer_id=mine["王"][0]).assignee == bank.wang
    for day in range(1, 25):
        bank.night(on=FIRST + day * DAY)
    assert led(campaign) == set(bank.ids) - held and not Reason.objects.filter(customer__in=held).exists()
    assert set(campaign.members.filter(lead_on__isnull=False).values_list("customer_id", flat=True)) == led(
        campaign
    )


def test_a_manager_without_customers_left_to_call_does_not_wait_for_who_can_not_be_called(
    bank: CampaignBank,
) -> None:
    campaign = bank.running(template=None, leads=LEADS)
    mine = [one for one in bank.ids[::2] if one not in bank.held_out(campaign)]
    for customer in mine[:3]:
        DoNotDisturb.objects.create(customer_id=customer, scope="CALLS", source="RM")
    bank.night(on=FIRST - DAY)
    assert not led(campaign) & set(mine)
    bank.night(on=FIRST)
    assert led(campaign) & set(mine) == set(mine[3:6])
    assert not campaign.members.filter(customer_id__in=mine[:3], lead_on__isnull=False).exists()


def test_nobodys_customers_go_to_the_pool_under_the_same_cap(bank: CampaignBank) -> None:
    people = [bank.customer(f"公海{n}", of=None).id for n in range(20)]
    bank.members("rich", people)
    bank.agree(people)
    bank.publish()
    campaign = bank.running(template=None, leads=LEADS)
    bank.night(on=FIRST - DAY)
    assert len(led(campaign)) == 3
    assert set(Task.objects.filter(customer_id__in=led(campaign)).values_list("assignee", flat=True)) == {
        None
    }


def test_outside_its_window_or_paused_it_hands_out_nothing(bank: CampaignBank) -> None:
    campaign = bank.running(template=None, leads=LEADS, ends_on=FIRST + 3 * DAY)
    bank.night(on=FIRST - 2 * DAY)  # the work day before it began
    bank.night(on=FIRST + 3 * DAY)  # the day after its end
    assert not led(campaign)
    with bank.at_now():
        services.pause(bank.viewer("运营"), campaign.id)
    bank.night(on=FIRST - DAY)
    assert not led(campaign)
    with bank.at_now():
        services.resume(bank.viewer("运营"), campaign.id)
    bank.night(on=FIRST + 2 * DAY)
    assert len(led(campaign)) == 6


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    budget=st.integers(0, 4000).map(lambda cents: Decimal(cents) / 100),
    message=st.integers(0, 30_000).map(lambda n: Decimal(n) / 10_000),
    lead=st.integers(0, 300).map(lambda cents: Decimal(cents) / 100),
    refused=st.integers(0, 20), ahead=st.integers(1, 40),
)  # fmt: skip
def test_the_budget_is_never_passed(
    bank: CampaignBank, budget: Decimal, message: Decimal, lead: Decimal, refused: int, ahead: int
) -> None:
    with transaction.atomic():
        campaign = bank.approved(
            leads={**LEADS, "daily_cap": 4},
            budget=max(budget, message, lead).quantize(Decimal("0.01"), "ROUND_UP"),
            message_cost=message,
            lead_cost=lead,
        )
        now = bank.now

        def spent() -> Decimal:
            going = Message.objects.filter(campaign=campaign).exclude(state__in=("REFUSED", "CANCELLED"))
            return going.count() * message + len(led(campaign)) * lead

        most = engine.plan_of(campaign).budget
        with patch.object(engine, "in_force", lambda: {**in_force(), "outreach.campaign_ahead": ahead}):
            bank.minute()
            assert spent() <= most
            some = Message.objects.filter(state="QUEUED").values_list("id", flat=True)[:refused]
            Message.objects.filter(id__in=list(some)).update(state="REFUSED", why="CAP_WEEK")
            bank.minute()
            assert spent() <= most
            Message.objects.filter(state="QUEUED").update(state="SENT")
            bank.night(on=FIRST - DAY)
            assert spent() <= most
            bank.minute()
            bank.night(on=FIRST)
            bank.minute()
        campaign.refresh_from_db()
        assert spent() <= most and engine.committed(campaign, engine.plan_of(campaign)) == spent()
        left = campaign.members.filter(held_out=False, asked_at=None).exists()
        waits = Message.objects.filter(state="QUEUED").count() >= ahead
        if left and not waits:  # it stopped for the money, and says so
            assert campaign.halted == "BUDGET" and spent() + message > most
        bank.now = now
        transaction.set_rollback(True)


@given(
    st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=4), st.decimals(0, 100, places=4), st.integers(0, 10**6)
)  # fmt: skip
def test_affordable_is_the_most_that_the_budget_bears(
    budget: Decimal, spent: Decimal, each: Decimal, most: int
) -> None:
    found = affordable(budget, spent, each, most)
    assert 0 <= found <= most
    if each == 0:
        assert found == most
    else:
        assert found == 0 or spent + found * each <= budget
        assert found == most or spent + (found + 1) * each > budget


def test_what_stopped_for_the_budget_goes_on_when_messages_were_refused(bank: CampaignBank) -> None:
    campaign = bank.running(budget=1, message_cost="0.1")
    campaign.refresh_from_db()
    assert (len(written(campaign)), campaign.halted) == (10, "BUDGET")
    Message.objects.filter(id__in=list(Message.objects.values_list("id", flat=True)[:4])).update(
        state="REFUSED"
    )
    assert bank.minute().asked == 4
    Message.objects.filter(state="QUEUED").update(state="DELIVERED")
    assert bank.minute().asked == 0
    campaign.refresh_from_db()
    assert campaign.halted == "BUDGET"


def test_only_so_many_messages_wait_at_a_time(bank: CampaignBank) -> None:
    with patch.object(engine, "in_force", lambda: {**in_force(), "outreach.campaign_ahead": 7}):
        campaign = bank.running()
        assert len(written(campaign)) == 7 and campaign.halted == ""
        Message.objects.all().update(state="SENT")
        assert bank.minute().asked == 7


def test_an_edit_voids_the_approval_and_what_was_submitted_does_not_change(bank: CampaignBank) -> None:
    writer, checker = bank.viewer("运营"), bank.viewer("合规")
    campaign = bank.drafted()
    with bank.at_now():
        with pytest.raises(CampaignMoved):
            services.approve(checker, campaign.id, "")
        services.submit(writer, campaign.id)
        campaign.refresh_from_db()
        with pytest.raises(NotAllowed):
            services.approve(writer, campaign.id, campaign.digest)
        with pytest.raises(CampaignMoved):
            services.approve(checker, campaign.id, "0" * 64)  # not what was submitted
        for change in ({"plan": {}}, {"name": "别的"}, {"digest": "x"}, {"text": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Campaign.objects.filter(id=campaign.id).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():  # maker and checker are two
            Campaign.objects.filter(id=campaign.id).update(
                state="APPROVED", decided_by=writer.user_id, decided_at=bank.now
            )
        services.approve(checker, campaign.id, campaign.digest)
        for change in ({"plan": {}}, {"decided_by": bank.li.id}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Campaign.objects.filter(id=campaign.id).update(**change)
        before = campaign.digest
        services.save(writer, campaign.id, "秋收", bank.plan(offer="加息券"))
        campaign.refresh_from_db()
        assert (campaign.state, campaign.digest, campaign.decided_by, campaign.text) == (
            "DRAFT",
            "",
            None,
            None,
        )
        assert bank.minute().started == 0
        services.submit(writer, campaign.id)
        campaign.refresh_from_db()
        assert campaign.digest != before
        with pytest.raises(YinkeError):
            services.refuse(checker, campaign.id, " ")
        refused = services.refuse(checker, campaign.id, "权益不清楚")
        assert (refused.state, refused.reason, refused.decided_by_id) == (
            "DRAFT",
            "权益不清楚",
            checker.user_id,
        )
        services.submit(writer, campaign.id)
        with pytest.raises(NotAllowed):
            services.withdraw(checker, campaign.id)
        assert services.withdraw(writer, campaign.id).state == "DRAFT"
        with pytest.raises(IntegrityError), transaction.atomic():  # no way round the approval
            Campaign.objects.filter(id=campaign.id).update(
                state="APPROVED", digest="x", decided_by=checker.user_id
            )
    running = bank.running("另一个")
    with bank.at_now(), pytest.raises(CampaignMoved):
        services.save(writer, running.id, "改", bank.plan())
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(id=running.id).update(state="DRAFT", digest="", decided_by=None)


def test_the_digest_binds_everything(bank: CampaignBank) -> None:
    plan = bank.plan()
    whole = digest("秋收", plan, ["t"])
    others = {
        digest("秋收", bank.plan(**change), ["t"])
        for change in (
            {"segment": "poor"}, {"exclude": ["poor"]}, {"ends_on": FIRST + 9 * DAY}, {"offer": "礼"}, {"budget": 999},
            {"message_cost": "0.05"}, {"holdout": 20}, {"leads": LEADS}, {"goal": {"type": "AUM", "amount": 101, "days": 14}},
        )
    }  # fmt: skip
    others |= {digest("夏收", plan, ["t"]), digest("秋收", plan, ["u"]), digest("秋收", plan, [])}
    assert len(others) == 12 and whole not in others


def test_what_stands_against_a_plan(bank: CampaignBank) -> None:
    service = submit(bank.viewer("运营"), Draft("通知", "SERVICE", "{称呼}，您好。"))
    decide(bank.viewer("合规"), service.id, fit=True)
    named = services.named()

    def codes(name: str = "秋收", **more: Any) -> list[tuple[str, str]]:
        return [(one.field, one.code) for one in faults(name, bank.plan(**more), named, FIRST)]

    assert codes() == [] and codes("") == [("name", "NO_NAME")]
    assert codes(segment="") == [("segment", "NO_SEGMENT")]
    assert codes(segment="poor") == [("segment", "NOT_APPROACHABLE")]
    assert codes(exclude=["gone"]) == [("exclude", "NO_SUCH_SEGMENT")]
    assert codes(ends_on=FIRST - DAY) == [("window", "WINDOW_BACKWARDS")]
    assert codes(starts_on=FIRST - 9 * DAY, ends_on=FIRST - DAY) == [("window", "WINDOW_OVER")]
    assert codes(ends_on=FIRST + 166 * DAY) == [] and codes(ends_on=FIRST + 167 * DAY) == [
        ("window", "TOO_LONG")
    ]
    assert codes(template=None) == [("touch", "NO_TOUCH")]
    assert codes(template=9999) == [("template", "TEXT_NOT_APPROVED")]
    assert codes(template=service.template_id) == [("template", "TEXT_IS_SERVICE")]
    assert codes(offer="保本", leads={"script": "稳赚"}) == [
        ("offer", "BANNED_WORD"),
        ("script", "BANNED_WORD"),
    ]
    assert codes(budget="0.04", message_cost="0.05") == [("budget", "BUDGET_SMALL")]
    assert codes(holdout=12) == [("holdout", "SHARE")]
    assert codes(goal={"type": "SEGMENT"}) == [("goal", "NO_GOAL")]
    assert codes(goal={"type": "SEGMENT", "segment": "rich"}) == [("goal", "GOAL_IS_AUDIENCE")]
    assert codes(goal={"type": "AUM"}) == [("goal", "NO_AMOUNT")]
    faulty = bank.drafted(segment="")
    with bank.at_now(), pytest.raises(CampaignFaulty):
        services.submit(bank.viewer("运营"), faulty.id)


def test_by_hand_it_waits_until_an_operator_says_so(bank: CampaignBank) -> None:
    campaign = bank.approved(by_hand=True, starts_on=FIRST + DAY)
    with bank.at_now(), pytest.raises(CampaignMoved):
        services.start(bank.viewer("运营"), campaign.id)
    assert bank.minute(days=2).started == 0
    with bank.at_now():
        services.start(bank.viewer("运营"), campaign.id)
    assert bank.minute().started == 1
    assert set(AuditEntry.objects.filter(object_type="campaign").values_list("action", flat=True)) == {
        f"campaign.{deed}" for deed in ("save", "submit", "approve", "start", "begin")
    }


def test_what_can_not_start_says_why_and_leaves_nothing_behind(bank: CampaignBank) -> None:
    few = bank.approved("太少", holdout_least=7)  # a tenth of sixty is six
    bank.minute()
    few.refresh_from_db()
    assert (few.state, few.halted, few.experiment) == ("APPROVED", "FEW", None)
    assert not Experiment.objects.exists() and not CampaignMember.objects.exists()
    more = [bank.customer(f"又{n}").id for n in range(40)]
    bank.members("rich", [*bank.ids, *more])
    bank.agree(more)
    bank.publish()
    assert bank.minute().started == 0  # it waits for a person
    with bank.at_now():
        services.start(bank.viewer("运营"), few.id)
    assert bank.minute().started == 1
    Segment.objects.filter(code="rich").update(outreach=True)
    closed = bank.approved("关闭的客群", starts_on=FIRST, by_hand=True)
    with bank.at_now():
        services.start(bank.viewer("运营"), closed.id)
    Segment.objects.filter(code="rich").update(outreach=False)
    bank.minute()
    closed.refresh_from_db()
    assert (closed.state, closed.halted) == ("APPROVED", "SEGMENT")


def test_a_text_that_is_retired_holds_it_back(bank: CampaignBank) -> None:
    late = bank.approved("晚", by_hand=True)
    with patch.object(engine, "in_force", lambda: {**in_force(), "outreach.campaign_ahead": 5}):
        runs = bank.running("早", leads=LEADS)
    retire(bank.viewer("运营"), bank.greeting)
    Message.objects.all().update(state="SENT")
    with bank.at_now():
        services.start(bank.viewer("运营"), late.id)
    assert (bank.minute().asked, bank.night(on=FIRST).reasons) == (0, 0)
    for campaign, state in ((runs, "RUNNING"), (late, "APPROVED")):
        campaign.refresh_from_db()
        assert (campaign.state, campaign.halted) == (state, "CONTENT")


def test_paused_its_messages_wait_and_ended_they_do_not_go(bank: CampaignBank) -> None:
    campaign = bank.running()
    waiting = Message.objects.select_related("version__template").filter(campaign=campaign)[0]
    with bank.at_now():
        assert judge([waiting], bank.now, in_force())[0].why == ""
        services.pause(bank.viewer("运营"), campaign.id)
        assert judge([waiting], bank.now, in_force())[0].why == "PAUSED"
        services.resume(bank.viewer("运营"), campaign.id)
        with pytest.raises(CampaignMoved):
            services.resume(bank.viewer("运营"), campaign.id)
        services.end(bank.viewer("运营"), campaign.id)
        for deed in (services.end, services.pause, services.start):
            with pytest.raises(CampaignMoved):
                deed(bank.viewer("运营"), campaign.id)
    assert set(Message.objects.values_list("state", flat=True)) == {"CANCELLED"}
    assert bank.minute(days=1).asked == 0


def test_after_its_last_day_it_ends_by_itself_and_no_message_outlives_it(bank: CampaignBank) -> None:
    campaign = bank.running(ends_on=FIRST + DAY)
    ends = {message.expires_at for message in Message.objects.all()}
    assert ends == {bank.now.replace(hour=0, minute=0) + 2 * DAY}
    assert bank.minute(days=1).ended == 0
    Message.objects.filter(id=Message.objects.values_list("id")[0][0]).update(state="SENT")
    assert bank.minute(days=1).ended == 1
    campaign.refresh_from_db()
    assert (campaign.state, campaign.ended_at) == ("ENDED", bank.now)
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT", "CANCELLED"}
    never = bank.approved("过期", by_hand=True, starts_on=FIRST, ends_on=FIRST + 5 * DAY)
    bank.minute(days=10)
    never.refresh_from_db()
    assert (never.state, never.started_at) == ("ENDED", None)


@pytest.mark.parametrize("goal", ["AUM", "SEGMENT"])
def test_the_goal_is_asked_of_both_arms_each_night_until_it_is_measured(
    bank: CampaignBank, goal: str
) -> None:
    goals: dict[str, dict[str, Any]] = {
        "AUM": {"type": "AUM", "amount": 500, "days": 14}, "SEGMENT": {"type": "SEGMENT", "segment": "bought", "days": 14}
    }  # fmt: skip
    campaign = bank.running(goal=goals[goal], holdout=50)
    held, care = (sorted(whom) for whom in (bank.held_out(campaign), written(campaign)))

    def reach(whom: list[int], by: int) -> None:
        if goal == "AUM":
            before = dict(campaign.members.values_list("customer_id", "aum_before"))
            bank.balances({one: before[one] + by for one in whom})
        else:
            bank.members("bought", whom if by >= 500 else [])

    reach([*held[:2], *care[:9]], 500)
    reached = campaign.members.filter(reached_on__isnull=False)
    bank.night(on=bank.biz_date)  # what stood at the start was not brought by it
    assert not reached.exists()
    bank.night(on=FIRST)
    assert dict(reached.values_list("customer_id", "reached_on")) == dict.fromkeys(
        [*held[:2], *care[:9]], FIRST
    )
    reach([*held[:2], *care[:9]], 499)  # gone again: it was reached, once
    bank.night(on=FIRST + DAY)
    assert reached.count() == 11
    found = compared(campaign)
    assert (found.treated.customers, found.treated.reached) == (len(care), 9)
    assert (found.held_out.customers, found.held_out.reached) == (len(held), 2)
    assert found.difference == pytest.approx(100 * (9 / len(care) - 2 / len(held)), abs=0.01)
    assert found.low is not None and found.high is not None and found.low < found.difference < found.high
    measured = engine.plan_of(campaign).measured_on
    reach([*held[:2], *care[:12]], 500)
    bank.night(on=measured + DAY)
    assert reached.count() == 11  # too late
    bank.night(on=measured)
    assert reached.count() == 14


def test_who_has_reached_the_goal_is_touched_no_more(bank: CampaignBank) -> None:
    with patch.object(engine, "in_force", lambda: {**in_force(), "outreach.campaign_ahead": 5}):
        campaign = bank.running(leads=LEADS)
        first = written(campaign)
        rest = [one for one in bank.ids if one not in first | bank.held_out(campaign)]
        campaign.members.filter(customer_id__in=rest[:4]).update(reached_on=FIRST)
        Message.objects.all().update(state="SENT")
        bank.minute()
    assert written(campaign) - first == set(rest[4:9])
    for day in range(20):
        bank.night(on=FIRST + day * DAY)
    assert not led(campaign) & set(rest[:4])


def test_too_few_in_an_arm_are_not_compared(bank: CampaignBank) -> None:
    found = compared(bank.running())
    assert (found.held_out.customers, found.difference, found.low) == (6, None, None)


def test_nobody_but_the_head_office_plans(bank: CampaignBank) -> None:
    campaign = bank.running()
    with bank.at_now():
        for deed in (services.pause, services.end, services.submit, services.start):
            with pytest.raises(NotAllowed):
                deed(bank.viewer("张行长"), campaign.id)
        with pytest.raises(NotAllowed):
            services.save(bank.viewer("张行长"), None, "支行的", bank.plan())
        for name in ("", " ", "长" * 61):
            with pytest.raises(YinkeError):
                services.save(bank.viewer("运营"), None, name, bank.plan())


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_for_each_message_once(tmp_path: Path, settings: Any) -> None:
    bank = CampaignBank(tmp_path, settings, 40)
    campaign = bank.approved(message_cost="0.1", budget="2.5")

    def work() -> None:
        try:
            engine.tick()
        finally:
            connection.close()

    with patch.object(engine, "CHUNK", 3), bank.at_now():
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        engine.tick()
    assert Experiment.objects.count() == 1 and campaign.members.count() == 40
    assert Message.objects.count() == 25 == len(written(campaign))  # the budget bears no more


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_has_asked_for_whole_sets_or_nothing_and_the_next_does_the_rest(
    tmp_path: Path, settings: Any
) -> None:
    bank = CampaignBank(tmp_path, settings, 20)
    campaign = bank.approved(holdout=25)
    place = {
        **os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "TEST_LAKE": str(tmp_path),
        "TEST_NOW": (bank.now + timedelta(minutes=1)).isoformat(),
    }  # fmt: skip

    def run(sets: int) -> int:
        command = [sys.executable, "-m", "tests.outreach.die_campaign", f"{sets}"]
        return subprocess.run(command, env=place, timeout=300, check=False).returncode

    def done() -> tuple[int, int]:
        return Message.objects.count(), campaign.members.filter(asked_at__isnull=False).count()

    assert run(1) == -signal.SIGKILL and done() == (0, 0)
    assert campaign.members.filter(held_out=False).count() == 15  # the start is a transaction of its own
    assert run(2) == -signal.SIGKILL and done() == (4, 4)
    assert run(0) == 0 and done() == (15, 15)
    assert run(0) == 0 and done() == (15, 15)


def test_dates_of_a_plan_are_those_of_the_bank(bank: CampaignBank) -> None:
    plan = bank.plan(starts_on=date(2026, 11, 3), ends_on=date(2026, 11, 20))
    assert (plan.measured_on, plan.horizon) == (date(2026, 12, 4), 31)
