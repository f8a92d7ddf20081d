"""客户归并 (OneID): which customer numbers are one person. Pure rules, the same for the night and for the pages."""

from yinke.common.identity.judge import LINK, MERGE, REVIEW, Finding, Shared, judge
from yinke.common.identity.normal import Identity, Rules, identity_of, normalise
from yinke.common.identity.resolve import SAME, Edge, Member, resolve

__all__ = [
    "LINK", "MERGE", "REVIEW", "SAME", "Edge", "Finding", "Identity", "Member", "Rules", "Shared", "identity_of",
    "judge", "normalise", "resolve",
]  # fmt: skip
