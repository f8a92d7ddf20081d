"""沙龙: never more seats than there are, whoever waited longest moves up, managers are asked to follow."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.outreach.campaigns import DAY
from tests.outreach.locks import is_held
from tests.outreach.salons import BEGINS, LINKS, SalonBank
from yinke.access.models import AuditEntry
from yinke.care.models import DoNotDisturb, Reason
from yinke.care.reasons import sentence
from yinke.care.services import make_tasks
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Customer, Metrics
from yinke.outreach.campaigns.services import named
from yinke.outreach.gate import judge
from yinke.outreach.models import Message
from yinke.outreach.salons import guests, queries, services
from yinke.outreach.salons.guests import PartyTooLarge, SalonClosed, SalonFull
from yinke.outreach.salons.link import code_of, guest_of, guest_of_code, mark_of
from yinke.outreach.salons.models import Salon, SalonGuest
from yinke.outreach.salons.plan import SalonPlan, faults
from yinke.outreach.salons.services import SalonFaulty, SalonMoved
from yinke.outreach.services.send import sendable
from yinke.outreach.services.templates import in_force
from yinke.privacy.models import Restriction, RightsCase

Guest = SalonGuest.State


@pytest.fixture
def bank(db: None, tmp_path: Path, settings: Any) -> SalonBank:
    return SalonBank(tmp_path, settings)


def states(salon: Salon) -> list[str]:
    return list(salon.guests.order_by("customer_id").values_list("state", flat=True))


def seats_of(salon: Salon, state: str) -> int:
    return sum(salon.guests.filter(state=state).values_list("seats", flat=True))


def taken(salon: Salon) -> int:
    return Salon.objects.get(id=salon.id).taken


def test_seats_go_to_the_first_the_rest_wait_and_the_longest_waiting_moves_up(bank: SalonBank) -> None:
    salon = bank.salon()
    a, b, c, d, e, f = bank.asked(salon)
    assert states(salon) == ["INVITED"] * 6
    assert bank.says(a, seats=2).state == Guest.COMING
    assert bank.says(b).state == Guest.COMING
    bank.now += timedelta(minutes=1)
    assert bank.says(c).state == Guest.WAITING
    bank.now += timedelta(minutes=1)
    assert bank.says(d).state == Guest.WAITING
    with pytest.raises(SalonFull):
        bank.says(e)
    assert states(salon) == ["COMING", "COMING", "WAITING", "WAITING", "INVITED", "INVITED"]
    bank.now += timedelta(minutes=1)
    bank.says(c)  # says so again, and keeps the turn
    bank.now += timedelta(minutes=1)
    bank.says(b, coming=False)
    c.refresh_from_db()
    assert (c.state, c.moved_up_at is not None, taken(salon)) == (Guest.COMING, True, 3)
    assert states(salon) == ["COMING", "DECLINED", "COMING", "WAITING", "INVITED", "INVITED"]
    bank.says(a, seats=1)  # comes alone: the next one's seat
    assert states(salon) == ["COMING", "DECLINED", "COMING", "COMING", "INVITED", "INVITED"]
    with pytest.raises(SalonFull):
        bank.says(a, seats=2)  # keeps the one rather than wait for two
    a.refresh_from_db()
    assert (a.state, a.seats, taken(salon)) == (Guest.COMING, 1, 3)
    with pytest.raises(PartyTooLarge):
        bank.says(f, seats=3)
    assert bank.says(f).state == Guest.WAITING


def test_who_needs_fewer_seats_moves_up_when_the_first_in_line_does_not_fit(bank: SalonBank) -> None:
    salon = bank.salon(seats=2, waiting=4)
    a, b, c, d, *_ = bank.asked(salon)
    bank.says(a), bank.says(b)
    for guest, seats in ((c, 2), (d, 1)):
        bank.now += timedelta(minutes=1)
        bank.says(guest, seats=seats)
    bank.says(a, coming=False)
    assert states(salon)[2:4] == ["WAITING", "COMING"]
    bank.says(b, coming=False)
    assert (states(salon)[2], taken(salon)) == ("WAITING", 1)
    bank.says(d, coming=False)
    assert (states(salon)[2], taken(salon)) == ("COMING", 2)


DEEDS = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 2)), max_size=25)


@given(deeds=DEEDS, seats=st.integers(2, 5), waiting=st.integers(0, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_answered_seats_are_never_passed_and_nobody_waits_beside_a_free_seat(
    bank: SalonBank, deeds: list[tuple[int, bool, int]], seats: int, waiting: int
) -> None:
    salon = bank.salon(seats=seats, waiting=waiting)
    asked = bank.asked(salon)
    for who, coming, many in deeds:
        bank.now += timedelta(seconds=1)
        with contextlib.suppress(SalonFull):
            bank.says(asked[who], coming=coming, seats=many)
        assert taken(salon) == seats_of(salon, "COMING") <= seats
        assert seats_of(salon, "WAITING") <= waiting
        free = seats - taken(salon)
        assert not salon.guests.filter(state="WAITING", seats__lte=free).exists()


def test_the_database_refuses_more_seats_and_a_changed_plan(bank: SalonBank) -> None:
    salon = bank.salon()
    for change in ({"taken": 4}, {"seats": 9}, {"plan": {}}, {"name": "另一场"}, {"state": "DRAFT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Salon.objects.filter(id=salon.id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Salon.objects.filter(id=salon.id).delete()


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_no_more_come_than_there_are_seats(tmp_path: Path, settings: Any) -> None:
    load_thresholds()
    bank = SalonBank(tmp_path, settings, 6)
    salon = bank.salon(seats=2, waiting=1)
    asked, start, said = bank.asked(salon), threading.Barrier(6), list[str]()

    def answer(guest: SalonGuest) -> None:
        start.wait()
        try:
            said.append(guests.answer_by_page(guest.id, coming=True).state)
        except SalonFull:
            said.append("FULL")
        finally:
            connection.close()

    with bank.at_now():
        threads = [threading.Thread(target=answer, args=(guest,)) for guest in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(said) == ["COMING", "COMING", "FULL", "FULL", "FULL", "WAITING"]
    assert taken(salon) == 2


def test_planned_by_one_approved_by_another_and_bound_to_what_was_read(bank: SalonBank) -> None:
    head, checker = bank.viewer("陈"), bank.viewer("合规")
    with bank.at_now():
        made = services.save(
            head, None, "茶会", head.org_id, bank.salon_plan(theme="", closes_at=BEGINS + DAY)
        )
        with pytest.raises(SalonFaulty) as wrong:
            services.submit(head, made.id)
        assert wrong.value.place == "theme"
        services.save(head, made.id, "茶会", head.org_id, bank.salon_plan())
        services.submit(head, made.id)
        digest = Salon.objects.get(id=made.id).digest
        with pytest.raises(NotAllowed):
            services.approve(head, made.id, digest)
        services.save(
            head, made.id, "茶会", head.org_id, bank.salon_plan(seats=4)
        )  # an edit voids the submission
        assert Salon.objects.get(id=made.id).state == "DRAFT"
        services.submit(head, made.id)
        with pytest.raises(SalonMoved):
            services.approve(checker, made.id, digest)
        services.refuse(checker, made.id, "场地未核")
        assert Salon.objects.get(id=made.id).reason == "场地未核"
        services.submit(head, made.id)
        with pytest.raises(NotAllowed):
            services.withdraw(bank.viewer("运营"), made.id)
        services.withdraw(head, made.id)
        services.submit(head, made.id)
        services.approve(checker, made.id, Salon.objects.get(id=made.id).digest)
        for deed in (
            lambda: services.save(head, made.id, "茶会", head.org_id, bank.salon_plan()),
            lambda: services.submit(head, made.id),
            lambda: services.approve(checker, made.id, Salon.objects.get(id=made.id).digest),
        ):
            with pytest.raises(SalonMoved):
                deed()
    deeds = (
        AuditEntry.objects.filter(action__startswith="salon.").order_by("id").values_list("action", flat=True)
    )
    assert list(deeds) == [
        "salon.save", "salon.save", "salon.submit", "salon.save", "salon.submit", "salon.refuse", "salon.submit",
        "salon.withdraw", "salon.submit", "salon.approve",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"place": " "}, "place", "NO_PLACE"),
        ({"ends_at": BEGINS}, "window", "WINDOW_BACKWARDS"),
        ({"starts_at": BEGINS - 9 * DAY}, "window", "WINDOW_OVER"),
        ({"closes_at": BEGINS + timedelta(minutes=1)}, "closes_at", "CLOSES_LATE"),
        ({"closes_at": BEGINS - 9 * DAY}, "closes_at", "CLOSED_ALREADY"),
        ({"party": 4}, "party", "PARTY_LARGE"),
        ({"risk": 3}, "materials", "NO_MATERIALS"),
        ({"template": 10**6}, "template", "TEXT_NOT_APPROVED"),
        ({"theme": "稳赚不赔"}, "theme", "BANNED_WORD"),
    ],
)
def test_what_stands_against_a_plan(bank: SalonBank, change: dict[str, Any], field: str, code: str) -> None:
    with bank.at_now():
        assert services.check("茶会", bank.salon_plan()) == []
        found = services.check("茶会", bank.salon_plan(**change))
    assert (found[0].field, found[0].code) == (field, code)


def test_a_plan_without_a_name_has_a_fault(bank: SalonBank) -> None:
    assert [one.code for one in faults("", bank.salon_plan(), [bank.invitation], [], bank.now)] == ["NO_NAME"]


def test_an_invitation_goes_with_a_link_of_its_own_and_to_no_one_else(bank: SalonBank) -> None:
    salon = bank.salon()
    with bank.at_now():
        found = guests.invite(bank.viewer("陈"), salon.id, bank.ids[:2], by_text=True)
        again = guests.invite(bank.viewer("陈"), salon.id, bank.ids[:3], by_text=True)
    assert (found.invited, found.texts, again.invited, again.before, again.texts) == (2, 2, 1, 2, 1)
    assert len(bank.messages(salon)) == 3
    with pytest.raises(NotFound):
        sendable(bank.invitation)  # its words mean nothing but to a salon's guest
    assert bank.invitation not in named().templates and bank.greeting in named().templates


def test_the_gate_lets_an_invitation_go_to_a_guest_only(bank: SalonBank) -> None:
    salon = bank.salon()
    with bank.at_now():
        guests.invite(bank.viewer("陈"), salon.id, bank.ids[:1], by_text=True)
        message = bank.messages(salon)[0]
        assert judge([message], bank.now, in_force())[0].why == ""
        message.salon_guest = None  # as if a text in use had been made one since
        assert judge([message], bank.now, in_force())[0].why == "CONTENT"


def test_the_text_names_the_salon_and_the_link(bank: SalonBank) -> None:
    from yinke.demo.gateway import Gateway
    from yinke.outreach.channels.http_sms import HttpSms
    from yinke.outreach.services.dispatch import dispatch

    salon = bank.salon()
    gateway = Gateway(b"s" * 64).start()
    try:
        with bank.at_now(), patch("yinke.outreach.schedule.dispatch_soon"):
            guests.invite(bank.viewer("陈"), salon.id, bank.ids[:1], by_text=True)
            dispatch(carriers=lambda channel: [HttpSms("loopback", gateway.url, gateway.secret)])
        (sent,) = gateway.taken.values()
    finally:
        gateway.stop()
    guest = salon.guests.get()
    assert f"11月10日14:00在徐汇支行二楼办茶会，报名：{LINKS}/{mark_of(guest.id)}" in str(sent)


def test_by_word_only_where_there_is_no_text_or_no_address(bank: SalonBank, tmp_path: Path) -> None:
    by_word = bank.salon("无文本", template=None)
    with bank.at_now(), pytest.raises(YinkeError) as wrong:
        guests.invite(bank.viewer("陈"), by_word.id, bank.ids[:1], by_text=True)
    assert wrong.value.place == "by_text" and not by_word.guests.exists()
    salon = bank.salon("无地址")
    (tmp_path / "channels.yaml").write_text("{}", encoding="utf-8")
    with bank.at_now(), pytest.raises(YinkeError) as wrong:
        guests.invite(bank.viewer("陈"), salon.id, bank.ids[:1], by_text=True)
    assert wrong.value.code == "salon_no_link" and not salon.guests.exists()


def test_a_segment_is_asked_by_aum_without_whom_may_not_be(bank: SalonBank) -> None:
    salon = bank.salon()
    DoNotDisturb.objects.create(customer_id=bank.ids[0], scope="ALL_MARKETING", source="RM")
    case = RightsCase.objects.create(
        customer_id=bank.ids[1], kind="DELETE", channel="COUNTER", opened_by=bank.staff["合规"], received_on=bank.now.date(),
        due_on=bank.now.date(),
    )  # fmt: skip
    Restriction.objects.create(customer_id=bank.ids[1], case=case, ground="AML", since=bank.now - DAY)
    Customer.objects.filter(id=bank.ids[2]).update(status="DECEASED")
    head = bank.viewer("陈")
    with bank.at_now():
        found = guests.invite_segment(head, salon.id, "rich", 5, by_text=False)
        assert (found.invited, found.lost) == (2, {"DND": 1, "RESTRICTED": 1, "STATUS": 1})
        assert set(salon.guests.values_list("customer_id", flat=True)) == set(bank.ids[3:5])
        found = guests.invite_segment(head, salon.id, "rich", 5, by_text=False)
        assert found.invited == 1  # the sixth; those who may not be asked still are not
        with pytest.raises(YinkeError):
            guests.invite_segment(head, salon.id, "poor", 5, by_text=False)
        hand = guests.invite(head, salon.id, bank.ids[:1], by_text=False)
    assert (hand.invited, hand.lost) == (0, {"DND": 1})


def test_a_manager_asks_and_answers_for_their_own_customers_only(bank: SalonBank) -> None:
    salon = bank.salon()
    mine, other = bank.ids[0], bank.ids[1]
    with bank.at_now():
        with pytest.raises(NotFound):
            guests.invite(bank.viewer("李"), salon.id, [mine, other], by_text=False)
        assert not salon.guests.exists()
        (theirs,) = bank.asked(salon, [other])
        with pytest.raises(NotFound):
            guests.answer_for(bank.viewer("李"), salon.id, theirs.id, coming=True)
        (own,) = bank.asked(salon, [mine], by="李")
        assert guests.answer_for(bank.viewer("李"), salon.id, own.id, coming=True, seats=2).state == "COMING"
        assert queries.guests(bank.viewer("李"), salon.id, "", 1).total == 1
        assert queries.guests(bank.viewer("陈"), salon.id, "", 1).total == 2
    own.refresh_from_db()
    assert own.answered_by == bank.staff["李"]


def test_a_salon_is_seen_at_its_host_above_and_below(bank: SalonBank) -> None:
    bank.with_branch("静安").with_head("周", at="静安")
    here, head_office = bank.salon(), bank.viewer("运营")
    with bank.at_now():
        above = services.save(head_office, None, "总行讲座", head_office.org_id, bank.salon_plan())
        with pytest.raises(NotAllowed):
            services.save(bank.viewer("周"), None, "越权", head_office.org_id, bank.salon_plan())
    seen = {name: {one.id for one in queries.salons(bank.viewer(name))} for name in ("李", "周", "运营")}
    assert seen == {"李": {here.id, above.id}, "周": {above.id}, "运营": {here.id, above.id}}
    with pytest.raises(NotFound):
        queries.salon(bank.viewer("周"), here.id)


def test_answers_close_and_the_door_opens_for_its_hours(bank: SalonBank) -> None:
    salon = bank.salon()
    a, b, c, *_ = bank.asked(salon)
    bank.says(a, seats=2)
    code = code_of(a.id)
    chen = bank.viewer("陈")
    bank.now = BEGINS - timedelta(hours=3)
    with pytest.raises(SalonClosed):
        bank.says(b)
    with bank.at_now():
        assert guests.answer_for(chen, salon.id, b.id, coming=True).state == "COMING"  # staff still may
        with pytest.raises(SalonClosed):
            guests.check_in(chen, salon.id, code)
    bank.now = BEGINS - timedelta(hours=2)
    with bank.at_now():
        assert guests.check_in(bank.viewer("王"), salon.id, f" {code} ").attended_at == bank.now
        guests.check_in(chen, salon.id, code)  # twice is once
        for wrong in ("", "1", f"{a.id}-000000", code_of(a.id + 10**6), f"{b.id}-{code.split('-')[1]}"):
            with pytest.raises(NotFound):
                guests.check_in(chen, salon.id, wrong)
        with pytest.raises(SalonFull):
            guests.check_in_by_hand(chen, salon.id, c.id, came=True)  # no seat is left
        with pytest.raises(SalonMoved):
            guests.answer_for(chen, salon.id, a.id, coming=False)
        guests.check_in_by_hand(chen, salon.id, a.id, came=False)
        a.refresh_from_db()
        assert a.attended_at is None
        guests.answer_for(chen, salon.id, a.id, coming=False)
        came = guests.check_in_by_hand(
            chen, salon.id, c.id, came=True
        )  # stands there, and takes the free seat
        assert (came.state, taken(salon)) == ("COMING", 2)
    bank.now = BEGINS + timedelta(hours=4)
    with bank.at_now(), pytest.raises(SalonClosed):
        guests.check_in(chen, salon.id, code_of(b.id))
    assert AuditEntry.objects.filter(action="salon.check_in").count() == 2


def test_the_page_says_what_it_is_takes_the_answer_and_names_nobody(bank: SalonBank) -> None:
    from tests.bank import browser

    salon, page = bank.salon(), browser()
    (guest,) = bank.asked(salon, bank.ids[:1])
    path = f"/api/salons/i/{mark_of(guest.id)}"
    with bank.at_now():
        first = page.get(path)
        words = first.content.decode()
        assert first.status_code == 200 and "徐汇支行二楼" in words and "2026年11月10日 14:00–16:00" in words
        assert not any(told in words for told in ("客0", "客*", "C0000", "138"))
        assert SalonGuest.objects.get().state == "INVITED"  # looking at it changes nothing
        done = page.post(path, {"coming": "yes", "seats": "2"}).content.decode()
        assert code_of(guest.id) in done and "<svg" in done and "共 2 位" in done
        assert "人数超出范围" in page.post(path, {"coming": "yes", "seats": "99"}).content.decode()
        assert "人数超出范围" in page.post(path, {"coming": "yes", "seats": "x"}).content.decode()
        assert "不参加" in page.post(path, {"coming": "no"}).content.decode()
        assert SalonGuest.objects.get().state == "DECLINED"
        for wrong in ("g1-00", "x", f"g{guest.id}-{'0' * 20}", mark_of(guest.id + 10**6), "g²-1"):
            assert page.get(f"/api/salons/i/{wrong}").status_code == 404
        services.cancel(bank.viewer("陈"), salon.id, "讲师生病")
        gone = page.get(path).content.decode()
        assert "已取消" in gone and "讲师生病" not in gone and "<form" not in gone
        refused = page.post(path, {"coming": "yes"}).content.decode()
        assert "报名已截止" in refused and SalonGuest.objects.get().state == "DECLINED"


def test_marks_and_codes_are_known_again_and_no_other(bank: SalonBank) -> None:
    assert guest_of(mark_of(7)) == 7 and guest_of_code(code_of(7)) == 7
    assert guest_of(mark_of(7).replace("g7", "g8")) is None and guest_of_code("7-") is None


def test_a_cancelled_salon_sends_nothing_more_and_managers_tell_those_who_were_coming(
    bank: SalonBank,
) -> None:
    salon = bank.salon()
    with bank.at_now():
        guests.invite(bank.viewer("陈"), salon.id, bank.ids[:3], by_text=True)
    a, b, _ = salon.guests.order_by("customer_id")
    bank.says(a, seats=2), bank.says(b, coming=False)
    Message.objects.filter(customer_id=bank.ids[0]).update(state="DELIVERED")
    with bank.at_now():
        with pytest.raises(YinkeError):
            services.cancel(bank.viewer("陈"), salon.id, " ")
        services.cancel(bank.viewer("陈"), salon.id, "讲师生病")
        with pytest.raises(SalonMoved):
            services.cancel(bank.viewer("陈"), salon.id, "再来")
        with pytest.raises(SalonClosed):
            guests.invite(bank.viewer("陈"), salon.id, bank.ids[3:4], by_text=False)
    assert [one.state for one in bank.messages(salon)] == ["DELIVERED", "CANCELLED", "CANCELLED"]
    bank.night(on=bank.now.date())
    (reason,) = Reason.objects.filter(type="S01")
    assert reason.customer_id == a.customer_id
    assert sentence("S01", reason.payload, None, "zh-hans") == "11月10日的沙龙「茶会」已取消，请告知客户"


def told(bank: SalonBank) -> set[tuple[int, str]]:
    rows = Reason.objects.filter(type="S01").values_list("customer_id", "dedup_key")
    return {(bank.ids.index(customer), key.split("|")[2]) for customer, key in rows}


def test_the_night_asks_managers_to_remind_to_tell_and_to_follow(bank: SalonBank) -> None:
    salon = bank.salon()
    a, b, c, d, *_ = bank.asked(salon)
    bank.says(a), bank.says(b), bank.says(c)
    bank.says(d)
    bank.says(c, coming=False)  # d moves up
    day = BEGINS.date()
    bank.night(on=day - 4 * DAY)
    assert told(bank) == {(3, "MOVED_UP")}
    bank.night(on=day - 2 * DAY)  # for the day before
    reminded = {(n, "REMIND") for n in (0, 1, 3)}
    assert told(bank) == {(3, "MOVED_UP"), *reminded}
    bank.came(a), bank.came(d)
    bank.night(on=day)
    came = {(0, "CAME_1"), (3, "CAME_1"), (1, "ABSENT")}
    assert told(bank) == {(3, "MOVED_UP"), *reminded, *came}
    for n in (1, 2, 3, 6):
        bank.night(on=day + n * DAY)
    bank.night(on=day + 6 * DAY)  # made anew, a night asks for nothing twice
    later = {(n, f"CAME_{days}") for n in (0, 3) for days in (3, 7)}
    assert told(bank) == {(3, "MOVED_UP"), *reminded, *came, *later}
    said = {
        reason.dedup_key.split("|")[2]: sentence("S01", reason.payload, None, "en")
        for reason in Reason.objects.filter(type="S01")
    }
    assert said["CAME_3"] == "Came to the salon “茶会” on 10 Nov"
    assert said["ABSENT"].endswith("and did not come")
    assert said["REMIND"].startswith("Has a seat") and said["MOVED_UP"].startswith("A seat fell free")


def test_nobody_stayed_away_from_a_salon_without_a_check_in(bank: SalonBank) -> None:
    salon = bank.salon()
    for guest in bank.asked(salon)[:2]:
        bank.says(guest)
    bank.night(on=BEGINS.date())
    assert told(bank) == set()


def test_what_it_came_to_is_told_of_five_or_more(bank: SalonBank) -> None:
    salon = bank.salon(seats=10)
    asked = bank.asked(salon)
    for guest in asked[:5]:
        bank.says(guest)
    bank.night(on=BEGINS.date() - DAY)
    for guest in asked[:5]:
        bank.came(guest)
    for guest in asked:
        Metrics.objects.filter(customer_id=guest.customer_id).update(aum=2_000_000)
    before = sum(one.aum_before or 0 for one in salon.guests.filter(attended_at__isnull=False))
    bank.night(on=BEGINS.date() + 29 * DAY)
    assert not salon.guests.filter(aum_30__isnull=False).exists()
    bank.night(on=BEGINS.date() + 30 * DAY)
    Metrics.objects.update(aum=0)
    bank.night(on=BEGINS.date() + 31 * DAY)
    bank.now = BEGINS + 40 * DAY
    with bank.at_now():
        services.spend(bank.viewer("陈"), salon.id, bank.salon_plan(budget="1500").budget)
        found = queries.salon(bank.viewer("陈"), salon.id)
    assert found.state == "OVER" and found.result is not None
    assert found.result.attended.model_dump() == {
        "customers": 5, "change_30": 10_000_000 - before, "change_60": None, "change_90": None,
    }  # fmt: skip
    assert (found.result.others.customers, found.result.others.change_30) == (
        1,
        None,
    )  # one alone would be known
    assert found.result.per_guest == 300


def test_whom_it_does_not_suit_is_marked(bank: SalonBank) -> None:
    salon = bank.salon(risk=3, materials="净值型理财说明")
    for n, (level, days) in enumerate((("C3", 8), ("C3", 6), ("C2", 99), ("", 99))):
        Customer.objects.filter(id=bank.ids[n]).update(
            risk_level=level, risk_expiry=bank.now.date() + days * DAY
        )
    for guest in bank.asked(salon, bank.ids[:4])[:3]:
        bank.says(guest)
    with bank.at_now():
        rows = queries.guests(bank.viewer("陈"), salon.id, "", 1).rows
        assert [row.unsuited for row in sorted(rows, key=lambda one: one.customer_id)] == [
            False,
            True,
            True,
            True,
        ]
        assert queries.salon(bank.viewer("陈"), salon.id).unsuited == 2


def test_a_plan_takes_no_more_than_a_thousand_seats() -> None:
    with pytest.raises(ValueError, match="1000"):
        SalonPlan(starts_at=BEGINS, ends_at=BEGINS, closes_at=BEGINS, seats=1_001)


@pytest.mark.django_db(transaction=True)
def test_the_night_holds_a_salon_before_its_guests_as_answers_do(tmp_path: Path, settings: Any) -> None:
    load_thresholds()
    bank = SalonBank(tmp_path, settings, 2)
    salon, held = bank.salon(), list[bool]()
    bank.asked(salon)

    def probe(cursor: Any, day: Any, biz_date: Any) -> int:
        held.append(is_held(Salon.objects.filter(id=salon.id)))
        return 0

    with patch.object(make_tasks, "BRINGERS", [*make_tasks.BRINGERS, probe]), transaction.atomic():
        bank.night(on=bank.now.date())
    assert held == [True]
