"""Ready tags and ready segments: what a bank has on its first day, as rules over what its feeds deliver. No Django."""

from yinke.segments.ready.segments import ReadySegment, ready_segments
from yinke.segments.ready.tags import ReadyTag, ready_tags

__all__ = ["ReadySegment", "ReadyTag", "ready_segments", "ready_tags"]
