"""密钥: values stay readable and findable while keys and algorithms are exchanged, whatever is killed."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.bank import Bank, a_bank, a_day
from yinke.access.models import AuditEntry
from yinke.care.models import BadNumber
from yinke.cli import app
from yinke.common import crypto
from yinke.common.ciphers import unwrap, wrap
from yinke.common.crypto import DataKey as Key
from yinke.common.crypto import Keyring, blind_index, decrypt, encrypt, new_secret
from yinke.common.errors import ConfigurationError
from yinke.customers.models import Customer
from yinke.lake.keys import use_master
from yinke.lake.reading import rows_of
from yinke.lake.store import Lake
from yinke.privacy.models import DataKey
from yinke.privacy.services import keys
from yinke.privacy.services.keys import left_over, note_first_key, rewrap, rotate

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
ALGORITHMS = ("aes", "sm4")


@pytest.fixture(autouse=True)
def fresh_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    env(monkeypatch, lake=tmp_path / "lake")
    yield
    crypto.forget_keys()


def env(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    now = django_settings.YINKE
    monkeypatch.setattr(django_settings, "YINKE", now.__class__(**{**vars(now), **changes}))
    crypto.forget_keys()
    use_master(lambda: (django_settings.YINKE.data_key, django_settings.YINKE.cipher))


def turn(**more: Any) -> int:
    return rotate(settle=0, alone=lambda: nullcontext(True), **more)


class TestOneValue:
    @given(TEXT, st.sampled_from(ALGORITHMS), st.integers(1, 65535))
    def test_what_a_key_seals_the_ring_opens(self, text: str, algorithm: Any, version: int) -> None:
        key = Key(version, algorithm, new_secret())
        sealed = key.header + bytes(12) + key.seal(bytes(12), text.encode(), key.header)
        assert Keyring([key]).open(sealed) == text
        assert text.encode() not in sealed or len(text.encode()) < 3

    @given(TEXT, st.data())
    def test_a_flipped_bit_anywhere_is_noticed(self, text: str, data: st.DataObject) -> None:
        key = Key(1, data.draw(st.sampled_from(ALGORITHMS)), new_secret())
        sealed = bytearray(key.header + bytes(12) + key.seal(bytes(12), text.encode(), key.header))
        sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        with pytest.raises(InvalidTag):
            Keyring([key]).open(bytes(sealed))

    @given(TEXT)
    def test_a_value_from_before_numbered_keys_is_read(self, text: str) -> None:
        first = crypto.first_key(django_settings.YINKE.data_key, "aes")
        nonce = os.urandom(12)
        old = nonce + AESGCM(first.secret[:32]).encrypt(nonce, text.encode(), None)
        assert Keyring([first]).open(old) == text
        like_a_header = first.header + nonce[3:]
        old = like_a_header + AESGCM(first.secret[:32]).encrypt(like_a_header, text.encode(), None)
        assert Keyring([first]).open(old) == text

    def test_the_algorithms_are_those_of_the_standards(self) -> None:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.hmac import HMAC

        for algorithm, digest in (("aes", hashes.SHA256()), ("sm4", hashes.SM3())):
            key = Key(1, algorithm, bytes(range(64)))  # type: ignore[arg-type]
            mac = HMAC(bytes(range(32, 64)), digest)  # type: ignore[arg-type]
            mac.update("张三丰".encode())
            assert key.index("张三丰".encode()) == mac.finalize()[:16]

    def test_another_master_key_opens_nothing_and_says_which_setting_is_wrong(self) -> None:
        wrapped = wrap(new_secret(), b"a" * 32, 3, "aes")
        with pytest.raises(ConfigurationError, match="YINKE_DATA_KEY"):
            unwrap(wrapped, b"b" * 32, 3, "aes")
        with pytest.raises(ConfigurationError):  # nor may one key be put in another's place
            unwrap(wrapped, b"a" * 32, 4, "aes")


def a_small_bank(customers: int = 5) -> Bank:
    bank = a_bank().with_branch("徐汇").with_manager("李")
    for number in range(customers):
        bank.with_customer(
            f"客户{'甲乙丙丁戊己庚辛壬癸'[number]}",
            mobile=f"1381234567{number}",
            cert_no=f"1101051949123100{number:02}",
        )
    return bank


def found(bank: Bank, q: str) -> list[str]:
    return [row["name"] for row in bank.client("李").get("/api/customers", {"q": q}).json()["rows"]]


def headers() -> set[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(name_sealed, 1, 3), substr(mobile_sealed, 1, 3), substr(cert_sealed, 1, 3) FROM customers_customer"
        )
        return {bytes(value) for row in cursor.fetchall() for value in row}


@pytest.mark.django_db
class TestExchange:
    def test_everything_lies_under_the_new_key_and_is_found_as_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note_first_key()
        bank = a_small_bank()
        zhao = bank.customers["客户甲"]
        BadNumber.objects.create(customer=zhao, mobile_index=zhao.mobile_index)
        env(monkeypatch, cipher="sm4")
        assert turn(batch=2) == 2
        assert headers() == {b"\xa2\x00\x02"}
        assert (
            found(bank, "客户甲")
            == found(bank, "13812345670")
            == found(bank, "110105194912310000")
            == ["客户甲"]
        )
        assert bytes(BadNumber.objects.get().mobile_index) == blind_index("13812345670")
        assert [(k.version, k.state, k.algorithm) for k in DataKey.objects.order_by("version")] == [
            (1, "RETIRED", "aes"), (2, "ACTIVE", "sm4")]  # fmt: skip
        assert [e.reason for e in AuditEntry.objects.filter(action="keys.rotate")] == ["begun sm4", "ended"]
        assert all(left.rows == 0 for left in left_over())

    def test_second_factors_go_on_under_the_new_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        note_first_key()
        li = a_small_bank(1).staff["李"]
        app_secret = {"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP"), "used": 7}
        Authenticator.objects.create(user=li, type="totp", data=app_secret)
        codes = RecoveryCodes.activate(li).get_unused_codes()
        env(monkeypatch, cipher="sm4")
        assert [left.rows for left in left_over() if left.table == "mfa.Authenticator"] == [0]
        turn()
        kept = {f.type: f.data for f in Authenticator.objects.all()}
        assert kept["totp"]["used"] == 7
        for sealed in (kept["totp"]["secret"], kept["recovery_codes"]["seed"]):
            assert base64.b64decode(sealed)[:3] == b"\xa2\x00\x02"
        assert get_adapter().decrypt(kept["totp"]["secret"]) == "JBSWY3DPEHPK3PXP"
        own = Authenticator.objects.get(type="recovery_codes")
        assert RecoveryCodes(own).get_unused_codes() == codes

    def test_the_lake_takes_part_and_is_not_moved_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        a_small_bank(1)
        lake = Lake(django_settings.YINKE.lake)
        a_day(lake, date(2026, 1, 30), customer=[{"cust_id": 1, "cust_no": "C1", "name": "王伟"}])
        env(monkeypatch, cipher="sm4", lake=lake.root)
        told: list[str] = []
        turn(on_batch=lambda table, rows: told.append(table))
        assert told.count("lake customer.parquet") == 1
        assert (lake.keys.active, lake.keys.texts.active.algorithm, lake.keys.moving) == (2, "sm4", False)
        day = lake.latest()
        assert day
        assert rows_of([day], "customer", 1, ["name"])[0]["name"] == "王伟"
        DataKey.objects.filter(version=1).update(
            state="LEAVING"
        )  # stopped between the lake's end and its own
        told.clear()
        turn(on_batch=lambda table, rows: told.append(table))
        assert told == []
        assert lake.keys.active == 2

    def test_half_way_both_the_moved_and_the_waiting_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bank = a_small_bank()

        def stop(table: str, rows: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            turn(batch=2, on_batch=stop)
        crypto.forget_keys()
        assert headers() == {b"\xa1\x00\x01", b"\xa1\x00\x02"}
        for number, name in enumerate(("客户甲", "客户乙", "客户丙", "客户丁", "客户戊")):
            assert found(bank, name) == found(bank, f"1381234567{number}") == [name]
        assert decrypt(encrypt("新写的")) == "新写的"
        assert (encrypt("x") or b"")[:3] == b"\xa1\x00\x02"
        assert turn(batch=2) == 2  # goes on; no third key is made
        assert headers() == {b"\xa1\x00\x02"}

    def test_it_waits_for_a_night_that_writes_under_the_old_key(self) -> None:
        a_small_bank(2)
        free = iter([False, True])
        seen: list[str] = []

        def alone() -> Any:
            seen.append(DataKey.objects.get(version=1).state)
            return nullcontext(next(free))

        rotate(settle=0, alone=alone)
        assert seen == ["LEAVING", "LEAVING"]
        assert DataKey.objects.get(version=1).state == "RETIRED"

    def test_rows_that_a_slow_writer_added_are_sealed_anew_too(self) -> None:
        bank = a_small_bank(2)
        first = crypto.keyring().keys[1]
        late = first.header + bytes(12) + first.seal(bytes(12), "后来者".encode(), first.header)
        tried = []

        def alone() -> Any:
            if not tried:
                bank.with_customer("后来者", name_sealed=late)
            tried.append(1)
            return nullcontext(True)

        rotate(settle=0, alone=alone)
        assert len(tried) == 2
        assert headers() == {b"\xa1\x00\x02"}

    def test_what_is_empty_stays_empty(self) -> None:
        bank = a_small_bank(1)
        Customer.objects.update(cert_sealed=None, cert_index=None)
        turn()
        row = Customer.objects.get()
        assert (row.cert_sealed, row.cert_index, decrypt(row.mobile_sealed)) == (None, None, "13812345670")
        assert found(bank, "13812345670")

    def test_after_the_master_key_was_exchanged_the_data_is_read_as_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_small_bank(1)
        turn()
        lake = Lake(django_settings.YINKE.lake)
        token = lake.keys.texts.seal(pa.array(["王伟"]))
        old = django_settings.YINKE.data_key
        env(monkeypatch, data_key=b"n" * 32)
        with pytest.raises(ConfigurationError, match="yinke keys rewrap"):
            decrypt(Customer.objects.get().name_sealed)
        with pytest.raises(ConfigurationError, match="lake key 1"):
            _ = lake.keys
        assert rewrap(old) == 2
        assert lake.keys.texts.open(token).to_pylist() == ["王伟"]
        assert decrypt(Customer.objects.get().name_sealed) == "客户甲"


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def child(self, batches: int) -> int:
        place = {**os.environ, "TEST_DATABASE": connection.settings_dict["NAME"]}
        return subprocess.run(
            [sys.executable, "-m", "tests.privacy.rotate", str(batches)], env=place, timeout=120, check=False
        ).returncode

    @pytest.mark.parametrize("batches", [1, 3])
    def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost(self, batches: int) -> None:
        note_first_key()
        bank = a_small_bank()
        assert self.child(batches) == -9
        crypto.forget_keys()
        assert DataKey.objects.get(version=1).state == "LEAVING"
        moved = Customer.objects.extra(where=["substr(name_sealed, 1, 3) = '\\xa10002'::bytea"]).count()
        assert moved == 2 * (batches - 1)  # what was not committed is as it was
        assert found(bank, "客户甲") == found(bank, "13812345670") == ["客户甲"]
        assert found(bank, "客户戊") == ["客户戊"]
        assert self.child(0) == 0
        crypto.forget_keys()
        assert headers() == {b"\xa1\x00\x02"}
        assert [k.state for k in DataKey.objects.order_by("version")] == ["RETIRED", "ACTIVE"]
        assert found(bank, "客户丙") == found(bank, "13812345672") == ["客户丙"]

    def test_the_command_tells_how_it_stands(self) -> None:
        note_first_key()
        a_small_bank(2)
        out = CliRunner().invoke(app, ["keys", "rotate", "--settle", "0"])
        assert out.exit_code == 0, out.output
        assert "Key 2 is in use, 2 rows" in out.output
        out = CliRunner().invoke(app, ["keys", "status"])
        assert "RETIRED" in out.output
        assert "customers.Customer: 0 rows under an older key" in out.output

    def test_two_exchanges_at_once_are_refused(self) -> None:
        with keys._only_one():
            assert self.child(0) == 1


def test_the_cipher_is_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    from yinke.common.env import read_environment

    monkeypatch.setenv("YINKE_CIPHER", "des")
    with pytest.raises(ConfigurationError, match="YINKE_CIPHER"):
        read_environment()
    monkeypatch.setenv("YINKE_CIPHER", "sm4")
    monkeypatch.setenv("YINKE_DATA_KEY", base64.b64encode(b"x" * 32).decode())
    assert read_environment().cipher == "sm4"
