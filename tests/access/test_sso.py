"""单点登录: a real OpenID Connect provider on loopback proves who it is; the way in stays ours."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access.strict import use_thresholds
from tests.access.test_second_factor import set_up, totp
from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry, User
from yinke.access.sign_in_settings import SignInSettings, read_sign_in
from yinke.common.errors import ConfigurationError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    oidc = pytest.importorskip("oidc_provider_mock", reason="no OpenID Connect provider to test with")

pytestmark = pytest.mark.django_db


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[Any]:
    people = [
        oidc.User(sub="u-1", claims={"employee_number": "E0002", "role": "SYS_ADMIN"}),
        oidc.User(sub="u-2", claims={"employee_number": "E9999"}),
        oidc.User(sub="u-3", claims={}),
        oidc.User(sub="u-4", claims={"employee_number": "E0003"}),
    ]
    with oidc.run_server_in_thread(user_claims=people) as server:
        yield server


@pytest.fixture
def bank(settings: Any, tmp_path: Path, provider: Any) -> Bank:
    """E0002 is the manager, E0003 the branch head."""
    use_thresholds(settings, tmp_path, password__max_age_days=0, session__concurrent=3)
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    file = tmp_path / "sign-in.yaml"
    file.write_text(
        f"""
oidc:
  - id: bank
    name_zh: 行内统一认证
    name_en: Bank single sign-on
    server: http://localhost:{provider.server_port}
    client_id: yinke
    client_secret_file: {secret}
    staff_claim: employee_number
""",
        "utf-8",
    )
    settings.YINKE_SIGN_IN = read_sign_in(file, production=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    bank = a_bank().with_branch("徐汇").with_staff("李", "RM", emp_no="E0002")
    return bank.with_staff("陈", "BR_MGR", emp_no="E0003")


def leave(client: Client, *, to: str = "/customers", way: str = "/sso/bank/login/") -> str:
    """Set out for the provider: the address it is asked at, or the page that tells why not."""
    answer = client.post(way, {"next": to})
    if answer.status_code == 302:
        return str(answer["Location"])
    return onward(answer)


def onward(answer: Any) -> str:
    """Where our own page goes on to by itself; a redirect of a form to another site, browsers would block."""
    found = re.search(r'content="0;url=([^"]+)"', answer.content.decode())
    assert answer.status_code == 200
    assert found, answer.content
    return html.unescape(found[1])


def prove(address: str, sub: str) -> str:
    """Sign in at the provider: the address it sends the browser back to."""
    form = urllib.parse.urlencode({"sub": sub}).encode()
    opener = urllib.request.build_opener(_Stay)
    try:
        opener.open(urllib.request.Request(address, form, method="POST"))
    except urllib.error.HTTPError as redirect:
        return str(redirect.headers["Location"]).removeprefix("http://testserver")
    raise AssertionError("no way back")


def come_back(client: Client, sub: str) -> str:
    return str(client.get(prove(leave(client), sub))["Location"])


def test_the_sign_in_page_learns_of_the_provider(bank: Bank) -> None:
    assert Client().get("/api/sign-in-ways").json() == [
        {"address": "/sso/bank/login/", "zh": "行内统一认证", "en": "Bank single sign-on"}
    ]


def test_whoever_the_provider_proves_is_in_with_the_role_of_the_staff_file(bank: Bank) -> None:
    client = Client()
    assert come_back(client, "u-1") == "/customers"
    me = client.get("/api/me").json()
    assert (me["emp_no"], me["role"], me["must"]) == ("E0002", "RM", "")  # the provider's role is not asked
    entry = AuditEntry.objects.get(action="session.start")
    assert (entry.object_id, entry.reason) == ("E0002", "bank")


@pytest.mark.parametrize("sub", ["u-2", "u-3"])
def test_nobody_is_made_who_is_not_in_the_staff_file(bank: Bank, sub: str) -> None:
    client, before = Client(), User.objects.count()
    assert come_back(client, sub) == "/sign-in?ended=sso_unknown"
    assert client.get("/api/me").status_code == 401
    assert User.objects.count() == before
    assert AuditEntry.objects.get(action="session.refused").reason == "sso_unknown"


def test_whoever_has_left_is_not_let_in_by_the_provider(bank: Bank) -> None:
    User.objects.filter(emp_no="E0002").update(is_active=False)
    client = Client()
    assert come_back(client, "u-1") == "/sign-in?ended=sso_unknown"
    assert client.get("/api/me").status_code == 401


def test_a_second_factor_is_asked_after_the_provider_too(bank: Bank) -> None:
    first = Client()
    come_back(first, "u-4")
    assert first.get("/api/me").json()["must"] == "second_factor"
    secret, _ = set_up(first)
    client = Client()
    assert come_back(client, "u-4") == "/sign-in?second=recovery_codes%2Ctotp&return=%2Fcustomers"
    assert client.get("/api/me").status_code == 401
    assert (
        client.post("/api/session/code", {"code": totp(secret)}, content_type="application/json").status_code
        == 204
    )
    assert client.get("/api/me").json()["emp_no"] == "E0003"


def test_a_provider_that_asks_for_its_own_second_factor_is_believed_if_the_bank_says_so(
    bank: Bank, settings: Any
) -> None:
    given = settings.YINKE_SIGN_IN
    theirs = given.oidc[0].model_copy(update={"second_factor": "theirs"})
    settings.YINKE_SIGN_IN = given.model_copy(update={"oidc": (theirs,)})
    client = Client()
    assert come_back(client, "u-4") == "/customers"
    assert client.get("/api/me").json()["must"] == ""


def test_a_provider_that_refuses_is_told_on_the_sign_in_page(bank: Bank) -> None:
    client = Client()
    (state,) = urllib.parse.parse_qs(urllib.parse.urlsplit(leave(client)).query)["state"]
    answer = client.get("/sso/bank/callback/", {"error": "access_denied", "state": state})
    assert answer["Location"] == "/sign-in?ended=sso_failed"
    assert AuditEntry.objects.get(action="session.refused").reason == "sso_failed"


def test_a_provider_that_is_down_is_told_on_the_sign_in_page(bank: Bank, settings: Any) -> None:
    given = settings.YINKE_SIGN_IN
    gone = given.oidc[0].model_copy(update={"server": "http://localhost:9"})
    settings.YINKE_SIGN_IN = given.model_copy(update={"oidc": (gone,)})
    assert leave(Client()) == "/sign-in?ended=sso_failed"


def test_a_way_back_that_nobody_set_out_for_leads_nowhere(bank: Bank) -> None:
    way_back = prove(leave(Client()), "u-1")
    other = Client()  # another browser: somebody was sent a link
    again = onward(other.get(way_back))  # the first time it may be the strict cookie that is missing
    assert other.get(again)["Location"] == "/sign-in?ended=sso_failed"
    assert other.get("/api/me").status_code == 401


def test_a_way_back_works_once(bank: Bank) -> None:
    client = Client()
    way_back = prove(leave(client), "u-1")
    assert client.get(way_back)["Location"] == "/customers"
    assert client.get(way_back + "&_redir=")["Location"] == "/sign-in?ended=sso_failed"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_the_way_in_leads_to_our_own_pages_only(bank: Bank, target: str) -> None:
    client = Client()
    assert client.get(prove(leave(client, to=target), "u-1"))["Location"] == "/"


def test_setting_out_needs_the_pages_token_and_a_form(bank: Bank) -> None:
    assert Client(enforce_csrf_checks=True).post("/sso/bank/login/").status_code == 403
    assert Client().get("/sso/bank/login/").status_code == 405
    assert Client().post("/sso/other/login/").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/_allauth/browser/v1/auth/login"])
def test_allauth_has_no_way_in_of_its_own(bank: Bank, path: str) -> None:
    body = {"login": "E0002", "username": "E0002", "password": "Correct-Horse-9-Battery"}
    client = Client()
    client.post(path, body)
    assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("oidc: [{id: Bank}]", "oidc.0.id"), ("strange: 1", "strange"), ("directory: {server: 'http://x'}", "directory.server"),
        ("oidc: [{id: a, name_zh: a, name_en: a, server: 'http://x', client_id: a, client_secret_file: a, staff_claim: a}]", "sign-in.yaml"),
    ],
)  # fmt: skip
def test_a_wrong_file_names_the_entry(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "sign-in.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as wrong:
        read_sign_in(file, production=True)
    assert place in wrong.value.place


def test_without_a_file_passwords_are_kept_here() -> None:
    assert read_sign_in(None, production=True) == SignInSettings()
