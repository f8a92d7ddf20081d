"""The viewer: who asks. Every query takes one; what it may see follows from role, org and ownership."""

from __future__ import annotations

from dataclasses import dataclass

_MANAGER = frozenset({
    "customer.read", "customer.reveal", "relationship.write", "task.work", "workbench",
})  # fmt: skip
RIGHTS: dict[str, frozenset[str]] = {
    "RM": _MANAGER,
    "WM": _MANAGER,
    "PB_ADV": _MANAGER,
    "REMOTE_RM": _MANAGER,
    "BR_MGR": frozenset({
        "branch.read", "customer.read", "customer.reveal", "oneid.review", "relationship.write", "task.work",
        "workbench",
    }),
    "RETAIL_MGR": frozenset({"branch.read", "customer.read"}),
    "HQ_OPS": frozenset({
        "branch.read", "customer.read", "nightly.read", "oneid.review",
    }),
    "COMPLIANCE": frozenset({"audit.read", "branch.read", "customer.read"}),
    "AUDITOR": frozenset({"audit.read", "branch.read", "nightly.read"}),
    "SEC_ADMIN": frozenset({"audit.read"}),
    "SYS_ADMIN": frozenset({"nightly.operate", "nightly.read"}),
}  # fmt: skip
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
