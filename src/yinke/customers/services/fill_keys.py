"""Give customers that came before them the blind indexes that search needs (``customers/search.py``)."""

from __future__ import annotations

import pyarrow as pa
from django.db import transaction

from yinke.common.crypto import decrypt
from yinke.customers.models import Customer
from yinke.customers.search import NAME_KEYS, name_keys, tail_key
from yinke.customers.services.bulk import run, stage

BATCH = 20_000
COLUMNS = (*NAME_KEYS, "mobile_tail", "cert_tail")


def fill_keys() -> int:
    """Fill whoever has none, in batches of one transaction each; killed, the next call goes on.

    Customers written by a night have theirs already, so that a second call finds nothing to do.

    Returns:
        How many were filled.
    """
    filled = 0
    last = -(2**31)
    while rows := list(
        Customer.objects.filter(name_1=None, id__gt=last)
        .order_by("id")
        .values_list("id", "name_sealed", "mobile_sealed", "cert_sealed")[:BATCH]
    ):
        keys = [
            (number, *name_keys(decrypt(name)), tail_key(decrypt(mobile)), tail_key(decrypt(cert)))
            for number, name, mobile, cert in rows
        ]
        names = ("id", *COLUMNS)
        columns = [pa.array(column, pa.int32()) for column in zip(*keys, strict=True)]
        with transaction.atomic():
            stage("incoming_keys", "customers_customer", [pa.table(columns, names=names)], names)
            changes = ", ".join(f"{name} = i.{name}" for name in COLUMNS)
            run(f"UPDATE customers_customer c SET {changes} FROM incoming_keys i WHERE c.id = i.id")
        filled += len(rows)
        last = rows[-1][0]
    return filled
