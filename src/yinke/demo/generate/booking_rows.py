"""TXN: the day's bookings as the core bank writes them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yinke.demo.generate import names
from yinke.demo.generate.draws import Ids, Ints
from yinke.demo.generate.files import Delivery
from yinke.demo.generate.ledger import CODES, EMPLOYER, FAMILY, MERCHANT, OWN, PERSON, Bookings, Live
from yinke.demo.generate.names import WORDS
from yinke.demo.generate.rows import FLAGS, account_no, customer_no
from yinke.demo.generate.state import partners
from yinke.demo.generate.text import clock, decimals, same, some, words

BANKS: tuple[str, ...] = tuple(WORDS["banks"])
MERCHANTS: tuple[str, ...] = tuple(WORDS["merchants"])
_ALL = tuple(CODES.values())
_PARTY = np.array([code.party for code in _ALL])
_OTHER = np.array([code.other_bank for code in _ALL])


def employers(count: int) -> tuple[str, ...]:
    """Names of the employers."""
    places, crafts = (
        ("江城", "临海", "云州", "长江", "东方", "华新", "金桥", "远大", "恒信", "天成"),
        (
            "机械",
            "软件科技",
            "医药",
            "物流",
            "建筑工程",
            "纺织",
            "电子",
            "食品",
            "教育咨询",
            "新能源",
            "汽车配件",
            "装饰",
            "化工",
            "商贸",
        ),
    )
    ends = ("有限公司", "股份有限公司", "集团", "厂")
    return tuple(
        f"{places[n % 10]}{crafts[n // 10 % 14]}{'' if n < 140 else n // 140 + 1}{ends[n * 7 % 4]}"
        for n in range(count)
    )


def write_bookings(live: Live, out: Delivery, book: Bookings, firms: tuple[str, ...]) -> None:
    """TXN."""
    part, who, code = live.part, book.who, book.code
    base = int(f"{live.today.date:%y%m%d}") * 10**12
    order = base + (part.first + who) * 1000
    back = book.reverses >= 0
    dollars = (book.slot == 1) & ((part.slots[who] & 8) > 0)
    party, other = _PARTY[code], _OTHER[code]
    own_bank = live.draws.bits("own-bank", part.ids)[who] if len(who) else book.party
    bank = (np.where(party == OWN, own_bank, book.party) >> np.uint64(20)).astype(np.int64) % len(BANKS)
    family = party == FAMILY
    partner = np.maximum(partners(part), 0)[who]
    account = np.where(
        family, account_no(part, partner, np.zeros_like(partner)),
        6_217_000_000_000_000 + (book.party >> np.uint64(17)).astype(np.int64) % 10**13,
    )  # fmt: skip
    column = {
        field: tuple(getattr(c, field) for c in _ALL) for field in ("txn", "summary", "channel", "remark")
    }
    out.write("TXN", [
        same(f"{live.today.date:%Y%m%d}", len(who)), clock().take(pa.array(book.second)), order + book.rank,
        account_no(part, who, book.slot), customer_no(part, who), words(("C", "D"), (book.amount < 0).astype(np.int8)),
        decimals(np.abs(book.amount)), words(("CNY", "USD"), dollars.astype(np.int8)), decimals(book.after),
        words(column["txn"], code), words(column["summary"], code), words(column["channel"], code),
        some(account, other | family),
        _parties(live, book, party, firms), words(("", *BANKS), np.where(other, 1 + bank, 0)),
        words(FLAGS, back.astype(np.int8)), some(order + book.reverses, back), words(column["remark"], code),
    ], AMT=np.abs(book.amount))  # fmt: skip


def _parties(live: Live, book: Bookings, party: Ints, firms: tuple[str, ...]) -> pa.Array:
    """Names of the counterparties: shops and firms from a table, persons made as needed."""
    part, draws = live.part, live.draws
    own, person = np.flatnonzero(np.isin(party, (OWN, FAMILY))), np.flatnonzero(party == PERSON)
    at = np.zeros(len(party), dtype=np.int64)
    shop = book.party[party == MERCHANT] >> np.uint64(50)
    at[party == MERCHANT] = 1 + (shop * np.uint64(len(MERCHANTS)) >> np.uint64(14)).astype(np.int64)
    firm = party == EMPLOYER
    at[firm] = 1 + len(MERCHANTS) + np.maximum(part.employer[book.who[firm]], 0)
    table = names.encoded(("银客银行", *MERCHANTS, *firms))
    at[own] = len(table) + np.arange(len(own))
    at[person] = len(table) + len(own) + np.arange(len(person))
    who = np.where(party[own] == FAMILY, np.maximum(partners(part), 0)[book.who[own]], book.who[own])
    strangers: Ids = (book.party[person] >> np.uint64(24)) + np.uint64(1 << 51)
    born = np.full(len(person), 3000, dtype=np.int64) + (strangers & np.uint64(8191)).astype(np.int64)
    pool = pa.concat_arrays([
        table,
        names.names(draws, part.ids[who], part.female[who], part.born[who].astype(np.int64)),
        names.names(draws, strangers, (strangers & np.uint64(1)).astype(bool), born),
    ])  # fmt: skip
    return pool.take(pa.array(at))
