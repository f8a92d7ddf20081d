"""Every operation of the API names the right it needs; every role gets exactly what its rights say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.bank import Bank, a_bank, browser
from yinke.access.auth import Can
from yinke.access.models import Role
from yinke.access.viewer import RIGHTS
from yinke.api import api
from yinke.care.live_api import signed_by_source
from yinke.outreach.api import signed_by_provider

pytestmark = pytest.mark.django_db

SECOND_STEP = {"show_code", "ask_passkey", "show_passkey"}
PUBLIC = {"sign_in", "list_sign_in_ways", "list_demo_logins"} | SECOND_STEP
"""The only operations that may be called without a session."""
SIGNED = {"note_receipts", "note_replies"}
"""What a provider of messages tells, under its own signature; see ``tests/outreach/test_api.py``."""
SENT = {"take_live_events"}
"""What a source of live events tells, signed too; see ``tests/care/live/test_events.py``."""


def operations() -> Iterator[tuple[str, str, Any]]:
    """(method, address, operation) of everything the API offers."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                address = re.sub(r"\{[^}]+\}", "999999999", f"/api/{prefix}/{path}").replace("//", "/")
                for method in operation.methods:
                    yield method, address.replace("//", "/"), operation


OPERATIONS = list(operations())
GUARDED = [
    entry
    for entry in OPERATIONS
    if entry[2].operation_id not in PUBLIC and entry[2].view_func.__name__ not in PUBLIC | SIGNED | SENT
]


def door(operation: Any) -> Can:
    (only,) = operation.auth_callbacks
    assert isinstance(only, Can)
    return only


def call(client: Client, method: str, address: str) -> Any:
    return client.generic(method, address, b"{}", content_type="application/json")


def test_the_walk_over_the_api_finds_its_operations() -> None:
    described = {
        (method.upper(), re.sub(r"\{[^}]+\}", "999999999", path))
        for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
    }  # fmt: skip
    assert {(method, address) for method, address, _ in OPERATIONS} == described
    assert len(GUARDED) > 20


def test_nothing_is_public_but_the_steps_of_signing_in_and_the_demos_logins() -> None:
    open_doors = {op.view_func.__name__ for _, _, op in OPERATIONS if not op.auth_callbacks}
    assert open_doors == PUBLIC


def test_what_providers_tell_is_behind_their_signature() -> None:
    doors = [op.auth_callbacks for _, _, op in OPERATIONS if op.view_func.__name__ in SIGNED]
    assert doors == [[signed_by_provider]] * len(SIGNED)
    assert [op.auth_callbacks for _, _, op in OPERATIONS if op.view_func.__name__ in SENT] == [
        [signed_by_source]
    ]


def test_every_right_that_a_door_names_is_held_by_some_role() -> None:
    named = {right for _, _, operation in GUARDED if (right := door(operation).right)}
    assert named <= set().union(*RIGHTS.values())


@pytest.mark.parametrize(
    ("method", "address", "operation"), GUARDED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_no_session_no_answer(method: str, address: str, operation: Any) -> None:
    answer = call(browser(), method, address)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.fixture
def everyone() -> Bank:
    bank = a_bank().with_branch("徐汇")
    for role in Role:
        bank.with_staff(role, role)
    return bank


@pytest.mark.parametrize("role", list(Role))
def test_a_role_passes_exactly_the_doors_of_its_rights(everyone: Bank, role: Role) -> None:
    client = everyone.client(role)
    for method, address, operation in GUARDED:
        right = door(operation).right
        if operation.view_func.__name__ == "sign_out":
            continue
        answer = call(client, method, address)
        refused = answer.status_code == 403 and answer.json()["place"] == right
        assert answer.status_code != 401
        assert refused == (right is not None and right not in RIGHTS.get(role, ())), (role, method, address)


def test_system_and_security_administrators_see_no_customer() -> None:
    for role in ("SYS_ADMIN", "SEC_ADMIN", "MODEL_DEV", "TELLER", "LOBBY", "AUDITOR"):
        assert "customer.read" not in RIGHTS.get(role, ())
