"""实时事件: what happens now and cannot wait for the night; see docs/live-events.md."""
