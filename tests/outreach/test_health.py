"""渠道状态: red when too much fails or waits for too long, green when not, and neither when there is too little to say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.outreach.conftest import Post
from yinke.outreach.health import provider_health
from yinke.outreach.models import Message
from yinke.outreach.schemas import ProviderOut


def gone(
    bank: Post, many: int, state: str, *, provider: str = "loopback", hours: float = 1, **fields: Any
) -> None:
    for _ in range(many):
        bank.message(
            "SERVICE", state=state, provider=provider, gone_at=bank.now - timedelta(hours=hours), attempts=1, **fields
        )  # fmt: skip


def health(bank: Post, name: str = "loopback") -> ProviderOut:
    return provider_health(Message.objects.all(), name, "SMS", bank.now)


def test_nothing_is_said_of_what_has_hardly_sent(bank: Post) -> None:
    assert (health(bank).health, health(bank).failure_share) == ("QUIET", None)
    gone(bank, 19, "FAILED")
    assert (health(bank).health, health(bank).failure_share) == ("QUIET", 1.0)


@pytest.mark.parametrize(("failed", "said"), [(1, "GOOD"), (2, "BAD")])
def test_more_failures_than_the_threshold_are_a_fault(bank: Post, failed: int, said: str) -> None:
    gone(bank, 20 - failed, "DELIVERED")
    gone(bank, failed, "FAILED")
    gone(bank, 50, "FAILED", hours=25)  # yesterday's
    found = health(bank)
    assert (found.health, found.sent, found.failed, found.failure_share) == (said, 20, failed, failed / 20)
    assert found.faults == (["FAILURES"] if said == "BAD" else [])


def test_what_no_provider_could_take_is_a_failure_of_each(bank: Post) -> None:
    gone(bank, 18, "DELIVERED")
    gone(bank, 2, "FAILED", provider="")
    assert health(bank).health == "BAD"
    assert (health(bank, "second").failed, health(bank, "second").health) == (2, "QUIET")


@pytest.mark.parametrize(("minutes", "said"), [(9, "GOOD"), (11, "BAD")])
def test_what_is_tried_again_for_too_long_is_a_fault(bank: Post, minutes: int, said: str) -> None:
    gone(bank, 20, "DELIVERED")
    due = bank.now - timedelta(minutes=minutes)
    gone(bank, 1, "QUEUED", provider="", hours=0.01, made_at=due, expires_at=due + timedelta(hours=48))
    found = health(bank)
    assert (found.health, found.retrying, found.retrying_since) == (said, 1, due)


def test_what_waits_for_its_hour_or_was_asked_for_long_before_its_day_is_none(bank: Post) -> None:
    gone(bank, 20, "DELIVERED")
    bank.message("GREETING", why="HOURS", made_at=bank.now - timedelta(hours=9))
    gone(
        bank, 1, "QUEUED", provider="", hours=0.01, made_at=bank.now - timedelta(days=7),
        expires_at=bank.now + timedelta(hours=48),
    )  # fmt: skip
    assert health(bank).health == "GOOD"


def test_the_newest_receipt_and_what_has_none_yet_are_told(bank: Post) -> None:
    at = bank.now - timedelta(minutes=50)
    gone(bank, 2, "DELIVERED", receipt_at=at)
    gone(bank, 3, "SENT")
    found = health(bank)
    assert (found.last_receipt_at, found.awaiting, found.seconds) == (at, 3, 600.0)
