"""Exchange the data key in a process of its own, and die by SIGKILL in the middle of a batch.

Usage: python -m tests.privacy.rotate BATCHES (0: to the end)
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import nullcontext

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main(batches: int) -> None:
    """Rotate in batches of two rows; die before the batch after ``batches`` is committed."""
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    from django.db import connection

    connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
    from yinke.privacy.services import keys

    write, count = keys._write, 0

    def dying(*args: object) -> None:
        nonlocal count
        count += 1
        write(*args)  # type: ignore[arg-type]
        if count == batches:
            os.kill(os.getpid(), signal.SIGKILL)

    keys._write = dying  # type: ignore[assignment]
    keys.rotate(settle=0, alone=lambda: nullcontext(True), batch=2)


if __name__ == "__main__":
    main(int(sys.argv[1]))
