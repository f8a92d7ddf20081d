"""积分总账: both sides of each entry sum to zero, no balance is ever below zero, the soonest to expire go first; whatever is done."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.bank import TODAY
from tests.outreach.points import DAY, PointsBank
from yinke.customers.models import Customer
from yinke.outreach.points import counter
from yinke.outreach.points.ledger import PointsShort, earn, give_back, locked_account, spend, take_back, wrong
from yinke.outreach.points.models import (
    Mission,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsUse,
    Redemption,
)
from yinke.outreach.points.night import expire


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> PointsBank:
    return PointsBank(tmp_path, settings, 4)


@transaction.atomic
def given(
    bank: PointsBank, mission: Mission, customer: int, points: int, until: date, key: str
) -> PointsEntry:
    """An award of so many points that are good until a day; the mission's count follows."""
    entry = earn(
        PointsEntry(
            kind="AWARD", natural_key=f"award|{key}", customer_id=customer, points=points, mission=mission, biz_date=TODAY,
            at=bank.now,
        ),
        until,
    )  # fmt: skip
    mission.used += points
    mission.save(update_fields=["used"])
    return entry


class Books(RuleBasedStateMachine):
    """The ledger beside a list of lots in Python, which is simple enough to be right."""

    bank: PointsBank

    @initialize()
    def open(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.mission, self.reward = self.bank.running(), self.bank.offered()
        self.lots: dict[int, list[list[Any]]] = {
            who: [] for who in self.bank.ids[:2]
        }  # [until, number, rest]
        self.spent: list[tuple[int, PointsEntry, list[tuple[int, int]]]] = []
        self.awards: list[tuple[int, PointsEntry]] = []
        self.day, self.number = TODAY, 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def has(self, who: int) -> int:
        return sum(rest for _, _, rest in self.lots[who])

    @rule(who=st.integers(0, 1), points=st.integers(1, 50), days=st.integers(0, 12))
    def award(self, who: int, points: int, days: int) -> None:
        customer, self.number = self.bank.ids[who], self.number + 1
        entry = given(self.bank, self.mission, customer, points, self.day + days * DAY, f"{self.number}")
        self.lots[customer].append([self.day + days * DAY, entry.lot.id, points])
        self.awards.append((customer, entry))

    @rule(who=st.integers(0, 1), points=st.integers(1, 80))
    def spend(self, who: int, points: int) -> None:
        customer, self.number = self.bank.ids[who], self.number + 1
        asked: dict[str, Any] = {
            "key": f"s{self.number}",
            "on": self.day,
            "at": self.bank.now,
            "by": self.bank.li.id,
        }
        if points > self.has(customer):
            with pytest.raises(PointsShort):
                spend(customer, self.reward, points, **asked)
            return
        entry = spend(customer, self.reward, points, **asked)
        taken = []
        for lot in sorted(self.lots[customer], key=lambda lot: lot[:2]):
            part = min(points, lot[2])
            if part:
                lot[2] -= part
                points -= part
                taken.append((lot[1], part))
        assert list(entry.uses.order_by("id").values_list("lot_id", "points")) == taken
        self.spent.append((customer, entry, taken))

    @rule(which=st.integers(0, 99))
    def put_back(self, which: int) -> None:
        if not self.spent:
            return
        customer, entry, taken = self.spent.pop(which % len(self.spent))
        give_back(entry, "退", on=self.day, at=self.bank.now, by=self.bank.li.id, grace=5)
        for lot in self.lots[customer]:
            for number, part in taken:
                if lot[1] == number:
                    lot[2] += part
                    lot[0] = lot[0] if lot[0] >= self.day else self.day + 5 * DAY

    @rule(which=st.integers(0, 99))
    def reverse(self, which: int) -> None:
        if not self.awards:
            return
        customer, award = self.awards.pop(which % len(self.awards))
        lot = next(lot for lot in self.lots[customer] if lot[1] == award.lot.id)
        if lot[2] == 0:
            with pytest.raises(PointsShort):
                take_back(award, "错发", on=self.day, at=self.bank.now, by=self.bank.li.id)
            return
        entry = take_back(award, "错发", on=self.day, at=self.bank.now, by=self.bank.li.id)
        assert entry.points == -lot[2]
        self.mission.used -= lot[2]
        self.mission.save(update_fields=["used"])
        lot[2] = 0

    @rule(days=st.integers(0, 4))
    def night(self, days: int) -> None:
        self.day += days * DAY
        with connection.cursor() as cursor:
            many = expire(cursor, self.day)
            assert expire(cursor, self.day) == 0
        due = {
            who
            for who, lots in self.lots.items()
            if any(rest and until <= self.day for until, _, rest in lots)
        }
        assert many == len(due)
        for lots in self.lots.values():
            for lot in lots:
                lot[2] = 0 if lot[0] <= self.day else lot[2]

    @invariant()
    def books_hold(self) -> None:
        if not hasattr(self, "lots"):
            return
        found = wrong()
        assert found == {}
        for who in self.lots:
            account = PointsAccount.objects.filter(customer_id=who).first()
            assert (account.balance if account else 0) == self.has(who) >= 0
            kept = PointsLot.objects.filter(account__customer_id=who).values_list("id", "expires_on", "rest")
            assert sorted(kept) == sorted((number, until, rest) for until, number, rest in self.lots[who])
        total = sum(PointsPosting.objects.values_list("points", flat=True))
        assert total == 0


def test_whatever_is_done_the_books_hold(bank: PointsBank) -> None:
    run_state_machine_as_test(
        type("OfBank", (Books,), {"bank": bank}),
        settings=hypothesis_settings(max_examples=25, stateful_step_count=25, deadline=None),
    )


def test_the_database_refuses_what_the_books_must_not_hold(bank: PointsBank) -> None:
    mission, who = bank.running(), bank.ids[0]
    entry = given(bank, mission, who, 50, TODAY + DAY, "a")
    account = locked_account(who)
    issued = PointsAccount.objects.get(kind="ISSUED")

    def refused(deed: Any) -> str:
        with pytest.raises(DatabaseError) as told, transaction.atomic():
            deed()
        return str(told.value)

    assert "append-only" in refused(lambda: PointsEntry.objects.filter(id=entry.id).update(points=60))
    assert "append-only" in refused(lambda: PointsEntry.objects.filter(id=entry.id)._raw_delete("default"))
    assert "append-only" in refused(lambda: PointsPosting.objects.update(points=0))
    assert "append-only" in refused(lambda: PointsPosting.objects.filter(entry=entry)._raw_delete("default"))
    assert "only postings" in refused(lambda: PointsAccount.objects.filter(id=account.id).update(balance=999))
    assert "only postings" in refused(
        lambda: PointsAccount.objects.create(kind="CUSTOMER", customer_id=bank.ids[1], balance=5)
    )

    def post(kind: str, points: int, sides: list[tuple[PointsAccount, int, bool]]) -> None:
        made = PointsEntry.objects.create(
            kind=kind, natural_key="x", customer_id=who, points=points, biz_date=TODAY, at=bank.now
        )
        PointsPosting.objects.bulk_create(
            PointsPosting(entry=made, account=of, points=many, of_bank=of_bank) for of, many, of_bank in sides
        )

    for sides in (
        [(account, 10, False), (issued, -9, True)],  # does not sum to zero
        [(account, 10, False)],  # one side
        [(account, 9, False), (issued, -9, True)],  # not what the entry says
        [(issued, 10, False), (account, -10, True)],  # the wrong way round
    ):
        assert "two sides" in refused(lambda sides=sides: post("AWARD", 10, sides))
    assert "two sides" in refused(lambda: post("EXPIRY", -10, [(account, -10, False), (issued, 10, True)]))
    expired = PointsAccount.objects.create(kind="EXPIRED")
    told = refused(lambda: post("EXPIRY", -51, [(account, -51, False), (expired, 51, True)]))
    assert "points_never_negative" in told
    assert "points_entry_sign" in refused(lambda: post("AWARD", -5, []))
    assert bank.balance(who) == 50 and wrong() == {}


def test_the_check_names_what_does_not_hold(bank: PointsBank) -> None:
    mission, reward, who = bank.running(), bank.offered(), bank.ids[0]
    entry = given(bank, mission, who, 100, TODAY + DAY, "a")
    bank.redeem(reward, who)
    assert wrong() == {}
    PointsLot.objects.filter(entry=entry).update(rest=10)  # somebody's hand
    Mission.objects.filter(id=mission.id).update(used=3)
    assert wrong() == {"LOTS": 1, "USES": 1, "MISSION": 1}
    PointsEntry.objects.create(
        kind="AWARD", natural_key="alone", customer_id=who, points=5, biz_date=TODAY, at=bank.now
    )
    assert wrong()["ENTRY"] == 1


def test_a_cancelled_redemption_returns_its_points_to_where_they_came_from(bank: PointsBank) -> None:
    mission, reward, who = bank.running(), bank.offered(), bank.ids[0]
    soon = given(bank, mission, who, 40, TODAY + 3 * DAY, "a")
    late = given(bank, mission, who, 40, TODAY + 90 * DAY, "b")
    redemption = bank.redeem(reward, who)
    reward.refresh_from_db()
    assert (bank.balance(who), reward.used, len(redemption.code)) == (20, 1, 10)
    rests = lambda: [PointsLot.objects.get(entry=one).rest for one in (soon, late)]  # noqa: E731
    assert rests() == [0, 20]
    bank.now += 10 * DAY  # what was to expire first would have expired by now
    bank.cancel(redemption)
    reward.refresh_from_db()
    assert (bank.balance(who), rests(), reward.used, wrong()) == (80, [40, 40], 0, {})
    today = timezone.localdate(bank.now)
    until = dict(PointsLot.objects.values_list("entry", "expires_on"))
    assert until == {soon.id: today + 30 * DAY, late.id: TODAY + 90 * DAY}
    with pytest.raises(counter.PointsRefused, match="cancelled already"):
        bank.cancel(redemption)
    with pytest.raises(DatabaseError, match="cancelled once"), transaction.atomic():
        Redemption.objects.update(state="GIVEN", cancelled_at=None, cancelled_by=None)


def test_thirty_days_later_nothing_is_cancelled(bank: PointsBank) -> None:
    mission, reward, who = bank.running(), bank.offered(), bank.ids[0]
    given(bank, mission, who, 200, TODAY + 90 * DAY, "a")
    first, second = bank.redeem(reward, who), bank.redeem(reward, who)
    bank.now += 30 * DAY
    bank.cancel(first)
    bank.now += DAY
    with pytest.raises(counter.PointsRefused, match="too long ago"):
        bank.cancel(second)


def test_the_same_click_twice_is_one_redemption(bank: PointsBank) -> None:
    mission, reward, who = bank.running(), bank.offered(), bank.ids[0]
    given(bank, mission, who, 200, TODAY + 90 * DAY, "a")
    li = bank.viewer("李")
    with bank.at_now():
        one = counter.redeem(li, who, reward.id, "clickclick")
        assert counter.redeem(li, who, reward.id, "clickclick").id == one.id
    assert (bank.balance(who), Redemption.objects.count()) == (140, 1)


def test_stock_window_and_the_days_cap_hold(bank: PointsBank) -> None:
    mission, who = bank.running(), bank.ids[0]
    given(bank, mission, who, 1000, TODAY + 90 * DAY, "a")
    cup, other = bank.offered(stock=1), bank.offered(points=1)
    bank.redeem(cup, who)
    with pytest.raises(counter.PointsRefused) as told:
        bank.redeem(cup, who)
    assert told.value.place == "STOCK"
    bank.redeem(other, who)
    bank.redeem(other, who)
    with pytest.raises(counter.PointsRefused) as told:
        bank.redeem(other, who)
    assert told.value.place == "DAILY" and bank.balance(who) == 938
    bank.now += DAY
    bank.redeem(other, who)
    with pytest.raises(PointsShort):
        bank.redeem(other, bank.ids[2])
    bank.now += 60 * DAY
    with pytest.raises(counter.PointsRefused) as told:
        bank.redeem(other, who)
    assert told.value.place == "WINDOW"
    Customer.objects.filter(id=who).update(status="FROZEN")
    bank.now -= 60 * DAY
    with pytest.raises(counter.PointsRefused) as told:
        bank.redeem(other, who)
    assert told.value.place == "CUSTOMER"


@pytest.mark.django_db(transaction=True)
def test_two_who_redeem_at_once_never_spend_a_point_twice(tmp_path: Path, settings: Any) -> None:
    bank = PointsBank(tmp_path, settings, 2)
    mission, who = bank.running(), bank.ids[0]
    rewards = [bank.offered(points=60) for _ in range(6)]  # one each: nobody waits for another at the stock
    given(bank, mission, who, 130, TODAY + 90 * DAY, "a")
    viewers, start = [bank.viewer("李"), bank.viewer("张行长")], threading.Barrier(6)
    told: list[str] = []

    def click(n: int) -> None:
        start.wait(timeout=30)
        try:
            counter.redeem(viewers[n % 2], who, rewards[n].id, f"click{n:05}")
            told.append("given")
        except PointsShort:
            told.append("short")
        finally:
            connection.close()

    with bank.at_now():
        threads = [threading.Thread(target=click, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert sorted(told) == ["given"] * 2 + ["short"] * 4
    assert (bank.balance(who), Redemption.objects.count(), wrong()) == (10, 2, {})


def test_a_natural_key_is_written_once(bank: PointsBank) -> None:
    mission, who = bank.running(), bank.ids[0]
    given(bank, mission, who, 10, TODAY, "same")
    with pytest.raises(IntegrityError), transaction.atomic():
        given(bank, mission, who, 10, TODAY, "same")
    assert (bank.balance(who), PointsUse.objects.count()) == (10, 0)


def test_what_was_good_until_today_is_spent_today_and_gone_after_its_night(bank: PointsBank) -> None:
    mission, reward, who = bank.running(), bank.offered(points=10), bank.ids[0]
    given(bank, mission, who, 30, TODAY, "a")
    given(bank, mission, who, 7, TODAY + DAY, "b")
    bank.redeem(reward, who)
    with connection.cursor() as cursor:
        assert expire(cursor, TODAY - timedelta(days=1)) == 0
        assert expire(cursor, TODAY) == 1
    assert (bank.balance(who), wrong()) == (7, {})
    assert PointsEntry.objects.get(kind="EXPIRY").points == -20
