"""A bank's own PostgreSQL, set up as docs/operations.md says: an owner that is no superuser, a web login that owns nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

DOC = Path(__file__).parents[2] / "docs" / "operations.md"
NAMES = ("yinke_owner_t", "yinke_app_t", "yinke_t")


def commands() -> list[str]:
    """What the page tells the database's administrator to run, with names and passwords of this test."""
    text = re.search(r"```sql\n(.*?)```", DOC.read_text("utf-8"), re.S)
    assert text
    named = text.group(1).replace("yinke_owner", NAMES[0]).replace("yinke_app", NAMES[1])
    named = named.replace("DATABASE yinke ", f"DATABASE {NAMES[2]} ")
    lines = [line.split("--")[0].strip() for line in named.splitlines()]
    return [command for command in " ".join(lines).split(";") if command.strip()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    base = settings.DATABASES["default"]
    admin = psycopg.connect(host=base["HOST"], dbname="postgres", user=base["USER"], autocommit=True)

    def drop() -> None:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAMES[2])))
        for role in NAMES[:2]:
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

    drop()
    for command in commands():
        if "CREATE ROLE yinke_web" in command:  # the tests' own databases have it already
            known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'yinke_web'").fetchone()
            if known:
                continue
        admin.execute(command)
    own = ("YINKE_", "DATABASE_URL", "DJANGO_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    address = "postgresql://{}:x@/" + NAMES[2] + "?host=" + base["HOST"]
    yield env | {
        "YINKE_HOME": str(tmp_path), "DATABASE_URL": address.format(NAMES[0]),
        "YINKE_WEB_DATABASE_URL": address.format(NAMES[1]),
    }  # fmt: skip
    drop()
    admin.close()


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)


ASK = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "yinke.settings"
django.setup()
from django.db import connection
from django.test import Client
assert Client().get("/api/me", headers={"host": "localhost"}).status_code == 401
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, count(*) FROM customers_customer")
    print(*cursor.fetchone())
    cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
    print(*cursor.fetchone())
"""


def test_a_database_set_up_as_the_page_says_works_and_the_web_login_owns_nothing(
    place: dict[str, str],
) -> None:
    migrated = run(place, "-m", "yinke.cli", "migrate")
    assert migrated.returncode == 0, migrated.stderr
    again = run(place, "-m", "yinke.cli", "migrate")
    assert again.returncode == 0, again.stderr
    asked = run(place | {"YINKE_PROCESS": "web"}, "-c", ASK)
    assert asked.stdout.split() == [NAMES[1], "0", "0"], asked.stderr
