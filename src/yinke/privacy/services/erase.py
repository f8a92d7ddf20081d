"""删除与限制: what a request for deletion does to everything stored about a customer (PIPL art. 47).

The catalogue decides row by row: derived data goes at once; the rest goes, or is emptied, when neither law nor
contract holds it any longer. Until then it is only stored. What is left of a deleted customer is a number that names
nobody and a keyed hash, by which a later file is recognised and not taken in again.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from yinke.common import crypto
from yinke.common.catalogue import Entry, catalogue
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import ERASED, Customer
from yinke.lake.reading import rows_of
from yinke.lake.store import Lake
from yinke.privacy.hooks import HOLDS, SILENCERS
from yinke.privacy.models import Restriction, RightsCase, Suppression
from yinke.segments.moves import forget


def holds(customer: Customer, today: date) -> list[str]:
    """Why the customer's data can't be deleted yet: CONTRACT, AML, and what other contexts say; empty: it can."""
    found = []
    if customer.status in ("NORMAL", "FROZEN"):
        found.append("CONTRACT")
    days = int(load_thresholds(settings.YINKE.thresholds).at(today)["retention.customer"])
    ended = relationship_ended(customer)
    if ended is None or ended + timedelta(days=days) > today:
        found.append("AML")
    return found + [reason for hold in HOLDS if (reason := hold(customer.id))]


def relationship_ended(customer: Customer) -> date | None:
    """When the customer's last account was closed; None while one is open, or if nobody knows."""
    lake = Lake(settings.YINKE.lake)
    day = lake.latest()
    if day is None or not day.has("account"):
        return None
    accounts = rows_of([day], "account", customer.id, ["status", "close_date"])
    if not accounts or any(row["status"] != "CLOSED" or row["close_date"] is None for row in accounts):
        return None
    return max(row["close_date"] for row in accounts)  # type: ignore[no-any-return]


def restrict(case: RightsCase, ground: str) -> int:
    """Stop all processing but storage, and delete what no law holds. Returns the rows deleted."""
    Restriction.objects.get_or_create(
        customer_id=case.customer_id, defaults={"case": case, "since": timezone.now(), "ground": ground}
    )
    for silence in SILENCERS:
        silence(case.customer_id)
    return _erase(case.customer_id, ("NOW",))


def erase(customer: Customer) -> int:
    """Delete or empty every row about a customer in the database. Returns the rows touched."""
    for silence in SILENCERS:
        silence(customer.id)
    Suppression.objects.get_or_create(
        customer_id=customer.id,
        defaults={"number_hash": number_hash(customer.cust_no), "since": timezone.now()},
    )
    rows = _erase(customer.id, ("NOW", "DELETE", "CLEAR"))
    Customer.objects.filter(id=customer.id).update(cust_no=f"~{customer.id}", status=ERASED)
    return rows


def number_hash(cust_no: str) -> bytes:
    """Keyed hash of a customer number; under the first key, so that exchanges of keys don't change it."""
    return crypto.keyring().keys[crypto.FIRST].index(cust_no.encode())


def _erase(customer_id: int, kinds: tuple[str, ...]) -> int:
    rows = 0
    with connection.cursor() as cursor:  # the guards of append-only tables let this one thing pass
        cursor.execute("SET LOCAL yinke.erasing = 'on'")
    with (
        whole_bank()
    ):  # whatever outlet's a row about the customer is, such as an old handover; nothing is told
        for entry in catalogue().values():
            if not entry.person or entry.erase not in kinds or entry.table.startswith("lake."):
                continue
            found = rows_about(entry, customer_id)
            if entry.erase == "CLEAR":
                empty = emptied(entry)
                rows += found.update(**empty) if empty else 0
            else:
                rows += found.delete()[0]
        forget(customer_id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL yinke.erasing = 'off'")
    return rows


def rows_about(entry: Entry, customer_id: int) -> models.QuerySet[Any]:
    """The rows of a table of the database that tell of a customer, on whichever side of a pair."""
    found = models.Q()
    for path in entry.people:
        found |= models.Q(**{path: customer_id})
    rows: models.QuerySet[Any] = apps.get_model(entry.table)._default_manager.filter(found)
    return rows


def emptied(entry: Entry) -> dict[str, Any]:
    """What the fields of level C2 of a row become."""
    model = apps.get_model(entry.table)
    return {f.name: _nothing(model._meta.get_field(f.name)) for f in entry.fields.values() if f.level == "C2"}


def _nothing(field: Any) -> Any:
    """The value of a field that tells nothing."""
    if field.null:
        return None
    if isinstance(field, ArrayField):
        return [Decimal(0)] * (field.size or 0)
    if isinstance(field, models.BinaryField):
        return b""
    if isinstance(field, models.DecimalField):
        return Decimal(0)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.JSONField):
        return {}
    return ""
