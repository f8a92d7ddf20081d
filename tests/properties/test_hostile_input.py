"""schemathesis asks every operation with values that its description allows or just not: no answer is a crash."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from schemathesis.generation import GenerationMode

from tests.access.test_rights import operations
from tests.bank import a_bank
from yinke.access.auth import Can
from yinke.access.models import Role
from yinke.access.viewer import RIGHTS
from yinke.api import api
from yinke.common.signing import SIGNATURE, TIME, signed

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
EXAMPLES = 6
KEY = b"k" * 32


def one_who_may(label: str) -> str:
    """A role that the operation's door lets in."""
    name = OPERATIONS[label].definition.raw["operationId"]
    auth = next(op.auth_callbacks for _, _, op in operations() if op.view_func.__name__ == name)
    right = auth[0].right if auth and isinstance(auth[0], Can) else None
    return next(role for role in Role if right is None or right in RIGHTS.get(role, ()))


def ask(client: Client, case: Any) -> Any:
    body = case.body if case.media_type else b""
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    content, moment = Client()._encode_json(body, "application/json"), int(time.time())
    plain = content.encode() if isinstance(content, str) else content
    headers = {TIME: f"{moment}", SIGNATURE: signed(KEY, moment, plain)}  # as a provider of messages
    with (
        patch("yinke.outreach.api.signing_key", lambda name: KEY),
        patch("yinke.care.live_api.sender_key", lambda name: KEY),  # and as a source of live events
    ):
        return client.generic(
            case.method, case.formatted_path, content, content_type="application/json", query_params=query,
            headers=headers,
        )  # fmt: skip


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_input_makes_the_api_crash(label: str) -> None:
    role = one_who_may(label)
    bank = a_bank().with_branch("徐汇").with_staff(role, role).with_customer("张三丰", of=role)
    client = bank.client(role)

    @settings(max_examples=EXAMPLES, database=None, derandomize=True)
    @given(case=OPERATIONS[label].as_strategy())
    def probe(case: Any) -> None:
        with transaction.atomic():
            answer = ask(client, case)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (case.query, case.body, answer.content[:500])
        if answer.status_code >= 400:
            assert answer.json()["code"]

    probe()
