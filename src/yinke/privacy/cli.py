"""``yinke keys``: how the data keys stand, and exchanging them; ``yinke retention``: what is past its time."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import typer
from rich.console import Console
from rich.table import Table

from yinke.common.errors import ConfigurationError


def retention_command(run: bool) -> None:
    """List what is past its retention, table by table, or delete it."""
    from yinke.privacy.services import retention

    table = Table("table", "rule", "older than", "deleted" if run else "would go")
    for row in retention.expire() if run else retention.due():
        table.add_row(row.table, row.code, f"{row.before}", f"{row.rows:,}")
    Console().print(table)


def make_keys_app(
    start: Callable[[], None], alone: Callable[[], Callable[[], AbstractContextManager[bool]]]
) -> typer.Typer:
    """The commands; ``alone`` gives what holds the nights off, which lie above this context."""
    app = typer.Typer(no_args_is_help=True, help="Data keys: status, exchange", callback=start)

    @app.command()
    def status() -> None:
        """List the data keys, and how many values still lie under an older one; the lake's key."""
        from django.conf import settings

        from yinke.lake.store import Lake
        from yinke.privacy.models import DataKey
        from yinke.privacy.services.keys import left_over

        table = Table("key", "algorithm", "state", "in use from", "retired")
        for key in DataKey.objects.order_by("version"):
            table.add_row(
                f"{key.version}",
                key.algorithm,
                key.state,
                f"{key.activated_at or ''}",
                f"{key.retired_at or ''}",
            )
        console = Console()
        console.print(table)
        for left in left_over():
            console.print(f"{left.table}: {left.rows:,} rows under an older key")
        keys = Lake(settings.YINKE.lake).keys
        console.print(
            f"lake: key {keys.active} ({keys.texts.active.algorithm})"
            + (", its exchange has not ended: yinke keys rotate" if keys.moving else "")
        )

    @app.command()
    def rotate(settle: float = 10.0) -> None:
        """Exchange the data keys, the lake's last; goes on where an exchange was stopped. People may work meanwhile."""
        from yinke.privacy.services import keys

        console, rows, files = Console(), 0, 0

        def told(table: str, more: int) -> None:
            nonlocal rows, files
            if table.startswith("lake "):
                files += more
                if files % 100 == 0:
                    console.print(f"lake: {files:,} files")
                return
            rows += more
            if rows // 100_000 != (rows - more) // 100_000:
                console.print(f"{table}: {rows:,}")

        version = keys.rotate(settle=settle, alone=alone(), on_batch=told)
        console.print(
            f"Key {version} is in use, {rows:,} rows and {files:,} files of the lake are sealed anew."
        )

    @app.command()
    def rewrap() -> None:
        """After YINKE_DATA_KEY was exchanged: open the data keys with YINKE_DATA_KEY_OLD, wrap them anew."""
        from yinke.privacy.services import keys

        try:
            old = base64.b64decode(os.environ.get("YINKE_DATA_KEY_OLD", ""), validate=True)
        except binascii.Error:
            old = b""
        if len(old) != 32:
            raise ConfigurationError(
                "The earlier master key is not 32 bytes in base64", place="YINKE_DATA_KEY_OLD",
                remedy="Give the key that YINKE_DATA_KEY held before",
            )  # fmt: skip
        Console().print(f"{keys.rewrap(old)} data keys and those of the lake are under the new master key.")

    return app
