"""Which tags a rule goes by that no campaign may go by."""

from __future__ import annotations

from collections.abc import Mapping

from yinke.segments.ready.tags import ReadyTag, ready_tags
from yinke.segments.rules.language import Compare, Condition, InSegment, Not, Rule, children


def not_for_outreach(rule: Rule, segments: Mapping[str, Rule | None]) -> list[ReadyTag]:
    """The ready tags not usable for marketing by which a rule picks customers, itself or through other segments.

    To leave customers out by them (``not``) is right, and often a duty.

    >>> rule = Rule.model_validate({"where": {"type": "not", "of": {
    ...     "type": "compare", "field": "tag", "op": "has_any", "value": ["overdue"]}}})
    >>> not_for_outreach(rule, {}), [tag.code for tag in not_for_outreach(Rule(where=rule.where.of), {})]
    ([], ['overdue'])
    """
    found: dict[str, ReadyTag] = {}
    seen: set[tuple[str, bool]] = set()
    waiting: list[tuple[Condition, bool]] = [(rule.where, True)]
    while waiting:
        asked, picks = waiting.pop()
        if isinstance(asked, InSegment):
            inner = segments.get(asked.segment)
            if inner is not None and (asked.segment, picks) not in seen:
                seen.add((asked.segment, picks))
                waiting.append((inner.where, picks))
        elif isinstance(asked, Compare):
            if picks and asked.field == "tag" and isinstance(asked.value, list):
                tags = (ready_tags().get(str(code)) for code in asked.value)
                found |= {tag.code: tag for tag in tags if tag is not None and not tag.marketing_usable}
        else:
            picks ^= isinstance(asked, Not)
            waiting += [(child, picks) for _, child in children(asked)]
    return [found[code] for code in sorted(found)]
