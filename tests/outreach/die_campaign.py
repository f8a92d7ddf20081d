"""Let campaigns go on in a process of its own, and die by SIGKILL in the middle of a transaction.

Usage: python -m tests.outreach.die_campaign SETS (0: to the end), after so many sets are asked for; the last one is not committed
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


def main(sets: int) -> None:
    """One minute, four messages at a time."""
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection
    from django.utils import timezone

    connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
    folder = Path(os.environ["TEST_LAKE"])
    settings.YINKE = replace(settings.YINKE, lake=folder, home=folder)
    from yinke.outreach.campaigns import engine

    ask, count = engine._ask, 0

    def dying(*args: object) -> int:
        nonlocal count
        count += 1
        asked = ask(*args)  # type: ignore[arg-type]
        if count == sets:
            os.kill(os.getpid(), signal.SIGKILL)
        return asked

    engine._ask, engine.CHUNK = dying, 4
    with patch.object(timezone, "now", lambda: datetime.fromisoformat(os.environ["TEST_NOW"])):
        engine.tick()


if __name__ == "__main__":
    main(int(sys.argv[1]))
