"""Send in a process of its own by a gateway that refuses every text, and die by SIGKILL once the second texts are asked for.

Usage: python -m tests.outreach.die_next_channel DIES (1: before the transaction is committed; 0: to the end)
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(dies: bool) -> None:
    """All that is due, texts refused, notices taken."""
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection
    from django.utils import timezone

    connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
    folder = Path(os.environ["TEST_LAKE"])
    settings.YINKE = replace(settings.YINKE, lake=folder, home=folder)
    from tests.outreach.test_next_channel import Says
    from yinke.outreach.services import dispatch as dispatching

    ask = dispatching.ask_next

    def dying(*args: object) -> int:
        asked = ask(*args)  # type: ignore[arg-type]
        if dies and asked:
            os.kill(os.getpid(), signal.SIGKILL)
        return asked

    dispatching.ask_next = dying  # type: ignore[assignment]
    ways = {"SMS": [Says("sms", [("REFUSED", False)] * 99)], "APP": [Says("app")]}
    with patch.object(timezone, "now", lambda: datetime.fromisoformat(os.environ["TEST_NOW"])):
        dispatching.dispatch(carriers=lambda channel: ways[channel])


if __name__ == "__main__":
    main(sys.argv[1] == "1")
