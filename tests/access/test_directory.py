"""The bank's directory checks passwords: against a real OpenLDAP on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access.strict import use_thresholds
from tests.bank import PASSWORD, Bank, a_bank
from yinke.access.models import AuditEntry, SignInFailure, User
from yinke.access.sign_in_settings import directory_settings, read_sign_in

pytest.importorskip("django_auth_ldap", reason="the extra ldap is not installed")
SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/lib/openldap")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(SLAPD is None, reason="OpenLDAP's slapd is not installed"),
]
IN_DIRECTORY = "Directory-Pass-3"
PEOPLE = f"""dn: dc=bank
objectClass: dcObject
objectClass: organization
o: bank
dc: bank

dn: cn=yinke,dc=bank
objectClass: person
cn: yinke
sn: yinke
userPassword: service

dn: uid=li,dc=bank
objectClass: inetOrgPerson
uid: li
cn: Li
sn: Li
employeeNumber: E0002
title: SYS_ADMIN
userPassword: {IN_DIRECTORY}

dn: uid=stranger,dc=bank
objectClass: inetOrgPerson
uid: stranger
cn: S
sn: S
employeeNumber: E9999
userPassword: {IN_DIRECTORY}
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An OpenLDAP server of our own; its address."""
    assert SLAPD
    folder = tmp_path_factory.mktemp("ldap")
    (folder / "data").mkdir()
    (folder / "people.ldif").write_text(PEOPLE)
    schema = Path("/etc/ldap/schema")
    modules = next(iter(Path("/usr/lib").glob("**/ldap/back_mdb.so")), None)
    (folder / "slapd.conf").write_text(
        "\n".join(
            [f"include {schema / name}.schema" for name in ("core", "cosine", "inetorgperson")]
            + ([f"modulepath {modules.parent}", "moduleload back_mdb"] if modules else [])
            + ["database mdb", 'suffix "dc=bank"', f"directory {folder / 'data'}", 'rootdn "cn=root,dc=bank"']
        )
        + "\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    load = [SLAPD, "-T", "add", "-f", str(folder / "slapd.conf"), "-l", str(folder / "people.ldif")]
    subprocess.run(load, check=True, capture_output=True)
    address = f"ldap://127.0.0.1:{port}"
    run = [SLAPD, "-f", str(folder / "slapd.conf"), "-h", address, "-d", "0"]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield address
        server.terminate()


@pytest.fixture
def bank(settings: Any, tmp_path: Path, directory: str) -> Bank:
    """E0002 (Li) is in the directory; E0003 is an emergency account that it does not check."""
    use_thresholds(settings, tmp_path, password__max_age_days=90, signin__second_factor_roles=[])
    _configure(settings, tmp_path, directory)
    bank = a_bank().with_branch("徐汇").with_staff("李", "RM", emp_no="E0002")
    return bank.with_staff("应急", "SYS_ADMIN", emp_no="E0003")


def _configure(settings: Any, folder: Path, server: str, password: str = "service") -> None:
    (folder / "bind").write_text(password)
    file = folder / "sign-in.yaml"
    file.write_text(
        f"local: ['E0003']\ndirectory:\n  server: {server}\n  bind_dn: cn=yinke,dc=bank\n"
        f"  bind_password_file: {folder / 'bind'}\n  search_base: dc=bank\n  timeout_seconds: 2\n"
    )
    settings.YINKE_SIGN_IN = read_sign_in(file, production=False)
    for name, value in directory_settings(settings.YINKE_SIGN_IN.directory).items():
        setattr(settings, name, value)


def sign_in(emp_no: str, password: str) -> tuple[Client, Any]:
    client = Client()
    body = {"emp_no": emp_no, "password": password}
    return client, client.post("/api/session", body, content_type="application/json")


def test_the_directorys_password_opens_and_ours_does_not(bank: Bank) -> None:
    client, answer = sign_in("E0002", IN_DIRECTORY)
    assert (answer.status_code, answer.json()["role"]) == (200, "RM")  # its title is not asked
    assert AuditEntry.objects.get(action="session.start").reason == "directory"
    assert client.get("/api/me/security").json()["own_password"] is False
    assert sign_in("E0002", PASSWORD)[1].json()["code"] == "wrong_password"


def test_an_emergency_account_is_checked_here(bank: Bank) -> None:
    client, answer = sign_in("E0003", PASSWORD)
    assert answer.json()["must"] == "password"  # and is under our rules: its age is not known
    assert client.get("/api/me/security").json()["own_password"] is True


@pytest.mark.parametrize("password", ["", "\x00", "*", "wrong-password-1"])
def test_no_other_password_opens(bank: Bank, password: str) -> None:
    assert sign_in("E0002", password)[1].json()["code"] == "wrong_password"


@pytest.mark.parametrize("emp_no", ["E9999", "*", "E000*", "E0002)(cn=*", "li", "yinke"])
def test_nobody_gets_in_who_is_not_in_the_staff_file(bank: Bank, emp_no: str) -> None:
    before = User.objects.count()
    assert sign_in(emp_no, IN_DIRECTORY)[1].json()["code"] == "wrong_password"
    assert User.objects.count() == before


def test_wrong_passwords_lock_as_ours_do(bank: Bank) -> None:
    for _ in range(5):
        sign_in("E0002", "wrong-password-1")
    assert sign_in("E0002", IN_DIRECTORY)[1].json()["code"] == "locked_out"


@pytest.mark.parametrize("what", ["gone", "our account refused"])
def test_a_directory_that_fails_counts_nothing_against_anybody(
    bank: Bank, settings: Any, tmp_path: Path, directory: str, what: str
) -> None:
    if what == "gone":
        _configure(settings, tmp_path, "ldap://127.0.0.1:9")
    else:
        _configure(settings, tmp_path, directory, password="changed")
    answer = sign_in("E0002", IN_DIRECTORY)[1]
    assert (answer.status_code, answer.json()["code"]) == (503, "directory_down")
    assert not SignInFailure.objects.exists()
    assert sign_in("E0003", PASSWORD)[1].status_code == 200  # that is what it is for


def test_a_password_that_is_kept_elsewhere_is_not_changed_here(bank: Bank) -> None:
    client, _ = sign_in("E0002", IN_DIRECTORY)
    body = {"old_password": IN_DIRECTORY, "password": "A-Brand-New-One-5"}
    answer = client.put("/api/me/password", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_elsewhere")
