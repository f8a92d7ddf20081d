"""The night's step: yesterday's keys and pairs, brought to today by what changed.

Written beside the day's tables, all sorted, so that the same input gives the same bytes:

``oneid_keys``       by what customers may meet (``keys``); also certificates and devices of the past
``oneid_pairs``      every two customers that met, with rule, verdict and score
``oneid_decisions``  what people had decided when the night began
``oneid_map``        the persons: ``one_id``, ``cust_id``, ``rule``, ``score``, ``valid_from``; only those with
                     two or more customers

Only customers that are new or changed are normalised, and only pairs of customers who share a key with one of
them are judged anew; that gives what judging all pairs would give. Pairs become persons from the whole list each
night: it is short, for few customers have a second number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yinke.common.identity import MERGE, SAME, Edge, Identity, Member, Rules, Shared, judge, resolve
from yinke.lake.engine import Bound, Engine, Files, Inputs, Scalar, Slice, Table, slices
from yinke.lake.oneid.keys import (
    CERT,
    DEVICE,
    FORMER,
    KEYS,
    MOBILE,
    PERSON,
    READ,
    SEEN,
    device_rows,
    identities,
    key_rows,
)
from yinke.lake.sealing import open_rows
from yinke.lake.store import Building, Day
from yinke.lake.tables import TABLES

Decisions: TypeAlias = Sequence[tuple[int, int, bool]]
"""Two customers, and whether a person said that they are the same; at most one decision a pair."""

VERSION = 1
"""Raised when the rules' code changes: the next night then judges every pair anew."""

PAIRS = pa.schema([
    ("a", pa.int32()), ("b", pa.int32()), ("rule", pa.string()), ("verdict", pa.string()), ("score", pa.float64()),
])  # fmt: skip
DECISIONS = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("same", pa.bool_())])
MAP = pa.schema([
    ("one_id", pa.int32()), ("cust_id", pa.int32()), ("rule", pa.string()), ("score", pa.float64()),
    ("valid_from", pa.date32()),
])  # fmt: skip
_CUSTOMER = TABLES["customer"].arrow_schema()
_LOG = TABLES["channel_log"].arrow_schema()
_IDS = pa.schema([("cust_id", pa.int32())])
_MOST = {
    "most_cert": "oneid.most_cert",
    "most_mobile": "oneid.most_mobile",
    "most_device": "oneid.most_device",
}


def resolve_identities(
    engine: Engine,
    building: Building,
    earlier: Day | None,
    values: Mapping[str, Any],
    decisions: Decisions = (),
    secret: bytes = b"",
) -> dict[str, Any]:
    """Write the ``oneid_*`` tables of a date; see this module.

    Args:
        earlier: the day before; None, or one without these tables: every customer is new.
        values: thresholds in force, codes ``oneid.*``.
        decisions: what people decided about pairs; any order.
        secret: keys the hashes; another one than yesterday's has everything made anew.

    Returns:
        Counts for the night's record, and ``rules``: under which rules the pairs were judged.
    """
    rules = {code: repr(value) for code, value in sorted(values.items()) if code.startswith("oneid.")}
    basis = {**rules, "version": VERSION, "secret": blake2b(b"oneid", digest_size=8, key=secret).hexdigest()}
    if earlier is not None and not earlier.has("oneid_keys"):
        earlier = None
    known = earlier.manifest()["steps"].get("oneid", {}).get("rules") if earlier else None
    night = _Night(engine, building, earlier, Rules.of(values), values, secret, anew=known != basis)
    changed = night.keys()
    pairs = night.pairs()
    _write(building, "oneid_pairs", pairs)
    table = pa.Table.from_pylist(
        [dict(zip("ab", sorted(d[:2]), strict=True), same=d[2]) for d in decisions], DECISIONS
    )
    _write(building, "oneid_decisions", table.sort_by([("a", "ascending"), ("b", "ascending")]))
    persons = _persons(pairs, decisions)
    _write(building, "oneid_map", _mapped(persons, earlier, building.biz_date))
    verdicts = pc.value_counts(pairs.column("verdict")).to_pylist()
    return {
        "changed": changed,
        **{row["values"].lower(): row["counts"] for row in sorted(verdicts, key=lambda row: row["values"])},
        "persons": len({member.one_id for member in persons.values()}),
        "rules": basis,
    }


def _persons(pairs: pa.Table, decisions: Decisions) -> Mapping[int, Member]:
    merges = pairs.filter(pc.equal(pairs.column("verdict"), MERGE))
    edges: Iterable[Edge] = map(
        Edge, *(merges.column(name).to_pylist() for name in ("a", "b", "rule", "score"))
    )
    said = [Edge(a, b, SAME, 1.0) for a, b, same in decisions if same]
    return resolve([*edges, *said], [(a, b) for a, b, same in decisions if not same])


def _mapped(persons: Mapping[int, Member], earlier: Day | None, today: date) -> pa.Table:
    before: dict[tuple[int, int], date] = {}
    if earlier is not None:
        was = pq.read_table(earlier.path("oneid_map"))
        ids = zip(was.column("one_id").to_pylist(), was.column("cust_id").to_pylist(), strict=True)
        before = dict(zip(ids, was.column("valid_from").to_pylist(), strict=True))
    rows = [
        {"one_id": m.one_id, "cust_id": cust_id, "rule": m.rule, "score": m.score,
         "valid_from": before.get((m.one_id, cust_id), today)}
        for cust_id, m in sorted(persons.items(), key=lambda item: (item[1].one_id, item[0]))
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, MAP)


def _write(building: Building, name: str, table: pa.Table) -> None:
    with building.writing(name) as path:
        pq.write_table(table, path, compression="zstd")


@dataclass(frozen=True)
class _Night:
    engine: Engine
    building: Building
    earlier: Day | None
    rules: Rules
    values: Mapping[str, Any]
    secret: bytes
    anew: bool
    """Every customer counts as changed."""

    @property
    def fresh(self) -> Path:
        """Keys of the changed customers; a scratch file that does not outlive the building."""
        return self.building.folder / "oneid_fresh.tmp"

    @property
    def most(self) -> dict[str, Scalar]:
        return {name: int(self.values[code]) for name, code in _MOST.items()}

    def keys(self) -> int:
        """Write ``oneid_keys``; the number of customers that were new or changed."""
        changed = 0
        with pq.ParquetWriter(self.fresh, KEYS, compression="zstd") as file:
            for part in slices(self.engine, self.building.path("customer")):
                rows = self.engine.to_arrow(
                    self.engine.plan("oneid_changed", None, self._compared(part), _changed)
                )
                changed += rows.num_rows
                rows = open_rows(rows, "customer", self.building.lake.keys)
                file.write_table(key_rows(rows, self.rules, self.secret))
        logins = self.engine.to_arrow(
            self.engine.plan(
                "oneid_devices", None, Inputs({"log": self._table("channel_log", _LOG)}, {}), _devices
            )
        )
        inputs = Inputs(
            {"was": self._was("oneid_keys", KEYS), "fresh": [self.fresh], "customer": [self.building.path("customer")],
             "devices": device_rows(logins, self.secret)}, {},
        )  # fmt: skip
        with self.building.writing("oneid_keys") as path:
            self.engine.write(
                self.engine.plan("oneid_keys", None, inputs, _keys),
                path,
                KEYS,
                sort=["cust_id", "kind", "key"],
            )
        return changed

    def pairs(self) -> pa.Table:
        """All pairs of today."""
        tables: dict[str, Files] = {"keys": [self.building.path("oneid_keys")], "fresh": [self.fresh]}
        kept = PAIRS.empty_table()
        if not self.anew:
            tables["was"] = self._was("oneid_keys", KEYS)
            affected = self.engine.to_arrow(
                self.engine.plan("oneid_affected", None, Inputs(tables, {}), _affected)
            )
            assert self.earlier is not None  # noqa: S101
            kept = pq.read_table(self.earlier.path("oneid_pairs"))
            stays = pc.invert(
                pc.or_(*(pc.is_in(kept.column(side), affected.column("cust_id")) for side in "ab"))
            )
            kept = kept.filter(stays)
            tables["affected"] = affected
        met = self.engine.to_arrow(self.engine.plan("oneid_met", self.anew, Inputs(tables, self.most), _met))
        self.fresh.unlink()
        found = pa.concat_tables([kept, self._judged(met)])
        return found.sort_by([("a", "ascending"), ("b", "ascending")])

    def _judged(self, met: pa.Table) -> pa.Table:
        people = self._people(met)
        rows = []
        columns = (met.column(name).to_pylist() for name in ("a", "b", *Shared._fields))
        for a, b, *shared in zip(*columns, strict=True):
            found = judge(people[a], people[b], Shared(*shared), self.rules)
            if found is not None:
                rows.append((a, b, found.rule, found.verdict, found.score))
        return pa.table([pa.array(column, field.type) for column, field in zip(
            zip(*rows, strict=True) if rows else [[]] * len(PAIRS), PAIRS, strict=True)], PAIRS)  # fmt: skip

    def _people(self, met: pa.Table) -> dict[int, Identity]:
        both = pa.chunked_array([*met.column("a").chunks, *met.column("b").chunks], pa.int32())
        ids = pa.table([pc.unique(both)], _IDS)
        inputs = Inputs({"customer": [self.building.path("customer")], "ids": ids}, {})
        rows = self.engine.to_arrow(self.engine.plan("oneid_people", None, inputs, _people))
        rows = open_rows(rows, "customer", self.building.lake.keys)
        return {who.cust_id: who for who in identities(rows, self.rules)}

    def _compared(self, part: Slice) -> Inputs:
        was: Files = _CUSTOMER if self.anew or self.earlier is None else [self.earlier.path("customer")]
        return Inputs({"customer": [self.building.path("customer")], "was": was}, part.scalars())

    def _table(self, name: str, schema: pa.Schema) -> Files:
        return [self.building.path(name)] if self.building.has(name) else schema

    def _was(self, name: str, schema: pa.Schema) -> Files:
        return [self.earlier.path(name)] if self.earlier is not None else schema


def _changed(b: Bound) -> Table:
    """Customers that are new or look otherwise than yesterday."""
    was = Slice.bound(b["was"], b)
    was = was.select(was_id="cust_id", **{f"was_{name}": name for name in READ})
    rows = Slice.bound(b["customer"], b).select("cust_id", *READ)
    rows = rows.left_join(was, rows.cust_id == was.was_id)
    differs = rows.was_id.isnull()
    for name in READ:
        differs = differs | ~rows[name].identical_to(rows[f"was_{name}"])
    return rows.filter(differs).select("cust_id", *READ)


def _devices(b: Bound) -> Table:
    log = b["log"]
    return log.filter(log.device_hash.notnull()).select("cust_id", "device_hash").distinct()


def _keys(b: Bound) -> Table:
    """Yesterday's keys of those who are still there, the changed ones' made anew; a certificate that a changed
    customer no longer shows is remembered as a former one."""
    fresh, was = b["fresh"], b["was"].semi_join(b["customer"], "cust_id")
    changed = fresh.filter(fresh.kind == SEEN).select("cust_id")
    same = was.anti_join(changed, "cust_id")
    old = was.semi_join(changed, "cust_id")
    new = fresh.filter(fresh.kind != SEEN)
    held = old.filter(old.kind.isin([CERT, FORMER])).anti_join(
        new.filter(new.kind == CERT), ["cust_id", "key"]
    )
    former = held.mutate(kind=ibis.literal(FORMER, "int32")).select("cust_id", "kind", "key")
    devices = b["devices"].semi_join(b["customer"], "cust_id")
    devices = devices.anti_join(b["was"].filter(b["was"].kind == DEVICE), ["cust_id", "key"])
    touched = ibis.union(new, former, old.filter(old.kind == DEVICE), devices, distinct=True)
    return same.union(touched)  # nothing of the one is in the other, and most rows are in the first


def _affected(b: Bound) -> Table:
    """Customers who changed, or share a key with one who did, or with one who came to it or left it."""
    keys, was, fresh = b["keys"], b["was"], b["fresh"]
    changed = fresh.filter(fresh.kind == SEEN).select("cust_id")
    both = keys.union(was)
    devices = keys.filter(keys.kind == DEVICE).anti_join(was.filter(was.kind == DEVICE), ["cust_id", "key"])
    gone = was.anti_join(keys, "cust_id")
    moved = ibis.union(*(rows.select("key") for rows in (both.semi_join(changed, "cust_id"), devices, gone)))
    around = both.semi_join(moved, "key").select("cust_id")
    return ibis.union(changed, around, distinct=True)


def _met(b: Bound) -> Table:
    """Pairs (a < b) that share a key which not too many share, and what they share; those of the affected."""
    keys, most = b["keys"], b.scalars
    if b.has("affected"):
        near = keys.semi_join(b["affected"], "cust_id")
        keys = keys.semi_join(near, "key")
    else:
        near = keys
    sizes = keys.group_by("key").agg(kind=keys.kind.min(), customers=keys.cust_id.nunique())
    limit = ibis.cases(
        (sizes.kind <= PERSON, most["most_cert"]),
        (sizes.kind == MOBILE, most["most_mobile"]),
        else_=most["most_device"],
    )
    shared = sizes.filter((sizes.customers >= 2) & (sizes.customers <= limit)).select("key")
    near = near.semi_join(shared, "key")
    other = keys.select(other="cust_id", other_kind="kind", other_key="key")
    pairs = near.join(other, near.key == other.other_key)
    pairs = pairs.filter(pairs.cust_id != pairs.other)
    certs = pairs.kind <= FORMER
    return (
        pairs.mutate(
            a=ibis.least(pairs.cust_id, pairs.other), b=ibis.greatest(pairs.cust_id, pairs.other),
            cert=certs & (pairs.kind == CERT) & (pairs.other_kind == CERT),
            former=certs & ((pairs.kind == FORMER) | (pairs.other_kind == FORMER)),
            person=pairs.kind == PERSON, mobile=pairs.kind == MOBILE, device=pairs.kind == DEVICE,
        )
        .group_by("a", "b")
        .agg(**{name: ibis._[name].any() for name in Shared._fields})
    )  # fmt: skip


def _people(b: Bound) -> Table:
    return b["customer"].semi_join(b["ids"], "cust_id").select("cust_id", *READ)
