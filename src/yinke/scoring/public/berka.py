"""Berka (PKDD'99): which loans of a Czech bank end badly, told from what was known before the loan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yinke.scoring.learning.frame import Feature, Numbers, codes, frame_of
from yinke.scoring.public.sets import Sample, labels, levels, locate, numbers, odd, read_columns, texts

MONTH = 30.4
DEMANDED = {"balance_mean": -1, "balance_least": -1, "overdrawn": 1, "fined": 1}
"""What a lender demands of the model: who had more is no worse, who was overdrawn is no better."""


def read_berka_loans(path: Path) -> Sample:
    """loan.asc and the files beside it. Left out: standing orders, for they bear no date and follow from the loan, and
    the districts' figures, which are of 1995 and 1996, when most loans had been granted.

    Of transactions only those before the loan's day are used; a loan of whose account none is in the file has gaps
    there. A card counts if it was issued before the loan.
    """
    folder = path.parent
    loan = read_columns(
        path, ("loan_id", "account_id", "date", "amount", "duration", "payments", "status"), ";"
    )
    account = _file(folder, "account", ("account_id", "district_id", "frequency", "date"))
    disp = _file(folder, "disp", ("disp_id", "client_id", "account_id", "type"))
    client = _file(folder, "client", ("client_id", "birth_number"))
    granted = _days(path, loan, "date")
    n = {name: numbers(path, loan, name) for name in ("amount", "duration", "payments")}
    who = texts(loan, "account_id")
    opened = dict(
        zip(texts(account, "account_id"), _days(folder / "account.asc", account, "date"), strict=True)
    )
    often = dict(zip(texts(account, "account_id"), texts(account, "frequency"), strict=True))
    owner = {a: c for a, c, kind in zip(texts(disp, "account_id"), texts(disp, "client_id"), texts(disp, "type"),
                                        strict=True) if kind == "OWNER"}  # fmt: skip
    several = {
        a for a, kind in zip(texts(disp, "account_id"), texts(disp, "type"), strict=True) if kind != "OWNER"
    }
    born = {
        c: _born(number)
        for c, number in zip(texts(client, "client_id"), texts(client, "birth_number"), strict=True)
    }
    frequency = [often.get(a) for a in who]
    lost = (float("nan"), float("nan"))
    columns = {
        **{Feature(name, monotone=int(name != "duration")): column for name, column in n.items()},
        Feature("account_months"): (granted - np.array([opened.get(a, np.nan) for a in who])) / MONTH,
        Feature("frequency", levels(frequency)): codes(frequency, levels(frequency)),
        Feature("age"): (granted - np.array([born.get(owner.get(a), lost)[0] for a in who])) / 365.25,
        Feature("is_woman"): np.array([born.get(owner.get(a), lost)[1] for a in who]),
        Feature("second_person", monotone=-1): np.array([float(a in several) for a in who]),
    }  # fmt: skip
    columns[Feature("had_card", monotone=-1)] = _cards(folder, disp, who, granted)
    money, with_money = _transactions(folder, who, granted)
    columns |= {Feature(name, monotone=DEMANDED.get(name, 0)): column for name, column in money.items()}
    columns[Feature("payments_to_income", monotone=1)] = n["payments"] / np.maximum(
        money["income_month"], 1.0
    )
    notes = (f"{with_money} of {len(who)} loans have transactions before their day in the file.",)
    return Sample(frame_of(columns), labels(path, loan, "status", ("B", "D"), ("A", "C")), notes)


def _file(folder: Path, name: str, columns: tuple[str, ...]) -> pa.Table:
    return read_columns(locate(folder, f"{name}.asc"), columns, ";")


def _days(path: Path, table: pa.Table, column: str) -> Numbers:
    """Days (YYMMDD, all of the twentieth century) as days since 1970."""
    try:
        return np.array([_day(text[:6]) for text in texts(table, column) if text is not None], np.float64)
    except ValueError:
        raise odd(path, f"Column {column} has a day that is not YYMMDD") from None


def _day(text: str) -> float:
    day = date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    return float((day - date(1970, 1, 1)).days)


def _born(number: str | None) -> tuple[float, float]:
    """Day of birth and whether it is a woman: her months are counted from 51.

    >>> _born("706213")[1], _born("701213")[1]
    (1.0, 0.0)
    """
    if not number:
        return float("nan"), float("nan")
    month = int(number[2:4])
    woman = month > 50
    return _day(f"{number[:2]}{month - 50 * woman:02}{number[4:6]}"), float(woman)


def _cards(folder: Path, disp: pa.Table, who: list[str | None], granted: Numbers) -> Numbers:
    card = _file(folder, "card", ("disp_id", "issued"))
    issued = dict(zip(texts(card, "disp_id"), _days(folder / "card.asc", card, "issued"), strict=True))
    first: dict[str | None, float] = {}
    for acct, number in zip(texts(disp, "account_id"), texts(disp, "disp_id"), strict=True):
        if number in issued:
            first[acct] = min(issued[number], first.get(acct, np.inf))
    return np.array([float(first.get(a, np.inf) < day) for a, day in zip(who, granted, strict=True)])


def _transactions(folder: Path, who: list[str | None], granted: Numbers) -> tuple[dict[str, Numbers], int]:
    """What was booked before each loan's day, and of how many loans there is anything."""
    path = locate(folder, "trans.asc")
    trans = read_columns(path, ("account_id", "date", "type", "amount", "balance", "k_symbol"), ";")
    trans = trans.filter(pc.is_in(trans["account_id"], value_set=pa.array(sorted({a for a in who if a}))))
    day, amount, balance = (
        _days(path, trans, "date"),
        numbers(path, trans, "amount"),
        numbers(path, trans, "balance"),
    )
    comes = np.array([kind == "PRIJEM" for kind in texts(trans, "type")])
    fined = np.array([symbol == "SANKC. UROK" for symbol in texts(trans, "k_symbol")])
    rows: dict[str | None, list[int]] = {}
    for n, acct in enumerate(texts(trans, "account_id")):
        rows.setdefault(acct, []).append(n)
    names = ("balance_mean", "balance_least", "balance_last", "balance_spread", "income_month", "spent_month",
             "booked_month", "overdrawn", "fined")  # fmt: skip
    found = np.full((len(who), len(names)), np.nan)
    for n, (acct, limit) in enumerate(zip(who, granted, strict=True)):
        mine = np.array([row for row in rows.get(acct, []) if day[row] < limit], np.intp)
        if not len(mine):
            continue
        months = max((limit - day[mine].min()) / MONTH, 1.0)
        held = balance[mine]
        last = mine[np.argmax(day[mine])]
        found[n] = (
            held.mean(), held.min(), balance[last], held.std(), amount[mine][comes[mine]].sum() / months,
            amount[mine][~comes[mine]].sum() / months, len(mine) / months, (held < 0).sum(), fined[mine].sum(),
        )  # fmt: skip
    return dict(zip(names, found.T, strict=True)), int((~np.isnan(found[:, 0])).sum())
