"""Who may see what tells of money laundering. Nobody who serves customers or draws rules, whatever a bank grants."""

from __future__ import annotations

from collections.abc import Mapping

from yinke.access.viewer import OWN_ONLY, Viewer
from yinke.segments.ready.tags import ReadyTag, ready_tags
from yinke.segments.rules.language import Compare, InSegment, Rule, leaves


def sees_aml(viewer: Viewer) -> bool:
    """Whether tags of money laundering may be shown: telling the customer would be an offence, and a manager may."""
    return viewer.may("aml.read") and not viewer.may("segment.draw") and viewer.role not in OWN_ONLY


def tags_for(viewer: Viewer) -> dict[str, ReadyTag]:
    """The ready tags that a viewer may know of."""
    return {code: tag for code, tag in ready_tags().items() if tag.audience == "all" or sees_aml(viewer)}


def tells_of_aml(rule: Rule, segments: Mapping[str, Rule | None]) -> bool:
    """Whether a rule asks for a tag of money laundering, itself or through other segments."""
    waiting, seen = [rule], set[str]()
    while waiting:
        for _, leaf in leaves(waiting.pop()):
            if isinstance(leaf, InSegment) and leaf.segment not in seen:
                seen.add(leaf.segment)
                inner = segments.get(leaf.segment)
                waiting += [inner] if inner is not None else []
            elif isinstance(leaf, Compare) and leaf.field == "tag" and isinstance(leaf.value, list):
                tags = (ready_tags().get(str(code)) for code in leaf.value)
                if any(tag is not None and tag.audience == "aml" for tag in tags):
                    return True
    return False
