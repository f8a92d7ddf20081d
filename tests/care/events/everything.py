"""One small bank in which every event type, and every sentence of it, occurs on one night."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.care.events.bank import Bank
from yinke.common.lunar import LunarBirthday, lunar_birthdays


def everything_happens(bank: Bank) -> None:
    """Fill a bank, end its first day, and stand on 17 June 2026, two days before 端午 and T-30 of much.

    Names and products carry quotes, backslashes and line breaks, as real files do.
    """
    bank.biz_date = date(2026, 6, 16)
    bank.changes |= {"E07.lake_days": 1}
    ahead = bank.days
    plain = bank.product("P1", '稳享"一年"\\定开\n1号')
    fund = bank.product("P2", "成长混合", "R4", "FUND")

    saver = bank.customer(tier=3, aum=900_000)
    for days, subject in ((8, "大额存单"), (1, None), (0, "结构性存款"), (-1, "定活两便")):
        bank.deposit(saver, 200_000, ahead(days), subject=subject)
    bank.deposit(bank.customer(), 60_000, ahead(8), auto_renew=True)
    several = bank.customer(tier=2)
    for days in (5, 3, 1, -2):
        for _ in range(2):
            bank.deposit(several, 40_000, ahead(days))
    for _ in range(2):
        bank.deposit(several, 40_000, ahead(8), auto_renew=True)

    investor = bank.customer(tier=3, risk_expiry=ahead(31))
    for days in (6, 1):
        bank.holding(investor, plain, 200_000, maturity=ahead(days))
    paid_out = bank.holding(investor, plain, 70_000, maturity=ahead(0))
    pair = bank.customer()
    for days in (6, 1):
        for _ in range(2):
            bank.holding(pair, plain, 40_000, maturity=ahead(days))
    paid_pair = [bank.holding(pair, plain, 40_000, maturity=ahead(0)) for _ in range(2)]
    bank.holding(bank.customer(), fund, 80_000, cost=Decimal(100_000), nav=Decimal("0.8"))
    bank.holding(bank.customer(), fund, 80_000, cost=Decimal(100_000), nav=Decimal("1.2"))

    movers = [bank.customer(tier=5, aum=20_000_000), *(bank.customer() for _ in range(2))]

    bank.customer(aum=600_000, aum_30d_ago=Decimal(1_000_000))
    bank.customer(
        mda_m4=Decimal(200_000), mda_m3=Decimal(180_000), mda_m2=Decimal(160_000), mda_m1=Decimal(140_000)
    )

    for _ in range(5):
        bank.paid(bank.customer(), payroll_unit="U9", last_payroll=ahead(-60), payroll_last=Decimal(9_000))
    bank.paid(bank.customer(), payroll_unit="U2", last_payroll=ahead(-60))
    halved = bank.paid(bank.customer())
    newcomer = bank.customer()

    bank.customer(tier=2, aum=480_000)
    bank.customer(tier=2, aum=900_000, mda=Decimal(490_000), sum_m=Decimal(490_000 * 16))
    bank.customer(tier=3, aum=400_000)
    bank.customer(tier=3, aum=400_000, tier_below_months=2)
    up, down = bank.customer(tier=3, aum=700_000), bank.customer(tier=2)

    bank.customer(tier=4, aum=6_000_000, birth_date=date(1970, 6, 20))
    bank.customer(birth_date=date(1970, 6, 17))
    lunar: LunarBirthday = min(lunar_birthdays(date(2026, 6, 20)))
    bank.customer(
        birth_calendar="LUNAR", lunar_month=lunar.month, lunar_day=lunar.day, lunar_leap=lunar.is_leap
    )

    sleepers = [bank.customer(prev_active=date(2025, 1, 1), last_login=None, last_txn=None) for _ in range(2)]
    bank.customer(last_login=ahead(-40), logins_m1=5, logins_m2=4, logins_m3=6)

    debtor = bank.customer()
    settled, prepaid = bank.loan(debtor, 300_000), bank.loan(debtor, 500_000, kind="CONSUMER")
    booker = bank.customer()

    holder = bank.customer(cert_expiry=ahead(31))
    bank.card(holder, ahead(61))
    bank.card(holder, ahead(31), kind="DEBIT")
    bank.customer(cert_expiry=ahead(1))

    bank.customer(open_date=ahead(-10), aum=80_000)
    given = bank.customer(tier=4, aum=6_000_000)
    for age in (1, 3, 7, 15, 30, 60, 90):
        bank.customer(
            tier=0, aum=100, open_date=ahead(1 - age), categories=1, risk_level=None, last_login=None
        )

    for age in (1, 3, 10):
        bank.customer(tier=1, open_date=date(2026 - age, 6, 19))

    bank.next_day()

    bank.scored(debtor, "HIGH", 20_000, reason_4="slope_3m")
    for holding in (paid_out, *paid_pair):
        bank.rows["holding"].remove(holding)
    bank.moved(movers[0], 5_000_000, own_name=True, opp_bank="工商银行")
    bank.moved(movers[0], 500_000, "OUT")
    bank.moved(movers[0], 3_000_000, "OUT", own_name=True, opp_bank='建设"银行')
    bank.moved(movers[1], 60_000, kind="SECURITIES")
    bank.moved(movers[1], 60_000, "OUT", kind="SECURITIES")
    bank.moved(movers[2], 60_000)
    bank.moved(movers[2], 60_000, "OUT")
    halved |= {"last_payroll": bank.biz_date, "payrolls_m0": 1, "payroll_sum_m0": Decimal(3_000)}
    newcomer |= {
        "first_payroll": bank.biz_date,
        "last_payroll": bank.biz_date,
        "payroll_last": Decimal(8_000),
    }
    up |= {"tier_before": 2, "tier_changed": bank.biz_date}
    down |= {"tier_before": 3, "tier_changed": bank.biz_date}
    sleepers[0]["last_login"] = bank.biz_date
    bank.moved(sleepers[1], 2_000, "OUT")
    bank.rows["loan"].remove(settled)
    prepaid["balance"] = Decimal(200_000)
    bank.visit(booker, "LOAN_PREPAY")
    for _ in range(3):
        bank.visit(booker, "VIEW_PRODUCT", plain)
    bank.visit(debtor, "CLOSE_ACCOUNT")
    for service in ("QUICKPAY", "MOBILE_BANK"):
        bank.add("signup", booker, service=service, status="OFF", unsign_date=bank.biz_date)
    given["manager_no"] = "E002"
