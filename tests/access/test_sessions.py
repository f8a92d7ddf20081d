"""会话: what keeps a session alive, and what ends it (GB/T 22239-2019 level 3, 8.1.4.1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.access.strict import use_thresholds
from tests.bank import PASSWORD, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry, StaffSession, User
from yinke.access.services import sync_staff

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def as_in_production(settings: Any, tmp_path: Path) -> None:
    use_thresholds(settings, tmp_path, signin__second_factor_roles=[], password__max_age_days=0)


@pytest.fixture
def bank() -> Bank:
    return a_bank().with_branch("徐汇").with_manager("李").with_manager("王").with_staff("管理", "SYS_ADMIN")


def enter(bank: Bank, name: str, password: str = PASSWORD, **more: Any) -> Client:
    client = Client(**more)
    body = {"emp_no": bank.staff[name].emp_no, "password": password}
    answer = client.post("/api/session", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return client


def refusal(client: Client, **headers: Any) -> str:
    """The code with which a call is refused; empty if it is answered."""
    answer = client.get("/api/me", headers=headers)
    return "" if answer.status_code == 200 else f"{answer.status_code} {answer.json()['code']}"


def earlier(client: Client, *, active: float = 0, started: float = 0) -> None:
    """As if the session had begun, and was last touched, so many minutes ago."""
    row = StaffSession.objects.get(id=client.session["yinke.session"])
    StaffSession.objects.filter(id=row.id).update(
        active_at=timezone.now() - timedelta(minutes=active),
        started_at=timezone.now() - timedelta(minutes=max(active, started)),
    )


def ends(emp_no: str) -> list[str]:
    found = AuditEntry.objects.filter(action="session.end", object_id=emp_no).order_by("id")
    return list(found.values_list("reason", flat=True))


@pytest.mark.parametrize(("name", "minutes"), [("李", 15), ("管理", 10)])
def test_a_session_that_nobody_touches_ends_by_itself(bank: Bank, name: str, minutes: int) -> None:
    client = enter(bank, name)
    earlier(client, active=minutes - 0.1)
    assert refusal(client) == ""
    earlier(client, active=minutes)
    assert refusal(client) == "401 session_idle"
    assert refusal(client) == "401 session_idle"  # it stays told, and stays dead
    assert ends(bank.staff[name].emp_no) == ["idle"]


def test_a_session_ends_after_eight_hours_of_work(bank: Bank) -> None:
    client = enter(bank, "李")
    earlier(client, started=8 * 60 - 1)
    assert refusal(client) == ""
    earlier(client, started=8 * 60)
    assert refusal(client) == "401 session_expired"
    assert ends(bank.staff["李"].emp_no) == ["expired"]


def test_a_page_that_asks_by_itself_keeps_no_session_alive(bank: Bank) -> None:
    client = enter(bank, "李")
    for minute in range(1, 15):
        earlier(client, active=minute)
        assert refusal(client, **{"X-Idle": str(minute * 60)}) == ""
    assert client.get("/api/me", headers={"X-Idle": "840"}).json()["session"]["idle"] <= 60
    earlier(client, active=15)
    assert refusal(client, **{"X-Idle": "0"}) == "401 session_idle"


def test_typing_without_any_request_is_told_by_the_next_poll(bank: Bank) -> None:
    client = enter(bank, "李")
    earlier(client, active=14)
    assert client.get("/api/me", headers={"X-Idle": "5"}).json()["session"]["idle"] >= 14 * 60


@examples(max_examples=25)
@given(
    idle=st.one_of(st.integers(0, 10**9).map(str), st.text(max_size=12).filter(str.isprintable)),
    ago=st.integers(0, 14),
)
def test_the_header_can_only_shorten(idle: str, ago: int) -> None:
    bank = a_bank().with_branch("徐汇").with_manager("李", at="徐汇") if not User.objects.exists() else None
    user = bank.staff["李"] if bank else User.objects.get(name="李")
    client = Client()
    client.force_login(user)
    earlier(client, active=ago)
    row = StaffSession.objects.get(id=client.session["yinke.session"])
    before = timezone.now()
    client.get("/api/me", HTTP_X_IDLE=idle.encode("utf-8", "replace").decode("latin-1"))
    touched = StaffSession.objects.get(id=row.id).active_at
    assert row.active_at <= touched <= timezone.now()
    if idle.isascii() and idle.isdigit() and int(idle) > 11:
        assert touched <= max(row.active_at, before + SECOND - timedelta(seconds=min(int(idle), 10**6)))


def test_a_new_sign_in_ends_the_older_one_which_is_told_so(bank: Bank) -> None:
    old = enter(bank, "李")
    other = enter(bank, "王")
    new = enter(bank, "李")
    assert refusal(old) == "401 signed_in_elsewhere"
    assert (refusal(new), refusal(other)) == ("", "")
    assert ends(bank.staff["李"].emp_no) == ["elsewhere"]


def test_a_bank_may_allow_more_sessions_of_one_person(bank: Bank, settings: Any, tmp_path: Path) -> None:
    use_thresholds(
        settings, tmp_path, session__concurrent=2, signin__second_factor_roles=[], password__max_age_days=0
    )
    clients = [enter(bank, "李") for _ in range(3)]
    assert [refusal(client) for client in clients] == ["401 signed_in_elsewhere", "", ""]


@pytest.mark.django_db(transaction=True)
def test_of_sign_ins_at_the_same_moment_one_session_is_left() -> None:
    bank = a_bank().with_manager("李")
    together = Barrier(6)

    def attempt(_: int) -> Client:
        try:
            together.wait()
            return enter(bank, "李")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        clients = list(pool.map(attempt, range(6)))
    assert StaffSession.objects.filter(ended_at=None).count() == 1
    assert sorted(refusal(client) for client in clients) == ["", *["401 signed_in_elsewhere"] * 5]


def test_a_stolen_cookie_is_worth_nothing_after_sign_out(bank: Bank) -> None:
    client, thief = enter(bank, "李"), Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert refusal(thief) == ""
    assert client.delete("/api/session").status_code == 204
    assert refusal(thief) == "401 not_signed_in"


def test_whoever_leaves_by_the_staff_file_is_out_and_their_sessions_stay_dead(
    bank: Bank, tmp_path: Path
) -> None:
    client = enter(bank, "李")
    rows = [
        {"emp_no": u.emp_no, "name": u.name, "org_no": u.org.org_no, "post": u.role, "status": "LEFT" if u.name == "李" else "ACTIVE"}
        for u in User.objects.select_related("org")
    ]  # fmt: skip
    sync_staff(a_day(a_lake(tmp_path / "lake"), bank.biz_date, staff=rows))
    assert refusal(client).startswith("401")
    assert ends(bank.staff["李"].emp_no) == ["left"]
    User.objects.filter(name="李").update(is_active=True)  # the file was wrong
    assert refusal(client).startswith("401")


def test_a_person_sees_their_devices_and_ends_another(bank: Bank, settings: Any, tmp_path: Path) -> None:
    use_thresholds(
        settings, tmp_path, session__concurrent=2, signin__second_factor_roles=[], password__max_age_days=0
    )
    office = enter(
        bank,
        "李",
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537",
        REMOTE_ADDR="10.1.1.1",
    )
    phone = enter(
        bank,
        "李",
        HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile",
        REMOTE_ADDR="10.1.1.2",
    )
    shown = phone.get("/api/me/security").json()["sessions"]
    seen = {(s["browser"], s["system"], s["address"], s["here"]) for s in shown}
    assert seen == {("Chrome 141", "Windows", "10.1.1.1", False), ("Chrome 140", "Android", "10.1.1.2", True)}
    number = next(s["id"] for s in shown if not s["here"])
    assert enter(bank, "王").delete(f"/api/me/sessions/{number}").status_code == 404  # not theirs
    assert phone.delete(f"/api/me/sessions/{number}").status_code == 204
    assert refusal(office) == "401 session_ended"
    assert refusal(phone) == ""
    assert phone.delete(f"/api/me/sessions/{number}").status_code == 404


def test_a_person_sees_what_happened_at_their_own_door_only(bank: Bank) -> None:
    body = {"emp_no": bank.staff["李"].emp_no, "password": "wrong-password-1"}
    Client().post("/api/session", body, content_type="application/json", REMOTE_ADDR="10.9.9.9")
    enter(bank, "王")
    enter(bank, "李").delete("/api/session")
    history = enter(bank, "李").get("/api/me/security").json()["history"]
    assert [(h["action"], h["reason"]) for h in history] == [
        ("session.start", "password"), ("session.end", "sign_out"), ("session.start", "password"),
        ("session.refused", "wrong_password"),
    ]  # fmt: skip
    assert history[-1]["address"] == "10.9.9.9"


def test_sessions_that_timed_out_unseen_are_closed_in_the_trail_at_the_next_sign_in(bank: Bank) -> None:
    forgotten = enter(bank, "李")
    earlier(forgotten, active=60)
    enter(bank, "王")
    assert ends(bank.staff["李"].emp_no) == ["idle"]
    assert refusal(forgotten) == "401 session_idle"


def test_the_end_of_a_session_is_accounted_for_once(bank: Bank) -> None:
    client = enter(bank, "李")
    earlier(client, active=60)
    for _ in range(3):
        refusal(client)
    enter(bank, "李")
    assert ends(bank.staff["李"].emp_no) == ["idle"]


def test_nothing_is_left_of_sessions_long_over_but_the_audit_trail(bank: Bank) -> None:
    over = enter(bank, "李")
    cookie, number = over.cookies["sessionid"].value, over.session["yinke.session"]
    earlier(over, active=60)
    assert refusal(over) == "401 session_idle"
    Session.objects.filter(pk=cookie).update(expire_date=timezone.now() - SECOND)
    StaffSession.objects.filter(id=number).update(ended_at=timezone.now() - timedelta(days=31))
    enter(bank, "王")
    assert not Session.objects.filter(pk=cookie).exists()
    assert not StaffSession.objects.filter(id=number).exists()
    assert ends(bank.staff["李"].emp_no) == ["idle"]
