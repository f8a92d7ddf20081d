"""授权: roles and rights are changed by two, never one's own, and never two administrators' duties in one hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import Bank, a_bank, a_day
from yinke.access.models import AuditEntry, Org, Role, RoleRequest, RoleRight, User
from yinke.access.services import sync_staff
from yinke.access.services.roles import ALL_RIGHTS
from yinke.access.standing import rights_by_role
from yinke.access.viewer import BUSINESS, DUTIES, RIGHTS, SECURITY, SYSTEM
from yinke.common.errors import YinkeError
from yinke.lake.store import Lake

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def bank() -> Bank:
    bank = (
        a_bank()
        .with_staff("安全", "SEC_ADMIN")
        .with_staff("安全二", "SEC_ADMIN")
        .with_staff("合规", "COMPLIANCE")
    )
    bank.with_staff("系统", "SYS_ADMIN").with_staff("审计", "AUDITOR").with_staff("运营", "HQ_OPS")
    return bank.with_branch("徐汇").with_manager("李").with_staff("柜员", "TELLER").with_customer("张三丰")


def ask(bank: Bank, by: str = "安全", kind: str = "GRANT", whom: str | None = None, **more: Any) -> Any:
    body = {
        "kind": kind,
        "reason": "工作需要，已面谈",
        **({"user_id": bank.staff[whom].id} if whom else {}),
        **more,
    }
    return bank.client(by).post("/api/roles/requests", body, content_type=JSON)


def decide(bank: Bank, by: str, number: int, *, approve: bool = True) -> Any:
    body = {"approve": approve, "note": "同意" if approve else "不同意"}
    return bank.client(by).post(f"/api/roles/requests/{number}/decide", body, content_type=JSON)


def change(bank: Bank, **asked: Any) -> None:
    answer = ask(bank, **asked)
    assert answer.status_code == 200, answer.content
    answer = decide(bank, "合规", answer.json()["id"])
    assert answer.status_code == 200, answer.content


def test_a_role_is_granted_by_two_and_holds_from_the_next_request_on(bank: Bank) -> None:
    client = bank.client("柜员")
    assert client.get("/api/customers").status_code == 403
    number = ask(bank, whom="柜员", role="RM").json()["id"]
    assert client.get("/api/customers").status_code == 403
    assert decide(bank, "安全", number).json()["code"] == "maker_checker"
    assert decide(bank, "合规", number).json()["status"] == "APPROVED"
    assert client.get("/api/customers").status_code == 200
    assert client.get("/api/me").json()["role"] == "RM"
    assert decide(bank, "安全二", number).json()["code"] == "request_decided"
    words = list(AuditEntry.objects.order_by("id").values_list("action", "user__name"))
    assert words == [("role.request", "安全"), ("role.approve", "合规")]


def test_a_refused_request_changes_nothing(bank: Bank) -> None:
    number = ask(bank, whom="柜员", role="RM").json()["id"]
    assert decide(bank, "安全二", number, approve=False).json()["status"] == "REFUSED"
    assert User.objects.get(name="柜员").role == "TELLER"


def test_a_granted_role_survives_the_nights_until_it_is_revoked(bank: Bank, tmp_path: Path) -> None:
    change(bank, whom="柜员", role="RM")
    user = bank.staff["柜员"]
    row = {
        "emp_no": user.emp_no,
        "name": "柜员",
        "org_no": Org.objects.get(name="徐汇").org_no,
        "status": "ACTIVE",
    }
    lake = Lake(tmp_path)

    def night(day: int, post: str) -> str:
        sync_staff(a_day(lake, date(2026, 11, day), org=[], staff=[{**row, "post": post}]))
        user.refresh_from_db()
        return user.role

    assert night(1, "TELLER") == "RM"
    assert (night(2, "LOBBY"), user.post) == ("RM", "LOBBY")
    User.objects.exclude(id=user.id).update(is_active=True)  # that staff file listed nobody else
    change(bank, kind="REVOKE", whom="柜员")
    user.refresh_from_db()
    assert (user.role, night(3, "LOBBY")) == ("LOBBY", "LOBBY")


def test_a_right_is_given_to_a_role_and_taken_again(bank: Bank) -> None:
    client = bank.client("李")
    assert client.get("/api/branch").json()["code"] == "not_allowed"
    assert client.get("/api/orgs").status_code == 403
    change(bank, kind="RIGHT_ON", role="RM", right="org.read")
    assert client.get("/api/orgs").status_code in (200, 404)
    assert "org.read" in client.get("/api/me").json()["rights"]
    change(bank, kind="RIGHT_OFF", role="RM", right="org.read")
    assert client.get("/api/orgs").status_code == 403
    assert not RoleRight.objects.exists()  # back to the default: no word on it is left
    change(bank, kind="RIGHT_OFF", role="RM", right="customer.reveal")
    reveal = client.post(
        f"/api/customers/{bank.customers['张三丰'].id}/reveal",
        {"field": "mobile", "reason": "CALL"},
        content_type=JSON,
    )
    assert reveal.status_code == 403


@pytest.mark.parametrize(
    ("by", "asked", "code"),
    [
        ("安全", {"whom": "安全", "role": "AUDITOR"}, "own_role"),
        ("安全", {"kind": "RIGHT_ON", "role": "SEC_ADMIN", "right": "nightly.read"}, "own_role"),
        ("安全", {"whom": "系统", "role": "AUDITOR"}, "duties_exclusive"),
        ("安全", {"whom": "审计", "role": "SYS_ADMIN"}, "duties_exclusive"),
        ("安全", {"kind": "RIGHT_ON", "role": "SYS_ADMIN", "right": "role.request"}, "duties_exclusive"),
        ("安全", {"kind": "RIGHT_ON", "role": "SYS_ADMIN", "right": "customer.read"}, "duties_exclusive"),
        ("安全", {"kind": "RIGHT_ON", "role": "AUDITOR", "right": "nightly.operate"}, "duties_exclusive"),
        ("安全", {"kind": "RIGHT_ON", "role": "RM", "right": "staff.manage"}, "duties_exclusive"),
        ("安全", {"kind": "RIGHT_ON", "role": "RM", "right": "everything"}, "no_such_choice"),
        ("安全", {"whom": "柜员", "role": "KING"}, "no_such_choice"),
        ("安全", {"whom": "柜员", "role": "TELLER"}, "nothing_to_change"),
        ("安全", {"kind": "REVOKE", "whom": "柜员"}, "nothing_to_change"),
        ("安全", {"whom": "柜员", "role": "RM", "reason": " "}, "reason_missing"),
        ("合规", {"whom": "柜员", "role": "RM"}, "not_allowed"),
        ("系统", {"whom": "柜员", "role": "RM"}, "not_allowed"),
    ],
)  # fmt: skip
def test_what_must_not_be_is_refused(bank: Bank, by: str, asked: dict[str, Any], code: str) -> None:
    answer = ask(bank, by, **asked)
    assert (answer.status_code >= 400, answer.json()["code"]) == (True, code)
    assert not RoleRequest.objects.exists()


def test_who_a_request_is_about_does_not_decide_it(bank: Bank) -> None:
    number = ask(bank, whom="合规", role="HQ_OPS").json()["id"]
    assert decide(bank, "合规", number).json()["code"] == "own_role"
    number = ask(bank, kind="RIGHT_ON", role="COMPLIANCE", right="nightly.read").json()["id"]
    assert decide(bank, "合规", number).json()["code"] == "own_role"
    assert decide(bank, "安全二", number).status_code == 200


def test_the_same_is_not_asked_twice(bank: Bank) -> None:
    ask(bank, whom="柜员", role="RM")
    assert ask(bank, whom="柜员", role="RM").json()["code"] == "request_waits"


def test_the_database_itself_refuses_a_maker_who_checks(bank: Bank) -> None:
    made = ask(bank, whom="柜员", role="RM").json()["id"]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.filter(id=made).update(decided_by=bank.staff["安全"])


def test_the_page_tells_what_departs_from_the_default_and_what_waits(bank: Bank) -> None:
    change(bank, kind="RIGHT_ON", role="TELLER", right="org.read")
    ask(bank, whom="柜员", role="RM")
    page = bank.client("合规").get("/api/roles").json()
    teller = next(role for role in page["roles"] if role["role"] == "TELLER")
    assert (teller["rights"], teller["added"], teller["removed"], teller["people"]) == (
        ["org.read"],
        ["org.read"],
        [],
        1,
    )
    assert [(r["user"]["name"], r["role"], r["may_decide"]) for r in page["waiting"]] == [
        ("柜员", "RM", True)
    ]
    assert not bank.client("安全").get("/api/roles").json()["waiting"][0]["may_decide"]
    assert (page["may_request"], len(page["decided"])) == (False, 1)
    assert bank.client("李").get("/api/roles").status_code == 403


changes = st.lists(
    st.tuples(
        st.sampled_from(["RIGHT_ON", "RIGHT_OFF"]),
        st.sampled_from(Role.values),
        st.sampled_from(sorted(ALL_RIGHTS)),
    ),
    max_size=12,
)


@given(changes)
def test_no_list_of_changes_brings_two_duties_into_one_role(asked: list[tuple[str, str, str]]) -> None:
    from yinke.access.services import ask as ask_for
    from yinke.access.services import decide as decide_on

    with transaction.atomic():
        bank = (
            a_bank()
            .with_staff("安全", "SEC_ADMIN")
            .with_staff("安全二", "SEC_ADMIN")
            .with_staff("合规", "COMPLIANCE")
        )
        maker, checker = bank.viewer("安全"), bank.viewer("合规")
        for kind, role, right in asked:
            before = rights_by_role().get(role, frozenset())
            try:
                made = ask_for(maker, kind, role=role, right=right, reason="业务需要")
                decide_on(checker, made.id, approve=True)
            except YinkeError:
                assert rights_by_role().get(role, frozenset()) == before
                RoleRequest.objects.filter(status="WAITING").delete()
                continue
            after = rights_by_role().get(role, frozenset())
            assert after == (before | {right} if kind == "RIGHT_ON" else before - {right})
        for role, rights in rights_by_role().items():
            assert sum(bool(rights & duty) for duty in (SYSTEM, SECURITY, BUSINESS)) <= 1
            assert role not in DUTIES or not rights & BUSINESS
        assert rights_by_role()["SEC_ADMIN"] == RIGHTS["SEC_ADMIN"]
        transaction.set_rollback(True)
