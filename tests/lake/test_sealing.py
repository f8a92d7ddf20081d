"""封存: what lies under the lake's root tells nothing without the master key, and opens with it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lake.small_bank import FIRST, SmallBank, following
from yinke.common.errors import ConfigurationError, Held
from yinke.common.sealed_text import NotOpened
from yinke.lake import keys as lake_keys
from yinke.lake.erase import erase
from yinke.lake.exchange import exchange
from yinke.lake.keys import LakeKeys, keys_of, new_key, rewrap, use_master
from yinke.lake.reading import rows_of
from yinke.lake.store import Lake

MASTER, OTHER = b"m" * 32, b"o" * 32


@pytest.fixture
def master() -> Iterator[None]:
    before = lake_keys._Known.master
    use_master(lambda: (MASTER, "aes"))
    yield
    use_master(before)


def some_keys(cipher: str = "aes") -> LakeKeys:
    return LakeKeys({"keys": [new_key(1, MASTER, cipher)]}, MASTER)  # type: ignore[arg-type]


def sealed(data: bytes, path: Path, keys: LakeKeys, step: int = 1 << 20) -> Path:
    with path.open("wb") as target:
        file = keys.sealed_file(target)
        for at in range(0, len(data), step):
            file.write(data[at : at + step])
        file.close()
    return path


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 99), st.integers(1, 99), st.sampled_from(["aes", "sm4"]))
def test_a_raw_file_opens_as_it_came_whatever_the_pieces(
    data: bytes, wrote: int, read: int, cipher: str
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(lake_keys, "CHUNK", 64)
        keys = some_keys(cipher)
        path = sealed(data, Path(folder) / "raw", keys, wrote)
        assert len(data) < 8 or data not in path.read_bytes()
        with keys.opened_file(path) as file:
            assert b"".join(iter(lambda: file.read(read), b"")) == data
        with keys.opened_file(path) as file:
            assert file.read() == data


def test_a_raw_file_that_was_cut_changed_or_reordered_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_keys, "CHUNK", 64)
    keys = some_keys()
    path = sealed(bytes(range(200)), tmp_path / "raw", keys)
    whole, head, step = path.read_bytes(), 17, 64 + 16
    first, second = whole[head : head + step], whole[head + step : head + 2 * step]
    spoiled = [
        whole[:-1], whole[: head + step], whole[: head + 3 * step], whole[:head], whole + b"x",
        whole[:30] + bytes([whole[30] ^ 1]) + whole[31:],
        whole[:10] + bytes([whole[10] ^ 1]) + whole[11:],
        whole[:head] + second + first + whole[head + 2 * step :],
        bytes(range(200)), b"",
    ]  # fmt: skip
    for data in spoiled:
        path.write_bytes(data)
        with pytest.raises(NotOpened), keys.opened_file(path) as file:
            file.read()


def test_each_lake_has_a_key_of_its_own_that_the_master_key_opens(master: None, tmp_path: Path) -> None:
    lakes = [Lake(tmp_path / name) for name in "ab"]
    tokens = [lake.keys.texts.seal(pa.array(["王伟"])) for lake in lakes]
    assert tokens[0] != tokens[1]
    with pytest.raises(NotOpened):
        lakes[0].keys.texts.open(tokens[1])
    body = (tmp_path / "a" / "keys.json").read_text()
    assert MASTER.hex() not in body
    use_master(lambda: (OTHER, "aes"))
    with pytest.raises(ConfigurationError, match="master key does not open lake key 1"):
        _ = lakes[0].keys


def test_processes_that_begin_a_lake_together_agree_on_its_key(master: None, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: str(keys_of(lake.root).texts.seal(pa.array(["王伟"]))), range(16)))
    assert len(set(tokens)) == 1


def test_after_the_master_key_was_exchanged_the_lake_opens_with_the_new_one(
    master: None, tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    token = lake.keys.texts.seal(pa.array(["王伟"]))
    use_master(lambda: (OTHER, "aes"))
    assert rewrap(lake.root, MASTER) == 1
    assert lake.keys.texts.open(token).to_pylist() == ["王伟"]
    assert rewrap(lake.root, MASTER) == 1, "again, after a stop"
    use_master(lambda: (b"y" * 32, "aes"))
    with pytest.raises(ConfigurationError):
        rewrap(lake.root, b"x" * 32)


def test_a_lake_from_before_sealing_takes_nothing_more_in(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    (bank.lake.root / "keys.json").unlink()
    bank.write(following(FIRST))
    with pytest.raises(ConfigurationError, match="sealed nothing") as problem:
        bank.load(following(FIRST))
    assert "keys.json" in problem.value.place
    assert bank.lake.dates() == [FIRST]


def test_a_day_is_sealed_and_its_rows_open_for_those_who_read_one_customer(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    raw = {path.name: path.read_bytes() for path in (bank.lake.root / "raw").rglob("*.txt")}
    assert raw
    for name, data in raw.items():
        assert "王伟".encode("GB18030") not in data, name
        assert b"310101199001011234" not in data, name
    stored = bank.arrow("customer").to_pylist()
    assert "王伟" not in str(stored)
    assert [row["name"] for row in rows_of([bank.day()], "customer", 1, ["name"])] == ["王伟"]
    accounts, balances = bank.arrow("account"), bank.arrow("balance")
    assert accounts["acct_no"] == balances["acct_no"], "the same number has the same token everywhere"


def test_a_night_is_read_from_the_sealed_copy_when_the_inbox_was_cleared(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    was = {name: bank.arrow(name) for name in ("customer", "account", "balance", "transaction")}
    for path in bank.inbox.rglob("*.*"):
        path.unlink()
    bank.load()
    assert bank.day().version.endswith("-2")
    assert {name: bank.arrow(name) for name in was} == was


def test_a_deleted_customer_whom_the_bank_sends_again_stays_out(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    assert erase(bank.lake, [1]) > 0
    day = following(FIRST)
    bank.rows["customer"][0][-1] = "20260131080000"
    bank.rows["account"].append(["A9", "C1", "D", "CNY", "20260131", "0", "", "I"])
    bank.rows["balance"].append(["A9", "77.00", "CNY"])
    bank.rows["transaction"] = [
        ["20260131", "T2", "A1", "C", "1.00", "CNY", "TRANSFER", ""],
        ["20260131", "T3", "A3", "C", "2.00", "CNY", "TRANSFER", ""],
        ["20260131", "T4", "A9", "C", "3.00", "CNY", "TRANSFER", ""],
    ]
    bank.write(day)
    summary = bank.load(day)
    for table in ("customer", "account", "balance", "transaction", "channel_log"):
        assert {row["cust_id"] for row in bank.table(table, day)} <= {2}, table
    assert len(bank.table("transaction", day)) == 1
    assert {one.feed: (one.erased, one.quarantined) for one in summary.feeds if one.erased} == {
        "customer": (1, 0), "account": (3, 0), "balance": (3, 0), "transaction": (2, 0), "channel_log": (1, 0),
    }  # fmt: skip
    assert not list((bank.lake.root / "quarantine").rglob("*.parquet"))
    ids = [row for path in (bank.lake.root / "ids").glob("*") for row in pq.read_table(path).to_pylist()]
    assert ids == [{"cust_no": "~1", "cust_id": 1}, {"cust_no": "C2", "cust_id": 2}]
    known = (bank.lake.root / "erased.json").read_text()
    assert not {"C1", "A1", "A2", "A9"} & set(json.dumps(json.loads(known)).replace('"', " ").split())


def test_deleting_twice_is_once(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    erase(bank.lake, [1])
    known = (bank.lake.root / "erased.json").read_text()
    assert erase(bank.lake, [1]) == 0
    assert (bank.lake.root / "erased.json").read_text() == known


def test_a_sealed_file_is_written_in_pieces_and_never_held_whole() -> None:
    class Counting(io.BytesIO):
        largest = 0

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.largest = max(self.largest, len(data))
            return len(data)

    target = Counting()
    file = some_keys().sealed_file(target)
    for _ in range(5):
        file.write(bytes(lake_keys.CHUNK + 1))
    file.close()
    assert target.largest <= lake_keys.CHUNK + 16


def two_nights(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    bank.rows["balance"][0][1] = "7.00"
    bank.write(following(FIRST))
    bank.load(following(FIRST))


def opened(bank: SmallBank) -> dict[tuple[str, str], list[dict[str, object]]]:
    return {
        (f"{day}", table): bank.table(table, day)
        for day in (FIRST, following(FIRST))
        for table in ("customer", "account", "balance", "transaction")
    }


def versions_in_use(bank: SmallBank) -> set[str]:
    tokens = [
        row[column]
        for day in (FIRST, following(FIRST))
        for table, column in (("customer", "name"), ("account", "acct_no"), ("balance", "acct_no"))
        for row in bank.arrow(table, day).to_pylist()
    ]
    raw = {path.read_bytes()[7:9].hex() for path in (bank.lake.root / "raw").rglob("*.txt")}
    return {str(token)[:3] for token in tokens} | raw


def test_an_exchange_of_keys_moves_every_file_and_the_next_night_goes_on(bank: SmallBank) -> None:
    two_nights(bank)
    was = opened(bank)
    assert versions_in_use(bank) == {"=AB", "0001"}
    assert exchange(bank.lake, 2) > 0
    assert versions_in_use(bank) == {"=AC", "0002"}
    assert opened(bank) == was
    assert bank.day().path("account").samefile(bank.day(following(FIRST)).path("account")), "still one file"
    assert exchange(bank.lake, 2) == 0
    later = following(FIRST, 2)
    bank.rows["balance"][0][1] = "8.00"
    bank.write(later)
    bank.load(later)
    assert sorted(str(row["balance"]) for row in bank.table("balance", later)) == [
        "20.00",
        "500000.00",
        "8.00",
    ]
    assert {row["cust_id"] for row in bank.table("balance", later)} == {1, 2}


def test_a_stopped_exchange_holds_the_nights_reads_on_and_ends_later(bank: SmallBank) -> None:
    two_nights(bank)
    was = opened(bank)

    def stop(name: str) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            exchange(bank.lake, 2, stop)
    assert {"=AB", "=AC"} <= versions_in_use(bank)
    assert opened(bank) == was
    later = following(FIRST, 2)
    bank.write(later)
    with pytest.raises(Held) as held:
        bank.load(later)
    assert held.value.reason == "keys"
    exchange(bank.lake, 2)
    assert versions_in_use(bank) == {"=AC", "0002"}
    assert opened(bank) == was
    bank.load(later)


def test_a_deleted_customer_stays_out_after_an_exchange_of_keys(bank: SmallBank) -> None:
    bank.write()
    bank.load()
    erase(bank.lake, [1])
    exchange(bank.lake, 2)
    day = following(FIRST)
    bank.rows["customer"][0][-1] = "20260131080000"
    bank.rows["balance"][0][1] = "9.00"
    bank.write(day)
    summary = bank.load(day)
    assert {row["cust_no"] for row in bank.table("customer", day)} == {"C2"}
    assert {row["cust_id"] for row in bank.table("balance", day)} == {2}
    assert sum(one.quarantined for one in summary.feeds) == 0
