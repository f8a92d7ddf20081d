"""Signing in, staying out, and leaving."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.bank import PASSWORD, Bank, a_bank
from yinke.access.models import SignInFailure, User
from yinke.access.services import check_password, make_demo_logins, set_password
from yinke.access.services.passwords import WeakPassword
from yinke.access.services.sign_in import LockedOut, WrongPassword
from yinke.common.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return a_bank().with_branch("徐汇").with_manager("李").with_head("陈")


def sign_in(client: Client, emp_no: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(
        "/api/session", {"emp_no": emp_no, "password": password}, content_type="application/json", **more
    )


def test_a_manager_signs_in_and_sees_who_they_are(bank: Bank) -> None:
    client = Client()
    answer = sign_in(client, bank.staff["李"].emp_no)
    assert answer.status_code == 200
    me = client.get("/api/me").json()
    assert me == answer.json()
    assert (me["name"], me["role"], me["org"]["name"]) == ("李", "RM", "徐汇")
    assert "workbench" in me["rights"]
    assert "branch.read" not in me["rights"]
    assert me["freshness"]["biz_date"] == "2026-10-30"


def test_signing_out_makes_the_old_cookie_worthless(bank: Bank) -> None:
    client = Client()
    sign_in(client, bank.staff["李"].emp_no)
    cookie = client.cookies["sessionid"].value
    assert client.delete("/api/session").status_code == 204
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert thief.get("/api/me").status_code == 401


def test_signing_in_gives_a_new_session_so_that_a_planted_one_is_worth_nothing(bank: Bank) -> None:
    client = Client()
    client.cookies["sessionid"] = "a-planted-session-key"
    sign_in(client, bank.staff["李"].emp_no)
    assert client.cookies["sessionid"].value != "a-planted-session-key"


def test_wrong_name_wrong_password_and_one_who_left_get_the_same_answer(bank: Bank) -> None:
    User.objects.filter(id=bank.staff["陈"].id).update(is_active=False)
    answers = [
        sign_in(Client(), "E9999"),
        sign_in(Client(), bank.staff["李"].emp_no, "wrong-password-1"),
        sign_in(Client(), bank.staff["陈"].emp_no),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_who_leaves_is_out_at_once(bank: Bank) -> None:
    client = bank.client("李")
    assert client.get("/api/me").status_code == 200
    User.objects.filter(id=bank.staff["李"].id).update(is_active=False)
    assert client.get("/api/me").status_code == 401


def test_five_wrong_passwords_lock_even_the_right_one_out(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    for _ in range(5):
        assert sign_in(Client(), emp_no, "wrong-password-1").status_code == 401
    locked = sign_in(Client(), emp_no)
    assert (locked.status_code, locked.json()["code"]) == (429, "locked_out")
    assert sign_in(Client(), emp_no, REMOTE_ADDR="10.0.0.9").status_code == 200  # the person elsewhere
    assert sign_in(Client(), bank.staff["陈"].emp_no).status_code == 200  # another person there


def test_the_lock_ends_after_a_quarter_of_an_hour(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    for _ in range(5):
        sign_in(Client(), emp_no, "wrong-password-1")
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(Client(), emp_no).status_code == 200


def test_a_right_password_forgets_the_wrong_ones_before_it(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    for _ in range(3):
        for _ in range(4):
            sign_in(Client(), emp_no, "wrong-password-1")
        assert sign_in(Client(), emp_no).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_cannot_slip_past_the_count() -> None:
    emp_no = a_bank().with_manager("李").staff["李"].emp_no

    def attempt(number: int) -> str:
        try:
            check_password(emp_no, f"wrong-password-{number}", "10.0.0.1")
        except (WrongPassword, LockedOut) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(attempt, range(12)))
    assert answers == ["locked_out"] * 7 + ["wrong_password"] * 5


def test_a_changing_request_from_another_site_is_refused(bank: Bank) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, bank.staff["李"].emp_no).json()["code"] == "foreign_request"
    client.get("/")  # the page hands out the token
    token = client.cookies["csrftoken"].value
    assert sign_in(client, bank.staff["李"].emp_no, HTTP_X_CSRFTOKEN=token).status_code == 200
    change = {"data": {"language": "en"}, "content_type": "application/json"}
    assert client.patch("/api/me", **change).status_code == 403
    token = client.cookies["csrftoken"].value
    assert client.patch("/api/me", **change, HTTP_X_CSRFTOKEN=token).json()["language"] == "en"


def test_a_language_nobody_speaks_here_is_refused(bank: Bank) -> None:
    answer = bank.client("李").patch("/api/me", {"language": "xx"}, content_type="application/json")
    assert (answer.status_code, answer.json()["place"]) == (422, "body.language")


@pytest.mark.parametrize("weak", ["Short-1", "alllowercaseletters", "123456789012", "password1234"])
def test_a_weak_password_is_refused(bank: Bank, weak: str) -> None:
    with pytest.raises(WeakPassword):
        set_password(bank.staff["李"].emp_no, weak)


def test_a_password_is_set_and_kept_as_a_hash(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    set_password(emp_no, "Another-Good-One-7")
    assert check_password(emp_no, "Another-Good-One-7", "10.0.0.1").emp_no == emp_no
    assert "Another" not in User.objects.get(emp_no=emp_no).password
    with pytest.raises(NotFound):
        set_password("E9999", "Another-Good-One-7")


def test_demo_logins_are_for_staff_that_exist(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    assert make_demo_logins([(emp_no, "Demo-Login-2026"), ("E9999", "Demo-Login-2026")]) == 1
    assert sign_in(Client(), emp_no, "Demo-Login-2026").status_code == 200
