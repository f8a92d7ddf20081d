"""Narrow the customer list by what care knows: open tasks, and when the last contact was."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from yinke.care.models import ContactRecord, Task
from yinke.customers.models import Customer
from yinke.customers.schemas import CustomerQuery


def narrow_by_care(rows: QuerySet[Customer], wanted: CustomerQuery) -> QuerySet[Customer]:
    """Days are Asia/Shanghai; who was never contacted counts as contacted longest ago."""
    if wanted.has_task is not None:
        task = Exists(Task.objects.filter(customer_id=OuterRef("id"), status__in=Task.OPEN))
        rows = rows.filter(task if wanted.has_task else ~task)
    if wanted.last_contact_from:
        rows = rows.filter(_contacted_since(wanted.last_contact_from))
    if wanted.last_contact_to and wanted.last_contact_to < date.max:
        rows = rows.filter(~_contacted_since(wanted.last_contact_to + timedelta(days=1)))
    return rows


def _contacted_since(day: date) -> Exists:
    start = timezone.make_aware(datetime.combine(day, time.min))
    return Exists(ContactRecord.objects.filter(customer_id=OuterRef("id"), withdrawn_at=None, at__gte=start))
