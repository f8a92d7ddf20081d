"""Passwords: what may be one, how it is changed, and when it must be."""

from __future__ import annotations

import string
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.access.strict import use_thresholds
from tests.bank import PASSWORD, Bank, a_bank
from yinke.access.models import AuditEntry, SignInFailure, User
from yinke.access.services import set_password
from yinke.access.services.passwords import WeakPassword, check_policy, classes

pytestmark = pytest.mark.django_db
NEW = "Another-Good-One-7"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any, tmp_path: Path) -> None:
    use_thresholds(settings, tmp_path, signin__second_factor_roles=[], session__concurrent=3)


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_manager("王")
    User.objects.update(password_set_at=timezone.now())
    return bank


def enter(emp_no: str, password: str = PASSWORD, **more: Any) -> Client:
    client = Client(**more)
    answer = client.post(
        "/api/session", {"emp_no": emp_no, "password": password}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return client


def change(client: Client, password: str, old: str = PASSWORD) -> str:
    """The code of the refusal, or empty."""
    body = {"old_password": old, "password": password}
    answer = client.put("/api/me/password", body, content_type="application/json")
    return "" if answer.status_code == 204 else str(answer.json()["code"])


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1", "password_too_short"), ("A1-" + "x" * 200, "password_too_short"),
        ("alllowercaseletters", "password_too_simple"), ("UPPERlowerUPPER", "password_too_simple"),
        ("Password1234", "password_common"), ("Liuming-E0001-x", "password_holds_number"),
        (PASSWORD, "password_used_before"),
    ],
)  # fmt: skip
def test_each_breach_of_the_policy_has_its_own_words(bank: Bank, password: str, code: str) -> None:
    User.objects.filter(name="李").update(emp_no="E0001")
    assert change(enter("E0001"), password) == code
    assert User.objects.get(name="李").check_password(PASSWORD)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_whatever_passes_is_long_enough_and_mixed_enough(password: str) -> None:
    user = User(emp_no="E0001")
    try:
        check_policy(user, password)
    except WeakPassword:
        return
    assert len(password) >= 12
    assert classes(password) >= 3


@given(
    st.text(string.ascii_lowercase, min_size=5, max_size=9), st.text(string.ascii_uppercase, min_size=5, max_size=9),
    st.text("013579", min_size=4, max_size=9),
)  # fmt: skip
def test_three_kinds_and_ten_and_more_characters_pass(small: str, capitals: str, digits: str) -> None:
    check_policy(User(emp_no="E2468"), f"{small}{capitals}{digits}")


def test_a_person_changes_their_password_and_stays_in_where_they_did(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    here, elsewhere = enter(emp_no), enter(emp_no)
    assert change(here, NEW) == ""
    assert here.get("/api/me").status_code == 200
    assert elsewhere.get("/api/me").status_code == 401
    assert enter(emp_no, NEW).get("/api/me").status_code == 200
    entry = AuditEntry.objects.get(action="password.change")
    assert (entry.user_id, entry.object_id) == (bank.staff["李"].id, emp_no)


def test_the_old_password_is_asked_and_guessing_it_locks(bank: Bank) -> None:
    client = enter(bank.staff["李"].emp_no)
    codes = [change(client, NEW, old=f"wrong-guess-{n}") for n in range(6)]
    assert codes == ["wrong_old_password"] * 5 + ["locked_out"]
    assert change(client, NEW) == "locked_out"


def test_none_of_the_last_five_comes_back_but_the_sixth_may(bank: Bank) -> None:
    client = enter(bank.staff["李"].emp_no)
    old = PASSWORD
    for n in range(5):
        assert change(client, f"Changed-Again-{n}", old) == ""
        old = f"Changed-Again-{n}"
    assert change(client, PASSWORD, old) == "password_used_before"  # the fifth before the present one
    assert change(client, "Changed-Again-5", old) == ""
    assert change(client, PASSWORD, "Changed-Again-5") == ""


@pytest.mark.parametrize(("days", "must"), [(89, ""), (91, "password")])
def test_a_password_that_is_too_old_must_be_changed_before_anything_else(
    bank: Bank, days: int, must: str
) -> None:
    User.objects.update(password_set_at=timezone.now() - timedelta(days=days))
    client = enter(bank.staff["李"].emp_no)
    assert client.get("/api/me").json()["must"] == must
    answer = client.get("/api/customers")
    assert (answer.status_code, answer.json().get("code")) == (
        (403, "password_change_needed") if must else (200, None)
    )


def test_a_password_from_an_administrator_must_be_changed_and_then_all_is_open(bank: Bank) -> None:
    emp_no = bank.staff["李"].emp_no
    inside = enter(emp_no)
    set_password(emp_no, NEW)
    assert inside.get("/api/me").status_code == 401
    client = enter(emp_no, NEW)
    assert client.get("/api/customers").json()["code"] == "password_change_needed"
    assert change(client, "My-Very-Own-One-8", NEW) == ""
    assert client.get("/api/customers").status_code == 200
    assert client.get("/api/me").json()["must"] == ""
    entry = AuditEntry.objects.get(action="password.give")
    assert (entry.user_id, entry.object_id) == (None, emp_no)


def test_an_address_that_tries_many_people_is_locked_out_whoever_it_tries_next(
    bank: Bank, settings: Any, tmp_path: Path
) -> None:
    use_thresholds(settings, tmp_path, signin__address_failures=8, signin__second_factor_roles=[])
    for n in range(8):
        body = {"emp_no": f"E7{n:03}", "password": "Guessed-Word-1"}
        Client().post("/api/session", body, content_type="application/json", REMOTE_ADDR="10.6.6.6")
    body = {"emp_no": bank.staff["李"].emp_no, "password": PASSWORD}
    there = Client().post("/api/session", body, content_type="application/json", REMOTE_ADDR="10.6.6.6")
    assert (there.status_code, there.json()["code"]) == (429, "address_locked")
    assert enter(bank.staff["李"].emp_no, REMOTE_ADDR="10.6.6.7")
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert enter(bank.staff["李"].emp_no, REMOTE_ADDR="10.6.6.6")
