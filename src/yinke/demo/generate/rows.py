"""The state and the day's bookings as the source tables' columns, in the order of ``feeds/*.yaml``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate import days, names
from yinke.demo.generate.clicks import CHANNELS, EVENTS, Clicks
from yinke.demo.generate.credit import CARD_MONTHS, renew_cards
from yinke.demo.generate.deposits import CERTIFICATE, rate
from yinke.demo.generate.draws import Ids, Ints
from yinke.demo.generate.files import Delivery
from yinke.demo.generate.ledger import CODES, EMPLOYER, MERCHANT, OWN, PERSON, Bookings, Live
from yinke.demo.generate.life import certificate_until, sign_day
from yinke.demo.generate.opening import LOAN_RATES
from yinke.demo.generate.products import CATEGORY, DEMAND_RATE, RISK, TERMS, USD_RATE
from yinke.demo.generate.products import CODES as PRODUCT_CODES
from yinke.demo.generate.spending import MERCHANTS
from yinke.demo.generate.state import DEMAND, DEPOSITS, ENDED, HELD, SELF_EMPLOYED, STUDENT, Customers
from yinke.demo.generate.text import clock, dates, decimals, same, some, words

FLAGS = ("0", "1")
BANKS = (
    "中国工商银行",
    "中国建设银行",
    "中国农业银行",
    "中国银行",
    "招商银行",
    "交通银行",
    "邮储银行",
    "浦发银行",
    "兴业银行",
    "微众银行",
    "网商银行",
)
_ALL = tuple(CODES.values())
_PARTY = np.array([code.party for code in _ALL])
_OTHER = np.array([code.other_bank for code in _ALL])


def customer_no(part: Customers, who: Ints) -> Ints:
    """Ten-digit customer numbers."""
    return 8_000_000_000 + part.first + who


def account_no(part: Customers, who: Ints, slot: Ints) -> Ints:
    """Sixteen-digit account numbers; every time deposit has one of its own."""
    nth = np.where(slot < DEMAND, slot, 10 + part.td_no[who, np.maximum(slot - DEMAND, 0)])
    return 6_200_000_000_000_000 + (part.first + who) * 1000 + nth


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


def write_customers(live: Live, out: Delivery, who: Ints, firms: tuple[str, ...]) -> None:
    """CUST_INFO of the customers ``who``."""
    part, draws, day = live.part, live.draws, live.day
    ids, count = part.ids[who], len(who)
    born, female = part.born[who].astype(np.int64), part.female[who]
    moved = part.moved[who].astype(np.int64)
    month, of_month, leap = days.to_lunar(born)
    lunar = (day - born > 55 * 365) & draws.below("lunar", ids, 0.5)
    persona = part.persona[who].astype(np.int64)
    employer = part.employer[who].astype(np.int64)
    until = certificate_until(draws, part, who, live.world.first, day)
    phone = draws.below("tel", ids, 0.06)
    out.write("CUST_INFO", [
        customer_no(part, who),
        names.names(draws, ids, female, born),
        same("10100", count),
        names.certificates(draws, ids, female, born),
        dates(until),
        words(("1", "2"), female.astype(np.int8)),
        dates(born),
        words(("1", "2"), lunar.astype(np.int8)),
        some(month, lunar), some(of_month, lunar), some(leap, lunar),
        names.nations(draws, ids),
        names.mobiles(draws, ids, moved),
        some(2_760_000_0000 + draws.whole("tel-no", ids, 10_000_000), phone),
        names.addresses(draws, ids, moved),
        words(("11", "21", "31", "41", "51"), persona),
        words(("", *firms), employer + 1),
        words(("10", "20", "30", "40", "50"), np.where(persona == STUDENT, 2, draws.pick("education", ids, [0.04, 0.3, 0.33, 0.25, 0.08]))),
        words(("10", "20", "30", "40"), np.where(day - born < 26 * 365, 0, 1 + draws.pick("marital", ids, [0.88, 0.08, 0.04]) % 3)),
        part.org[who].astype(np.int64),
        dates(part.open_day[who]),
        words(("1", "2"), (part.closed[who] > 0).astype(np.int8)),
        _staff_no(part.manager[who].astype(np.int64)),
        words(("", "C1", "C2", "C3", "C4", "C5"), part.risk[who]),
        dates(part.risk_until[who]),
        words(("N", "Y"), draws.below("staff", ids, 0.004).astype(np.int8)),
        words(("1", "2", "3"), draws.pick("aml", ids, [0.93, 0.06, 0.01])),
        dates(np.full(count, day)) * 1_000_000 + 220_000,
    ])  # fmt: skip


def _staff_no(numbers: Ints) -> pa.Array:
    return pc.if_else(
        pa.array(numbers > 0), names.fixed_texts(names.digits(numbers, 7)), pa.scalar(b"", pa.binary())
    )


def write_accounts(live: Live, out: Delivery, who: Ints, slot: Ints) -> None:
    """ACCT of the given account slots."""
    part, count = live.part, len(who)
    term = slot >= DEMAND
    k = np.maximum(slot - DEMAND, 0)
    ended = term & (part.td_state[who, k] == ENDED)
    closed = ended | (part.closed[who] > 0)
    big = part.bal[who, slot] + np.where(ended, CERTIFICATE, 0) >= CERTIFICATE
    dollars = (slot == 1) & ((part.slots[who] & 8) > 0)
    idle = ~term & (part.lam[who] == 0) & (part.bal[who, 0] < 100_000) & (part.open_day[who] < live.day - 700)
    opened = np.where(term, part.td_open[who, k], part.open_day[who])
    rates = np.where(term, rate(part, who, k), np.where(dollars, USD_RATE, DEMAND_RATE))
    stem = 622_700_000_000_000_000 + (part.first + who) * 100 + slot
    out.write("ACCT", [
        account_no(part, who, slot), customer_no(part, who),
        some(names.luhn(stem), ~term & (slot < 2)),
        words(("1", "2", "3", ""), np.where(term, 3, slot)),
        words(("211101", "215101", "215201"), np.where(term, 1 + big, 0)),
        words(("CNY", "USD"), dollars.astype(np.int8)),
        dates(opened), dates(np.where(closed, live.day, 0)),
        words(("0", "1", "9"), np.where(closed, 2, np.where(idle, 1, 0))),
        part.org[who].astype(np.int64),
        some(TERMS[part.td_term[who, k].astype(np.int64)], term),
        decimals(rates, 6),
        dates(np.where(term, part.td_until[who, k], 0)),
        words(("", *FLAGS), np.where(term, 1 + part.td_auto[who, k], 0)),
        same("0", count),
        dates(np.full(count, live.day)) * 1_000_000 + 220_500,
    ])  # fmt: skip


def open_accounts(part: Customers) -> tuple[Ints, Ints]:
    """(customer, slot) of every account that is not closed."""
    there = np.empty((part.count, DEMAND + DEPOSITS), dtype=bool)
    alive = part.closed == 0
    for slot in range(DEMAND):
        there[:, slot] = alive & ((part.slots >> slot) & 1 > 0)
    there[:, DEMAND:] = part.td_state == HELD
    who, slot = np.nonzero(there)
    return who, slot


def write_balances(live: Live, out: Delivery) -> None:
    """ACCT_BAL of all open accounts."""
    part = live.part
    who, slot = open_accounts(part)
    balance = part.bal[who, slot]
    term, k = slot >= DEMAND, np.maximum(slot - DEMAND, 0)
    frozen = live.draws.below("frozen", part.ids[who], 0.0006) & (slot == 0) & (balance > 1)
    half = decimals(balance[frozen] // 2).cast(pa.string())
    text, mask = decimals(balance).cast(pa.string()), pa.array(frozen)
    rest = decimals(balance[frozen] - balance[frozen] // 2).cast(pa.string())
    held = pc.replace_with_mask(pa.repeat("0.00", len(who)), mask, half)
    accrued = np.where(
        term,
        balance * rate(part, who, k) // 1_000_000 * np.maximum(live.day - part.td_open[who, k], 0) // 365,
        part.earned[who, np.minimum(slot, DEMAND - 1)] // 360_000_000,
    )
    dollars = (slot == 1) & ((part.slots[who] & 8) > 0)
    out.write("ACCT_BAL", [
        same(f"{live.today.date:%Y%m%d}", len(who)), account_no(part, who, slot), text,
        pc.replace_with_mask(text, mask, rest), held, words(("CNY", "USD"), dollars.astype(np.int8)), decimals(accrued),
    ], BAL=balance)  # fmt: skip


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
    column = {
        field: tuple(getattr(c, field) for c in _ALL) for field in ("txn", "summary", "channel", "remark")
    }
    out.write("TXN", [
        same(f"{live.today.date:%Y%m%d}", len(who)), clock().take(pa.array(book.second)), order + book.rank,
        account_no(part, who, book.slot), customer_no(part, who), words(("C", "D"), (book.amount < 0).astype(np.int8)),
        decimals(np.abs(book.amount)), words(("CNY", "USD"), dollars.astype(np.int8)), decimals(book.after),
        words(column["txn"], code), words(column["summary"], code), words(column["channel"], code),
        some(6_217_000_000_000_000 + (book.party >> np.uint64(17)).astype(np.int64) % 10**13, other | (party == MERCHANT)),
        _parties(live, book, party, firms), words(("", *BANKS), np.where(other, 1 + bank, 0)),
        words(FLAGS, back.astype(np.int8)), some(order + book.reverses, back), words(column["remark"], code),
    ], AMT=np.abs(book.amount))  # fmt: skip


def _parties(live: Live, book: Bookings, party: Ints, firms: tuple[str, ...]) -> pa.Array:
    """Names of the counterparties: shops and firms from a table, persons made as needed."""
    part, draws = live.part, live.draws
    own, person = np.flatnonzero(party == OWN), np.flatnonzero(party == PERSON)
    at = np.zeros(len(party), dtype=np.int64)
    shop = book.party[party == MERCHANT] >> np.uint64(50)
    at[party == MERCHANT] = 1 + (shop * np.uint64(len(MERCHANTS)) >> np.uint64(14)).astype(np.int64)
    firm = party == EMPLOYER
    at[firm] = 1 + len(MERCHANTS) + np.maximum(part.employer[book.who[firm]], 0)
    table = names.encoded(("银客银行", *MERCHANTS, *firms))
    at[own] = len(table) + np.arange(len(own))
    at[person] = len(table) + len(own) + np.arange(len(person))
    who = book.who[own]
    strangers: Ids = (book.party[person] >> np.uint64(24)) + np.uint64(1 << 51)
    born = np.full(len(person), 3000, dtype=np.int64) + (strangers & np.uint64(8191)).astype(np.int64)
    pool = pa.concat_arrays([
        table,
        names.names(draws, part.ids[who], part.female[who], part.born[who].astype(np.int64)),
        names.names(draws, strangers, (strangers & np.uint64(1)).astype(bool), born),
    ])  # fmt: skip
    return pool.take(pa.array(at))


def write_holdings(live: Live, out: Delivery) -> None:
    """HOLDING of all products held."""
    part, nav = live.part, live.world.prices.nav
    who, slot = np.nonzero(part.product)
    item = part.product[who, slot].astype(np.int64) - 1
    share = part.share[who, slot]
    out.write("HOLDING", [
        same(f"{live.today.date:%Y%m%d}", len(who)), customer_no(part, who), account_no(part, who, np.zeros_like(who)),
        words(tuple(PRODUCT_CODES), item), words(tuple(CATEGORY), slot), decimals(share), decimals(nav[item], 6),
        decimals(part.cost[who, slot]), decimals(share * nav[item] // 1_000_000), dates(part.since[who, slot]),
        dates(part.until[who, slot]), words(("", "R1", "R2", "R3", "R4", "R5"), RISK[item]), same("01", len(who)),
    ])  # fmt: skip


def write_credit(live: Live, out: Delivery, first: bool) -> None:
    """LOAN and CARD: all on the first date, later those that changed."""
    part = live.part
    who, k = np.nonzero((part.loan_limit > 0) if first else live.changed_loan)
    months = part.loan_months[who, k].astype(np.int64)
    opened = part.loan_open[who, k].astype(np.int64)
    kind = np.where(k == 0, 0, np.where(part.persona[who] == SELF_EMPLOYED, 2, 1))
    out.write("LOAN", [
        3_000_000_000_000 + (part.first + who) * 10 + k, customer_no(part, who), words(("1", "2", "3"), kind),
        decimals(part.loan[who, k]), decimals(part.loan_limit[who, k]), same("CNY", len(who)), decimals(LOAN_RATES[k], 6),
        dates(opened), dates(days.add_months(opened, months)), part.late[who, k].astype(np.int64),
    ], BAL=part.loan[who, k])  # fmt: skip
    if first:
        who = np.flatnonzero(part.card_limit > 0)
    else:
        who = np.flatnonzero((live.changed_card | live.renewed_card) & (part.card_until > 0))
    before = np.flatnonzero(live.renewed_card)
    _cards(live, out, before, "2")
    renew_cards(live)
    _cards(live, out, who, "")


def _cards(live: Live, out: Delivery, who: Ints, status: str) -> None:
    part = live.part
    stem = 625_900_000_000_000 + (part.first + who) * 10 + part.card_no[who]
    until = part.card_until[who].astype(np.int64)
    state = (
        same(status, len(who)) if status else words(("0", "9"), (part.card_limit[who] == 0).astype(np.int8))
    )
    owed = part.card[who] * (not status)
    out.write("CARD", [
        names.luhn(stem), customer_no(part, who), same("C", len(who)), decimals(owed), decimals(part.card_limit[who]),
        same("CNY", len(who)), dates(days.add_months(until, np.full(len(who), -CARD_MONTHS))), dates(until), state,
    ])  # fmt: skip


def write_services(live: Live, out: Delivery, first: bool) -> None:
    """SIGN: all on the first date, later what was signed or ended today."""
    part = live.part
    bits = part.signed if first else live.changed_service
    who, service = np.nonzero((bits[:, None] >> np.arange(6, dtype=np.uint8)) & 1)
    off = (part.unsigned[who] >> service) & 1 > 0
    signed = np.empty(len(who), dtype=np.int64)
    for n in range(6):
        mine = service == n
        signed[mine] = sign_day(live.draws, part, who[mine], n)
    out.write("SIGN", [
        customer_no(part, who), words(("SJYH", "DXTZ", "KJZF", "DFGZ", "SFCG", "DK"), service), words(("1", "0"), off.astype(np.int8)),
        dates(np.minimum(signed, live.day)), dates(np.where(off, live.day, 0)),
    ])  # fmt: skip


def write_payroll(live: Live, out: Delivery) -> None:
    """PAYROLL."""
    who, amount = live.paid
    unit = live.part.employer[who].astype(np.int64)
    today = int(f"{live.today.date:%Y%m%d}")
    out.write("PAYROLL", [
        today * 1_000_000 + unit, 500_000 + unit, customer_no(live.part, who), decimals(amount), same(today, len(who)),
    ], AMT=amount)  # fmt: skip


def write_clicks(live: Live, out: Delivery, log: Clicks) -> None:
    """CHNL_LOG."""
    part, who = live.part, log.who
    today = int(f"{live.today.date:%Y%m%d}")
    second = log.second
    stamp = today * 1_000_000 + second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60
    device = (live.draws.bits("device", part.ids) >> np.uint64(4)).astype(np.int64)[who]
    out.write("CHNL_LOG", [
        stamp, customer_no(part, who), some(device, log.channel < 2), words(CHANNELS, log.channel), words(EVENTS, log.event),
        words(("", *PRODUCT_CODES), log.item + 1), log.length, (today % 1_000_000) * 10**12 + (part.first + who) * 10 + log.session,
    ])  # fmt: skip
