"""客户归并 in the lake: each night, which customers are one person, which might be, and which share a phone."""

from yinke.lake.oneid.night import Decisions, resolve_identities

__all__ = ["Decisions", "resolve_identities"]
