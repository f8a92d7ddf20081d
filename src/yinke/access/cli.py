"""``yinke audit``: is the audit trail still what was written?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail")
Heads = Annotated[Path | None, typer.Option(help="The file of heads (default: YINKE_AUDIT_HEADS)")]

WHAT = {
    "changed": "was changed after it was written",
    "unlinked": "does not follow the entry before it: entries are missing or were exchanged",
    "missing": "is gone, or is another than the file of heads knows",
}


@audit_app.command()
def verify(heads: Heads = None) -> None:
    """Check every link of the trail. Exit code: 0 whole, 1 broken; then the first broken entry is named."""
    from django.conf import settings

    from yinke.access.services import audit_chain

    found = audit_chain.verify(heads or settings.YINKE.audit_heads)
    console = Console()
    if found.broken:
        console.print(f"Entry {found.broken.entry} {WHAT[found.broken.what]}.", style="bold red")
        console.print(
            "Remedy: keep the database as it is for the auditors; compare with the newest backup that verifies."
        )
        raise typer.Exit(1)
    console.print(f"{found.entries:,} entries, whole.")
    if found.head:
        console.print(f"head: {found.head.entry} {found.head.digest}", soft_wrap=True)


@audit_app.command()
def head(heads: Heads = None) -> None:
    """Print the newest entry's number and digest, and append it to the file of heads (each night does so too)."""
    from django.conf import settings

    from yinke.access.services import audit_chain

    newest = audit_chain.keep_head(heads or settings.YINKE.audit_heads)
    typer.echo(f"{newest.entry} {newest.digest}" if newest else "no entries yet")
