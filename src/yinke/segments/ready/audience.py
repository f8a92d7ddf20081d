"""Who may see what tells of money laundering. Nobody who serves customers or draws rules, whatever a bank grants."""

from __future__ import annotations

from yinke.access.viewer import OWN_ONLY, Viewer
from yinke.segments.ready.tags import ReadyTag, ready_tags


def sees_aml(viewer: Viewer) -> bool:
    """Whether tags of money laundering may be shown: telling the customer would be an offence, and a manager may."""
    return viewer.may("aml.read") and not viewer.may("segment.draw") and viewer.role not in OWN_ONLY


def tags_for(viewer: Viewer) -> dict[str, ReadyTag]:
    """The ready tags that a viewer may know of."""
    return {code: tag for code, tag in ready_tags().items() if tag.audience == "all" or sees_aml(viewer)}
