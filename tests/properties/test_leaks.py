"""Random calls of everything the API offers, by everybody: nothing of a customer reaches who may not know it.

Who may see whom is written down here by hand, not asked of the code. Every fact of every customer is a text that
occurs nowhere else; each answer is searched for all of them. ``YINKE_PROBES`` says how many calls are made.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pyroaring import BitMap

from tests.bank import TODAY, Bank, a_bank, a_day
from tests.properties.openapi import Call, Description
from yinke.access import middleware
from yinke.care.models import ContactRecord, OwnEvent, Reason, Task
from yinke.common.crypto import blind_index, encrypt
from yinke.customers import queries
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.list_models import BulkAction, CustomerList, CustomerTag, ListEntry, Tag
from yinke.customers.models import (
    Assignment,
    Customer,
    Handover,
    HandoverItem,
    IdentityPair,
    Relationship,
)
from yinke.lake.store import Lake
from yinke.nightly.models import Run
from yinke.outreach.journeys.tick import written_cursor
from yinke.outreach.models import (
    Campaign,
    CampaignMember,
    CarePlan,
    Journey,
    Message,
    Mission,
    PointsEntry,
    Redemption,
    Reply,
    Reward,
    Salon,
    Template,
    TemplateVersion,
    Traveller,
    WecomContact,
)
from yinke.outreach.points.ledger import earn, spend
from yinke.privacy.models import RightsCase
from yinke.segments.kept import members_store
from yinke.segments.models import ListedCustomer, Segment, SegmentVersion
from yinke.segments.moves import Cursor

pytestmark = pytest.mark.django_db
PROBES = int(os.environ.get("YINKE_PROBES", "3000"))
MINDED = frozenset({"sign_in", "sign_out"})
"""Operations that the walk leaves out: they change who asks."""
PEOPLE = {
    "李": "RM", "王": "WM", "赵": "RM", "周": "REMOTE_RM", "顾问": "PB_ADV", "徐汇长": "BR_MGR", "静安长": "BR_MGR",
    "浦西长": "BR_MGR", "东零售": "RETAIL_MGR", "运营": "HQ_OPS", "合规": "COMPLIANCE", "审计": "AUDITOR",
    "支行审计": "AUDITOR", "系统": "SYS_ADMIN", "安全": "SEC_ADMIN", "客服": "CC_AGENT", "模型": "MODEL_DEV",
    "大堂": "LOBBY", "柜员": "TELLER",
}  # fmt: skip
MASKED = {"东零售", "运营", "合规", "审计", "支行审计"}
"""Who sees no whole name and no exact amount."""
BEYOND = frozenset({
    "open_rights_case",  # the service desk takes requests of whoever comes
    "return_customer", "assign_customers", "plan_assignments", "get_pool", "claim_customer",  # 公海 is nobody's
    "list_handover_items", "submit_handover", "make_handover", "list_handovers", "get_handover",
    "decide_identity_pair", "revoke_identity_decision", "check_person_split", "choose_person_lead",
})  # fmt: skip
"""Operations that look beyond the viewer's scope on purpose, and check by rules of their own."""
STEWARDS = {"运营", "徐汇长", "静安长", "浦西长"}
CUSTOMERS = [
    # name, outlet, main manager, co-managers
    ("钟离昧一", "徐汇", "李", ()), ("钟离昧二", "徐汇", "李", ()), ("钟离昧三", "徐汇", "李", ("顾问",)),
    ("欧阳询一", "徐汇", "王", ()), ("欧阳询二", "徐汇", "王", ("李",)), ("欧阳询三", "徐汇", "王", ()),
    ("慕容冲一", "徐汇", None, ()), ("慕容冲二", "徐汇", None, ()),
    ("宇文泰一", "静安", "赵", ()), ("宇文泰二", "静安", "赵", ("顾问", "周")), ("宇文泰三", "静安", None, ()),
    ("贺兰山一", "浦西", "周", ()), ("贺兰山二", "浦西", "周", ()), ("贺兰山三", "浦西", None, ()),
    ("独孤信一", "浦西", "徐汇长", ()),
]  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A text that speaks of one customer. ``kind``: known (in scope), exact (and not masked), secret (never)."""

    customer: int
    kind: str


@dataclass
class World:
    """The bank, what is true of it, and who may know what."""

    bank: Bank
    facts: dict[str, Fact] = field(default_factory=dict)
    sees: dict[str, set[int]] = field(default_factory=dict)
    told: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """Of whom somebody is told by one operation, masked, without seeing them: who, which operation."""
    clients: dict[str, Client] = field(default_factory=dict)
    description: Description = field(init=False)

    def leaks(self, who: str, call: Call, answer: str) -> list[str]:
        """Facts in an answer that this person may not know."""
        sent = json.dumps([call.path, call.query, call.body], ensure_ascii=False, default=str)
        found = {text for text in self.pattern.findall(answer) if text not in sent}
        return [
            f"{text} ({self.facts[text]})" for text in found if not self._may(who, call, self.facts[text])
        ]

    @property
    def pattern(self) -> re.Pattern[str]:
        if not hasattr(self, "_pattern"):
            longest = sorted(self.facts, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest)))
        return self._pattern

    def _may(self, who: str, call: Call, fact: Fact) -> bool:
        if fact.kind == "known" and fact.customer in self.told.get((who, call.operation), ()):
            return True
        if fact.customer not in self.sees[who]:
            return False
        if call.operation == "reveal_identity_field" and who in STEWARDS:
            return True  # one field of two customers in scope, with a reason
        if fact.kind == "secret":
            asked = call.operation == "reveal_field" and call.path == f"/api/customers/{fact.customer}/reveal"
            return asked and who not in MASKED
        return fact.kind == "known" or who not in MASKED


def _amount(number: int) -> str:
    return f"{(number + 1) * 123_457 + 0.07 * (number + 1):.2f}"


def _truth(world: World) -> None:
    ids = {name: customer.id for name, customer in world.bank.customers.items()}
    of = {who: {ids[name] for name, _, main, co in CUSTOMERS if who == main or who in co} for who in PEOPLE}
    at = {
        org: {ids[name] for name, place, *_ in CUSTOMERS if place == org} for org in ("徐汇", "静安", "浦西")
    }
    for who, role in PEOPLE.items():
        world.sees[who] = set(of[who]) if role in ("RM", "WM", "PB_ADV", "REMOTE_RM", "BR_MGR") else set()
    for head, org in (("徐汇长", "徐汇"), ("静安长", "静安"), ("浦西长", "浦西")):
        world.sees[head] |= at[org]
    world.sees["东零售"] = at["徐汇"] | at["静安"]
    world.sees["运营"] = world.sees["合规"] = set(ids.values())
    world.sees["李"].add(ids["慕容冲一"])  # whose task lies on his list


def _lake(world: World, folder: Path) -> None:
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("account", "balance", "holding", "loan", "card", "aum", "transaction")
    }
    for number, customer in enumerate(world.bank.customers.values()):
        amount, acct = _amount(number), f"62284804025{number:02}890018"
        whole = {"cust_id": customer.id, "cust_no": customer.cust_no}
        tables["account"].append(
            whole
            | {"acct_no": acct, "category": "DEMAND", "ccy": "CNY", "status": "NORMAL", "open_date": TODAY}
        )
        tables["balance"].append(
            {"cust_id": customer.id, "acct_no": acct, "balance": amount, "ccy": "CNY", "category": "DEMAND"}
        )
        tables["holding"].append(
            whole | {"prod_code": "F1", "category": "FUND", "market_value": amount, "ccy": "CNY"}
        )
        tables["loan"].append(
            whole | {"loan_no": f"LN77{number:03}55", "kind": "MORTGAGE", "balance": amount, "ccy": "CNY"}
        )
        tables["card"].append(whole | {"card_no": acct, "kind": "CREDIT", "status": "NORMAL", "ccy": "CNY"})
        tables["aum"].append({"cust_id": customer.id, "aum": amount})
        tables["transaction"].append(
            {"cust_id": customer.id, "txn_date": TODAY, "txn_time": "09:30:00", "txn_seq": str(number), "acct_no": acct,
             "direction": "OUT", "amount": amount, "ccy": "CNY", "kind": "TRANSFER", "channel": "APP",
             "opp_name": f"对手方甲{number:02}", "remark": f"附言乙{number:02}"}
        )  # fmt: skip
        world.facts |= {
            acct: Fact(customer.id, "secret"), f"LN77{number:03}55": Fact(customer.id, "secret"),
            f"对手方甲{number:02}": Fact(customer.id, "secret"), f"附言乙{number:02}": Fact(customer.id, "known"),
            amount: Fact(customer.id, "exact"),
        }  # fmt: skip
    a_day(Lake(folder), TODAY, **tables)


def _between(world: World) -> dict[str, list[int]]:
    """What hangs between customers and people: a handover, a tag, a list, a relation, a pair, a request."""
    staff, customers = world.bank.staff, world.bank.customers
    handover = Handover.objects.create(
        giver=staff["周"], receiver=staff["王"], giver_org=staff["周"].org, receiver_org=staff["王"].org,
        reason="CAPACITY", sides=["GIVING", "RECEIVING", "BRANCH"], status="SUBMITTED", made_by=staff["周"],
    )  # fmt: skip
    given = customers["贺兰山一"]
    HandoverItem.objects.create(handover=handover, customer=given, is_held=True)
    for who in ("王", "徐汇长", "东零售"):  # the receiving side and its branch learn whom it is to take on
        world.told[who, "list_handover_items"] = {given.id}
    tag = Tag.objects.create(org=world.bank.orgs["总行"], name="重点", made_by=staff["运营"])
    kept = CustomerList.objects.create(owner=staff["运营"], org=world.bank.orgs["总行"], name="名单")
    action = BulkAction.objects.create(user=staff["运营"], kind="TAG_ADD", tag=tag, of_list=kept, count=3)
    for name in ("钟离昧一", "宇文泰一", "贺兰山一"):
        CustomerTag.objects.create(customer=customers[name], by=staff["运营"], added_in=action, tag=tag)
        ListEntry.objects.create(customer=customers[name], by=staff["运营"], added_in=action, of_list=kept)
    relation = Relationship.objects.create(
        kind="HOUSEHOLD", customer=customers["钟离昧二"], other=customers["宇文泰一"], source="HAND",
        valid_from=TODAY, evidence="本人说", made_by=staff["李"],
    )  # fmt: skip
    pair = IdentityPair.objects.create(
        a=customers["钟离昧三"],
        b=customers["贺兰山二"],
        rule="K3",
        score=0.9,
        verdict="REVIEW",
        found_on=TODAY,
    )
    case = RightsCase.objects.create(
        customer=customers["贺兰山三"], kind="ACCESS", channel="COUNTER", opened_by=staff["合规"], received_on=TODAY,
        due_on=TODAY + timedelta(days=20), asked_sealed=encrypt("查阅") or b"",
    )  # fmt: skip
    drawn = Segment.objects.create(
        code="rich", name_zh="富裕", kind="LIST", scope="BANK", status="IN_USE", outreach=True
    )
    version = SegmentVersion.objects.create(segment=drawn, number=1, status="APPROVED")
    for customer in customers.values():
        ListedCustomer.objects.create(version=version, customer=customer)
    members_store().put(drawn.key, 1, TODAY, BitMap(c.id for c in customers.values()))
    everybody = {customer.id for customer in customers.values()}
    for operation in (
        "list_rights_cases",
        "get_rights_case",
        "open_rights_case",
        "verify_identity",
        "close_rights_case",
    ):
        world.told["客服", operation] = everybody  # the head office's service desk: number and masked name
    return {
        "handover_id": [handover.id], "tag_id": [tag.id], "tag": [tag.id], "list_id": [kept.id], "on_list": [kept.id],
        "action_id": [action.id], "relationship_id": [relation.id], "pair_id": [pair.id], "case_id": [case.id],
        "export_id": [1, 2], "alert_id": [1], "decision_id": [1], "one_id": [given.id], "split_id": [1],
        **_said(world), **_salon(world), **_points(world), "journey_id": [_journey(world)], "campaign_id": [_campaign(world)], "own_event_id": [_own_event(world, drawn)],
        "segment": [drawn.code], "name": ["loopback"],
        "code": [drawn.code], "field_code": [_owned(world)], "kind": ["churn"], "feedback_id": [1], "request_id": [1], "substitution_id": [1], "view_id": [1], "number": [1, 2, 3],
    }  # fmt: skip


def _said(world: World) -> dict[str, list[int]]:
    """A text that is approved and one that waits, a message of other words to everybody, and a plan of care."""
    writer = world.bank.staff["运营"]
    text = Template.objects.create(name="通知", channel="SMS", kind="SERVICE", made_by=writer)
    versions = [
        TemplateVersion.objects.create(template=text, number=n, text="{称呼}，您好。", digest="", state=state, made_by=writer)
        for n, state in ((1, "APPROVED"), (2, "PENDING"))
    ]  # fmt: skip
    plan = CarePlan.objects.create(
        name="生日",
        event="E11",
        tier_from=0,
        tier_to=5,
        template=text,
        on_due=True,
        instead=False,
        made_by=writer,
    )
    now = timezone.now()
    sent = []
    for number, customer in enumerate(world.bank.customers.values()):
        words = f"短信戊{number:02}"
        sent.append(Message.objects.create(
            customer=customer, version=versions[0], channel="SMS", kind="SERVICE", by=world.bank.staff["李"], made_at=now,
            expires_at=now, next_at=now, state="SENT", gone_at=now, request_key=words, text_sealed=encrypt(words),
        ))  # fmt: skip
        Reply.objects.create(
            provider="loopback", provider_ref=f"r{number}", customer=customer, at=now, meaning="OTHER",
            text_sealed=encrypt(f"回复己{number:02}"),
        )  # fmt: skip
        external = f"wmGeng{number:02}"
        WecomContact.objects.create(
            customer=customer, userid="E0001", external_sealed=encrypt(external) or b"", external_index=blind_index(external) or b"",
            since=now, told_at=now,
        )  # fmt: skip
        world.facts |= {
            words: Fact(customer.id, "exact"), f"回复己{number:02}": Fact(customer.id, "secret"),
            external: Fact(customer.id, "secret"),
        }  # fmt: skip
    return {
        "template_id": [text.id], "template": [text.id], "version_id": [one.id for one in versions], "plan_id": [plan.id],
        "otherwise_id": [text.id], "ready_code": ["birthday", "onboarding"],
        "message_id": [one.id for one in sent[:3]],
    }  # fmt: skip


def _journey(world: World) -> int:
    """A journey in which everybody stands. Its number."""
    keeper, now = world.bank.staff["运营"], timezone.now()
    journey = Journey.objects.create(
        name="关怀", state="RUNNING", made_by=keeper, cursor=written_cursor(Cursor(TODAY))
    )
    drawn = {
        "trigger": {"type": "SEGMENT", "segment": "rich"}, "start": "w", "goal": None,
        "steps": [{"id": "w", "type": "WAIT", "days": 9, "next": None}],
    }  # fmt: skip
    version = journey.versions.create(
        number=1, definition=drawn, state="APPROVED", made_by=keeper, made_at=now
    )
    Journey.objects.update(in_force=version)
    for customer in world.bank.customers.values():
        Traveller.objects.create(
            journey=journey, version=version, customer=customer, entry=1, step="w", since=now, due_at=now, entered_at=now
        )  # fmt: skip
    return journey.id


def _campaign(world: World) -> int:
    """A campaign in which everybody takes part. Its number."""
    keeper, now = world.bank.staff["运营"], timezone.now()
    plan = {"segment": "rich", "starts_on": f"{TODAY}", "ends_on": f"{TODAY}", "leads": {}}
    found = {"targeted": 9, "lost": {}, "eligible": 9, "held_out": 0, "as_of": f"{TODAY}", "digest": ""}
    campaign = Campaign.objects.create(
        name="秋收", plan=plan, made_by=keeper, made_at=now, state="ENDED", started_at=now, frozen=found
    )
    for place, customer in enumerate(world.bank.customers.values(), 1):
        CampaignMember.objects.create(
            campaign=campaign,
            customer=customer,
            place=place,
            held_out=False,
            aum_before=0,
            frozen_on=TODAY,
            asked_at=now,
        )
    return campaign.id


def _salon(world: World) -> dict[str, list[int]]:
    """A salon of the head office to which everybody is asked: half of them come, and were checked in."""
    keeper, now = world.bank.staff["运营"], timezone.now()
    plan = {
        "theme": "家庭资产", "place": "总行", "starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat(),
        "closes_at": now.isoformat(), "seats": 40, "risk": 3,
    }  # fmt: skip
    salon = Salon.objects.create(
        name="讲座", host=keeper.org, plan=plan, starts_at=now, seats=40, state="OPEN", digest="d", made_by=keeper, made_at=now,
        decided_by=world.bank.staff["合规"], decided_at=now,
    )  # fmt: skip
    made = [
        salon.guests.create(
            customer=customer, invited_by=keeper, invited_at=now, state=("COMING", "WAITING")[n % 2], answered_at=now,
            attended_at=None if n % 2 else now, aum_before=1_000 + n,
        )
        for n, customer in enumerate(world.bank.customers.values())
    ]  # fmt: skip
    return {"salon_id": [salon.id], "guest_id": [one.id for one in made[:3]]}


def _points(world: World) -> dict[str, list[Any]]:
    """A mission and a reward that run, and a redemption of everybody's, each with a reason of its own."""
    keeper, checker, now = world.bank.staff["运营"], world.bank.staff["合规"], timezone.now()
    window, many = (
        {"starts_on": f"{TODAY}", "ends_on": f"{TODAY + timedelta(days=300)}"},
        len(world.bank.customers),
    )
    shared = {
        "state": "RUNNING",
        "most": 99_999,
        "digest": "d",
        "made_by": keeper,
        "made_at": now,
        "decided_by": checker,
    }
    plan = {"segment": "rich", "counts": {"type": "HAND"}, "points": 10, "budget": 99_999, **window}
    mission = Mission.objects.create(name="到店", plan=plan, used=100 * many, **shared)
    reward = Reward.objects.create(
        name="杯子", plan={"points": 10, "stock": 99, "value": "9", **window}, used=many, **shared
    )
    entries, redemptions = [], []
    for number, customer in enumerate(world.bank.customers.values()):
        said = f"积分庚{number:02}"
        earned = PointsEntry(
            kind="AWARD", natural_key=f"a{number}", customer=customer, points=100, mission=mission, biz_date=TODAY, at=now, why=said,
        )  # fmt: skip
        entries.append(earn(earned, TODAY + timedelta(days=300)))
        spent = spend(customer.id, reward, 10, key=f"s{number}", on=TODAY, at=now, by=keeper.id)
        code = f"CODE{number:06}"
        redemptions.append(Redemption.objects.create(
            reward=reward, customer=customer, entry=spent, code=code, by=keeper, at=now, request_key=f"k{number}"
        ))  # fmt: skip
        world.facts |= {said: Fact(customer.id, "known"), code: Fact(customer.id, "exact")}
    return {
        "mission_id": [mission.id], "reward_id": [reward.id], "entry_id": [one.id for one in entries],
        "redemption_id": [one.id for one in redemptions], "plan_kind": ["mission", "reward"], "plan_id": [CarePlan.objects.get().id, mission.id, reward.id],
        "plan_step": ["submit", "withdraw", "pause", "resume", "end"],
    }  # fmt: skip


def _own_event(world: World, segment: Segment) -> int:
    """An own event that runs, and its next version waits. Its number."""
    keeper, checker = world.bank.staff["运营"], world.bank.staff["合规"]
    event = OwnEvent.objects.create(code="U001", made_by=keeper)
    for number, decided in ((1, {"state": "APPROVED", "decided_by": checker, "valid_from": TODAY}), (2, {})):
        event.versions.create(
            number=number, name_zh="大额活期", says_zh="余额刚过 50 万", segment=segment, family="FLOW", channel="PHONE", priority=2,
            expire_days=7, quiet_days=30, tier_from=0, made_by=keeper, made_at=timezone.now(), **decided,
        )  # fmt: skip
    return event.id


def _owned(world: World) -> str:
    """A field of the bank's own that says something else of everybody. Its code."""
    keeper = world.bank.staff["运营"]
    field = CustomField.objects.create(code="hobby", kind="TEXT", name_zh="爱好", owner=keeper)
    for number, customer in enumerate(world.bank.customers.values()):
        text = f"自填丁{number:02}"
        CustomValue.objects.create(customer=customer, field=field, text=text, by=keeper)
        world.facts[text] = Fact(customer.id, "known")
    return field.code


def _work(world: World) -> None:
    staff = world.bank.staff
    for number, (name, _, main, _) in enumerate(CUSTOMERS):
        customer = world.bank.customers[name]
        assignee = "李" if name == "慕容冲一" else main
        task = Task.objects.create(
            customer=customer, biz_date=TODAY, org=customer.org, assignee=staff[assignee] if assignee else None,
            priority=1, score=number, due_on=TODAY, expire_on=TODAY + timedelta(days=9),
        )  # fmt: skip
        Reason.objects.create(
            task=task, customer=customer, type="E02", biz_date=TODAY, priority=1, expire_on=TODAY + timedelta(days=9),
            amount=_amount(number), payload={"amount": _amount(number), "acct": "0018", "days": 3}, dedup_key=f"k{number}",
        )  # fmt: skip
        ContactRecord.objects.create(
            customer=customer, task=task, user=staff[main or "徐汇长"], channel="PHONE", result="CONSIDER",
            at=timezone.make_aware(datetime(2026, 10, 29, 9)), biz_date=date(2026, 10, 29), note=f"备注丙{number:02}",
            request_key=f"r{number}",
        )  # fmt: skip
        world.facts[f"备注丙{number:02}"] = Fact(customer.id, "known")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    bank = a_bank().with_org("东分行", level=2).with_org("西分行", level=2)
    bank.with_branch("徐汇", under="东分行").with_branch("静安", under="东分行").with_branch(
        "浦西", under="西分行"
    )
    places = {"赵": "静安", "静安长": "静安", "周": "浦西", "浦西长": "浦西", "东零售": "东分行"}
    offices = ("HQ_OPS", "COMPLIANCE", "SYS_ADMIN", "SEC_ADMIN", "MODEL_DEV", "CC_AGENT")
    for who, role in PEOPLE.items():
        whole = "总行" if role in offices or who == "审计" else "徐汇"
        bank.with_staff(who, role, at=places.get(who, whole))
    world = World(bank)
    for number, (name, org, main, co) in enumerate(CUSTOMERS):
        mobile, cert, email = (
            f"1397700{number:04}",
            f"31010119770101{number:04}",
            f"k{number:04}@mail.example",
        )
        bank.with_customer(
            name, of=main, co=co, at=org, aum=_amount(number), mobile=mobile, email=email, cert_no=cert,
            cust_no=f"K88{number:05}",
            id=400 + number * 7,
        )  # fmt: skip
        customer = bank.customers[name].id
        world.facts |= {
            name: Fact(customer, "exact"), mobile: Fact(customer, "secret"), cert: Fact(customer, "secret"),
            email: Fact(customer, "secret"), f"K88{number:05}": Fact(customer, "known"),
        }  # fmt: skip
    env = django_settings.YINKE
    monkeypatch.setattr(django_settings, "YINKE", env.__class__(**{**vars(env), "lake": tmp_path}))
    _lake(world, tmp_path)
    _work(world)
    _truth(world)
    between = _between(world)
    run = Run.objects.create(biz_date=TODAY, status=Run.Status.SUCCEEDED, started_at=timezone.now())
    world.clients = {who: bank.client(who) for who in PEOPLE}
    world.description = Description(
        between
        | {
            "customer_id": [c.id for c in bank.customers.values()] + [1, 999_999],
            "task_id": list(Task.objects.values_list("id", flat=True)),
            "contact_id": list(ContactRecord.objects.values_list("id", flat=True)),
            "run_id": [run.id, 0],
            "org": [org.id for org in bank.orgs.values()],
            "manager": [user.id for user in bank.staff.values()],
            "assignee": [user.id for user in bank.staff.values()],
            "user_id": [user.id for user in bank.staff.values()],
            "stage": ["STABLE", "GROWTH"],
            "sort": ["-aum", "aum", "-mda", "-net_month", "name", "-last_contact", "entered", "-entered"],
            "status": ["OPEN", "OVERFLOW", "DONE"],
            "field": ["mobile", "email", "cert", "name"],
            "before": [None, "2026-10-31"],
        },
        [*world.facts, "zl", "K88", "钟离", "", "%", "_", "' OR 1=1 --", "13977"],
    )
    yield world


def test_every_number_in_an_address_is_one_that_the_walk_knows(world: World) -> None:
    assert world.description.path_parameters() <= set(world.description.values)


def test_the_hand_written_truth_finds_each_kind_of_leak(world: World) -> None:
    """The search itself works: what is planted is found, what is allowed is not."""
    mine, other = world.bank.customers["钟离昧一"], world.bank.customers["贺兰山一"]
    call = Call("get_customer", "GET", "/api/customers/1")
    assert world.leaks("李", call, f"{mine.cust_no} 钟离昧一 {_amount(0)}") == []
    assert len(world.leaks("李", call, other.cust_no)) == 1
    assert len(world.leaks("运营", call, f"{mine.cust_no} 钟离昧一 {_amount(0)}")) == 2
    assert len(world.leaks("李", call, "13977000000")) == 1
    assert Assignment.objects.filter(customer=mine).count() == 1


@dataclass
class Walk:
    """What came of many random calls."""

    answers: Counter[int] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)


def walk(world: World, probes: int, *, seed: int = 2026, but: frozenset[str] = frozenset()) -> Walk:
    """Make random calls, each taken back; stops at the first leak and at an answer of 500 or worse."""
    draw, found = Random(seed), Walk()
    for number in range(probes):
        who = draw.choice(list(PEOPLE))
        cookies = world.clients[who].cookies.output(header="", sep=";")
        call = world.description.call(draw, lambda name: name not in MINDED | but)
        with transaction.atomic():
            answer = world.clients[who].generic(
                call.method, call.path, b"" if call.body is None else json.dumps(call.body),
                content_type="application/json", query_params=call.query,
            )  # fmt: skip
            transaction.set_rollback(True)
        world.clients[who].cookies = SimpleCookie(cookies)  # whoever was signed out is in again
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = content.decode("utf-8", "replace")
        if answer.headers.get("Content-Type", "").startswith("application/json") and text:
            text = json.dumps(json.loads(text), ensure_ascii=False)
        assert answer.status_code < 500, f"probe {number}: {who}: {call}: {text[:500]}"
        found.answers[answer.status_code] += 1
        found.shown.update(world.facts[fact].kind for fact in set(world.pattern.findall(text)))
        if leaks := world.leaks(who, call, text):
            found.leaks = [f"probe {number}: {who}: {call}: {leaks}: {text[:2000]}"]
            break
    return found


def test_nothing_of_a_customer_reaches_who_may_not_know_it(world: World) -> None:
    found = walk(world, PROBES)
    assert not found.leaks
    assert found.answers[200] > PROBES / 10  # it was not all refusals: most doors are open to few roles
    assert min(found.shown["known"], found.shown["exact"]) > PROBES / 150


def without_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every programmer had forgotten the viewer's scope."""
    for name, module in list(sys.modules.items()):
        if name.startswith("yinke.") and getattr(module, "visible", None) is queries.visible:
            monkeypatch.setattr(module, "visible", lambda viewer: Customer.objects.all())


def test_where_the_application_forgets_to_filter_the_database_still_hides(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_filters(monkeypatch)
    assert not walk(world, 1000, but=BEYOND).leaks


def test_without_filters_and_without_row_security_the_walk_finds_the_leak(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_filters(monkeypatch)
    monkeypatch.setattr(middleware, "web_role", nullcontext)
    assert walk(world, 1500).leaks
