"""客户归并 night by night: what the night tells from yesterday's tables is what all rows together tell."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lake.bank_tables import DEFAULTS, Bank
from tests.lake.small_bank import FIRST, following
from yinke.common.identity import Edge, resolve
from yinke.common.identity.normal import normalise, similarity
from yinke.lake.engine import Engine
from yinke.lake.oneid import night as nights
from yinke.lake.oneid import resolve_identities

ID, ID15, BAD_ID = "11010519491231002X", "110105491231002", "110105194912310021"
M1, M2 = "13812345678", "13912345678"
BORN = date(1949, 12, 31)
VALUES = {**DEFAULTS, "oneid.most_mobile": 3, "oneid.most_device": 2, "oneid.most_cert": 4}
TABLES = ("oneid_keys", "oneid_pairs", "oneid_map", "oneid_decisions")

Row = dict[str, Any]
Decided = list[tuple[int, int, bool]]


@dataclass
class People:
    """A lake whose customers are told night by night, with the devices that they use."""

    folder: Path
    engine: Engine
    bank: Bank = field(init=False)

    def __post_init__(self) -> None:
        self.bank = Bank(self.folder, self.engine)
        self.day = FIRST

    def night(
        self, customers: Mapping[int, Row], devices: Iterable[tuple[int, str]] = (), decided: Iterable[Any] = (),
        values: Mapping[str, Any] = VALUES,
    ) -> People:  # fmt: skip
        self.bank.state["customer"].clear()
        for number, row in customers.items():
            self.bank.has_customer(number, **row)
        for number, device in devices:
            if number in customers:
                self.bank.logs_in(number)
                self.bank.state["channel_log"][self.bank._count]["device_hash"] = device
        building, earlier = self.bank.prepare(self.day)
        detail = resolve_identities(self.engine, building, earlier, values, list(decided), b"secret")
        building.note("oneid", detail)
        self.detail = detail
        self.bank.lake.publish(building)
        self.day = following(self.day)
        return self

    def rows(self, table: str) -> list[Row]:
        latest = self.bank.lake.latest()
        assert latest is not None
        rows: list[Row] = pq.read_table(latest.path(table)).to_pylist()
        return rows

    def pairs(self) -> dict[tuple[int, int], tuple[str, str]]:
        return {(row["a"], row["b"]): (row["rule"], row["verdict"]) for row in self.rows("oneid_pairs")}

    def persons(self) -> dict[int, int]:
        return {row["cust_id"]: row["one_id"] for row in self.rows("oneid_map")}


def zhang(**more: Any) -> Row:
    return {"name": "张三", "cert_type": "10100", "cert_no": ID, "mobile": M1, "birth_date": BORN, **more}


@pytest.fixture
def people(tmp_path: Path, engine: Engine) -> People:
    return People(tmp_path, engine)


def test_each_rule_is_found_over_two_nights_on_either_engine(people: People) -> None:
    first = {
        1: zhang(), 2: zhang(cert_no=ID15, mobile=None, name="張三"),
        3: {"name": "LI NA", "cert_type": "10300", "cert_no": "E11111111", "birth_date": BORN},
        5: zhang(cert_no=None, cert_type=None), 6: {"name": "张小", "mobile": M1}, 7: {"name": "王五"}, 8: {"name": "赵六"},
    }  # fmt: skip
    people.night(first, [(7, "D1")])
    assert people.pairs() == {
        (1, 2): ("K2", "MERGE"), (1, 5): ("K3", "REVIEW"), (1, 6): ("K4M", "LINK"), (5, 6): ("K4M", "LINK"),
    }  # fmt: skip
    assert people.persons() == {1: 1, 2: 1}
    renewed = {**first, 3: {**first[3], "cert_no": "E22222222"}, 4: first[3], 1: zhang(mobile=M2)}
    people.night(renewed, [(8, "D1")], [(1, 2, False)])
    assert people.pairs() == {
        (1, 2): ("K2", "MERGE"), (3, 4): ("K1H", "MERGE"), (5, 6): ("K4M", "LINK"), (7, 8): ("K4D", "LINK"),
    }  # fmt: skip
    assert people.persons() == {3: 3, 4: 3}
    assert people.detail["changed"] == 3
    assert [row["valid_from"] for row in people.rows("oneid_map")] == [following(FIRST)] * 2
    people.night(renewed)
    assert people.persons() == {1: 1, 2: 1, 3: 3, 4: 3}
    assert people.detail["changed"] == 0
    assert {row["cust_id"]: row["valid_from"] for row in people.rows("oneid_map")} == {
        1: following(FIRST, 2), 2: following(FIRST, 2), 3: following(FIRST), 4: following(FIRST),
    }  # fmt: skip


def test_a_number_that_too_many_share_ties_nobody_until_few_do(tmp_path: Path, duck: Engine) -> None:
    people = People(tmp_path, duck)
    crowd = {n: {"name": f"客{n}", "mobile": M1} for n in range(1, 5)}
    people.night(crowd)
    assert people.pairs() == {}
    people.night({n: row for n, row in crowd.items() if n != 2})
    assert set(people.pairs()) == {(1, 3), (1, 4), (3, 4)}
    people.night(crowd)
    assert people.pairs() == {}


def test_a_new_threshold_judges_every_pair_anew(tmp_path: Path, duck: Engine) -> None:
    people = People(tmp_path, duck)
    two = {1: zhang(), 2: zhang(name="张三丰")}
    people.night(two)
    assert people.pairs()[1, 2] == ("K2", "REVIEW")
    people.night(two, values={**VALUES, "oneid.name_similarity": 0.6})
    assert people.pairs()[1, 2] == ("K2", "MERGE")
    assert people.detail["changed"] == 2


def test_a_lake_from_before_these_tables_starts_with_everybody(tmp_path: Path, duck: Engine) -> None:
    people = People(tmp_path, duck)
    for number in (1, 2):
        people.bank.has_customer(number, **zhang())
    building, _ = people.bank.prepare(people.day)
    people.bank.lake.publish(building)
    people.day = following(people.day)
    people.night({1: zhang(), 2: zhang()})
    assert people.persons() == {1: 1, 2: 1}


def test_the_keys_tell_nobodys_number(tmp_path: Path, duck: Engine) -> None:
    people = People(tmp_path, duck).night({1: zhang()}, [(1, "D1")])
    latest = people.bank.lake.latest()
    assert latest is not None
    raw = b"".join(path.read_bytes() for path in latest.folder.glob("oneid_*"))
    assert not any(text.encode() in raw for text in (ID, M1, "张三", "D1"))
    other = People(tmp_path / "other", duck)
    other.bank.has_customer(1, **zhang())
    building, _ = other.bank.prepare(FIRST)
    resolve_identities(duck, building, None, VALUES, (), b"another secret")
    keys = {row["key"] for row in pq.read_table(building.path("oneid_keys")).to_pylist()}
    assert not keys & {row["key"] for row in people.rows("oneid_keys")}


# ---- against a naive evaluator: all pairs, all history, no keys ----

SPELLINGS = ["张三", "張三", " 张 三", "李四", "阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽买买提"]
CERTS = [("10100", ID), ("10100", ID15), ("10100", BAD_ID), ("10300", "E1234567"), ("10300", "E9876543"),
         ("10300", "000000"), (None, None)]  # fmt: skip
ROW = st.builds(
    lambda name, cert, mobile, birth: {
        "name": name, "cert_type": cert[0], "cert_no": cert[1], "mobile": mobile, "birth_date": birth,
    },
    st.sampled_from(SPELLINGS), st.sampled_from(CERTS), st.sampled_from([None, M1, f"+86 {M1}", M2, "02188886666"]),
    st.sampled_from([None, BORN, date(1980, 1, 1)]),
)  # fmt: skip
NUMBERS = st.integers(1, 7)
PAIR = st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] < pair[1])
NIGHT = st.tuples(
    st.dictionaries(NUMBERS, ROW, min_size=1),
    st.lists(st.tuples(NUMBERS, st.sampled_from(["D1", "D2"])), max_size=5),
    st.dictionaries(PAIR, st.booleans(), max_size=3),
    st.booleans(),  # whether those who are not named are gone, or as they were
)


def _cert(row: Row) -> str:
    return {ID15: ID}.get(row["cert_no"], row["cert_no"]) or ""


def _mobile(row: Row) -> str:
    return M1 if row["mobile"] and row["mobile"].endswith(M1) else M2 if row["mobile"] == M2 else ""


class Naive:
    """What the rules say of all rows, told without keys, night by night."""

    def __init__(self) -> None:
        self.certs: dict[int, set[str]] = {}
        self.devices: dict[int, set[str]] = {}

    def night(
        self, now: dict[int, Row], log: list[tuple[int, str]]
    ) -> dict[tuple[int, int], tuple[str, str]]:
        for history in (self.certs, self.devices):
            for number in set(history) - set(now):
                del history[number]
        for number, row in now.items():
            self.certs.setdefault(number, set()).update({_cert(row)} - {""})
        for number, device in log:
            if number in now:
                self.devices.setdefault(number, set()).add(device)
        found = {}
        for a, b in combinations(sorted(now), 2):
            said = self.judge(now, a, b)
            if said:
                found[a, b] = said
        return found

    def judge(self, now: dict[int, Row], a: int, b: int) -> tuple[str, str] | None:
        x, y = now[a], now[b]
        one, other = normalise(x["name"]), normalise(y["name"])
        alike = similarity(one, other) >= 0.95
        held = [c for c in self.certs[a] & self.certs[b] if sum(c in h for h in self.certs.values()) <= 4]
        if _cert(x) == _cert(y) and _cert(x) in held:
            sound = _cert(x) not in (BAD_ID, "000000")
            return "K1" if one == other else "K2", "MERGE" if sound and alike else "REVIEW"
        if held and alike:
            renewed = "10100" not in (x["cert_type"], y["cert_type"]) and one == other
            birth = x["birth_date"] == y["birth_date"] is not None
            return "K1H", "MERGE" if renewed and birth else "REVIEW"
        if _mobile(x) and _mobile(x) == _mobile(y):
            alikes = [r for r in now.values() if (_mobile(r), normalise(r["name"]), r["birth_date"]) ==
                      (_mobile(x), one, x["birth_date"])]  # fmt: skip
            if one == other and x["birth_date"] == y["birth_date"] is not None and len(alikes) <= 4:
                return "K3", "REVIEW"
            if sum(_mobile(r) == _mobile(x) for r in now.values()) <= 3:
                return "K4M", "LINK"
        for device in self.devices.get(a, set()) & self.devices.get(b, set()):
            if sum(device in held for held in self.devices.values()) <= 2:
                return "K4D", "LINK"
        return None


@given(st.lists(NIGHT, min_size=1, max_size=4))
@settings(max_examples=12)
def test_what_a_night_tells_is_what_all_rows_tell_and_what_a_start_from_scratch_tells(
    duck: Engine, story: list[Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        step, anew, naive = People(Path(folder) / "a", duck), People(Path(folder) / "b", duck), Naive()
        now: dict[int, Row] = {}
        for number, (rows, log, decisions, goes) in enumerate(story):
            now = {**({} if goes else now), **rows}
            decided: Decided = [(a, b, same) for (a, b), same in decisions.items()]
            expected = naive.night(now, log)
            step.night(now, log, decided)
            assert step.pairs() == expected
            patch.setattr(nights, "VERSION", number + 2)
            anew.night(now, log, [(b, a, same) for a, b, same in reversed(decided)])
            patch.setattr(nights, "VERSION", 1)
            assert anew.detail["changed"] == len(now)
            for table in TABLES:
                assert step.rows(table) == anew.rows(table), table
            strong = [
                Edge(*pair, rule, 1.0) for pair, (rule, verdict) in expected.items() if verdict == "MERGE"
            ]
            strong += [Edge(a, b, "SAME", 1.0) for a, b, same in decided if same]
            kept = dict.fromkeys(expected, 1.0)
            scores = {(row["a"], row["b"]): row["score"] for row in step.rows("oneid_pairs")}
            strong = [edge._replace(score=scores.get(edge[:2], kept.get(edge[:2], 1.0))) for edge in strong]
            apart = [(a, b) for a, b, same in decided if not same]
            assert step.persons() == {n: m.one_id for n, m in resolve(strong, apart).items()}
            assert all(step.persons().get(a, -a) != step.persons().get(b, -b) for a, b in apart)


@given(
    st.dictionaries(NUMBERS, ROW, min_size=2),
    st.lists(st.tuples(NUMBERS, st.sampled_from(["D1"])), max_size=4),
)
@settings(max_examples=8)
def test_the_same_night_twice_changes_nothing(
    duck: Engine, rows: dict[int, Row], log: list[tuple[int, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        people = People(Path(folder), duck).night(rows, log)
        before = {table: people.rows(table) for table in TABLES}
        people.night(rows, log)
        assert people.detail["changed"] == 0
        assert {table: people.rows(table) for table in TABLES} == before
