"""Who works in the demo bank, and which of them the demo lets sign in."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "Yinke-demo-2026"  # noqa: S105 known to everybody; it opens nothing outside the demo
HQ = "00"


@dataclass(frozen=True)
class DemoLogin:
    """A person of the demo bank who may sign in: staff number, role, and what the sign-in page says."""

    emp_no: str
    role: str
    zh: str
    en: str


def manager_no(sub: int, k: int) -> str:
    """Staff number of the ``k``-th customer manager (from 0) of sub-branch ``sub`` (from 0).

    >>> manager_no(0, 1)
    '0001002'
    """
    return f"{sub + 1:04d}{k + 1:03d}"


def head_no(sub: int) -> str:
    """Staff number of a sub-branch's head (支行长)."""
    return f"{sub + 1:04d}900"


def branch_no(branch: int, k: int) -> str:
    """Staff number of the ``k``-th person (from 0) of a branch's retail department."""
    return f"98{branch + 1:02d}{k + 1:03d}"


def hq_no(k: int) -> str:
    """Staff number of the ``k``-th person (from 0) at head office."""
    return f"9900{k + 1:03d}"


HQ_POSTS = (
    "HQ_OPS",
    "COMPLIANCE",
    "SYS_ADMIN",
    "SEC_ADMIN",
    "AUDITOR",
    "MODEL_DEV",
    "CC_AGENT",
    "CC_AGENT",
    "HQ_OPS",
)
"""Posts at head office in the order of their staff numbers."""


def demo_logins() -> tuple[DemoLogin, ...]:
    """One login for each role that has pages; all are in the staff file of every demo bank."""
    return (
        DemoLogin(
            manager_no(0, 0), "RM", "客户经理（管户较多贵宾）", "Relationship manager with a rich list"
        ),
        DemoLogin(manager_no(0, 1), "RM", "客户经理（同支行）", "Relationship manager, same branch"),
        DemoLogin(head_no(0), "BR_MGR", "支行长", "Sub-branch head"),
        DemoLogin(branch_no(0, 0), "RETAIL_MGR", "分行零售部", "Branch retail department"),
        DemoLogin(hq_no(0), "HQ_OPS", "总行零售运营", "Head-office retail operations"),
        DemoLogin(hq_no(1), "COMPLIANCE", "合规", "Compliance"),
        DemoLogin(hq_no(4), "AUDITOR", "审计", "Audit"),
        DemoLogin(hq_no(5), "MODEL_DEV", "模型开发", "Model development"),
        DemoLogin(
            hq_no(3), "SEC_ADMIN", "安全管理员（角色与权限）", "Security administrator (roles and rights)"
        ),
        DemoLogin(hq_no(6), "CC_AGENT", "客服（权利请求）", "Customer service (data requests)"),
        DemoLogin(hq_no(2), "SYS_ADMIN", "系统管理员（日终运行）", "System administrator (nightly runs)"),
    )
