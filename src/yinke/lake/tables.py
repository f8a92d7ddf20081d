"""The canonical tables: what every bank's files are mapped to, column by column.

``cust_id`` is Yinke's own dense number of a customer; ingestion adds it beside ``cust_no`` and stores
each table that has it sorted by it, so that one customer's rows lie together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Type = Literal["text", "int", "money", "number", "date", "time", "timestamp", "bool"]

ARROW: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int32(),
    "money": pa.decimal128(18, 2),
    "number": pa.decimal128(18, 6),
    "date": pa.date32(),
    "time": pa.string(),  # HH:MM:SS; neither engine needs more
    "timestamp": pa.timestamp("us"),  # Asia/Shanghai wall clock, as the core bank writes it
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column: ``codes`` lists the only values allowed; ``level`` is its JR/T 0171 class (C1, C2) or ''.

    ``seal``: how it lies in the lake: in the clear; or sealed (``common/sealed_text.py``), because it says by itself
    who somebody is, how to reach or to pay them, or is free text. Of a ``number`` the last four stay readable.
    """

    name: str
    type: Type
    zh: str
    en: str
    required: bool = False
    codes: tuple[str, ...] = ()
    level: str = ""
    seal: Literal["", "text", "number"] = ""


@dataclass(frozen=True)
class Table:
    """One canonical table.

    ``keeps``: ``day`` = each date holds only its own rows (a journal); ``state`` = each date holds the
    whole state (full files replace it, upserts are applied to the day before). ``parent`` maps a column
    to ``table.column`` that must know its value.
    """

    name: str
    zh: str
    en: str
    keeps: Literal["day", "state"]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parent: tuple[tuple[str, str], ...] = ()
    added: tuple[Column, ...] = ()
    """Columns that ingestion adds from the parent tables."""

    @property
    def sort(self) -> tuple[str, ...]:
        """The order in which rows are stored."""
        return (*(["cust_id"] if any(c.name == "cust_id" for c in self.added) else []), *self.key)

    @property
    def sealed(self) -> tuple[Column, ...]:
        """The columns that lie sealed."""
        return tuple(c for c in self.columns if c.seal)

    def column(self, name: str) -> Column:
        """The column of that name (KeyError if there is none)."""
        return {c.name: c for c in (*self.columns, *self.added)}[name]

    def arrow_schema(self) -> pa.Schema:
        """The Parquet schema as stored: added columns first."""
        return pa.schema([pa.field(c.name, ARROW[c.type]) for c in (*self.added, *self.columns)])


CATEGORIES = (
    "DEMAND", "TIME", "WEALTH", "FUND", "INSURANCE", "METAL", "BOND",
    "CREDIT_CARD", "CONSUMER_LOAN", "MORTGAGE", "PAYROLL", "SIGNUP",
)  # fmt: skip
"""The 12 product categories of cross-holding: 活期, 定期/大额存单, 理财, 基金, 保险, 贵金属, 国债/信托,
信用卡, 消费贷, 房贷, 代发, 三方存管/快捷支付/手机银行签约."""

_C = Column
_ID = _C("cust_id", "int", "客户内部号", "Customer id")
_CUST = _C("cust_no", "text", "客户号", "Customer number", True)
_CCY = _C("ccy", "text", "币种", "Currency", True)

ORG = Table("org", "机构", "Organisation", "state", ("org_no",), (
    _C("org_no", "text", "机构号", "Org number", True),
    _C("parent_no", "text", "上级机构号", "Parent org"),
    _C("name", "text", "机构名称", "Name", True),
    _C("level", "int", "层级", "Level", True),  # 1 总行 2 一级分行 3 二级分行 4 支行 5 网点
    _C("status", "text", "状态", "Status", True, ("OPEN", "CLOSED")),
    _C("successor_no", "text", "承接机构号", "Successor org"),
    _C("valid_from", "date", "生效日", "Valid from"),
    _C("valid_to", "date", "失效日", "Valid to"),
))  # fmt: skip

STAFF = Table("staff", "员工", "Staff", "state", ("emp_no",), (
    _C("emp_no", "text", "员工号", "Staff number", True),
    _C("name", "text", "姓名", "Name", True, level="C2"),
    _C("org_no", "text", "机构号", "Org number", True),
    _C("post", "text", "岗位", "Post", True, (
        "RM", "WM", "PB_ADV", "LOBBY", "REMOTE_RM", "BR_MGR", "RETAIL_MGR", "HQ_OPS", "CC_AGENT",
        "COMPLIANCE", "AUDITOR", "SYS_ADMIN", "SEC_ADMIN", "MODEL_DEV", "TELLER")),
    _C("status", "text", "状态", "Status", True, ("ACTIVE", "LEFT")),
    _C("licences", "text", "资质", "Licences"),  # codes separated by ';'
), parent=(("org_no", "org.org_no"),))  # fmt: skip

CALENDAR = Table("calendar", "日历", "Calendar", "state", ("day",), (
    _C("day", "date", "日期", "Day", True),
    _C("is_workday", "bool", "工作日", "Workday", True),
    _C("holiday", "text", "节日", "Holiday"),
))  # fmt: skip

FX = Table("fx", "汇率", "Exchange rates", "state", ("ccy",), (
    _C("ccy", "text", "币种", "Currency", True),
    _C("mid_rate", "number", "中间价", "Mid rate", True),  # CNY for one unit
))  # fmt: skip

PRODUCT = Table("product", "产品", "Product", "state", ("prod_code",), (
    _C("prod_code", "text", "产品代码", "Product code", True),
    _C("name", "text", "产品名称", "Name", True),
    _C("category", "text", "类别", "Category", True, (*CATEGORIES, "SECURITIES")),
    _C("risk_level", "text", "风险等级", "Risk level", False, ("R1", "R2", "R3", "R4", "R5")),
    _C("issuer", "text", "发行人", "Issuer"),
    _C("ccy", "text", "币种", "Currency"),
    _C("status", "text", "状态", "Status", False, ("ON_SALE", "CLOSED")),
))  # fmt: skip

CUSTOMER = Table("customer", "客户", "Customer", "state", ("cust_no",), (
    _CUST,
    _C("name", "text", "姓名", "Name", True, level="C2", seal="text"),
    _C("cert_type", "text", "证件类型", "Certificate type"),
    _C("cert_no", "text", "证件号码", "Certificate number", level="C2", seal="text"),
    _C("cert_expiry", "date", "证件到期日", "Certificate expiry"),
    _C("gender", "text", "性别", "Gender", False, ("M", "F")),
    _C("birth_date", "date", "出生日期", "Birth date", level="C2"),
    _C("birth_calendar", "text", "生日历法", "Birthday calendar", False, ("SOLAR", "LUNAR")),
    _C("lunar_month", "int", "农历月", "Lunar month"),
    _C("lunar_day", "int", "农历日", "Lunar day"),
    _C("lunar_leap", "bool", "闰月", "Leap month"),
    _C("nation", "text", "民族", "Ethnicity", level="C2"),
    _C("mobile", "text", "手机号", "Mobile", level="C2", seal="text"),
    _C("tel", "text", "固话", "Telephone", level="C2", seal="text"),
    _C("email", "text", "电子邮箱", "E-mail", level="C2", seal="text"),
    _C("address", "text", "地址", "Address", level="C2", seal="text"),
    _C("occupation", "text", "职业", "Occupation"),
    _C("employer", "text", "工作单位", "Employer", level="C2", seal="text"),
    _C("education", "text", "学历", "Education"),
    _C("marital", "text", "婚姻", "Marital status"),
    _C("open_org", "text", "开户机构", "Opening org", True),
    _C("open_date", "date", "开户日", "Open date", True),
    _C("status", "text", "状态", "Status", True, ("NORMAL", "CLOSED", "DECEASED", "FROZEN")),
    _C("manager_no", "text", "客户经理", "Manager"),
    _C("risk_level", "text", "风险承受等级", "Risk tolerance", False, ("C1", "C2", "C3", "C4", "C5")),
    _C("risk_expiry", "date", "风评到期日", "Risk assessment expiry"),
    _C("is_staff", "bool", "员工客户", "Staff customer"),
    _C("aml_level", "text", "反洗钱等级", "AML level", level="C2"),
    _C("updated_at", "timestamp", "更新时间", "Updated at"),
), parent=(("open_org", "org.org_no"),), added=(_ID,))  # fmt: skip

ACCOUNT = Table("account", "账户", "Account", "state", ("acct_no",), (
    _C("acct_no", "text", "账号", "Account number", True, level="C2", seal="number"),
    _CUST,
    _C("card_no", "text", "卡号", "Card number", level="C2", seal="number"),
    _C("acct_class", "text", "账户类别", "Account class", False, ("I", "II", "III")),
    _C("category", "text", "产品类别", "Category", True, ("DEMAND", "TIME")),
    _C("subject", "text", "科目", "Subject"),  # e.g. 大额存单, 结构性存款
    _CCY,
    _C("open_date", "date", "开户日", "Open date", True),
    _C("close_date", "date", "销户日", "Close date"),
    _C("status", "text", "状态", "Status", True, ("NORMAL", "DORMANT", "FROZEN", "CLOSED")),
    _C("org_no", "text", "机构号", "Org number"),
    _C("term_months", "int", "存期(月)", "Term (months)"),
    _C("rate", "number", "利率", "Rate"),
    _C("maturity", "date", "到期日", "Maturity"),
    _C("auto_renew", "bool", "自动转存", "Auto-renewal"),
    _C("is_joint", "bool", "联名", "Joint"),
    _C("updated_at", "timestamp", "更新时间", "Updated at"),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

BALANCE = Table("balance", "余额", "Balance", "state", ("acct_no",), (
    _C("acct_no", "text", "账号", "Account number", True, level="C2", seal="number"),
    _C("balance", "money", "余额", "Balance", True, level="C2"),
    _C("available", "money", "可用余额", "Available", level="C2"),
    _C("frozen", "money", "冻结金额", "Frozen", level="C2"),
    _CCY,
    _C("accrued", "money", "应计利息", "Accrued interest", level="C2"),
), parent=(("acct_no", "account.acct_no"),), added=(
    _ID, _C("category", "text", "产品类别", "Category")))  # fmt: skip

TRANSACTION = Table("transaction", "交易流水", "Transaction", "day", ("txn_seq",), (
    _C("txn_date", "date", "交易日期", "Date", True),
    _C("txn_time", "time", "交易时间", "Time"),
    _C("txn_seq", "text", "流水号", "Sequence", True),
    _C("acct_no", "text", "账号", "Account number", True, level="C2", seal="number"),
    _C("direction", "text", "借贷", "Direction", True, ("IN", "OUT")),
    _C("amount", "money", "金额", "Amount", True, level="C2"),  # >= 0
    _CCY,
    _C("balance_after", "money", "交易后余额", "Balance after", level="C2"),
    _C("kind", "text", "交易类型", "Kind", True, (
        "TRANSFER", "CASH", "PAYMENT", "PAYROLL", "INTEREST", "FEE", "MATURITY", "PURCHASE", "REDEMPTION",
        "LOAN_DRAWDOWN", "LOAN_REPAYMENT", "AUTO_DEBIT", "AUTO_RENEWAL", "SELF_TRANSFER", "HOUSE", "TAX",
        "SECURITIES", "OTHER")),
    _C("channel", "text", "渠道", "Channel"),  # COUNTER APP ATM POS WEB QUICKPAY BATCH
    _C("opp_acct", "text", "对方账号", "Counterparty account", level="C2", seal="number"),
    _C("opp_name", "text", "对方户名", "Counterparty name", level="C2", seal="text"),
    _C("opp_bank", "text", "对方行", "Counterparty bank"),  # empty = own bank
    _C("own_name", "bool", "本人同名", "Own name"),  # the counterparty is the customer himself
    _C("reverses", "text", "冲正流水号", "Reverses"),  # sequence of the transaction that this one cancels
    _C("remark", "text", "摘要", "Remark", level="C2", seal="text"),
), parent=(("acct_no", "account.acct_no"),), added=(_ID,))  # fmt: skip

HOLDING = Table("holding", "产品持有", "Holding", "state", ("cust_no", "acct_no", "prod_code", "start_date"), (
    _CUST,
    _C("acct_no", "text", "账号", "Account number", level="C2", seal="number"),
    _C("prod_code", "text", "产品代码", "Product code", True),
    _C("category", "text", "类别", "Category", True, (
        "WEALTH", "FUND", "INSURANCE", "METAL", "BOND", "SECURITIES")),
    _C("share", "number", "份额", "Share"),
    _C("nav", "number", "净值", "NAV"),
    _C("cost", "money", "成本", "Cost", level="C2"),
    _C("market_value", "money", "市值", "Market value", True, level="C2"),
    _CCY,
    _C("start_date", "date", "起始日", "Start date"),
    _C("maturity", "date", "到期日", "Maturity"),
    _C("risk_level", "text", "风险等级", "Risk level", False, ("R1", "R2", "R3", "R4", "R5")),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

LOAN = Table("loan", "借据", "Loan", "state", ("loan_no",), (
    _C("loan_no", "text", "借据号", "Loan number", True),
    _CUST,
    _C("kind", "text", "贷款类型", "Kind", True, ("MORTGAGE", "CONSUMER", "BUSINESS")),
    _C("balance", "money", "余额", "Balance", True, level="C2"),
    _C("credit_limit", "money", "额度", "Limit", level="C2"),
    _CCY,
    _C("rate", "number", "利率", "Rate"),
    _C("start_date", "date", "起始日", "Start date"),
    _C("due_date", "date", "到期日", "Due date"),
    _C("days_past_due", "int", "逾期天数", "Days past due"),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

CARD = Table("card", "卡片", "Card", "state", ("card_no",), (
    _C("card_no", "text", "卡号", "Card number", True, level="C2", seal="number"),
    _CUST,
    _C("kind", "text", "卡类型", "Kind", True, ("CREDIT", "DEBIT")),
    _C("balance", "money", "应收余额", "Receivable", level="C2"),
    _C("credit_limit", "money", "额度", "Limit", level="C2"),
    _CCY,
    _C("open_date", "date", "开卡日", "Open date"),
    _C("expiry", "date", "到期日", "Expiry"),
    _C("status", "text", "状态", "Status", True, ("NORMAL", "CLOSED", "RENEWED", "FROZEN")),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

SIGNUP = Table("signup", "签约", "Sign-up", "state", ("cust_no", "service"), (
    _CUST,
    _C("service", "text", "服务", "Service", True, (
        "MOBILE_BANK", "SMS", "QUICKPAY", "PAYROLL", "SECURITIES", "AUTO_DEBIT")),
    _C("status", "text", "状态", "Status", True, ("ON", "OFF")),
    _C("sign_date", "date", "签约日", "Signed on"),
    _C("unsign_date", "date", "解约日", "Unsigned on"),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

PAYROLL = Table("payroll", "代发", "Payroll", "day", ("batch_no", "cust_no"), (
    _C("batch_no", "text", "批次号", "Batch", True),
    _C("unit_no", "text", "单位编号", "Employer number", True),
    _CUST,
    _C("amount", "money", "金额", "Amount", True, level="C2"),
    _C("pay_date", "date", "代发日期", "Pay date", True),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

CHANNEL_LOG = Table("channel_log", "渠道日志", "Channel log", "day", ("session_id", "event_at", "event_code"), (
    _C("event_at", "timestamp", "时间", "Time", True),
    _CUST,
    _C("device_hash", "text", "设备", "Device"),
    _C("channel", "text", "渠道", "Channel", True, ("APP", "WEB", "WECOM", "COUNTER", "ATM")),
    _C("event_code", "text", "事件", "Event", True),  # LOGIN, VIEW_PRODUCT, VIEW_MATURITY, LOAN_PREPAY, CLOSE_ACCOUNT, ...
    _C("prod_code", "text", "产品代码", "Product code"),
    _C("seconds", "int", "时长(秒)", "Seconds"),
    _C("session_id", "text", "会话", "Session", True),
), parent=(("cust_no", "customer.cust_no"),), added=(_ID,))  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORG, STAFF, CALENDAR, FX, PRODUCT, CUSTOMER, ACCOUNT, BALANCE, TRANSACTION,
        HOLDING, LOAN, CARD, SIGNUP, PAYROLL, CHANNEL_LOG,
    )
}  # fmt: skip
"""In the order in which they are loaded: a table's parents come before it."""
