"""The short forms that people type: 30天未登录, 近7天到期的定期, 60岁以上, 没有理财, 金葵花客户, and their like in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from yinke.segments.rules import sentence as words_of
from yinke.segments.rules.fields import Field, fields, words
from yinke.segments.rules.language import Behaviour, Compare, Condition, Filter, Not, Span
from yinke.segments.rules.reading import NUMBER, Text, longest_first

_HELD = {"定期": ("account", "TIME"), "大额存单": ("account", "TIME"), "存款": ("account", "TIME"), "理财": ("holding", "WEALTH"),
         "保险": ("holding", "INSURANCE"), "国债": ("holding", "BOND"), "信托": ("holding", "BOND"), "基金": ("holding", "FUND")}  # fmt: skip


class Phrases(Text):
    """Readings of one phrase each: a condition, or nothing."""

    def done(self) -> Condition | None:
        """30天未登录; not logged in for 30 days."""
        known = self.attempt(self._done_en)
        if known is not None:
            return known
        self.take(r"最近|近|过去")
        span = self.span()
        if span is None:
            return None
        self.take(r"内")
        how = self.take(r"没有|从未|未|没|有")
        does = {field.does[0]: field for field in fields().values() if field.does}
        what = self.longest(does) if how else None
        if what is None or how is None:
            return None
        self.take(r"过?(?:手机银行|APP|网银)?")
        test = Compare(field=what.name, op="in_last", value=span)
        return test if how[0] == "有" else Not(of=test)

    def _done_en(self) -> Condition | None:
        no = self.take(r"(?:with |who |that )?(?:has |have |had )?(?:not?|never|without)\s+(?:any\s+)?")
        what = self.longest(_DOES)
        if what is None or not self.take(r"(?:for|in|within|during|over)\s+(?:the\s+)?(?:last\s+|past\s+)?"):
            return None
        span = self.span()
        if span is None:
            return None
        test = Compare(field=what, op="in_last", value=span)
        return Not(of=test) if no else test

    def maturing(self) -> Condition | None:
        """近7天到期的定期; maturing within 7 days."""
        if self.take(r"(?:something )?maturing (?:with)?in (?:the )?(?:next )?"):
            days = self.span()
            return Compare(field="maturing_30d", op="gt", value=0) if days == Span(n=30) else None
        self.take(r"未来|最近|近")
        span = self.span()
        if span is None or not self.take(r"内?\s*(?:将|要|会)?到期(?:的)?"):
            return None
        held = self.longest(_HELD)
        if held is None:
            return Compare(field="maturing_30d", op="gt", value=0) if span == Span(n=30) else None
        table, category = held
        filters = [
            Filter(field="category", op="eq", value=category),
            Filter(field="maturity", op="in_next", value=span),
        ]
        if table == "account":
            filters.append(Filter(field="status", op="ne", value="CLOSED"))
        return Behaviour(table=table, filters=filters)

    def truth(self) -> Condition | None:
        """持有理财, 未持有基金, 是代发客户."""
        own = [known for known in self.names.custom.values() if known.kind == "bool" and not known.retired]
        test = self.flag(sorted([*own, *_flags()], key=lambda known: -len(known.zh)) if own else _flags())
        return None if test is None else Compare(field=test.field, op=test.op)

    def flag(self, flags: Iterable[Field]) -> Filter | None:
        for known in flags:
            for holds in (False, True):
                start = self.pos
                told = words_of.truth(known.zh, holds, 0)
                if self.take(re.escape(told)) or (holds and self.take(re.escape(known.zh))):
                    if not self.take(r"已知|未知"):
                        return Filter(field=known.name, op="is_true" if holds else "is_false")
                    self.pos = start
        return None

    def held(self) -> Condition | None:
        """没有理财, 有基金; no wealth, with a mortgage."""
        how = self.take(r"没有|没|无|有|(?:without|no|with)\b(?:\s+any\b|\s+an?\b)?")
        known = self.longest(_products()) if how else None
        if known is None or how is None:
            return None
        has = how[0] == "有" or how[0].lower().startswith("with ") or how[0].lower() == "with"
        return Compare(field=known.name, op="is_true" if has else "is_false")

    def aged(self) -> Condition | None:
        """60岁以上, 25到35岁; aged over 60, 60 years and older."""
        if self.take(r"aged?\s+(?:from\s+|between\s+)?"):
            sign = self.take(r"over|above|at least|under|below")
            low = self.take(NUMBER)
            high = self.take(NUMBER) if low and not sign and self.take(r"to|-|and") else None
            if low is None or (sign is None and high is None):
                return None
            if high is not None:
                return _of_age("between", [low[0], high[0]])
            op = {"over": "gt", "above": "gt", "at least": "ge"}.get((sign or low)[0].lower(), "lt")
            return _of_age(op, [low[0]])
        low = self.take(NUMBER)
        high = self.take(NUMBER) if low and self.take(r"岁?\s*(?:到|至|~|-)") else None
        if low is None or not self.take(r"岁|周岁|years?(?: old)?"):
            return None
        if high is not None:
            self.take(r"之间|间")
            return _of_age("between", [low[0], high[0]])
        if self.take(r"(?:及|或)?以上|and (?:older|above|over)|or (?:older|more)"):
            return _of_age("ge", [low[0]])
        return _of_age("lt", [low[0]]) if self.take(r"以下|以内|and younger") else None

    def class_(self) -> Condition | None:
        """金葵花客户, 金卡及以上, 流失预警; Sunflower customers, Gold and above, New customers."""
        tiers = {
            one[language]: int(rank) for rank, one in words()["tier"].items() for language in ("zh", "en")
        }
        rank = self.longest(longest_first(tiers))
        if rank is not None:
            self.take(r"客户|customers?")
            op = "ge" if self.take(r"及?以上|(?:and|or) (?:above|higher)") else "eq"
            op = "le" if op == "eq" and self.take(r"及?以下|(?:and|or) (?:below|lower)") else op
            return Compare(field="tier", op=op, value=rank)  # type: ignore[arg-type]
        stages = {one[language]: code for code, one in words()["stage"].items() for language in ("zh", "en")}
        stage = self.longest(longest_first(stages))
        return None if stage is None else Compare(field="stage", op="eq", value=stage)

    def org(self) -> Condition | None:
        """上海分行; in 上海分行."""
        self.take(r"in\s+")
        found = self.longest(
            longest_first({name.lower(): org for org, name in self.names.orgs.items() if name})
        )
        return None if found is None else Compare(field="org_no", op="under", value=[found])


_DOES = {"logged in": "last_login", "logins": "last_login", "login": "last_login", "made a transaction": "last_txn",
         "made any transaction": "last_txn", "transactions": "last_txn", "transaction": "last_txn"}  # fmt: skip
"""What customers do, in English."""


def _of_age(op: str, numbers: list[str]) -> Condition | None:
    if not all(one.isdigit() for one in numbers):
        return None
    values = [int(one) for one in numbers]
    return Compare(field="age", op=op, value=values if op == "between" else values[0])  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _products() -> dict[str, Field]:
    """What a customer may hold, by its names without 持有 and Holds."""
    held = [known for known in fields().values() if known.kind == "bool" and known.zh.startswith("持有")]
    found = {known.zh.removeprefix("持有"): known for known in held}
    for known in held:
        name = known.en.removeprefix("Holds ").replace("_", " ")
        found |= {name: known, f"{name}s": known}
    return longest_first({**found, "理财产品": fields()["has_wealth"]})


@lru_cache(maxsize=1)
def _flags() -> list[Field]:
    return sorted((f for f in fields().values() if f.kind == "bool"), key=lambda f: -len(f.zh))
