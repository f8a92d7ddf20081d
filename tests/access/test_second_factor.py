"""第二重验证: authenticator app, passkeys and recovery codes; without one, some roles get nowhere."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from tests.access.strict import use_thresholds
from tests.bank import PASSWORD, Bank, a_bank
from yinke.access.models import AuditEntry, StaffSession
from yinke.cli import app

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any, tmp_path: Path) -> None:
    use_thresholds(settings, tmp_path, password__max_age_days=0, session__concurrent=3)


@pytest.fixture
def bank() -> Bank:
    return a_bank().with_branch("徐汇").with_manager("李").with_head("陈").with_staff("管理", "SYS_ADMIN")


def totp(secret: str, *, step: int = 0) -> str:
    """RFC 6238 by hand: what the person's phone shows now (or ``step`` half minutes later)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_the_code_made_by_hand_is_that_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1111111109)  # RFC 6238, appendix B: 07081804
    assert totp(base64.b32encode(b"12345678901234567890").decode()) == "081804"


def enter(bank: Bank, name: str) -> tuple[Client, Any]:
    client = Client()
    body = {"emp_no": bank.staff[name].emp_no, "password": PASSWORD}
    return client, client.post("/api/session", body, content_type=JSON)


def set_up(client: Client, *, step: int = -1) -> tuple[str, list[str]]:
    """Set up an app with the code of the step before, so that the present one is still unused."""
    secret = client.post("/api/me/totp", {}, content_type=JSON).json()["secret"]
    answer = client.put("/api/me/totp", {"code": totp(secret, step=step)}, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return secret, answer.json()["codes"]


def show(client: Client, code: str) -> str:
    answer = client.post("/api/session/code", {"code": code}, content_type=JSON)
    return "" if answer.status_code == 204 else f"{answer.status_code} {answer.json()['code']}"


def test_a_role_that_needs_one_can_do_nothing_but_set_it_up(bank: Bank) -> None:
    client, answer = enter(bank, "陈")
    assert (answer.status_code, answer.json()["must"]) == (200, "second_factor")
    for path in ("/api/customers", "/api/branch", "/api/workbench"):
        refused = client.get(path)
        assert (refused.status_code, refused.json().get("code")) == (403, "second_factor_needed"), path
    assert client.get("/api/me/security").status_code == 200
    set_up(client)
    assert client.get("/api/me").json()["must"] == ""
    assert client.get("/api/customers").status_code == 200


def test_a_manager_may_do_without(bank: Bank) -> None:
    client, answer = enter(bank, "李")
    assert answer.json()["must"] == ""
    assert client.get("/api/customers").status_code == 200


def test_the_password_alone_opens_nothing_for_whoever_has_a_second_factor(bank: Bank) -> None:
    secret, _ = set_up(enter(bank, "李")[0])
    client, answer = enter(bank, "李")
    assert (answer.status_code, answer.json()["kinds"]) == (202, ["recovery_codes", "totp"])
    assert client.get("/api/me").status_code == 401
    assert show(client, totp(secret)) == ""
    assert client.get("/api/me").json()["name"] == "李"
    starts = AuditEntry.objects.filter(action="session.start").order_by("id")
    assert list(starts.values_list("reason", flat=True)) == ["password", "password totp"]


def test_a_code_works_once_only_whichever_process_is_asked(bank: Bank, settings: Any) -> None:
    secret, _ = set_up(enter(bank, "李")[0])
    code = totp(secret)
    assert show(enter(bank, "李")[0], code) == ""
    from django.core.cache import cache

    cache.clear()  # another process has another memory
    assert show(enter(bank, "李")[0], code) == "400 wrong_code"
    assert show(enter(bank, "李")[0], totp(secret, step=-1)) == "400 wrong_code"  # an older one neither
    assert show(enter(bank, "李")[0], totp(secret, step=1)) == ""


@pytest.mark.django_db(transaction=True)
def test_of_two_that_show_the_same_code_at_once_one_gets_in() -> None:
    bank = a_bank().with_manager("李")
    secret, codes = set_up(enter(bank, "李")[0])
    clients = [enter(bank, "李")[0] for _ in range(4)]

    def attempt(pair: tuple[Client, str]) -> str:
        try:
            return show(*pair)
        finally:
            connection.close()

    for code in (totp(secret), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(attempt, [(client, code) for client in clients]))
        assert answers == ["", *["400 wrong_code"] * 3]
        clients = [enter(bank, "李")[0] for _ in range(4)]


def test_five_wrong_codes_lock_even_the_right_one_from_wherever(bank: Bank) -> None:
    secret, _ = set_up(enter(bank, "李")[0])
    for n in range(5):
        client, _ = enter(bank, "李")  # the right password in between forgets nothing
        answer = client.post(
            "/api/session/code", {"code": f"{n:06}"}, content_type=JSON, REMOTE_ADDR=f"10.0.0.{n}"
        )
        assert answer.json()["code"] == "wrong_code"
    client = Client()
    body = {"emp_no": bank.staff["李"].emp_no, "password": PASSWORD}
    client.post("/api/session", body, content_type=JSON, REMOTE_ADDR="10.0.0.99")
    assert show(client, totp(secret)) == "429 locked_out"
    assert AuditEntry.objects.filter(action="session.refused", reason="wrong_code").count() == 5


@pytest.mark.django_db(transaction=True)
def test_parallel_codes_cannot_slip_past_the_count() -> None:
    bank = a_bank().with_manager("李")
    set_up(enter(bank, "李")[0])
    clients = [enter(bank, "李")[0] for _ in range(12)]

    def attempt(pair: tuple[int, Client]) -> str:
        try:
            return show(pair[1], f"{pair[0]:06}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(attempt, enumerate(clients)))
    assert answers == ["400 wrong_code"] * 5 + ["429 locked_out"] * 7


def test_the_second_step_without_the_first_or_too_late_is_refused(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = set_up(enter(bank, "李")[0])
    assert show(Client(), totp(secret)) == "401 sign_in_again"
    client, _ = enter(bank, "李")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    assert show(client, totp(secret)) == "401 sign_in_again"


def test_recovery_codes_are_shown_once_and_each_works_once(bank: Bank) -> None:
    owner, _ = enter(bank, "李")
    _, codes = set_up(owner)
    assert len(set(codes)) == 10
    assert set_up(owner)[1] == []  # a new app, the same codes
    assert all(code not in owner.get("/api/me/security").content.decode() for code in codes)
    assert show(enter(bank, "李")[0], codes[3]) == ""
    assert show(enter(bank, "李")[0], codes[3]) == "400 wrong_code"
    assert show(enter(bank, "李")[0], codes[4].replace(" ", "")) == ""
    renewed = owner.post("/api/me/recovery-codes", {}, content_type=JSON).json()["codes"]
    assert show(enter(bank, "李")[0], codes[5]) == "400 wrong_code"
    assert show(enter(bank, "李")[0], renewed[0]) == ""


def test_secrets_lie_sealed_in_the_database(bank: Bank) -> None:
    secret, _ = set_up(enter(bank, "李")[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(session_data, ' ') FROM django_session")
        stored += cursor.fetchone()[0]
    assert secret not in stored


def test_the_last_second_factor_of_a_role_that_needs_one_stays(bank: Bank) -> None:
    head, _ = enter(bank, "陈")
    manager, _ = enter(bank, "李")
    set_up(head)
    set_up(manager)

    def take(client: Client) -> Any:
        (number,) = (f["id"] for f in client.get("/api/me/security").json()["factors"] if f["kind"] == "totp")
        return client.post(f"/api/me/second-factors/{number}/removal", {}, content_type=JSON), number

    answer, number = take(head)
    assert (answer.status_code, answer.json()["code"]) == (403, "last_second_factor")
    assert manager.post(f"/api/me/second-factors/{number}/removal", {}, content_type=JSON).status_code == 404
    assert take(manager)[0].status_code == 204
    assert not Authenticator.objects.filter(user=bank.staff["李"]).exists()  # recovery codes went with it
    assert enter(bank, "李")[1].status_code == 200
    assert AuditEntry.objects.get(action="second_factor.remove").reason == "totp"


def test_an_old_session_says_the_password_again_before_it_changes_a_second_factor(bank: Bank) -> None:
    client, _ = enter(bank, "李")
    StaffSession.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert client.post("/api/me/totp", {}, content_type=JSON).json()["code"] == "confirm_password"
    wrong = client.post("/api/me/totp", {"password": "wrong-guess-1"}, content_type=JSON)
    assert wrong.json()["code"] == "wrong_old_password"
    assert "secret" in client.post("/api/me/totp", {"password": PASSWORD}, content_type=JSON).json()
    assert client.put("/api/me/totp", {"code": "000000"}, content_type=JSON).json()["code"] == "wrong_code"


def test_whoever_lost_their_second_factor_is_helped_at_the_command_line(bank: Bank) -> None:
    client, _ = enter(bank, "陈")
    set_up(client)
    emp_no = bank.staff["陈"].emp_no
    assert CliRunner().invoke(app, ["forget-second-factor", emp_no]).exit_code == 0
    assert client.get("/api/me").status_code == 401
    assert enter(bank, "陈")[1].json()["must"] == "second_factor"
    entry = AuditEntry.objects.get(action="second_factor.forget")
    assert (entry.user_id, entry.object_id) == (None, emp_no)


def test_a_passkey_that_nobody_asked_for_is_refused(bank: Bank) -> None:
    client, _ = enter(bank, "李")
    body = {"name": "x", "credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}}
    assert client.post("/api/me/passkeys", body, content_type=JSON).json()["code"] == "wrong_passkey"
    client.post("/api/me/passkey-options", {}, content_type=JSON)
    assert client.post("/api/me/passkeys", body, content_type=JSON).json()["code"] == "wrong_passkey"
