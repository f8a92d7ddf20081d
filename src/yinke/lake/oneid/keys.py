"""Keys: by what two customers may meet. A key is a keyed hash, so that the table of them tells nobody's number.

``identities`` is the one place of this package that reads names, mobiles and certificates.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import pyarrow as pa

from yinke.common.identity import Identity, Rules, identity_of

READ = ("name", "cert_type", "cert_no", "mobile", "birth_date")
"""Columns of ``customer`` that tell who somebody is."""

CERT, FORMER, PERSON, MOBILE, DEVICE = 1, 2, 3, 4, 5
"""Kinds of keys. ``FORMER``: a certificate that the customer held before; it meets those of kind ``CERT``."""
SEEN = 0
"""Not kept: a row that says only that the customer was looked at."""

KEYS = pa.schema([("cust_id", pa.int32()), ("kind", pa.int32()), ("key", pa.int64())])


def identities(rows: pa.Table, rules: Rules) -> Iterator[Identity]:
    """Rows with ``cust_id`` and the columns ``READ``, normalised."""
    for batch in rows.to_batches():
        columns = [batch.column(name).to_pylist() for name in ("cust_id", *READ)]
        for cust_id, name, cert_type, cert_no, mobile, birth in zip(*columns, strict=True):
            yield identity_of(cust_id, name, cert_type, cert_no, mobile, birth, rules)


def key_rows(rows: pa.Table, rules: Rules, secret: bytes) -> pa.Table:
    """The keys (``KEYS``) of customers, and a row of kind ``SEEN`` for each."""
    ids: list[int] = []
    kinds: list[int] = []
    keys: list[int] = []

    def add(cust_id: int, kind: int, text: str) -> None:
        ids.append(cust_id)
        kinds.append(kind)
        keys.append(hashed(kind, text, secret))

    for who in identities(rows, rules):
        ids.append(who.cust_id)
        kinds.append(SEEN)
        keys.append(0)
        if who.cert:
            add(who.cust_id, CERT, who.cert)
        if who.mobile:
            add(who.cust_id, MOBILE, who.mobile)
            if who.name and who.birth:
                add(who.cust_id, PERSON, f"{who.mobile}|{who.birth}|{who.name}")
    return pa.table(
        [pa.array(ids, pa.int32()), pa.array(kinds, pa.int32()), pa.array(keys, pa.int64())], KEYS
    )


def device_rows(rows: pa.Table, secret: bytes) -> pa.Table:
    """The keys of ``cust_id`` and ``device_hash``."""
    keys = [hashed(DEVICE, device, secret) for device in rows.column("device_hash").to_pylist()]
    kinds = pa.array([DEVICE] * len(keys), pa.int32())
    return pa.table([rows.column("cust_id").cast(pa.int32()), kinds, pa.array(keys, pa.int64())], KEYS)


def hashed(kind: int, text: str, secret: bytes) -> int:
    """64 bits of a keyed hash. Two texts that met by chance are told apart when the pair is judged."""
    digest = blake2b(f"{kind}|{text}".encode(), digest_size=8, key=secret).digest()
    return int.from_bytes(digest, "big", signed=True)
