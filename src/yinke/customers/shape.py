"""Shape a customer for the pages: averages counted, hidden things hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.customers.averages import averages
from yinke.customers.models import Customer
from yinke.customers.queries import Owners
from yinke.customers.schemas import CustomerOut, CustomerRow, Person, Slice, TagOnCustomer
from yinke.customers.shown import shown_amount, shown_cert, shown_email, shown_mobile, shown_name

MIX = ("DEMAND", "TIME", "WEALTH", "FUND", "INSURANCE", "METAL", "BOND", "SECURITIES")
"""The kinds of ``Metrics.mix``, in its order."""


def person(user: User) -> Person:
    """A member of staff."""
    return Person(id=user.id, name=user.name, emp_no=user.emp_no)


def full_months(first: date, last: date) -> int:
    """Whole months between two dates; 0 if ``last`` lies before ``first``.

    >>> full_months(date(2025, 1, 31), date(2025, 2, 28)), full_months(date(2025, 1, 15), date(2026, 1, 15))
    (0, 12)
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(months - (last.day < first.day), 0)


def age(customer: Customer, biz_date: date) -> int | None:
    """Full years; None if the bank does not know the birth date."""
    return full_months(customer.birth_date, biz_date) // 12 if customer.birth_date else None


def customer_row(
    viewer: Viewer,
    customer: Customer,
    biz_date: date,
    owner: Owners | None,
    contact: datetime | None,
    tasks: int,
    tags: Sequence[TagOnCustomer] = (),
) -> CustomerRow:
    """One line of the list."""
    metrics = customer.metrics
    counted = averages(metrics, biz_date)
    return CustomerRow(
        id=customer.id,
        cust_no=customer.cust_no,
        name=shown_name(viewer, customer),
        gender=customer.gender,
        tier=metrics.tier,
        stage=metrics.stage,
        aum=shown_amount(viewer, metrics.aum),
        mda=shown_amount(viewer, counted.mda),
        net_month=shown_amount(viewer, counted.net_month),
        months=[shown_amount(viewer, month) for month in counted.months],
        manager=person(owner.main.user) if owner and owner.main else None,
        org_name=customer.org.name,
        last_contact=timezone.localdate(contact) if contact else None,
        open_tasks=tasks,
        qda=shown_amount(viewer, counted.qda),
        yda=shown_amount(viewer, counted.yda),
        lum=shown_amount(viewer, metrics.lum),
        net_year=shown_amount(viewer, counted.net_year),
        categories=metrics.categories,
        rfm=metrics.rfm,
        age=age(customer, biz_date),
        open_date=customer.open_date,
        risk_level=customer.risk_level,
        risk_expiry=customer.risk_expiry,
        last_txn=metrics.last_txn,
        last_login=metrics.last_login,
        is_payroll=metrics.is_payroll,
        is_effective=metrics.is_effective,
        tags=list(tags),
    )


def customer_out(
    viewer: Viewer,
    customer: Customer,
    biz_date: date,
    owner: Owners | None,
    *,
    do_not_disturb: bool,
    tags: Sequence[TagOnCustomer] = (),
) -> CustomerOut:
    """客户一览."""
    metrics = customer.metrics
    counted = averages(metrics, biz_date)
    return CustomerOut(
        id=customer.id,
        cust_no=customer.cust_no,
        name=shown_name(viewer, customer),
        name_masked=viewer.masked,
        banded=viewer.masked,
        gender=customer.gender,
        age=age(customer, biz_date),
        birth_date=None if viewer.masked else customer.birth_date,
        mobile_masked=shown_mobile(customer),
        email_masked=shown_email(customer),
        cert_type=customer.cert_type,
        cert_masked=shown_cert(customer),
        occupation=customer.occupation,
        org_name=customer.org.name,
        open_date=customer.open_date,
        tenure_months=full_months(customer.open_date, biz_date),
        status=customer.status,
        risk_level=customer.risk_level,
        risk_expiry=customer.risk_expiry,
        is_staff=customer.is_staff,
        do_not_disturb=do_not_disturb,
        manager=person(owner.main.user) if owner and owner.main else None,
        co_managers=[person(row.user) for row in owner.co] if owner else [],
        tier=metrics.tier,
        tier_asset=metrics.tier_asset,
        tier_changed=metrics.tier_changed,
        stage=metrics.stage,
        stage_since=metrics.stage_since,
        aum=shown_amount(viewer, metrics.aum),
        mda=shown_amount(viewer, counted.mda),
        qda=shown_amount(viewer, counted.qda),
        yda=shown_amount(viewer, counted.yda),
        lum=shown_amount(viewer, metrics.lum),
        net_month=shown_amount(viewer, counted.net_month),
        net_year=shown_amount(viewer, counted.net_year),
        months=[shown_amount(viewer, month) for month in counted.months],
        mix=[
            Slice(kind=k, amount=shown_amount(viewer, a)) for k, a in zip(MIX, metrics.mix, strict=True) if a
        ],
        categories=metrics.categories,
        rfm=metrics.rfm,
        last_txn=metrics.last_txn,
        last_login=metrics.last_login,
        is_payroll=metrics.is_payroll,
        is_effective=metrics.is_effective,
        tags=list(tags),
        biz_date=biz_date,
    )
