"""Run one night of a small bank in a process of its own, and die by SIGKILL before PostgreSQL is written.

Usage: python -m tests.nightly.die FOLDER DATE
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(folder: Path, biz_date: date) -> None:
    """Run the night until the lake's day is published."""
    import django

    django.setup()
    from tests.nightly.night_bank import NightBank
    from yinke.lake.engine import open_engine
    from yinke.nightly import people

    def killed(*_: Any) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    people.sync_orgs = killed
    NightBank(folder, open_engine("duckdb", threads=1, memory="1GB", scratch=folder / "scratch")).run(
        biz_date
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]))
