"""Take a batch of live events in a process of its own, and die by SIGKILL when all is written and nothing committed.

Usage: TEST_DATABASE=... python -m tests.care.live.die SOURCE BATCH NOW (the batch as JSON, the moment as ISO 8601)
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(source: str, events: list[Any], now: datetime) -> None:
    """Take them; die once the tasks are made."""
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
    timezone.now = lambda: now
    from yinke.care.live import take as taking

    make = taking.raise_live

    def dying(*args: Any) -> int:
        print("raised", make(*args), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    taking.raise_live = dying
    taking.take(source, events)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
