"""行级安全: what the application forgets to filter, PostgreSQL does not show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.bank import Bank, a_bank
from yinke.access.middleware import OneTransaction
from yinke.access.models import AuditEntry
from yinke.access.viewer import Viewer
from yinke.care.models import Task
from yinke.common.row_security import install, see_as, stated, web_role, whole_bank
from yinke.customers.models import Assignment, Customer, Metrics, TierChange
from yinke.customers.queries import visible

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_branch("徐汇").with_head("张行长").with_manager("李").with_customer("甲")
    bank.with_customer("乙", of="李").with_manager("王").with_customer("丙", co=["李"]).with_customer(
        "丁", of=None
    )
    bank.with_branch("浦东").with_head("钱行长").with_manager("赵").with_customer("戊").with_customer(
        "己", of=None
    )
    for role in ("HQ_OPS", "COMPLIANCE", "AUDITOR", "SYS_ADMIN", "MODEL_DEV", "CC_AGENT"):
        bank.with_staff(role, role, at="总行")
    bank.with_staff("支行审计", "AUDITOR", at="徐汇").with_staff("零售", "RETAIL_MGR", at="浦东")
    return bank


@contextmanager
def seen_by(viewer: Viewer | None) -> Iterator[None]:
    """As the web process sees for this viewer; the application's filters are not used at all."""
    with transaction.atomic(), web_role():
        if viewer is not None:
            see_as(
                viewer.user_id,
                viewer.looks_after,
                viewer.org_ids,
                reads_customers=viewer.may("customer.read"),
            )
        yield


def everyone(bank: Bank) -> list[str]:
    return list(bank.staff)


def test_without_any_filter_each_person_sees_exactly_the_customers_in_scope(bank: Bank) -> None:
    for name in everyone(bank):
        viewer = bank.viewer(name)
        allowed = set(visible(viewer).values_list("id", flat=True))
        with seen_by(viewer):
            assert set(Customer.objects.values_list("id", flat=True)) == allowed, name


def test_nobody_is_seen_before_the_viewer_is_known(bank: Bank) -> None:
    with seen_by(None):
        for model in (Customer, Metrics, Assignment, Task, TierChange):
            assert not model.objects.exists()


def test_what_hangs_on_a_customer_is_seen_with_the_customer(bank: Bank) -> None:
    for customer in bank.customers.values():
        Task.objects.create(
            customer=customer, biz_date=bank.biz_date, org=customer.org, priority=1, score=1,
            due_on=bank.biz_date, expire_on=date(2026, 12, 1),
        )  # fmt: skip
        TierChange.objects.create(customer=customer, on_date=bank.biz_date, tier_from=2, tier_to=3)
    for name in ("李", "王", "张行长", "赵", "HQ_OPS", "SYS_ADMIN"):
        viewer = bank.viewer(name)
        allowed = set(visible(viewer).values_list("id", flat=True))
        with seen_by(viewer):
            assert set(TierChange.objects.values_list("customer_id", flat=True)) == allowed, name
            assert set(Metrics.objects.values_list("customer_id", flat=True)) == allowed, name
            assert set(Task.objects.values_list("customer_id", flat=True)) == allowed, name


def test_whom_one_has_to_contact_one_sees(bank: Bank) -> None:
    other = bank.customers["戊"]
    task = Task.objects.create(
        customer=other, biz_date=bank.biz_date, assignee=bank.staff["李"], org=other.org, priority=1, score=1,
        due_on=bank.biz_date, expire_on=date(2026, 12, 1),
    )  # fmt: skip
    with seen_by(bank.viewer("李")):
        assert Customer.objects.filter(id=other.id).exists()
    Task.objects.filter(id=task.id).update(status="CANCELLED")
    with seen_by(bank.viewer("李")):
        assert not Customer.objects.filter(id=other.id).exists()


def test_whom_one_takes_over_one_sees_at_once_and_no_longer_once_it_is_taken_back(bank: Bank) -> None:
    new = bank.customers["己"].id
    with seen_by(bank.viewer("赵")):
        before = set(Customer.objects.values_list("id", flat=True))
        assert new not in before
        point = transaction.savepoint()
        Assignment.objects.create(
            customer_id=new, user=bank.staff["赵"], rel_type="MAIN", start_date=date(2026, 1, 1)
        )
        assert set(Customer.objects.values_list("id", flat=True)) == {*before, new}
        Assignment.objects.filter(customer_id=new).update(end_date=date(2026, 1, 2))
        assert set(Customer.objects.values_list("id", flat=True)) == before
        Assignment.objects.filter(customer_id__in=before).delete()
        assert not Customer.objects.exists()
        transaction.savepoint_rollback(point)
        assert set(Customer.objects.values_list("id", flat=True)) == before


def test_rows_of_others_can_be_neither_written_nor_moved_out_of_sight(bank: Bank) -> None:
    mine, other = bank.customers["甲"], bank.customers["戊"]
    with seen_by(bank.viewer("李")):
        assert Customer.objects.filter(id=other.id).update(pinyin="x") == 0
        assert Metrics.objects.filter(customer_id=other.id).delete()[0] == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            TierChange.objects.create(customer_id=other.id, on_date=bank.biz_date, tier_from=1, tier_to=2)
        TierChange.objects.create(customer_id=mine.id, on_date=bank.biz_date, tier_from=1, tier_to=2)


def test_what_one_question_over_the_whole_bank_opens_is_closed_after_it(bank: Bank) -> None:
    with seen_by(bank.viewer("李")):
        before = Customer.objects.count()
        with whole_bank():
            assert Customer.objects.count() == len(bank.customers)
        assert Customer.objects.count() == before


def test_an_ended_request_leaves_nobody_behind(bank: Bank) -> None:
    """A connection that goes back to the pool sees for nobody, and the role is the login's again."""

    def answer(request: HttpRequest) -> Any:
        viewer = bank.viewer("李")
        see_as(viewer.user_id, viewer.looks_after, viewer.org_ids, reads_customers=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('yinke.user')")
            assert cursor.fetchone() == ("yinke_web", str(bank.staff["李"].id))
        return HttpResponse(str(Customer.objects.count()))

    response = OneTransaction(answer)(RequestFactory().get("/api/x"))
    assert int(response.content) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('yinke.user', true)")
        role, user = cursor.fetchone()
    assert role != "yinke_web"
    assert not user


def test_every_table_says_whether_its_rows_belong_to_a_customer() -> None:
    closed, opened = set(stated("POLICIES")), set(stated("OPEN"))
    models = apps.get_models(include_auto_created=True)  # those of libraries too
    tables = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}
    assert closed | opened == tables
    assert not closed & opened


def test_a_table_that_points_at_a_customer_is_never_open() -> None:
    closed = set(stated("POLICIES"))
    for model in apps.get_models(include_auto_created=True):
        if any(field.related_model is Customer for field in model._meta.get_fields() if field.concrete):
            assert model._meta.db_table in closed


def test_the_database_has_what_is_declared_and_laying_it_again_changes_nothing() -> None:
    question = "SELECT tablename, qual, with_check FROM pg_policies WHERE policyname = 'seen' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(question)
        before = cursor.fetchall()
        install()
        cursor.execute(question)
        assert cursor.fetchall() == before
        assert {row[0] for row in before} == set(stated("POLICIES"))
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'yinke_web'"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'yinke_web'")
        assert cursor.fetchone() == (0,)


def test_the_web_process_cannot_change_the_audit_trail_nor_the_tables(bank: Bank) -> None:
    with seen_by(bank.viewer("李")):
        AuditEntry.objects.create(
            user=bank.staff["李"], action="customer.reveal", object_type="customer", object_id="1"
        )
        for command in (
            "UPDATE access_auditentry SET reason = 'x'",
            "DELETE FROM access_auditentry",
            "TRUNCATE access_auditentry",
            "ALTER TABLE customers_customer DISABLE ROW LEVEL SECURITY",
            "DROP POLICY seen ON customers_customer",
            "CREATE TABLE stolen (x int)",
            "DELETE FROM django_migrations",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(command)


@pytest.mark.django_db(transaction=True)
def test_a_connection_of_the_web_process_itself_sees_nothing_without_a_viewer() -> None:
    bank = a_bank().with_branch("徐汇").with_manager("李").with_customer("甲")
    base = settings.DATABASES["default"]
    with psycopg.connect(
        host=base["HOST"], dbname=connection.settings_dict["NAME"], user="yinke_web", autocommit=True
    ) as web:
        assert web.execute("SELECT count(*) FROM customers_customer").fetchone() == (0,)
        with web.transaction():
            web.execute(
                "SELECT set_config('yinke.users', %s, true), set_config('yinke.reads', 'on', true)",
                [f"{{{bank.staff['李'].id}}}"],
            )
            assert web.execute("SELECT count(*) FROM customers_customer").fetchone() == (1,)
        assert web.execute("SELECT count(*) FROM customers_customer").fetchone() == (0,)


def test_a_second_factor_is_its_persons_alone_once_the_viewer_is_known(bank: Bank) -> None:
    mine, other = (
        Authenticator.objects.create(user=bank.staff[name], type="totp", data={"secret": "x"})
        for name in ("李", "王")
    )
    with seen_by(None):  # the second step of a sign-in
        assert Authenticator.objects.count() == 2
    for name in ("李", "SYS_ADMIN"):
        with seen_by(bank.viewer(name)):
            expected = [mine.id] if name == "李" else []
            assert list(Authenticator.objects.values_list("id", flat=True)) == expected
            assert Authenticator.objects.filter(id=other.id).update(data={}) == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                Authenticator.objects.create(user=bank.staff["王"], type="webauthn", data={})


def test_what_libraries_bring_and_nothing_uses_is_closed(bank: Bank) -> None:
    EmailAddress.objects.create(user=bank.staff["李"], email="a@bank.example")
    with seen_by(bank.viewer("李")):
        assert not EmailAddress.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            EmailAddress.objects.create(user=bank.staff["李"], email="b@bank.example")
