"""The thresholds of sign-in, sessions and passwords that hold today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from yinke.common.thresholds import load_thresholds

ADMINISTRATORS = frozenset({"SYS_ADMIN", "SEC_ADMIN", "AUDITOR"})
"""三员: the three administrative duties, whose sessions are shorter."""


def limits() -> Mapping[str, Any]:
    """Every threshold in force today, by code."""
    return _on(settings.YINKE.thresholds, timezone.localdate())


@lru_cache(maxsize=4)
def _on(over: Path | None, day: date) -> Mapping[str, Any]:
    return load_thresholds(over).at(day)


def idle_time(role: str) -> timedelta:
    """How long a session of this role may go without input."""
    code = "session.idle_minutes_admin" if role in ADMINISTRATORS else "session.idle_minutes"
    return timedelta(minutes=float(limits()[code]))


def needs_second_factor(role: str) -> bool:
    """Whether this role must have a second factor (GB/T 22239-2019 8.1.4.1 d)."""
    return role in limits()["signin.second_factor_roles"]
