"""The worker is a process of its own: it knows the nights' tasks only if the settings name them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASK = """
import django
django.setup()
from procrastinate.contrib.django import app
app.perform_import_paths()
print(" ".join(app.tasks))
"""


def test_the_worker_knows_the_watch_the_rerun_and_the_housekeeping() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert {"nightly.watch", "nightly.rerun", "nightly.keep_house"} <= set(told)
