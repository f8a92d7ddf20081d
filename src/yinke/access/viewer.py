"""The viewer: who asks. Every query takes one; what it may see follows from role, org and ownership."""

from __future__ import annotations

from dataclasses import dataclass

_MANAGER = frozenset({
    "churn.read", "consent.read", "consent.record", "cover.make", "customer.lookup", "customer.read",
    "customer.reveal", "field.fill", "handover.make", "list.keep", "pool.claim", "pool.read", "relationship.write",
    "message.send", "rights.open", "salon.invite", "salon.read", "tag.assign", "task.work", "team.read", "value.read", "workbench",
})  # fmt: skip
RIGHTS: dict[str, frozenset[str]] = {
    "RM": _MANAGER,
    "WM": _MANAGER,
    "PB_ADV": _MANAGER,
    "REMOTE_RM": _MANAGER,
    "BR_MGR": frozenset({
        "branch.read", "churn.read", "consent.read", "consent.record", "cover.make", "customer.lookup",
        "customer.read", "customer.reveal", "effect.read", "export.approve", "export.read", "export.request", "field.fill",
        "handover.approve",
        "handover.make", "list.keep", "message.read", "message.send", "oneid.review", "org.read", "pool.assign", "pool.read",
        "relationship.write", "rights.open", "salon.invite", "salon.read", "salon.write", "segment.draw", "segment.read", "tag.assign",
        "tag.manage", "task.work",
        "team.read", "value.read", "workbench",
    }),
    "RETAIL_MGR": frozenset({
        "branch.read", "churn.read", "consent.read", "cover.make", "customer.read", "effect.read", "export.approve",
        "export.read",
        "export.request", "handover.approve", "handover.make", "list.keep", "message.read", "org.read", "pool.assign", "pool.read",
        "salon.approve", "salon.read", "salon.write",
        "segment.approve", "segment.draw", "segment.read", "standard.approve", "standard.propose", "standard.read",
        "tag.assign", "tag.manage", "team.read", "template.read", "template.write", "value.read",
    }),
    "HQ_OPS": frozenset({
        "branch.read", "churn.read", "consent.read", "customer.read", "effect.approve", "effect.make", "effect.read",
        "export.approve", "export.read", "export.request", "field.manage", "list.keep", "message.read", "model.approve", "model.read",
        "nightly.read", "oneid.review", "org.read", "salon.read", "salon.write", "segment.draw", "segment.read",
        "standard.propose",
        "standard.read", "tag.assign", "tag.manage", "template.read", "template.write", "value.read",
    }),
    "COMPLIANCE": frozenset({
        "alert.handle", "alert.read", "aml.read", "audit.read", "branch.read", "catalogue.read", "consent.read",
        "consent.record", "customer.read", "effect.approve", "effect.read", "export.clear", "export.read", "history.read", "message.read", "model.read", "org.read",
        "policy.publish", "rights.decide", "rights.open", "rights.work", "role.approve", "role.read", "salon.approve", "salon.read",
        "segment.approve", "segment.read", "standard.approve", "standard.read", "template.approve", "template.read",
    }),
    "AUDITOR": frozenset({
        "alert.read", "audit.read", "branch.read", "catalogue.read", "effect.read", "history.read", "model.read", "nightly.read",
        "org.read", "role.read",
    }),
    "SEC_ADMIN": frozenset({
        "alert.handle", "alert.read", "audit.read", "catalogue.read", "history.read", "org.read", "role.approve",
        "role.read", "role.request",
    }),
    "SYS_ADMIN": frozenset({
        "nightly.operate", "nightly.read", "org.read", "staff.manage",
    }),
    "CC_AGENT": frozenset({"rights.open", "rights.work"}),
    "MODEL_DEV": frozenset({"model.read", "model.train"}),
}  # fmt: skip
"""What each role may do by default. A role that is not here may sign in and see nothing (deny by default).

The bank's own changes lie over it (``RoleRight``), each asked for by one person and approved by another.
"""

SYSTEM, SECURITY = frozenset({"staff.manage", "nightly.operate"}), frozenset({"role.request"})
"""What makes a system administrator, and a security administrator (三员分立: no role holds both)."""
DUTIES = ("SYS_ADMIN", "SEC_ADMIN", "AUDITOR")
"""三员: never two of them with one person (GB/T 22239-2019 8.1.5 三权分立)."""
BUSINESS = frozenset({
    "workbench", "customer.read", "customer.reveal", "field.fill", "task.work", "handover.make", "handover.approve", "pool.read",
    "pool.claim", "pool.assign", "cover.make", "team.read", "relationship.write", "oneid.review", "segment.approve",
    "segment.draw", "segment.read", "standard.approve", "standard.propose", "standard.read", "churn.read", "effect.approve",
    "effect.make", "message.read", "message.send", "salon.approve", "salon.invite", "salon.read", "salon.write", "template.approve",
    "template.write", "value.read",
})  # fmt: skip
"""Rights that touch customers: none of them for the three duties."""

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
    rights: frozenset[str] | None = None
    """What the role may do in this bank; None: what it may by default."""
    acts_for: frozenset[int] = frozenset()
    """代管: the colleagues for whom the viewer stands in today."""

    @property
    def looks_after(self) -> frozenset[int]:
        """Whose customers and tasks are the viewer's to work: their own, and those of whom they stand in for."""
        return self.acts_for | {self.user_id}

    def may(self, right: str) -> bool:
        """Whether the role holds a right."""
        return right in (RIGHTS.get(self.role, frozenset()) if self.rights is None else self.rights)

    @property
    def masked(self) -> bool:
        """Whether names and numbers are masked for this viewer."""
        return self.role in MASKED
