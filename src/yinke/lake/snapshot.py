"""The snapshot: one row per customer at the end of a business date, sorted by ``cust_id``.

It is made in two steps: ``features`` (lake) counts and sums, ``classify`` (segments) adds RFM, tiers and
lifecycle. Both are read by rules, events and the write-back. Money is CNY (``DECIMAL(18,2)``) at the day's
mid rate. The definitions are those of the bank's metrics handbook; see ``docs/glossary.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from yinke.lake.tables import ARROW, CATEGORIES, Type


@dataclass(frozen=True)
class Metric:
    """One column of the snapshot."""

    name: str
    type: Type
    zh: str
    en: str


_M = Metric

WHO = (
    _M("cust_id", "int", "客户内部号", "Customer id"),
    _M("cust_no", "text", "客户号", "Customer number"),
    _M("org_no", "text", "开户机构", "Opening org"),
    _M("manager_no", "text", "客户经理", "Manager"),
    _M("status", "text", "客户状态", "Customer status"),
    _M("gender", "text", "性别", "Gender"),
    _M("birth_date", "date", "出生日期", "Birth date"),
    _M("open_date", "date", "开户日", "Open date"),
    _M("risk_level", "text", "风险承受等级", "Risk tolerance"),
)
MONEY = (
    _M("aum", "money", "时点AUM", "AUM"),
    _M("demand", "money", "活期", "Demand deposits"),
    _M("time", "money", "定期", "Time deposits"),
    _M("wealth", "money", "理财", "Wealth products"),
    _M("fund", "money", "基金", "Funds"),
    _M("insurance", "money", "保险", "Insurance"),
    _M("metal", "money", "贵金属", "Precious metals"),
    _M("bond", "money", "国债/信托", "Bonds and trusts"),
    _M("securities", "money", "三方存管", "Securities cash"),
    _M("frozen", "money", "冻结金额", "Frozen"),
    _M("lum", "money", "LUM", "LUM"),
    _M("mda", "money", "月日均AUM", "Month-to-date daily average"),
    _M("qda", "money", "季日均AUM", "Quarter-to-date daily average"),
    _M("yda", "money", "年日均AUM", "Year-to-date daily average"),
    _M("sum_m", "money", "本月AUM累计", "Sum of daily AUM this month"),
    _M("sum_q", "money", "本季AUM累计", "Sum of daily AUM this quarter"),
    _M("sum_y", "money", "本年AUM累计", "Sum of daily AUM this year"),
    *(_M(f"mda_m{n}", "money", f"{n}个月前月日均", f"Daily average {n} months ago") for n in range(1, 13)),
    _M("aum_30d_ago", "money", "30天前AUM", "AUM 30 days ago"),  # null if the lake is younger
    _M("aum_month_start", "money", "上月末AUM", "AUM at last month's end"),
    _M("aum_year_start", "money", "上年末AUM", "AUM at last year's end"),
    _M("base_peak", "money", "流失基准", "Churn base: highest monthly average of months 3 to 12 ago"),
    _M("maturing_30d", "money", "30天内到期金额", "Maturing within 30 days"),
    _M(
        "payroll_3m", "money", "近三月月均代发", "Average monthly payroll of the three months before this one"
    ),
    _M("payroll_last", "money", "最近代发金额", "Last payroll amount"),
    *(_M(f"payroll_sum_m{n}", "money", f"{n}个月前代发金额", f"Payroll {n} months ago") for n in range(4)),
    _M("in_today", "money", "当日转入", "In today"),  # net of reversals, transfers as E03 counts them
    _M("out_today", "money", "当日转出", "Out today"),
)
COUNTS = (
    *(
        _M(f"has_{c.lower()}", "bool", f"持有{zh}", f"Holds {c.lower()}")
        for c, zh in zip(
            CATEGORIES,
            (
                "活期",
                "定期",
                "理财",
                "基金",
                "保险",
                "贵金属",
                "国债信托",
                "信用卡",
                "消费贷",
                "房贷",
                "代发",
                "签约",
            ),
            strict=True,
        )
    ),
    _M("categories", "int", "产品覆盖度", "Product categories held"),
    _M("categories_6m_ago", "int", "6个月前产品覆盖度", "Product categories 6 months ago"),
    _M("open_accounts", "int", "未销账户数", "Open accounts"),
    _M("accounts", "int", "账户数", "Accounts"),
    _M("last_txn", "date", "最近主动交易日", "Last customer-initiated transaction"),
    _M("txns_90d", "int", "90天主动交易笔数", "Customer-initiated transactions in 90 days"),
    _M("last_login", "date", "最近登录日", "Last login"),
    _M(
        "prev_active", "date", "此前最近活跃日", "Active before today"
    ),  # newest txn/login strictly before today
    _M("logins_m0", "int", "本月登录", "Logins this month"),
    *(_M(f"logins_m{n}", "int", f"{n}个月前登录", f"Logins {n} months ago") for n in range(1, 4)),
    _M("payrolls_m0", "int", "本月代发次数", "Payroll credits this month"),
    *(
        _M(f"payrolls_m{n}", "int", f"{n}个月前代发次数", f"Payroll credits {n} months ago")
        for n in range(1, 5)
    ),
    _M("first_payroll", "date", "首次代发日", "First payroll"),
    _M("last_payroll", "date", "最近代发日", "Last payroll"),
    _M("payroll_unit", "text", "代发单位", "Payroll employer"),
    _M("is_payroll", "bool", "代发客户", "Payroll customer"),
    _M("is_effective", "bool", "有效户", "Effective customer"),
)
CLASSES = (
    _M("rfm_r", "int", "R", "Recency quintile"),
    _M("rfm_f", "int", "F", "Frequency quintile"),
    _M("rfm_m", "int", "M", "Balance quintile"),
    _M("tier_asset", "int", "测算等级", "Calculated tier"),  # rank 0..5
    _M("tier", "int", "服务等级", "Granted tier"),  # rank 0..5
    _M("tier_before", "int", "变更前等级", "Tier before the last change"),
    _M("tier_changed", "date", "等级变更日", "Tier changed on"),
    _M("tier_below_months", "int", "低于等级月数", "Months below the tier"),
    _M("tier_6m_ago", "int", "6个月前等级", "Tier 6 months ago"),
    _M("stage", "text", "生命周期", "Lifecycle stage"),
    _M("stage_since", "date", "阶段起始日", "Stage since"),
    _M("lost_on", "date", "流失日", "Last lost on"),  # newest day on which the stage was LOST
    _M("lost_base", "money", "流失时基准", "Churn base when lost"),
    _M("had_base", "bool", "曾达基准", "Ever had a churn base"),
    _M("above_half_base_days", "int", "恢复天数", "Days above half of the base"),  # for WIN_BACK
    _M("won_back_on", "date", "唤回日", "Won back on"),
)

FEATURES: tuple[Metric, ...] = (*WHO, *MONEY, *COUNTS)
SNAPSHOT: tuple[Metric, ...] = (*FEATURES, *CLASSES)

STAGES = (
    "CLOSED", "LOST", "WIN_BACK", "CHURN_ALERT", "NEW", "GROWING", "MATURE", "DORMANT", "STABLE",
)  # fmt: skip
"""Lifecycle stages in the order of their rules: the first that fits wins."""


@dataclass(frozen=True)
class EventColumn:
    """One column of ``events.parquet``."""

    name: str
    type: Type


EVENTS: tuple[EventColumn, ...] = (
    EventColumn("dedup_key", "text"),  # type|cust_id|object|cycle: the same on every rerun
    EventColumn("type", "text"),  # E01 ...
    EventColumn("cust_id", "int"),
    EventColumn("biz_date", "date"),
    EventColumn("object", "text"),  # what it is about: an account's last 4 digits, a product, ''
    EventColumn("priority", "int"),  # 1 today, 2 within 2 days, 3 within 7 days
    EventColumn("expire_on", "date"),
    EventColumn("amount", "money"),  # CNY, null if none
    EventColumn("payload", "text"),  # JSON: the facts of the reason sentence
)


def arrow_schema(columns: tuple[Metric, ...] | tuple[EventColumn, ...]) -> pa.Schema:
    """The Parquet schema of ``FEATURES``, ``SNAPSHOT`` or ``EVENTS``."""
    return pa.schema([pa.field(c.name, ARROW[c.type]) for c in columns])
