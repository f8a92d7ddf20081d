"""密钥: where the data keys lie, and how one is exchanged for another while everybody works on.

An exchange (轮换) may be stopped or killed at any point and goes on where it was: each batch of rows and the note
of how far it came are one transaction. Until it is over, look-ups try the blind indexes of both keys.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from yinke.access.services import audit_job
from yinke.access.services.sealed_factors import reseal_factors, stale_factors
from yinke.common import ciphers, crypto
from yinke.common.catalogue import Entry, catalogue
from yinke.common.errors import YinkeError
from yinke.lake import keys as lake_keys
from yinke.lake.exchange import exchange
from yinke.lake.store import Lake
from yinke.privacy.models import DataKey

BATCH = 2_000
FACTORS = "mfa.Authenticator"
"""Its secrets lie inside a JSON column, so they are sealed anew by the context that knows them."""
LOCK = 0x79_6B_6B_65_79
State = DataKey.State


def stored_keys() -> list[crypto.DataKey] | None:
    """The bank's data keys, unwrapped; None if the database can't be asked on this thread just now.

    A helper thread without a connection of its own is not given one for this: it goes on with what is known.

    Raises:
        ConfigurationError: the master key is another.
    """
    helper = threading.current_thread() is not threading.main_thread() and connection.connection is None
    if connection.needs_rollback or (helper and crypto.known()):
        return None
    try:
        rows = list(DataKey.objects.order_by("version"))
    finally:
        if helper:
            connection.close()
    return [_unwrapped(row, settings.YINKE.data_key) for row in rows]


def _algorithm(row: DataKey) -> ciphers.Algorithm:
    return cast(ciphers.Algorithm, row.algorithm)


def _unwrapped(row: DataKey, master: bytes) -> crypto.DataKey:
    algorithm = _algorithm(row)
    secret = ciphers.unwrap(bytes(row.wrapped), master, row.version, algorithm)
    return crypto.DataKey(
        row.version, algorithm, secret, active=row.state == State.ACTIVE, searched=row.state != State.RETIRED
    )


def note_first_key() -> None:
    """Write down the first key, so that its algorithm stays when the setting changes."""
    if DataKey.objects.exists():
        return
    env = settings.YINKE
    first = crypto.first_key(env.data_key, env.cipher)
    DataKey.objects.create(
        version=first.version, algorithm=first.algorithm, state=State.ACTIVE, activated_at=timezone.now(),
        wrapped=ciphers.wrap(first.secret, env.data_key, first.version, first.algorithm),
    )  # fmt: skip
    crypto.forget_keys()


@transaction.atomic
def rewrap(old_master: bytes) -> int:
    """Put every data key and the lake's keys under the present master key, after that was exchanged. The data is
    not touched.

    Raises:
        ConfigurationError: ``old_master`` does not open the keys either.
    """
    rows = list(DataKey.objects.select_for_update().order_by("version"))
    for row in rows:
        algorithm = _algorithm(row)
        secret = ciphers.unwrap(bytes(row.wrapped), old_master, row.version, algorithm)
        row.wrapped = ciphers.wrap(secret, settings.YINKE.data_key, row.version, algorithm)
        row.save(update_fields=["wrapped"])
    audit_job("keys.rewrap", "key", "", reason=f"{len(rows)} keys")
    lake_keys.rewrap(settings.YINKE.lake, old_master)
    crypto.forget_keys()
    return len(rows)


@dataclass(frozen=True)
class Left:
    """Rows of a table that still lie under an older key."""

    table: str
    rows: int


def left_over() -> list[Left]:
    """What is still sealed with another key than the active one, by table."""
    header = crypto.keyring().active.header
    tables = [Left(entry.table, _count(entry, header)) for entry in _sealed_tables()]
    return [*tables, Left(FACTORS, len(stale_factors()))]


def rotate(
    *,
    settle: float = 2 * crypto.FRESH_SECONDS,
    alone: Callable[[], AbstractContextManager[bool]],
    on_batch: Callable[[str, int], None] = lambda table, rows: None,
    batch: int = BATCH,
) -> int:
    """Exchange the data key: begin a new one, or go on with the exchange that was stopped. The lake's key goes last.

    Args:
        settle: seconds that every process needs to learn of a change.
        alone: holds the nights off while the last rows are counted; gives False while a night runs.
        on_batch: told (table, rows) after each batch.

    Returns:
        The number of the key now in use.

    Raises:
        YinkeError: another exchange is running.
    """
    note_first_key()
    with _only_one():
        key = _begin()
        if key.state == State.COMING:
            time.sleep(settle)
            key = _activate(key)
        time.sleep(
            settle
        )  # all writers have the new key; also when going on, for the activation may be fresh
        crypto.forget_keys()
        while True:
            for entry in _sealed_tables():
                _reseal(entry, key, batch, on_batch)
            if done := reseal_factors():
                on_batch(FACTORS, done)
            with alone() as free:  # a night that began under the old key has ended
                if free and all(left.rows == 0 for left in left_over()):
                    exchange(Lake(settings.YINKE.lake), key.version, lambda name: on_batch(f"lake {name}", 1))
                    _retire(key)
                    return key.version
            DataKey.objects.filter(version=key.version).update(done={})
            key.done = {}
            time.sleep(max(settle, 0.2))


@contextmanager
def _only_one() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        free = cursor.fetchone()[0]
    if not free:
        raise YinkeError(
            "Another exchange of keys is running", place="yinke keys rotate",
            remedy="See how far it is with: yinke keys status",
        )  # fmt: skip
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _begin() -> DataKey:
    """The key of the exchange that is under way, or a new one."""
    coming = DataKey.objects.filter(state=State.COMING).first()
    if coming is not None:
        return coming
    if DataKey.objects.filter(state=State.LEAVING).exists():
        return DataKey.objects.get(state=State.ACTIVE)
    env = settings.YINKE
    version = DataKey.objects.order_by("-version").values_list("version", flat=True)[0] + 1
    with transaction.atomic():
        audit_job("keys.rotate", "key", f"{version}", reason=f"begun {env.cipher}")
        return DataKey.objects.create(
            version=version, algorithm=env.cipher, state=State.COMING,
            wrapped=ciphers.wrap(crypto.new_secret(), env.data_key, version, env.cipher),
        )  # fmt: skip


@transaction.atomic
def _activate(key: DataKey) -> DataKey:
    DataKey.objects.filter(state=State.ACTIVE).update(state=State.LEAVING)
    key.state, key.activated_at = State.ACTIVE, timezone.now()
    key.save(update_fields=["state", "activated_at"])
    crypto.forget_keys()
    return key


@transaction.atomic
def _retire(key: DataKey) -> None:
    DataKey.objects.filter(state=State.LEAVING).update(state=State.RETIRED, retired_at=timezone.now())
    audit_job("keys.rotate", "key", f"{key.version}", reason="ended")
    crypto.forget_keys()


def _sealed_tables() -> list[Entry]:
    return [e for e in catalogue().values() if not e.table.startswith("lake.") and e.sealed]


def _model(table: str) -> type[models.Model]:
    return apps.get_model(table)


def _stale(entry: Entry) -> str:
    return " OR ".join(
        f'(length("{f.name}") > 0 AND substr("{f.name}", 1, {crypto.HEADER}) <> %s)' for f in entry.sealed
    )


def _count(entry: Entry, header: bytes) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {_model(entry.table)._meta.db_table} WHERE {_stale(entry)}",
            [header] * len(entry.sealed),
        )
        return int(cursor.fetchone()[0])


def _reseal(entry: Entry, key: DataKey, batch: int, on_batch: Callable[[str, int], None]) -> None:
    """Seal every row of a table with the active key, with the blind indexes made from it."""
    table = _model(entry.table)._meta.db_table
    while True:
        with transaction.atomic():
            done = key.done.get(entry.table, {"to": None, "rows": 0})
            ids, columns = _batch(entry, table, done["to"], batch)
            if not ids:
                return
            _write(entry, table, ids, columns)
            key.done = {**key.done, entry.table: {"to": ids[-1], "rows": done["rows"] + len(ids)}}
            key.save(update_fields=["done"])
        on_batch(entry.table, len(ids))


def _batch(
    entry: Entry, table: str, after: int | str | None, size: int
) -> tuple[list[int | str], dict[str, list[bytes | None]]]:
    """Keys of the next rows under another key, and their sealed fields and the indexes that others copy."""
    pk = _model(entry.table)._meta.pk
    assert pk is not None  # noqa: S101
    header = crypto.keyring().active.header
    names = [f.name for f in entry.fields.values() if f.store in ("sealed", "index")]
    beyond = f'"{pk.column}" > %s AND ' if after is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{pk.column}", {", ".join(names)} FROM {table} WHERE {beyond}({_stale(entry)})'
            f' ORDER BY "{pk.column}" LIMIT %s FOR UPDATE',
            [*([after] if after is not None else []), *[header] * len(entry.sealed), size],
        )
        rows = cursor.fetchall()
    columns = {
        name: [bytes(value) if value is not None else None for value in values]
        for name, values in zip(names, list(zip(*rows, strict=True))[1:], strict=False)
    }
    return [row[0] for row in rows], columns


def _write(
    entry: Entry, table: str, ids: Sequence[int | str], columns: dict[str, list[bytes | None]]
) -> None:
    fresh: dict[str, list[bytes | None]] = {}
    plain: dict[str, list[str]] = {}
    for field in entry.sealed:
        plain[field.name] = [crypto.decrypt(value) for value in columns[field.name]]
        sealed = crypto.encrypt_many(plain[field.name])
        fresh[field.name] = [  # what is empty stays as it is: NULL or no bytes
            new if new is not None else old for new, old in zip(sealed, columns[field.name], strict=True)
        ]
    for field in entry.fields.values():
        if field.store == "index":
            fold: Callable[[str], str] = import_string(field.fold.replace(":", ".")) if field.fold else str
            made = crypto.blind_index_many([fold(text) if text else None for text in plain[field.index_of]])
            old = columns[field.name]
            fresh[field.name] = [n if n is not None else o for n, o in zip(made, old, strict=True)]
    pk = _model(entry.table)._meta.pk
    assert pk is not None  # noqa: S101
    kind = pk.rel_db_type(connection)
    changes = ", ".join(f'"{name}" = v."{name}"' for name in fresh)
    names = ", ".join(f'"{name}"' for name in fresh)
    arrays = ", ".join(["%s::bytea[]"] * len(fresh))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {changes} FROM unnest(%s::{kind}[], {arrays}) AS v (pk, {names})"
            f' WHERE t."{pk.column}" = v.pk',
            [list(ids), *fresh.values()],
        )
    _follow(entry, ids, columns, fresh)


def _follow(
    entry: Entry,
    ids: Sequence[int | str],
    old: dict[str, list[bytes | None]],
    new: dict[str, list[bytes | None]],
) -> None:
    """Change the copies of a blind index that other tables hold about the same person."""
    for other in catalogue().values():
        for field in other.fields.values():
            if field.same_as is None or field.same_as[0] != entry.table:
                continue
            model = _model(other.table)
            column = cast(
                "models.Field[object, object]", model._meta.get_field(other.person.removesuffix("_id"))
            ).column
            with connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE {model._meta.db_table} t SET "{field.name}" = v.new'
                    f" FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v (pk, old, new)"
                    f' WHERE t."{column}" = v.pk AND t."{field.name}" = v.old',
                    [list(ids), old[field.same_as[1]], new[field.same_as[1]]],
                )
