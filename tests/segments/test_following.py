"""Marks read once and followed from then on: whatever changes them, a count is what reading all of them anew gives."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.bank import TODAY, Bank, a_lake
from tests.segments.test_rules_api import bank, post  # noqa: F401  (fixture)
from yinke.care.models import ContactRecord, DoNotDisturb
from yinke.common.row_security import web_role
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.customers.models import Customer
from yinke.privacy.models import Consent, Policy, Restriction, RightsCase
from yinke.privacy.services.policies import seed_policies
from yinke.scoring.models import ChurnAlert, CustomerValue
from yinke.segments import asking
from yinke.segments.asking import live_of, world_of_bank
from yinke.segments.following import following
from yinke.segments.marks import marks_of_bank
from yinke.segments.members import marks as kept
from yinke.segments.models import MarkChange
from yinke.segments.rules.custom import mark_of
from yinke.segments.rules.language import Compare, Rule
from yinke.segments.rules.world import World
from yinke.segments.warming import get_ready

SMS, CALLS, WEEK, HIGH = "consent:MARKETING_SMS", "do_not_disturb:CALLS", "contact:7", "churn:HIGH"
PROPOSED = "next_product:FUND"


def rule_of(field: str, op: str, value: Any) -> Rule:
    return Rule.model_validate({"where": {"type": "compare", "field": field, "op": op, "value": value}})


class Changes:
    """Somebody changes something of a customer or of many, through the models or in SQL."""

    def __init__(self, bank: Bank, random: Random) -> None:  # noqa: F811
        self.bank, self.random = bank, random
        self.by = bank.staff["徐头"]
        self.tag = Tag.objects.create(org=bank.orgs["徐汇"], name="爱跑步", made_by=self.by)
        self.done = BulkAction.objects.create(user=self.by, kind="TAG_ADD", count=1, tag=self.tag)
        self.hobby = CustomField.objects.create(code="hobby", kind="TEXT", name_zh="爱好", owner=self.by)
        seed_policies()

    def any(self) -> None:
        one = self.bank.customers[self.random.choice(sorted(self.bank.customers))]
        self.random.choice(
            [self.consents, self.withdraws, self.restricts, self.new_text, self.wishes, self.lifts, self.calls,
             self.takes_back, self.warns, self.ends, self.proposes, self.forgets, self.tags, self.untags, self.moves, self.fills,
             self.empties]
        )(one)  # fmt: skip

    def _answers(self, one: Customer, answer: str) -> None:
        policy = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
        Consent.objects.create(
            customer=one, purpose="MARKETING_SMS", answer=answer, policy=policy, text_hash="", channel="APP",
            at=timezone.now(), request_key=str(uuid4()),
        )  # fmt: skip

    def consents(self, one: Customer) -> None:
        self._answers(one, "GRANTED")

    def withdraws(self, one: Customer) -> None:
        self._answers(one, "WITHDRAWN")

    def restricts(self, one: Customer) -> None:
        if self.random.random() < 0.7 and Restriction.objects.exists():
            Restriction.objects.all().delete()
            return
        case = RightsCase.objects.create(
            customer=one, kind="ERASE", channel="COUNTER", received_on=TODAY, due_on=TODAY, opened_by=self.by
        )  # fmt: skip
        Restriction.objects.get_or_create(
            customer=one, defaults={"case": case, "since": timezone.now(), "ground": ""}
        )

    def new_text(self, one: Customer) -> None:
        last = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
        if last.version < 4:
            Policy.objects.create(
                purpose="MARKETING_SMS", version=last.version + 1, text_zh="新", text_en="New", changes_purpose=True,
                published_at=timezone.now(), published_by=self.by,
            )  # fmt: skip

    def wishes(self, one: Customer) -> None:
        until = self.random.choice([None, TODAY, TODAY - timedelta(days=1)])
        DoNotDisturb.objects.update_or_create(
            customer=one, scope="CALLS", lifted_at=None, defaults={"source": "RM", "until": until}
        )

    def lifts(self, one: Customer) -> None:
        DoNotDisturb.objects.filter(customer=one).update(lifted_at=timezone.now())

    def calls(self, one: Customer) -> None:
        ContactRecord.objects.create(
            customer=one, user=self.by, channel="PHONE", result=self.random.choice(["BUSY", "CONSIDER", "DEAL"]),
            at=timezone.now(), biz_date=TODAY - timedelta(days=self.random.choice([0, 5, 6, 7])), request_key=str(uuid4()),
        )  # fmt: skip

    def takes_back(self, one: Customer) -> None:
        for record in ContactRecord.objects.filter(customer=one, withdrawn_at=None)[:1]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE care_contactrecord SET withdrawn_at = now() WHERE id = %s",
                    [record.id],
                )

    def warns(self, one: Customer) -> None:
        if not ChurnAlert.objects.filter(customer=one, ended_on=None).exists():
            ChurnAlert.objects.create(
                customer=one, org=one.org, tier=1, entered_on=TODAY, model=1, band=self.random.choice(["HIGH", "MEDIUM"]),
                probability=0.5, aum=1, aum_at_risk=1, base=1,
            )  # fmt: skip

    def ends(self, one: Customer) -> None:
        ChurnAlert.objects.all().update(ended_on=TODAY)

    def proposes(self, one: Customer) -> None:
        products = self.random.choice([["FUND"], ["DEPOSIT", "FUND"], []])
        CustomerValue.objects.update_or_create(
            customer=one, defaults={"contribution": 1, "products": products}
        )

    def forgets(self, one: Customer) -> None:
        CustomerValue.objects.filter(customer=one).delete()

    def tags(self, one: Customer) -> None:
        missing = Customer.objects.exclude(id__in=CustomerTag.objects.values("customer_id"))
        CustomerTag.objects.bulk_create(
            CustomerTag(customer=each, tag=self.tag, by=self.by, added_in=self.done) for each in missing[:3]
        )

    def untags(self, one: Customer) -> None:
        CustomerTag.objects.filter(customer=one).delete()

    def moves(self, one: Customer) -> None:
        """A row goes from one customer to another: both change."""
        row = CustomerTag.objects.exclude(customer=one).first()
        if row is not None and not CustomerTag.objects.filter(customer=one).exists():
            CustomerTag.objects.filter(id=row.id).update(customer=one)

    def fills(self, one: Customer) -> None:
        CustomValue.objects.update_or_create(
            customer=one,
            field=self.hobby,
            defaults={"text": self.random.choice(["钓鱼", "茶"]), "by": self.by},
        )

    def empties(self, one: Customer) -> None:
        CustomValue.objects.filter(customer=one).delete()


@pytest.fixture
def world(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: F811
    """The bank's own view, in which each mark is kept however fast it was read."""
    monkeypatch.setattr(kept, "WORTH", -1.0)
    lake = a_lake(asking.settings.YINKE.lake)
    day = lake.day(TODAY)
    assert day is not None
    return world_of_bank(day)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_a_count_is_what_reading_all_anew_gives(bank: Bank, world: World, seed: int) -> None:  # noqa: F811
    changes = Changes(bank, Random(seed))
    live = live_of(lambda: world, world.day)
    tag, fishing = f"tag:{changes.tag.id}", rule_of("custom.hobby", "contains", "鱼")
    assert isinstance(fishing.where, Compare)
    asked = {
        SMS: rule_of("consent", "has_any", ["MARKETING_SMS"]), CALLS: rule_of("do_not_disturb", "has_any", ["CALLS"]),
        WEEK: rule_of("contact", "has_any", ["7"]), HIGH: rule_of("churn", "has_any", ["HIGH"]),
        PROPOSED: rule_of("next_product", "has_any", ["FUND"]), tag: rule_of("tag", "has_any", [tag[4:]]),
        mark_of(fishing.where, TODAY)[0]: fishing,
    }  # fmt: skip
    seen = {mark: set[tuple[int, ...]]() for mark in asked}
    for _ in range(150):
        changes.any()
        anew = marks_of_bank(TODAY)(frozenset(asked))
        for mark, rule in asked.items():
            found = tuple(sorted(set(anew.get(mark, np.zeros(0, int)).tolist())))
            assert tuple(live.all(world, rule)) == found, mark
            seen[mark].add(found)
    assert all(len(answers) > 1 for answers in seen.values()), seen
    assert MarkChange.objects.filter(customer_ids=None).exists()  # a new text concerns everybody


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_after_later_ones_is_seen(bank: Bank, world: World) -> None:  # noqa: F811
    changes, rule = Changes(bank, Random(1)), rule_of("do_not_disturb", "has_any", ["CALLS"])
    one, other = bank.customers["富0"], bank.customers["富1"]
    written, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                DoNotDisturb.objects.create(customer=one, scope="CALLS", source="RM")
                written.set()
                go_on.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert written.wait(20)
    live = live_of(lambda: world, world.day)
    assert live.count(world, rule).customers == 0
    DoNotDisturb.objects.create(customer=other, scope="CALLS", source="RM")
    assert live.count(world, rule).customers == 1
    go_on.set()
    slow.join(20)
    assert live.count(world, rule).customers == 2
    changes.lifts(one)
    assert live.count(world, rule).customers == 1


@pytest.mark.django_db
def test_what_is_kept_is_read_no_more_until_something_changes(
    bank: Bank, world: World, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    DoNotDisturb.objects.create(customer=bank.customers["富0"], scope="CALLS", source="RM")
    read = list[Any]()
    honest = world.following
    assert honest is not None

    def ask(mark: str, among: Any) -> Any:
        read.append(None if among is None else sorted(among.tolist()))
        return honest.ask(mark, among)

    told = replace(world, following=replace(honest, ask=ask))
    live, rule = live_of(lambda: world, world.day), rule_of("do_not_disturb", "has_any", ["CALLS"])
    with transaction.atomic(), web_role():  # as the web process, which sees no row by itself
        assert get_ready(world.day) > 20
    MarkChange.objects.all().delete()
    assert live.count(told, rule).customers == 1
    assert read == []  # it was read before the first question
    DoNotDisturb.objects.create(customer=bank.customers["富1"], scope="CALLS", source="RM")
    assert live.count(told, rule).customers == 2
    assert read == [[bank.customers["富1"].id]]
    monkeypatch.setattr(kept, "LONGEST", 0.0)
    live.count(told, rule)
    assert read[1:] == [None]  # what is a day old is read anew


@pytest.mark.django_db
def test_a_tag_of_anothers_catalogue_is_of_no_use_though_it_is_kept(bank: Bank, world: World) -> None:  # noqa: F811
    changes = Changes(bank, Random(1))
    changes.tags(bank.customers["富0"])
    has = {"where": {"type": "compare", "field": "tag", "op": "has_any", "value": [f"{changes.tag.id}"]}}
    assert post(bank.client("徐头"), "check", rule=has).json()["count"]["customers"] == 3
    refused = post(bank.client("黄头"), "check", rule=has).json()
    assert (refused["count"] or {}).get("customers", 0) == 0
    live, rule = live_of(lambda: world, world.day), Rule.model_validate(has)
    for name, many in (("徐头", 3), ("黄头", 0)):
        mine = replace(world, following=following(TODAY, bank.viewer(name)))
        assert live.count(mine, rule).customers == many
