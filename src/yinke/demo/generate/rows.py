"""The state and the day's bookings as the source tables' columns, in the order of ``feeds/*.yaml``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate import days, names, numbers, twins
from yinke.demo.generate.clicks import CHANNELS, EVENTS, Clicks
from yinke.demo.generate.credit import CARD_MONTHS, renew_cards
from yinke.demo.generate.deposits import CERTIFICATE, rate
from yinke.demo.generate.draws import Ints
from yinke.demo.generate.files import Delivery
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.life import certificate_until, sign_day
from yinke.demo.generate.opening import LOAN_RATES
from yinke.demo.generate.products import CATEGORY, DEMAND_RATE, RISK, TERMS, USD_RATE
from yinke.demo.generate.products import CODES as PRODUCT_CODES
from yinke.demo.generate.state import (
    DEMAND,
    DEPOSITS,
    ENDED,
    HELD,
    SELF_EMPLOYED,
    STUDENT,
    Customers,
    home,
)
from yinke.demo.generate.text import dates, decimals, same, some, words

FLAGS = ("0", "1")


def customer_no(part: Customers, who: Ints) -> Ints:
    """Ten-digit customer numbers."""
    return 8_000_000_000 + part.first + who


def account_no(part: Customers, who: Ints, slot: Ints) -> Ints:
    """Sixteen-digit account numbers; every time deposit has one of its own."""
    nth = np.where(slot < DEMAND, slot, 10 + part.td_no[who, np.maximum(slot - DEMAND, 0)])
    return 6_200_000_000_000_000 + (part.first + who) * 1000 + nth


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
    person = twins.persons(draws, ids)
    certificates = numbers.certificates(draws, person, female, born)
    passport, certificates = twins.papers(draws, ids, born, certificates)
    out.write("CUST_INFO", [
        customer_no(part, who),
        twins.spelled(draws, ids, names.names(draws, person, female, born)),
        words(("10100", "10300"), passport.astype(np.int8)),
        certificates,
        dates(until),
        words(("1", "2"), female.astype(np.int8)),
        dates(born),
        words(("1", "2"), lunar.astype(np.int8)),
        some(month, lunar), some(of_month, lunar), some(leap, lunar),
        names.nations(draws, person),
        numbers.mobiles(draws, twins.phones(draws, ids), moved),
        some(2_760_000_0000 + draws.whole("tel-no", ids, 10_000_000), phone),
        numbers.emails(draws, ids, moved, draws.below("email", ids, 0.35)),
        numbers.addresses(draws, home(part, draws)[who], moved),
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


def _staff_no(manager: Ints) -> pa.Array:
    return pc.if_else(
        pa.array(manager > 0), numbers.fixed_texts(numbers.digits(manager, 7)), pa.scalar(b"", pa.binary())
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
    ends = np.where(ended, live.day, part.closed[who])
    rates = np.where(term, rate(part, who, k), np.where(dollars, USD_RATE, DEMAND_RATE))
    stem = 622_700_000_000_000_000 + (part.first + who) * 100 + slot
    out.write("ACCT", [
        account_no(part, who, slot), customer_no(part, who),
        some(numbers.luhn(stem), ~term & (slot < 2)),
        words(("1", "2", "3", ""), np.where(term, 3, slot)),
        words(("211101", "215101", "215201"), np.where(term, 1 + big, 0)),
        words(("CNY", "USD"), dollars.astype(np.int8)),
        dates(opened), dates(ends),
        words(("0", "1", "9"), np.where(closed, 2, np.where(idle, 1, 0))),
        part.org[who].astype(np.int64),
        some(TERMS[part.td_term[who, k].astype(np.int64)], term),
        decimals(rates, 6),
        dates(np.where(term, part.td_until[who, k], 0)),
        words(("", *FLAGS), np.where(term, 1 + part.td_auto[who, k], 0)),
        same("0", count),
        dates(np.full(count, live.day)) * 1_000_000 + 220_500,
    ])  # fmt: skip


def write_ended(live: Live, out: Delivery) -> None:
    """ACCT of the time deposits that ended today: their slots are free tomorrow."""
    ended = live.changed_account & False
    ended[:, DEMAND:] = live.part.td_state == ENDED
    ended &= live.changed_account
    write_accounts(live, out, *np.nonzero(ended))
    live.changed_account[ended] = False


def open_accounts(part: Customers) -> tuple[Ints, Ints]:
    """(customer, slot) of every account that is not closed."""
    there = np.empty((part.count, DEMAND + DEPOSITS), dtype=bool)
    alive = part.closed == 0
    for slot in range(DEMAND):
        there[:, slot] = alive & ((part.slots >> slot) & 1 > 0)
    there[:, DEMAND:] = part.td_state == HELD
    who, account = np.nonzero(there)
    return who, account


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


def write_loans(live: Live, out: Delivery, first: bool) -> None:
    """LOAN: all on the first date, later those that changed."""
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


def write_cards(live: Live, out: Delivery, first: bool, delivered: bool) -> None:
    """CARD: those that a new one replaces today, and if the day is delivered, those that changed."""
    part = live.part
    before = np.flatnonzero(live.renewed_card)
    until_before = part.card_until[before]
    renew_cards(live)
    told = (part.card_limit > 0) if first else live.changed_card & (part.card_until > 0)
    now = np.flatnonzero(told & delivered)
    who, until = np.r_[before, now], np.r_[until_before, part.card_until[now]].astype(np.int64)
    order = np.argsort(who, kind="stable")
    old = (np.arange(len(who)) < len(before))[order]
    who, until = who[order], until[order]
    stem = 625_900_000_000_000 + (part.first + who) * 10 + part.card_no[who] - old
    state = np.where(old, 2, part.card_limit[who] == 0)
    out.write("CARD", [
        numbers.luhn(stem), customer_no(part, who), same("C", len(who)), decimals(part.card[who] * ~old),
        decimals(part.card_limit[who]), same("CNY", len(who)), dates(days.add_months(until, np.full(len(who), -CARD_MONTHS))),
        dates(until), words(("0", "9", "2"), state),
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
