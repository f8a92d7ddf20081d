"""What a browser is told to allow, and what production must be set to."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from django.test import Client

from tests.bank import a_bank
from yinke import urls

pytestmark = pytest.mark.django_db
PRODUCTION = {
    "YINKE_ENV": "production",
    "YINKE_SECRET_KEY": b64encode(os.urandom(48)).decode(),
    "YINKE_DATA_KEY": b64encode(os.urandom(32)).decode(),
    "DATABASE_URL": "postgresql://owner:x@nowhere/yinke",
    "YINKE_WEB_DATABASE_URL": "postgresql://web:x@nowhere/yinke",
    "YINKE_HOSTS": "crm.bank.example",
}


def checked(**changes: str) -> subprocess.CompletedProcess[str]:
    own = ("YINKE_", "DATABASE_URL", "DJANGO_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        [*command, "--settings", "yinke.settings"], env=env | PRODUCTION | changes, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_production_settings_pass_the_check_for_deployment() -> None:
    found = checked()
    assert found.returncode == 0, found.stderr
    assert "no issues" in found.stdout


@pytest.mark.parametrize("url", ["", "postgresql://owner:x@nowhere/yinke"])
def test_production_refuses_a_web_process_that_would_own_the_tables(url: str) -> None:
    found = checked(YINKE_WEB_DATABASE_URL=url)
    assert found.returncode != 0
    assert "YINKE_WEB_DATABASE_URL" in found.stderr


def test_a_page_may_run_and_show_nothing_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text('<meta name="style-nonce" content="__NONCE__" />', "utf-8")
    monkeypatch.setattr(urls, "WEB_DIST", tmp_path)
    first, second = Client().get("/workbench"), Client().get("/workbench")
    policy = first.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    nonces = [page.content.decode().split('content="')[1].split('"')[0] for page in (first, second)]
    assert nonces[0] != nonces[1]
    assert f"'nonce-{nonces[0]}'" in policy
    assert first.headers["X-Frame-Options"] == "DENY"


def test_no_answer_of_the_api_stays_in_a_cache() -> None:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_customer("张三丰")
    for path in ("/api/customers", "/api/me", "/api/customers/999"):
        assert bank.client("李").get(path).headers["Cache-Control"] == "no-store"
