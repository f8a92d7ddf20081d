"""自定义事件: events that an operator adds by a rule, without code. See ``docs/own-events.md``."""
