"""Exchange the lake's key for a new one (轮换): every sealed file is written anew under it, newest date first.

Published files never change but for this and for a deletion (``erase``). Each file is put in place by one rename, and
says by itself under which key it lies: a stop or a kill loses nothing, the next run goes on. Until the exchange has
ended no night runs, for texts would not be equal across two keys; pages read either. Earlier keys are kept: backups
and the hashes of deleted customers' numbers need them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from yinke.lake.expiry import discard_buildings
from yinke.lake.ingest.receive import BLOCK
from yinke.lake.keys import LakeKeys, master_key, new_key, read_body, version_of_file, write_keys
from yinke.lake.sealing import open_rows, seal_rows, sealed_columns
from yinke.lake.store import Lake


def exchange(lake: Lake, number: int, on_file: Callable[[str], None] = lambda name: None) -> int:
    """Begin the exchange of that number, or go on with it, to its end. No night may run meanwhile.

    Args:
        number: of the database's key in whose exchange the lake takes part; one that has ended is not done again.
        on_file: told of each file written anew.

    Returns:
        Files written anew (a shared one counts once).
    """
    _ = lake.keys  # an empty lake has its first key now
    body = read_body(lake.root)
    assert body is not None  # noqa: S101
    if not body.get("moving"):
        if body.get("exchange") == number:
            return 0
        master, algorithm = master_key()
        version = max(int(key["version"]) for key in body["keys"]) + 1
        keys = [*body["keys"], new_key(version, master, algorithm)]
        body = {**body, "keys": keys, "moving": True, "exchange": number}
        write_keys(lake.root, body)
    discard_buildings(lake)
    count = 0
    for path, names in _shared(lake).items():
        if _stale(path, lake.keys):
            _seal_anew(path, names, lake.keys)
            on_file(path.name)
            count += 1
    raw = sorted((lake.root / "raw").glob("*/*/*/*"), reverse=True)
    for path in (*raw, *sorted((lake.root / "models").glob("*/*.sealed"))):
        version_there = version_of_file(path)
        if version_there is not None and version_there != lake.keys.active:
            _raw_anew(path, lake.keys)
            on_file(path.name)
            count += 1
    write_keys(lake.root, {**body, "moving": False})
    return count


def _shared(lake: Lake) -> dict[Path, list[Path]]:
    """Each file that may hold sealed columns, newest first, with all its names."""
    by_inode: dict[int, list[Path]] = {}
    for path in sorted((lake.root / "versions").glob("*/*.parquet"), reverse=True):
        if sealed_columns(path.stem):
            by_inode.setdefault(path.stat().st_ino, []).append(path)
    return {names[0]: names for names in by_inode.values()}


def _stale(path: Path, keys: LakeKeys) -> bool:
    """Whether the tokens of a file lie under an earlier key; all of a file lie under one."""
    with pq.ParquetFile(path) as file:
        columns = sorted(sealed_columns(path.stem).intersection(file.schema_arrow.names))
        for group in range(file.num_row_groups):
            for column in file.read_row_group(group, columns).columns:
                token = next((text for text in column.to_pylist() if text), None)
                if token is not None:
                    return keys.texts.version_of(token) != keys.active
    return False


def _seal_anew(path: Path, names: list[Path], keys: LakeKeys) -> None:
    """Write one file anew, under all its names; rows keep their order and row groups."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    table = path.stem
    try:
        with (
            pq.ParquetFile(path) as file,
            pq.ParquetWriter(scratch, file.schema_arrow, compression="zstd") as target,
        ):
            for group in range(file.num_row_groups):
                rows = open_rows(file.read_row_group(group), table, keys)
                target.write_table(seal_rows(rows, table, keys).cast(file.schema_arrow))
        for other in names[1:]:
            link = other.with_name(f".{other.name}.{os.getpid()}.tmp")
            link.unlink(missing_ok=True)
            os.link(scratch, link)
            link.replace(other)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _raw_anew(path: Path, keys: LakeKeys) -> None:
    scratch = path.with_name(f".{path.name}.tmp")
    try:
        with keys.opened_file(path) as source, scratch.open("wb") as target:
            sealed = keys.sealed_file(target)
            while block := source.read(BLOCK):
                sealed.write(block)
            sealed.close()
        scratch.chmod(0o444)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
