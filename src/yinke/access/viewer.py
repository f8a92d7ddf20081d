"""The viewer: who asks. Every query takes one; what it may see follows from role, org and ownership."""

from __future__ import annotations

from dataclasses import dataclass

RIGHTS: dict[str, frozenset[str]] = {
    "RM": frozenset(
        {
            "workbench",
            "customer.read",
            "customer.reveal",
            "task.work",
            "customer.lookup",
            "tag.assign",
            "list.keep",
        }
    ),
    "WM": frozenset(
        {
            "workbench",
            "customer.read",
            "customer.reveal",
            "task.work",
            "customer.lookup",
            "tag.assign",
            "list.keep",
        }
    ),
    "PB_ADV": frozenset(
        {
            "workbench",
            "customer.read",
            "customer.reveal",
            "task.work",
            "customer.lookup",
            "tag.assign",
            "list.keep",
        }
    ),
    "REMOTE_RM": frozenset(
        {
            "workbench",
            "customer.read",
            "customer.reveal",
            "task.work",
            "customer.lookup",
            "tag.assign",
            "list.keep",
        }
    ),
    "BR_MGR": frozenset(
        {
            "workbench",
            "customer.read",
            "customer.reveal",
            "task.work",
            "branch.read",
            "customer.lookup",
            "tag.assign",
            "tag.manage",
            "list.keep",
            "export.read",
            "export.request",
            "export.approve",
        }
    ),
    "RETAIL_MGR": frozenset(
        {
            "customer.read",
            "branch.read",
            "tag.assign",
            "tag.manage",
            "list.keep",
            "export.read",
            "export.request",
            "export.approve",
        }
    ),
    "HQ_OPS": frozenset(
        {
            "customer.read",
            "branch.read",
            "nightly.read",
            "tag.assign",
            "tag.manage",
            "list.keep",
            "export.read",
            "export.request",
            "export.approve",
        }
    ),
    "COMPLIANCE": frozenset(
        {
            "customer.read",
            "branch.read",
            "audit.read",
            "export.read",
            "export.clear",
            "alert.read",
            "alert.handle",
        }
    ),
    "AUDITOR": frozenset({"branch.read", "nightly.read", "audit.read", "alert.read"}),
    "SEC_ADMIN": frozenset({"audit.read", "alert.read", "alert.handle"}),
    "SYS_ADMIN": frozenset({"nightly.read", "nightly.operate"}),
}
"""What each role may do. A role that is not here may sign in and see nothing (deny by default)."""

OWN_ONLY = frozenset({"RM", "WM", "PB_ADV", "REMOTE_RM"})
SUBTREE = frozenset({"BR_MGR", "RETAIL_MGR", "HQ_OPS", "COMPLIANCE", "AUDITOR"})
MASKED = frozenset({"HQ_OPS", "COMPLIANCE", "AUDITOR", "RETAIL_MGR"})
"""Roles that see personal data masked and balances as exact sums only in totals."""


@dataclass(frozen=True)
class Viewer:
    """Who asks: role and the ids of the orgs in whose subtree they may see customers.

    ``org_ids`` is None for the whole bank (head office roles), empty for none.
    """

    user_id: int
    role: str
    org_id: int
    org_path: str
    org_ids: frozenset[int] | None
    language: str

    def may(self, right: str) -> bool:
        """Whether the role holds a right."""
        return right in RIGHTS.get(self.role, frozenset())

    @property
    def masked(self) -> bool:
        """Whether names and numbers are masked for this viewer."""
        return self.role in MASKED
