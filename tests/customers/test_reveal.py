"""明文查看: a reason first, the audit row second, the value last."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.customers.models import Customer
from yinke.customers.services import reveal as module
from yinke.customers.services.reveal import reveal

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank().with_branch("静安").with_manager("王").with_customer("欧阳晓晓")
        .with_branch("徐汇").with_manager("李").with_customer("张三丰", mobile="13912345678", email="sf.zhang@mail.example", cert_no="11010519491231002X")
    )  # fmt: skip


def ask(client: Client, bank: Bank, field: str = "mobile", reason: str = "CALL", name: str = "张三丰") -> Any:
    return client.post(
        f"/api/customers/{bank.customers[name].id}/reveal", {"field": field, "reason": reason},
        content_type="application/json",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mobile", "13912345678"),
        ("email", "sf.zhang@mail.example"),
        ("cert", "11010519491231002X"),
        ("name", "张三丰"),
    ],
)
def test_the_manager_sees_one_field_and_is_on_record(bank: Bank, field: str, value: str) -> None:
    assert ask(bank.client("李"), bank, field).json() == {"value": value}
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.action, entry.reason, entry.address) == (
        bank.staff["李"], "customer.reveal", "CALL", "127.0.0.1",
    )  # fmt: skip
    assert entry.object_id == f"{bank.customers['张三丰'].id}.{field}"


def test_the_record_stands_before_the_value_is_read(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def decrypt_and_look(sealed: bytes) -> str:
        seen.append(AuditEntry.objects.count())
        raise RuntimeError("the key is gone")

    monkeypatch.setattr(module, "decrypt", decrypt_and_look)
    with pytest.raises(RuntimeError):
        reveal(bank.viewer("李"), bank.customers["张三丰"].id, "mobile", "CALL")
    assert seen == [1]
    assert AuditEntry.objects.count() == 1


def test_no_record_no_value(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(module, "audit", full_disk)
    monkeypatch.setattr(module, "decrypt", lambda sealed: pytest.fail("decrypted without a record"))
    with pytest.raises(OSError, match="No space"):
        reveal(bank.viewer("李"), bank.customers["张三丰"].id, "mobile", "CALL")


@pytest.mark.parametrize(("field", "reason"), [("address", "CALL"), ("mobile", "CURIOUS"), ("mobile", "")])
def test_no_reason_or_an_unknown_field_is_refused(bank: Bank, field: str, reason: str) -> None:
    assert ask(bank.client("李"), bank, field, reason).status_code == 422
    assert not AuditEntry.objects.exists()


def test_a_colleagues_customer_does_not_exist(bank: Bank) -> None:
    assert ask(bank.client("李"), bank, name="欧阳晓晓").status_code == 404
    assert not AuditEntry.objects.exists()


def test_head_office_reveals_nothing(bank: Bank) -> None:
    bank.with_staff("运营", "HQ_OPS", at="总行")
    assert ask(bank.client("运营"), bank).status_code == 403


def test_thirty_a_day_and_no_more(bank: Bank) -> None:
    client = bank.client("李")
    assert [ask(client, bank).status_code for _ in range(31)] == [200] * 30 + [429]
    assert AuditEntry.objects.count() == 30


def test_a_value_the_bank_does_not_have_is_said_so(bank: Bank) -> None:
    Customer.objects.update(cert_sealed=None)
    assert ask(bank.client("李"), bank, "cert").status_code == 404
