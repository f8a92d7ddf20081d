"""Give customers that came before them the blind indexes that search needs (``customers/search.py``)."""

from __future__ import annotations

from django.db import transaction

from yinke.common.crypto import decrypt
from yinke.customers.models import Customer
from yinke.customers.search import NAME_KEYS, name_keys, tail_key

BATCH = 2_000
COLUMNS = (*NAME_KEYS, "mobile_tail", "cert_tail")


def fill_keys() -> int:
    """Fill whoever has none, in batches of one transaction each; killed, the next call goes on.

    Customers written by a night have theirs already, so that a second call finds nothing to do.

    Returns:
        How many were filled.
    """
    filled = 0
    last = -(2**31)
    while batch := list(
        Customer.objects.filter(name_1=None, id__gt=last).order_by("id")
        .only("id", "name_sealed", "mobile_sealed", "cert_sealed")[:BATCH]
    ):  # fmt: skip
        for customer in batch:
            for column, key in zip(NAME_KEYS, name_keys(decrypt(customer.name_sealed)), strict=True):
                setattr(customer, column, key)
            customer.mobile_tail = tail_key(decrypt(customer.mobile_sealed))
            customer.cert_tail = tail_key(decrypt(customer.cert_sealed))
        with transaction.atomic():
            Customer.objects.bulk_update(batch, COLUMNS)
        filled += len(batch)
        last = batch[-1].id
    return filled
