"""变更历史: who changed what and when is kept by the database, however it was changed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.bank import Bank, a_bank
from yinke.access.models import User
from yinke.care.models import DoNotDisturb, Task
from yinke.common.history import kept
from yinke.common.row_security import kept_models, see_as, web_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank()
        .with_branch("徐汇")
        .with_manager("李")
        .with_customer("张三丰")
        .with_manager("王")
        .with_customer("李四")
    )


def events(model: str) -> list[tuple[str, object]]:
    found = apps.get_model(model).objects.order_by("pgh_id")
    return [(event.pgh_label, event.pgh_context) for event in found]


def test_a_change_in_a_request_says_who_made_it_and_a_plain_statement_is_kept_too(bank: Bank) -> None:
    li = bank.viewer("李")
    with transaction.atomic(), web_role():
        see_as(li.user_id, li.looks_after, li.org_ids, reads_customers=True)
        wish = DoNotDisturb.objects.create(customer=bank.customers["张三丰"], source="RM")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE care_donotdisturb SET scope = 'CALLS' WHERE id = %s", [wish.id])
        cursor.execute("DELETE FROM care_donotdisturb WHERE id = %s", [wish.id])
    assert events("care.DoNotDisturbEvent") == [
        ("insert", {"user": li.user_id}),
        ("update", None),
        ("delete", None),
    ]


def test_of_tasks_only_what_people_change_is_kept(bank: Bank) -> None:
    customer, li = bank.customers["张三丰"], bank.viewer("李")
    task = Task.objects.create(
        customer=customer, biz_date=bank.biz_date, org=customer.org, assignee=bank.staff["李"], priority=1, score=1,
        due_on=bank.biz_date, expire_on=bank.biz_date,
    )  # fmt: skip
    Task.objects.filter(id=task.id).update(status="EXPIRED")
    with transaction.atomic(), web_role():
        see_as(li.user_id, li.looks_after, li.org_ids, reads_customers=True)
        Task.objects.filter(id=task.id).update(score=2)
        Task.objects.filter(id=task.id).update(status="DONE")
    assert events("care.TaskEvent") == [("before", {"user": li.user_id}), ("update", {"user": li.user_id})]
    model = apps.get_model("care.TaskEvent")
    assert list(model.objects.order_by("pgh_id").values_list("status", flat=True)) == ["EXPIRED", "DONE"]


def test_no_password_is_in_the_history_of_a_person(bank: Bank) -> None:
    User.objects.filter(id=bank.staff["李"].id).update(name="李明")
    model = apps.get_model("access.UserEvent")
    assert "password" not in {field.name for field in model._meta.get_fields()}
    assert model.objects.filter(name="李明").count() == 1


def test_a_history_is_seen_by_who_sees_the_customer_and_changed_by_nobody(bank: Bank) -> None:
    for name in ("张三丰", "李四"):
        DoNotDisturb.objects.create(customer=bank.customers[name], source="RM")
    model, li = apps.get_model("care.DoNotDisturbEvent"), bank.viewer("李")
    with transaction.atomic(), web_role():
        see_as(li.user_id, li.looks_after, li.org_ids, reads_customers=True)
        assert set(model.objects.values_list("customer_id", flat=True)) == {bank.customers["张三丰"].id}
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):  # nor by the tables' owner, unless he drops the trigger
        model.objects.update(source="X")


def test_histories_are_of_rows_that_people_decide() -> None:
    assert {model.__name__ for _, model in kept_models()} >= {
        "User",
        "RoleGrant",
        "RoleRight",
        "Substitution",
        "Handover",
    }
    assert callable(kept)
