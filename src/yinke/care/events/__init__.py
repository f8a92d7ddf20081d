"""事件: what happened to customers that a manager should know (see ``registry``)."""

from yinke.care.events.detect import detect_events

__all__ = ["detect_events"]
