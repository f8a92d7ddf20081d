"""A small bank, an approved text of each kind, consents, and a gateway on loopback."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from tests.bank import Bank
from yinke.customers.models import Customer
from yinke.demo.gateway import Gateway
from yinke.outreach.channels.http_sms import HttpSms
from yinke.outreach.gate import SHANGHAI
from yinke.outreach.models import Message, TemplateVersion
from yinke.outreach.services import dispatch as dispatching
from yinke.outreach.services.dispatch import Dispatched, dispatch
from yinke.outreach.services.templates import Draft, decide, submit
from yinke.privacy.models import Consent, Policy

NOON = datetime(2026, 11, 3, 12, tzinfo=SHANGHAI)
"""A Tuesday on which everything may go."""
numbers = count(1)


class Post(Bank):
    """A bank that writes to its customers."""

    def __init__(self) -> None:
        super().__init__()
        self.with_branch("徐汇").with_manager("李").with_head("王").with_staff("运营", "HQ_OPS", at="总行")
        self.with_staff("合规", "COMPLIANCE", at="总行")
        self.with_customer("赵一", gender="F", mobile="13800000001", risk_level="C2", risk_expiry=NOON.date())
        self.zhao = self.customers["赵一"]
        self.now = NOON
        self.texts = {
            kind: self.text(kind, f"{{称呼}}，您好。{kind}") for kind in ("MARKETING", "GREETING", "SERVICE")
        }

    def text(self, kind: str, text: str, risk: int | None = None) -> TemplateVersion:
        """An approved text."""
        version = submit(self.viewer("运营"), Draft(f"模板{next(numbers)}", kind, text, risk))
        return decide(self.viewer("合规"), version.id, fit=True)

    def consents(self, customer: Customer, answer: str = "GRANTED", purpose: str = "MARKETING_SMS") -> None:
        """A yes or no to a purpose, an hour ago."""
        policy = Policy.objects.filter(purpose=purpose).latest("version")
        Consent.objects.create(
            customer=customer, purpose=purpose, answer=answer, policy=policy, text_hash=policy.text_hash, channel="COUNTER",
            at=self.now - timedelta(hours=1), request_key=secrets.token_hex(8),
        )  # fmt: skip

    def message(self, kind: str = "MARKETING", customer: Customer | None = None, **fields: Any) -> Message:
        """A message that waits."""
        version = fields.pop("version", self.texts.get(kind))
        made = {
            "customer": customer or self.zhao, "version": version, "channel": "SMS", "kind": kind, "made_at": self.now,
            "expires_at": self.now + timedelta(hours=48), "next_at": self.now, "by": self.staff["李"],
            "request_key": secrets.token_hex(8), **fields,
        }  # fmt: skip
        return Message.objects.create(**made)

    def send(self, gateway: Gateway | None, *, most: int | None = None) -> Dispatched:
        """Dispatch at the bank's own time."""
        provider = [HttpSms("loopback", gateway.url, gateway.secret)] if gateway else []
        with patch.object(timezone, "now", lambda: self.now):
            return dispatch(most=most, carriers=lambda channel: provider)


assert dispatching.timezone is timezone


@pytest.fixture
def bank(db: None) -> Post:
    """One manager, one customer who has agreed to be written to."""
    with patch.object(timezone, "now", lambda: NOON):
        post = Post()
        post.consents(post.zhao)
        return post


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A message platform that answers."""
    there = Gateway(secrets.token_hex(32).encode()).start()
    yield there
    there.stop()


@pytest.fixture
def channels(gateway: Gateway, tmp_path: Path, settings: Any) -> Path:
    """The file of providers that names it."""
    secret = tmp_path / "secret"
    secret.write_bytes(gateway.secret)
    path = tmp_path / "channels.yaml"
    path.write_text(
        f"sms:\n  - {{name: loopback, url: '{gateway.url}', secret_file: {secret}}}\n", encoding="utf-8"
    )
    from dataclasses import replace

    settings.YINKE = replace(settings.YINKE, channels=path)
    return path
