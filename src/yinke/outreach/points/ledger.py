"""积分总账 of one customer: earn, spend, give back, take back. What is written here the database checks again (migration 0009).

Every writer runs in the caller's transaction and locks in the same order: first the mission or reward (``services.py``), then
the customer's account. Whoever else moves this customer's points waits for it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import F

from yinke.common.errors import YinkeError
from yinke.outreach.points.models import (
    Mission,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsUse,
    Reward,
)

Kind, Owner = PointsEntry.Kind, PointsAccount.Kind
OTHER_SIDE = {
    Kind.AWARD: Owner.ISSUED,
    Kind.SPEND: Owner.REDEEMED,
    Kind.EXPIRY: Owner.EXPIRED,
    Kind.REVERSAL: Owner.REVERSED,
    Kind.RETURN: Owner.REDEEMED,
}
"""The bank's account on which an entry of a kind is posted."""


class PointsShort(YinkeError):
    """The customer has not so many points."""

    code = "points_short"
    status = 409


def bank_account(kind: str) -> int:
    """The id of one of the bank's accounts; it is opened when it is needed first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outreach_pointsaccount (kind, balance) VALUES (%s, 0)"
            " ON CONFLICT (kind) WHERE customer_id IS NULL DO NOTHING",
            [kind],
        )
    return PointsAccount.objects.only("id").get(kind=kind, customer=None).id


def locked_account(customer_id: int) -> PointsAccount:
    """The customer's account, held until the transaction ends; it is opened with the first points."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outreach_pointsaccount (kind, customer_id, balance) VALUES ('CUSTOMER', %s, 0)"
            " ON CONFLICT (customer_id) DO NOTHING",
            [customer_id],
        )
    return PointsAccount.objects.select_for_update(no_key=True).get(customer_id=customer_id)


def earn(entry: PointsEntry, expires_on: date) -> PointsEntry:
    """Write an award, which is not saved yet.

    Raises:
        IntegrityError: its natural key, or its event, has earned points of this mission before.
    """
    account = locked_account(entry.customer_id)
    _post(entry, account)
    PointsLot.objects.create(
        entry=entry, account=account, points=entry.points, rest=entry.points, expires_on=expires_on
    )
    return entry


_TAKE = """
WITH lot AS (
    SELECT id, rest, sum(rest) OVER (ORDER BY expires_on, id) - rest AS before
    FROM outreach_pointslot WHERE account_id = %(account)s AND rest > 0
), taken AS (
    SELECT id, LEAST(rest, %(points)s - before) AS points FROM lot WHERE before < %(points)s
), used AS (
    UPDATE outreach_pointslot l SET rest = l.rest - t.points FROM taken t WHERE l.id = t.id
)
INSERT INTO outreach_pointsuse (lot_id, entry_id, points) SELECT id, %(entry)s, points FROM taken
"""


def spend(
    customer_id: int, reward: Reward, points: int, *, key: str, on: date, at: datetime, by: int
) -> PointsEntry:
    """Spend a customer's points on a reward: those that expire soonest first.

    Raises:
        PointsShort: there are not so many.
    """
    account = locked_account(customer_id)
    if account.balance < points:
        raise PointsShort(
            "The customer has not so many points", place=f"{account.balance}", remedy="Choose something else"
        )
    entry = PointsEntry(
        kind=Kind.SPEND, natural_key=key, customer_id=customer_id, points=-points, reward=reward, biz_date=on, at=at,
        by_id=by,
    )  # fmt: skip
    _post(entry, account)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"account": account.id, "points": points, "entry": entry.id})
    return entry


def give_back(spent: PointsEntry, why: str, *, on: date, at: datetime, by: int, grace: int) -> PointsEntry:
    """Return what a redemption took to the very lots that it was taken from.

    What has expired meanwhile is good for ``grace`` more days: the customer is not to lose by a cancellation.
    """
    account = locked_account(spent.customer_id)
    entry = PointsEntry(
        kind=Kind.RETURN, natural_key=f"return|{spent.id}", customer_id=spent.customer_id, points=-spent.points,
        reward_id=spent.reward_id, of_entry=spent, biz_date=on, at=at, by_id=by, why=why,
    )  # fmt: skip
    _post(entry, account)
    uses = list(spent.uses.all())
    for use in uses:
        lot = PointsLot.objects.filter(id=use.lot_id)
        lot.update(rest=F("rest") + use.points)
        lot.filter(expires_on__lt=on).update(expires_on=on + timedelta(days=grace))
    PointsUse.objects.bulk_create(
        PointsUse(lot_id=use.lot_id, entry=entry, points=-use.points) for use in uses
    )
    return entry


def take_back(award: PointsEntry, why: str, *, on: date, at: datetime, by: int) -> PointsEntry:
    """Reverse what is left of an award; what was spent of it, or has expired, is not asked back.

    Raises:
        PointsShort: nothing is left.
    """
    account = locked_account(award.customer_id)
    lot = PointsLot.objects.get(entry=award)
    if lot.rest == 0:
        raise PointsShort(
            "Nothing is left of these points", place=f"{award.id}", remedy="They were spent, or have expired"
        )
    taken = lot.rest
    entry = PointsEntry(
        kind=Kind.REVERSAL, natural_key=f"reverse|{award.id}", customer_id=award.customer_id, points=-taken,
        mission_id=award.mission_id, of_entry=award, biz_date=on, at=at, by_id=by, why=why,
    )  # fmt: skip
    _post(entry, account)
    PointsLot.objects.filter(id=lot.id).update(rest=0)
    PointsUse.objects.create(lot=lot, entry=entry, points=taken)
    return entry


def award(
    mission: Mission,
    customer_id: int,
    points: int,
    *,
    key: str,
    on: date,
    at: datetime,
    by: int | None,
    why: str,
) -> PointsEntry:
    """An award as it would be written (``earn``)."""
    return PointsEntry(
        kind=Kind.AWARD, natural_key=key, customer_id=customer_id, points=points, mission=mission, biz_date=on, at=at,
        by_id=by, why=why,
    )  # fmt: skip


def _post(entry: PointsEntry, account: PointsAccount) -> None:
    entry.save(force_insert=True)
    PointsPosting.objects.bulk_create([  # in one statement: the database asks it to sum to zero
        PointsPosting(entry=entry, account=account, points=entry.points, of_bank=False),
        PointsPosting(
            entry=entry, account_id=bank_account(OTHER_SIDE[Kind(entry.kind)]), points=-entry.points, of_bank=True
        ),
    ])  # fmt: skip


CHECKS = {
    "ENTRY": """SELECT count(*) FROM outreach_pointsentry e WHERE (
        SELECT count(*) <> 2 OR sum(p.points) <> 0 FROM outreach_pointsposting p WHERE p.entry_id = e.id)""",
    "BALANCE": """SELECT count(*) FROM outreach_pointsaccount a
        LEFT JOIN (SELECT account_id, sum(points) AS points FROM outreach_pointsposting GROUP BY 1) p ON p.account_id = a.id
        WHERE a.kind = 'CUSTOMER' AND a.balance <> COALESCE(p.points, 0)""",
    "LOTS": """SELECT count(*) FROM outreach_pointsaccount a
        LEFT JOIN (SELECT account_id, sum(rest) AS rest FROM outreach_pointslot GROUP BY 1) l ON l.account_id = a.id
        WHERE a.kind = 'CUSTOMER' AND a.balance <> COALESCE(l.rest, 0)""",
    "USES": """SELECT count(*) FROM outreach_pointslot l
        LEFT JOIN (SELECT lot_id, sum(points) AS points FROM outreach_pointsuse GROUP BY 1) u ON u.lot_id = l.id
        WHERE l.rest <> l.points - COALESCE(u.points, 0)""",
    "MISSION": """SELECT count(*) FROM outreach_mission m
        LEFT JOIN (SELECT mission_id, sum(points) AS points FROM outreach_pointsentry GROUP BY 1) e ON e.mission_id = m.id
        WHERE m.used <> COALESCE(e.points, 0)""",
    "REWARD": """SELECT count(*) FROM outreach_reward r
        LEFT JOIN (SELECT reward_id, count(*) AS given FROM outreach_redemption WHERE state = 'GIVEN' GROUP BY 1) g ON g.reward_id = r.id
        WHERE r.used <> COALESCE(g.given, 0)""",
}
"""What holds of the whole ledger: how many rows break it. ENTRY: two postings that sum to zero; BALANCE: the sum of the postings;
LOTS: the sum of what is left of the lots; USES: what is left of each lot follows from its uses; MISSION, REWARD: what is used."""


def wrong() -> dict[str, int]:
    """What does not hold, of the whole bank, and of how many rows; empty if all is well."""
    found = {}
    with connection.cursor() as cursor:
        for name, sql in CHECKS.items():
            cursor.execute(sql)
            if many := int(cursor.fetchone()[0]):
                found[name] = many
    return found
