"""Make the lake's customers ready for PostgreSQL: personal data encrypted, with blind indexes beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.crypto import blind_index_many, encrypt_many
from yinke.common.errors import YinkeError
from yinke.common.identity.normal import plain_email
from yinke.customers.names import initials, normalise, plain_mobile
from yinke.customers.search import NAME_KEYS, name_keys, tail_key

WIDTHS = {
    "cust_no": 32, "cert_type": 10, "gender": 1, "occupation": 60, "education": 40, "status": 10, "risk_level": 2,
}  # fmt: skip
COLUMNS = (
    "id", "cust_no", "name_sealed", "name_index", "pinyin", *NAME_KEYS, "mobile_tail", "cert_tail", "mobile_sealed", "mobile_index",
    "email_sealed", "email_index", "cert_sealed", "cert_index", "cert_type", "gender", "birth_date", "occupation", "education", "org_id", "open_date", "status",
    "risk_level", "risk_expiry", "is_staff", "digest",
)  # fmt: skip


def _bytea(values: Sequence[bytes | None]) -> pa.Array:
    """PostgreSQL's text form of bytes."""
    return pa.array([None if value is None else f"\\x{value.hex()}" for value in values], pa.string())


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    return pc.utf8_slice_codeunits(pc.fill_null(batch.column(name), ""), 0, WIDTHS[name])


def _org_ids(batch: pa.RecordBatch, orgs: Mapping[str, int]) -> pa.Array:
    try:
        return pa.array([orgs[number] for number in batch.column("open_org").to_pylist()], pa.int64())
    except KeyError as unknown:
        raise YinkeError(
            f"A customer's org {unknown} is not in the org table", place="customer.open_org",
            remedy="Have the org file sent again, then run the date again",
        ) from None  # fmt: skip


def _sources(batch: pa.RecordBatch) -> list[str]:
    """Each whole row as one text."""
    columns = [pc.fill_null(column.cast(pa.string()), chr(30)) for column in batch.columns[1:]]
    joined: list[str] = pc.binary_join_element_wise(*columns, chr(31)).to_pylist()
    return joined


def seal(batch: pa.RecordBatch, orgs: Mapping[str, int]) -> pa.Table:
    """Turn rows of the lake's ``customer`` table into rows of ``Customer``, columns ``COLUMNS``.

    ``digest`` is a keyed hash of the whole row, so that it tells nothing to those without the key.

    Raises:
        YinkeError: an org is not known.
    """
    names: list[str] = batch.column("name").to_pylist()
    mobiles = [plain_mobile(number) if number else None for number in batch.column("mobile").to_pylist()]
    emails = [plain_email(address) for address in batch.column("email").to_pylist()]
    certs = [number.upper() if number else None for number in batch.column("cert_no").to_pylist()]
    columns = {
        "id": batch.column("id"),
        "cust_no": _text(batch, "cust_no"),
        "name_sealed": _bytea(encrypt_many(names)),
        "name_index": _bytea(blind_index_many([normalise(name) for name in names])),
        "pinyin": pa.array([initials(name) for name in names], pa.string()),
        **{
            key: pa.array(column, pa.int32())
            for key, column in zip(NAME_KEYS, zip(*map(name_keys, names), strict=True), strict=True)
        },
        "mobile_tail": pa.array(map(tail_key, mobiles), pa.int32()),
        "cert_tail": pa.array(map(tail_key, certs), pa.int32()),
        "mobile_sealed": _bytea(encrypt_many(mobiles)),
        "mobile_index": _bytea(blind_index_many(mobiles)),
        "email_sealed": _bytea(encrypt_many(emails)),
        "email_index": _bytea(blind_index_many(emails)),
        "cert_sealed": _bytea(encrypt_many(certs)),
        "cert_index": _bytea(blind_index_many(certs)),
        **{name: _text(batch, name) for name in ("cert_type", "gender", "occupation", "education")},
        "birth_date": batch.column("birth_date"),
        "org_id": _org_ids(batch, orgs),
        "open_date": batch.column("open_date"),
        **{name: _text(batch, name) for name in ("status", "risk_level")},
        "risk_expiry": batch.column("risk_expiry"),
        "is_staff": pc.fill_null(batch.column("is_staff"), False),
        "digest": _bytea(blind_index_many(_sources(batch))),
    }
    return pa.table({name: columns[name] for name in COLUMNS})
