"""What the lake knows of one customer, masked and in the order in which a manager reads it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yinke.access.masking import mask_account, mask_name
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.customers.schemas import (
    AccountOut,
    CardOut,
    HoldingOut,
    Holdings,
    LoanOut,
    TransactionOut,
    Transactions,
)
from yinke.customers.shown import shown_amount
from yinke.lake.reading import look_up, rows_of
from yinke.lake.store import Day, Lake

ROWS, STRIDE, REACH = 50, 31, 400
"""Transactions: at least so many rows, so many days at a time, looking back no further than so many days."""

ACCOUNT = ("acct_no", "category", "subject", "ccy", "open_date", "maturity", "rate", "status", "auto_renew")
HOLDING = ("prod_code", "category", "ccy", "market_value", "cost", "maturity", "risk_level")
LOAN = ("loan_no", "kind", "ccy", "balance", "credit_limit", "rate", "due_date", "days_past_due")
CARD = ("card_no", "kind", "balance", "credit_limit", "expiry", "status")
TXN = (
    "txn_date", "txn_time", "txn_seq", "acct_no", "direction", "amount", "ccy", "balance_after", "kind",
    "channel", "opp_name", "opp_bank", "own_name", "remark",
)  # fmt: skip


def holdings(viewer: Viewer, lake: Lake, cust_id: int, biz_date: date) -> Holdings:
    """Accounts and everything held at the end of ``biz_date``, largest first; amounts in their own currency.

    Raises:
        NotFound: the lake does not hold that day.
    """
    day = lake.day(biz_date)
    if day is None:
        raise NotFound(
            "The lake has no such day", place=biz_date.isoformat(), remedy="Run that date's night again"
        )
    balances = {
        r["acct_no"]: r["balance"] for r in rows_of([day], "balance", cust_id, ["acct_no", "balance"])
    }
    return Holdings(
        biz_date=biz_date,
        accounts=[
            AccountOut(
                acct_masked=mask_account(row["acct_no"]),
                balance=shown_amount(viewer, balances.get(row["acct_no"], Decimal(0))),
                **{name: row[name] for name in ACCOUNT[1:]},
            )
            for row in sorted(
                rows_of([day], "account", cust_id, ACCOUNT),
                key=lambda row: (row["status"] == "CLOSED", -balances.get(row["acct_no"], Decimal(0))),
            )
        ],
        holdings=_products(viewer, day, cust_id),
        loans=[
            LoanOut(
                loan_masked=mask_account(row["loan_no"]),
                **_money(viewer, row, "balance", "credit_limit"),
                **{name: row[name] for name in ("kind", "ccy", "rate", "due_date", "days_past_due")},
            )
            for row in sorted(rows_of([day], "loan", cust_id, LOAN), key=lambda row: -row["balance"])
        ],
        cards=[
            CardOut(
                card_masked=mask_account(row["card_no"]),
                **_money(viewer, row, "balance", "credit_limit"),
                **{name: row[name] for name in ("kind", "expiry", "status")},
            )
            for row in sorted(
                rows_of([day], "card", cust_id, CARD), key=lambda row: (row["status"], row["kind"])
            )
        ],
    )


def _money(viewer: Viewer, row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: shown_amount(viewer, row[name]) for name in names}


def _products(viewer: Viewer, day: Day, cust_id: int) -> list[HoldingOut]:
    rows = rows_of([day], "holding", cust_id, HOLDING)
    names = look_up(day, "product", "prod_code", [row["prod_code"] for row in rows], ["name"])
    return [
        HoldingOut(
            name=names.get(row["prod_code"], {}).get("name", row["prod_code"]),
            **_money(viewer, row, "market_value", "cost"),
            **{name: row[name] for name in ("prod_code", "category", "ccy", "maturity", "risk_level")},
        )
        for row in sorted(rows, key=lambda row: -row["market_value"])
    ]


def transactions(
    viewer: Viewer, lake: Lake, cust_id: int, biz_date: date, before: date | None
) -> Transactions:
    """At least 50 transactions of whole days, newest first, of the days before ``before`` (None: up to now)."""
    published = [d for d in lake.dates() if d <= biz_date]
    first = max(published[0], biz_date - timedelta(days=REACH)) if published else biz_date
    end = min(before - timedelta(days=1), biz_date) if before else biz_date
    rows: list[dict[str, Any]] = []
    while end >= first and len(rows) < ROWS:
        start = max(first, end - timedelta(days=STRIDE - 1))
        days = [day for day in (lake.day(d) for d in published if start <= d <= end) if day is not None]
        rows += sorted(
            rows_of(days, "transaction", cust_id, TXN),
            key=lambda row: (row["biz_date"], row["txn_date"], row["txn_time"] or "", row["txn_seq"]),
            reverse=True,
        )
        end = start - timedelta(days=1)
    shown = _whole_days(rows)
    older = len(shown) < len(rows) or end >= first
    oldest = shown[-1]["biz_date"] if len(shown) < len(rows) else end + timedelta(days=1)
    return Transactions(rows=[_transaction(viewer, row) for row in shown], before=oldest if older else None)


def _whole_days(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first rows up to the end of the day in which the fiftieth lies."""
    if len(rows) <= ROWS:
        return rows
    last = rows[ROWS - 1]["biz_date"]
    return [row for row in rows if row["biz_date"] >= last]


def _transaction(viewer: Viewer, row: dict[str, Any]) -> TransactionOut:
    return TransactionOut(
        acct_masked=mask_account(row["acct_no"]),
        opp_name_masked=mask_name(row["opp_name"]) or None,
        remark=None if viewer.masked else row["remark"],
        **_money(viewer, row, "amount", "balance_after"),
        **{
            name: row[name]
            for name in (
                "txn_date",
                "txn_time",
                "direction",
                "ccy",
                "kind",
                "channel",
                "opp_bank",
                "own_name",
            )
        },
    )
