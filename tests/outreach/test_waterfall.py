"""渠道顺位与文案对比: a campaign's next channels for whom the one before did not reach, and texts that are compared."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.outreach.campaigns import FIRST, CampaignBank
from tests.outreach.test_next_channel import SAID, Says
from yinke.outreach.campaigns import engine, services
from yinke.outreach.campaigns.audience import sift
from yinke.outreach.campaigns.effect import variants_of
from yinke.outreach.campaigns.estimate import estimated
from yinke.outreach.campaigns.models import Campaign, CampaignMember
from yinke.outreach.campaigns.plan import CampaignPlan, digest, faults
from yinke.outreach.campaigns.services import CampaignFaulty
from yinke.outreach.channels import Provider
from yinke.outreach.models import Message, Reply
from yinke.outreach.services.dispatch import dispatch
from yinke.outreach.services.inbound import Answer, Receipt, note_receipts, note_replies
from yinke.outreach.services.templates import Draft, decide, retire, submit
from yinke.privacy.models import Consent, Policy


class Ways(CampaignBank):
    """Greetings by text, by notice and by e-mail; three texts that may be compared."""

    def __init__(self, folder: Path, settings: Any, customers: int) -> None:
        super().__init__(folder, settings, customers)
        self.app = self.approve_text("推送", "APP")
        self.letter = self.approve_text("信", "EMAIL", subject="您好")
        self.other = self.approve_text("活动短信二")
        self.third = self.approve_text("活动短信三")
        self.ways: dict[str, Sequence[Provider]] = {"SMS": [Says("sms")], "APP": [Says("app")]}

    def approve_text(self, name: str, channel: str = "SMS", kind: str = "GREETING", **more: str) -> int:
        draft = Draft(name, kind, f"{name}，您好。", channel=channel, **more)  # type: ignore[arg-type]
        return decide(self.viewer("合规"), submit(self.viewer("运营"), draft).id, fit=True).template_id

    def agrees(self, customers: Sequence[int], purpose: str, answer: str = "GRANTED") -> None:
        policy = Policy.objects.filter(purpose=purpose).latest("version")
        Consent.objects.bulk_create(
            Consent(
                customer_id=one, purpose=purpose, answer=answer, policy=policy, text_hash=policy.text_hash, channel="COUNTER",
                at=self.now - timedelta(hours=1), request_key=f"{purpose}{one}{answer}",
            )
            for one in customers
        )  # fmt: skip

    def go(self) -> None:
        with self.at_now():
            dispatch(carriers=lambda channel: self.ways.get(channel, ()))

    def sent(self, campaign: Campaign) -> dict[int, list[tuple[str, str]]]:
        """By customer, channel and state of their messages, in their order."""
        found: dict[int, list[tuple[str, str]]] = {}
        for one in Message.objects.filter(campaign=campaign).order_by("id"):
            found.setdefault(one.customer_id, []).append((one.channel, one.state))
        return found


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> Ways:
    ways = Ways(tmp_path, settings, 20)
    ways.agrees(ways.ids, "MARKETING_APP")
    return ways


def test_whom_the_first_channel_does_not_reach_the_next_one_does(bank: Ways) -> None:
    campaign = bank.running(otherwise=[bank.app])
    no = sorted(set(bank.ids) - bank.held_out(campaign))[:5]
    bank.agrees(no, "MARKETING_SMS", "WITHDRAWN")
    bank.go()
    assert Counter(tuple(way) for way in bank.sent(campaign).values()) == {
        (("SMS", "SENT"),): 13, (("SMS", "REFUSED"),): 5,
    }  # fmt: skip
    assert bank.minute().asked == 5 and bank.minute().asked == 0
    bank.go()
    found = bank.sent(campaign)
    assert {one for one, way in found.items() if way == [("SMS", "REFUSED"), ("APP", "SENT")]} == set(no)
    assert not set(found) & bank.held_out(campaign)
    assert not Message.objects.filter(gives_way=True).exists()
    second = Message.objects.get(customer=no[0], channel="APP")
    assert second.fallback_of is not None and second.fallback_of.customer_id == no[0]
    assert (second.expires_at, second.kind, second.version_id) == (
        second.fallback_of.expires_at, "GREETING", Campaign.objects.get().otherwise[0],
    )  # fmt: skip
    shown = bank.client("运营").get(f"/api/campaigns/{campaign.id}").json()
    assert {step["code"]: step["customers"] for step in shown["funnel"]} == {
        "ELIGIBLE": 18, "ASKED": 18, "SENT": 18, "DELIVERED": 0, "REACHED": 0,
    }  # fmt: skip
    assert shown["unsent"] == [] and shown["channels"] == ["SMS", "APP"]
    assert [(text["place"], text["channel"], text["share"]) for text in shown["texts"]] == [
        (0, "SMS", None), (1, "APP", None),
    ]  # fmt: skip
    rows = bank.client("运营").get(f"/api/campaigns/{campaign.id}/customers").json()["rows"]
    mine = next(row for row in rows if row["customer_id"] == no[0])
    assert (mine["message"], mine["channel"], mine["instead_of"], mine["variant"]) == (
        "SENT",
        "APP",
        "SMS",
        None,
    )


def test_a_third_channel_comes_after_the_second_and_nothing_after_it(bank: Ways) -> None:
    campaign = bank.running(otherwise=[bank.app, bank.letter])
    bank.ways = {
        "SMS": [Says("sms", [("REFUSED", False)] * 18)],
        "APP": [Says("app", [("REFUSED", False)] * 18)],
    }
    for _ in range(4):
        bank.go()
        bank.minute()
    assert set(map(tuple, bank.sent(campaign).values())) == {
        (("SMS", "FAILED"), ("APP", "FAILED"), ("EMAIL", "REFUSED"))
    }  # nobody has an address, and there is no fourth
    shown = bank.client("运营").get(f"/api/campaigns/{campaign.id}").json()
    assert shown["unsent"] == [
        {"why": "NO_ADDRESS", "customers": 18}
    ]  # of each customer once, the last reason
    steps = {step["code"]: step["customers"] for step in shown["funnel"]}
    assert (steps["ASKED"], steps["SENT"]) == (18, 18)


def test_each_message_that_goes_is_paid_for_and_the_budget_is_not_passed(bank: Ways) -> None:
    campaign = bank.running(otherwise=[bank.app], message_cost="1", budget="20")
    bank.ways["SMS"] = [Says("sms", [("REFUSED", False)] * 18)]
    bank.go()
    assert bank.minute().asked == 2  # eighteen went, whether they arrived or not
    campaign.refresh_from_db()
    assert campaign.halted == "BUDGET"
    bank.go()
    bank.minute()
    spent = bank.client("运营").get(f"/api/campaigns/{campaign.id}").json()["cost"]["spent"]
    assert (spent, Message.objects.filter(channel="APP").count()) == ("20.00", 2)


def test_what_can_not_be_paid_at_once_is_asked_for_when_money_is_free_again(bank: Ways) -> None:
    campaign = bank.running(otherwise=[bank.app], message_cost="1", budget="18")
    bank.ways["SMS"] = [Says("sms", [("REFUSED", False)] * 3)]
    bank.go()
    assert bank.minute().asked == 0 and Message.objects.filter(gives_way=True).count() == 3
    freed = Message.objects.filter(campaign=campaign, state="SENT").first()
    assert freed is not None
    Message.objects.filter(id=freed.id).update(state="REFUSED", why="COMPLAINT")
    assert bank.minute().asked == 1 and Message.objects.filter(gives_way=True).count() == 2


@pytest.mark.parametrize("how", ["paused", "ended", "goal", "late", "says no"])
def test_nothing_stands_in_while_it_must_not(bank: Ways, how: str) -> None:
    campaign = bank.running(otherwise=[bank.app])
    if how == "says no":  # a no while the first waits is a no to all that would come for it
        n = next(n for n, one in enumerate(bank.ids) if one not in bank.held_out(campaign))
        with bank.at_now():
            note_replies("sms", [Answer("a", f"138{n:08}", "TD", bank.now)])
        first = Message.objects.get(campaign=campaign, customer=bank.ids[n])
        assert (first.state, first.why) == ("REFUSED", "DND")
    else:
        bank.ways["SMS"] = [Says("sms", [("REFUSED", False)] * 18)]
    bank.go()
    with bank.at_now():
        if how == "paused":
            services.pause(bank.viewer("运营"), campaign.id)
        if how == "ended":
            services.end(bank.viewer("运营"), campaign.id)
    if how == "goal":
        campaign.members.update(reached_on=FIRST)
    if how == "late":
        Message.objects.update(expires_at=bank.now)
    assert bank.minute().asked == 0 and not Message.objects.filter(channel="APP").exists()
    if how == "paused":
        with bank.at_now():
            services.resume(bank.viewer("运营"), campaign.id)
        assert bank.minute().asked == 18


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sms=SAID, app=SAID, arrives=st.lists(st.booleans(), min_size=18, max_size=18))
def test_never_two_are_delivered_and_the_budget_holds_whatever_providers_say(
    bank: Ways, sms: list[tuple[str, bool]], app: list[tuple[str, bool]], arrives: list[bool]
) -> None:
    with transaction.atomic():
        campaign, start = bank.running(otherwise=[bank.app], message_cost="1", budget="24"), bank.now
        first, second = Says("sms", sms * 20), Says("app", app * 20)
        bank.ways = {"SMS": [first], "APP": [second]}
        for n in range(9):
            bank.go()
            receipts = [
                Receipt(one.id, delivered=arrives[one.id % 18], at=bank.now, why="")
                for one in Message.objects.filter(campaign=campaign, state="SENT", provider="sms")
            ]
            if n < 6:
                for one in receipts:
                    if not one.delivered:
                        first.carried = [carried for carried in first.carried if carried != one.id]
                with bank.at_now():
                    note_receipts("sms", receipts)
            bank.minute(minutes=9)
        by = [Counter(Message.objects.in_bulk(one.carried).values()) for one in (first, second)]
        whom = [{message.customer_id for message in one} for one in by]
        assert not whom[0] & whom[1]
        gone = Message.objects.filter(campaign=campaign, state__in=Message.GONE).count()
        assert gone <= 24
        assert not (whom[0] | whom[1]) & bank.held_out(campaign)
        bank.now = start
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_for_each_next_text_once(tmp_path: Path, settings: Any) -> None:
    bank = Ways(tmp_path, settings, 30)
    bank.agrees(bank.ids, "MARKETING_APP")
    campaign = bank.running(otherwise=[bank.app], message_cost="1", budget="40")
    bank.ways["SMS"] = [Says("sms", [("REFUSED", False)] * 30)]
    bank.go()

    def work() -> None:
        try:
            engine.tick()
        finally:
            connection.close()

    with patch.object(engine, "CHUNK", 2), bank.at_now():
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        engine.tick()
    firsts, seconds = (
        Message.objects.filter(campaign=campaign, fallback_of__isnull=none) for none in (True, False)
    )
    assert firsts.count() >= 20  # of thirty some are held out
    assert seconds.count() == 40 - firsts.count() == seconds.values("customer").distinct().count()


def test_who_can_be_written_to_by_one_of_the_channels_takes_part(bank: Ways) -> None:
    some = bank.ids[:4]
    bank.agrees(some, "MARKETING_SMS", "WITHDRAWN")
    bank.agrees(some[:1], "MARKETING_APP", "WITHDRAWN")
    with bank.at_now():
        alone, both = (sift(bank.plan(**more), FIRST) for more in ({}, {"otherwise": [bank.app]}))
        told = estimated("秋收", bank.plan(otherwise=[bank.app], message_cost="0.5"))
        one = estimated("秋收", bank.plan(message_cost="0.5"))
    assert (alone.lost, both.lost) == ({"CONSENT": 4}, {"CONSENT": 1})
    assert [(way.channel, way.customers) for way in told.ways] == [("SMS", 16), ("APP", 3)] and one.ways == []
    assert (told.messages, f"{told.cost}", f"{told.cost_most}") == (18, "9.00", "18.00")
    assert one.cost == one.cost_most


def test_texts_are_drawn_by_their_shares_once_and_for_all(bank: Ways) -> None:
    more = [bank.customer(f"又{n}", mobile=f"139{n:08}").id for n in range(180)]
    bank.members("rich", [*bank.ids, *more])
    bank.agree(more)
    bank.publish()
    plan = {
        "template_share": 60,
        "variants": [{"template": bank.other, "share": 30}, {"template": bank.third, "share": 10}],
    }
    campaign = bank.running(**plan)
    drawn = dict(campaign.members.values_list("customer_id", "variant"))
    held = bank.held_out(campaign)
    assert {one for one, variant in drawn.items() if variant is None} == held
    shares = Counter(variant for variant in drawn.values() if variant is not None)
    assert set(shares) == {0, 1, 2} and sum(shares.values()) == 180
    for variant, share in enumerate((60, 30, 10)):  # five standard deviations
        expected = 180 * share / 100
        assert abs(shares[variant] - expected) < 5 * (expected * (1 - share / 100)) ** 0.5
    texts = [campaign.text_id, *campaign.variants]
    for message in Message.objects.filter(campaign=campaign):
        assert message.version_id == texts[drawn[message.customer_id] or 0]
    with transaction.atomic():  # whoever knows the seed's digest draws the same
        assert campaign.experiment is not None
        campaign.members.update(variant=None)
        engine._draw_variants(campaign, engine.plan_of(campaign), campaign.experiment.seed_digest)
        assert dict(campaign.members.values_list("customer_id", "variant")) == drawn
    with pytest.raises(IntegrityError), transaction.atomic():  # who is held out is drawn to none
        CampaignMember.objects.filter(campaign=campaign, held_out=True).update(variant=0)


def test_what_came_of_each_text_and_whether_it_can_be_told(bank: Ways) -> None:
    more = [bank.customer(f"又{n}", mobile=f"139{n:08}").id for n in range(100)]
    bank.members("rich", [*bank.ids, *more])
    bank.agree(more)
    bank.publish()
    campaign = bank.running(
        template_share=50, variants=[{"template": bank.other, "share": 45}, {"template": bank.third, "share": 5}],
        otherwise=[bank.app], holdout=5,
    )  # fmt: skip
    of = {
        n: list(campaign.members.filter(variant=n).order_by("id").values_list("customer_id", flat=True))
        for n in range(3)
    }
    assert min(len(of[0]), len(of[1])) >= 30 > 20 > len(of[2])
    bank.go()
    Message.objects.filter(campaign=campaign).update(gone_at=bank.now)
    Message.objects.filter(customer__in=[*of[0][:5], *of[1][:25]]).update(state="DELIVERED")
    Message.objects.filter(customer=of[0][-1]).update(state="REFUSED", why="CONSENT", gone_at=None)
    for n, (customer, meaning, hours) in enumerate((
        (of[0][0], "OTHER", 1), (of[1][0], "OTHER", 1), (of[1][1], "OPT_OUT", 1), (of[1][2], "OTHER", -1), (of[1][3], "OTHER", 24 * 60),
    )):  # fmt: skip
        Reply.objects.create(
            provider="sms", provider_ref=f"r{n}", customer_id=customer, channel="SMS", meaning=meaning,
            at=bank.now + timedelta(hours=hours),
        )  # fmt: skip
    campaign.members.filter(customer__in=[*of[0][:2], *of[1][:3]]).update(reached_on=FIRST)
    first, second, third = variants_of(campaign, engine.plan_of(campaign))
    assert [(one.name, one.share, one.customers) for one in (first, second, third)] == [
        ("活动短信", 50, len(of[0])), ("活动短信二", 45, len(of[1])), ("活动短信三", 5, len(of[2])),
    ]  # fmt: skip
    rates = [{rate.code: rate for rate in one.rates} for one in (first, second, third)]
    told = [{code: rate.customers for code, rate in one.items()} for one in rates]
    assert told[0] == {"SENT": len(of[0]) - 1, "DELIVERED": 5, "ANSWERED": 1, "OPTED_OUT": 0, "REACHED": 2}
    assert told[1] == {"SENT": len(of[1]), "DELIVERED": 25, "ANSWERED": 1, "OPTED_OUT": 1, "REACHED": 3}
    arrived = rates[1]["DELIVERED"]
    share = 25 / len(of[1]) - 5 / len(of[0])
    assert arrived.difference == pytest.approx(100 * share, abs=0.01)
    assert arrived.difference_low is not None and arrived.difference_high is not None
    assert 0 < arrived.difference_low < 100 * share < arrived.difference_high
    assert (
        arrived.low is not None and arrived.high is not None and arrived.low < 25 / len(of[1]) < arrived.high
    )
    assert all(rate.difference is None for rate in (*rates[0].values(), *rates[2].values()))
    shown = bank.client("运营").get(f"/api/campaigns/{campaign.id}").json()
    assert [one["customers"] for one in shown["variants"]] == [len(of[n]) for n in range(3)]


def test_what_is_approved_binds_every_text_and_a_plan_of_before_is_bound_as_before(bank: Ways) -> None:
    more: dict[str, Any] = {
        "template_share": 70,
        "variants": [{"template": bank.other, "share": 30}],
        "otherwise": [bank.app],
    }
    campaign = bank.approved(**more)
    assert len(campaign.variants) == len(campaign.otherwise) == 1
    for change in ({"variants": []}, {"otherwise": [1]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Campaign.objects.filter(id=campaign.id).update(**change)
    others = {
        digest("秋收", bank.plan(**{**more, **change}), ["a", "b", "c"])
        for change in (
            {},
            {"template_share": 60},
            {"variants": []},
            {"otherwise": []},
            {"otherwise": [bank.letter]},
        )
    }
    assert len(others) == 5
    plain = bank.plan()
    old = plain.model_dump(mode="json")
    for field in ("template_share", "variants", "otherwise"):
        del old[field]
    assert digest("秋收", plain, ["a"]) == digest("秋收", CampaignPlan.model_validate(old), ["a"])
    assert digest("秋收", plain, ["a"]) == _as_before("秋收", old, ["a"])
    bank.minute()
    Message.objects.all().update(state="SENT")
    retire(bank.viewer("运营"), bank.app)
    bank.minute()
    campaign.refresh_from_db()
    assert (campaign.state, campaign.halted) == ("RUNNING", "CONTENT")


def _as_before(name: str, plan: dict[str, Any], texts: list[str]) -> str:
    """The digest as it was made before plans had several texts."""
    import hashlib
    import json

    bound = {"name": name, "plan": plan, "texts": texts}
    said = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def test_what_stands_against_several_texts(bank: Ways) -> None:
    market = bank.approve_text("推送活动", "APP", "MARKETING")
    market_text = bank.approve_text("营销短信", "SMS", "MARKETING")
    named = services.named()

    def codes(**more: Any) -> list[tuple[str, str]]:
        return [(one.field, one.code) for one in faults("秋收", bank.plan(**more), named, FIRST)]

    def shares(first: int, *others: tuple[int, int]) -> dict[str, Any]:
        return {
            "template_share": first,
            "variants": [{"template": one, "share": share} for one, share in others],
        }

    assert codes(**shares(60, (bank.other, 30), (bank.third, 10)), otherwise=[bank.app, bank.letter]) == []
    assert codes(**shares(60, (bank.other, 30))) == [("variants", "SHARES_NOT_100")]
    assert codes(template_share=90) == [("variants", "SHARES_NOT_100")]
    assert codes(**shares(50, (bank.greeting, 50))) == [("variants", "TEXT_TWICE")]
    assert codes(**shares(50, (bank.app, 50))) == [("variants", "VARIANT_UNLIKE")]
    assert codes(**shares(50, (market_text, 50))) == [("variants", "VARIANT_UNLIKE")]
    assert codes(**shares(50, (9999, 50))) == [("variants", "VARIANT_NOT_APPROVED")]
    assert codes(otherwise=[9999]) == [("otherwise", "WAY_NOT_APPROVED")]
    assert codes(otherwise=[bank.other]) == [("otherwise", "CHANNEL_TWICE")]
    assert codes(otherwise=[bank.app, bank.app]) == [("otherwise", "CHANNEL_TWICE")]
    assert codes(otherwise=[market]) == [("otherwise", "WAY_OF_OTHER_KIND")]
    assert codes(template=None, leads={}, otherwise=[bank.app]) == [("otherwise", "NO_FIRST_TEXT")]
    assert codes(template=None, leads={}, **shares(50, (bank.other, 50))) == [("variants", "NO_FIRST_TEXT")]
    assert codes(template=None, leads={}) == []
    faulty = bank.drafted(otherwise=[bank.other])
    with bank.at_now(), pytest.raises(CampaignFaulty):
        services.submit(bank.viewer("运营"), faulty.id)


def test_what_a_gateway_may_have_carried_gives_no_way(bank: Ways) -> None:
    campaign = bank.running(otherwise=[bank.app])
    bank.ways["SMS"] = [Says("sms", [("LOST", True)] * 90)]
    for _ in range(6):
        bank.go()
        bank.minute(minutes=10)
    assert set(map(tuple, bank.sent(campaign).values())) == {(("SMS", "FAILED"),)}
