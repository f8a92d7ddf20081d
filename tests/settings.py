"""Settings of the tests: the demo's, with everything they write under var/test."""

import os
from pathlib import Path

HOME = Path(__file__).parents[1] / "var" / "test"
os.environ["YINKE_HOME"] = str(HOME)
os.environ["YINKE_LAKE"] = str(HOME / "lake")
os.environ["YINKE_INBOX"] = str(HOME / "inbox")
os.environ.setdefault("YINKE_THREADS", "2")
os.environ.setdefault("YINKE_MEMORY", "2GB")
os.environ["YINKE_ENV"] = "demo"
for name in (
    "YINKE_FEEDS",
    "YINKE_THRESHOLDS",
    "YINKE_SIGN_IN",
    "YINKE_SECRET_KEY",
    "YINKE_DATA_KEY",
    "YINKE_ENGINE",
    "YINKE_PROCESS",  # whoever looks through all modules for doctests imports the web process's too
):
    os.environ.pop(name, None)

from yinke.settings import *  # noqa: E402, F403
from yinke.settings import DATABASES  # noqa: E402

DATABASES["default"]["OPTIONS"].pop("pool")  # test threads and transactions hold their own connections
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
