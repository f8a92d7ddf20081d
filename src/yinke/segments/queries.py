"""What can be asked with a rule: is it right, how many, who for example, why this one. Takes the viewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from yinke.access.masking import BANDS
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.customers.queries import one, visible
from yinke.customers.shown import shown_amount, shown_name
from yinke.segments.asking import ENGINE_LOCK, Asking
from yinke.segments.custom import told_of
from yinke.segments.definitions import Usable
from yinke.segments.members.live import Counted
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rules import fields as catalogue
from yinke.segments.rules.check import Checked
from yinke.segments.rules.custom import is_custom
from yinke.segments.rules.explain import Reason, explain
from yinke.segments.rules.language import Behaviour, Compare, Filter, InSegment, Other, Rule, Sequence, leaves
from yinke.segments.rules.parse import parse
from yinke.segments.rules.sentence import measured, sentence
from yinke.segments.schemas import (
    CheckOut,
    CountOut,
    ExplainOut,
    FieldsOut,
    GroupOut,
    ParseOut,
    PartOut,
    ProblemOut,
    RowsOut,
    RuleField,
    SampleRow,
    ShareOut,
    ValueOut,
    WhyOut,
)  # fmt: skip

SAMPLE = 20


def field_catalogue(viewer: Viewer) -> FieldsOut:
    """The fields that a viewer may draw rules with."""
    asking = Asking(viewer)
    there = asking.around.delivered or frozenset()
    language = viewer.language
    shown = [
        _field(field, asking) for field in catalogue.fields().values()
        if field.audience == "all" and (field.source == "own" or f"{field.source}.{field.name}" in there)
    ]  # fmt: skip
    own = [_field(field, asking) for field in asking.bare.custom.values() if not field.retired]
    rows = [
        RowsOut(
            name=table.name, title=_in(language, table.zh, table.en), group=table.group, journal=bool(table.day),
            columns=[_field(column, asking) for column in table.columns.values()],
        )
        for table in catalogue.tables().values() if table.name in there
    ]  # fmt: skip
    groups = [
        GroupOut(code=code, title=_in(language, name["zh"], name["en"]))
        for code, name in catalogue.groups().items()
    ]
    if own:
        code, name = catalogue.custom_group()
        groups.append(GroupOut(code=code, title=_in(language, name["zh"], name["en"])))
    return FieldsOut(as_of=asking.day.biz_date, groups=groups, fields=shown + own, rows=rows)


def _field(field: catalogue.Field, asking: Asking) -> RuleField:
    language = asking.viewer.language
    codes = field.codes or catalogue.words_of(field)
    names: Mapping[Any, str] = {code: catalogue.word(field, code, language) for code in codes}
    if not names:
        names = asking.names.of("org" if field.kind == "org" else field.name)
    return RuleField(
        name=field.name, kind=field.kind, title=_in(language, field.zh, field.en),
        about=_in(language, field.about_zh, field.about_en), group=field.group, unit=field.unit,
        operators=list(field.operators), open=not field.codes,
        values=[
            ValueOut(value=value, name=name, parent=asking.above.get(value) if field.kind == "org" else None)
            for value, name in names.items()
        ],
    )  # fmt: skip


def _in(language: str, zh: str, en: str) -> str:
    return en if language == "en" else zh


def check_rule(viewer: Viewer, raw: Any) -> CheckOut:
    """The problems of a rule, or its sentence and how many of the viewer's customers it holds of."""
    asking = Asking(viewer)
    found = asking.checked(raw)
    if found.rule is None:
        return CheckOut(problems=problems_of(viewer, found), sentence="", zh="", en="", count=None)
    zh, en = (sentence(found.rule, one, asking.names) for one in ("zh", "en"))
    return CheckOut(
        problems=[], sentence=_in(viewer.language, zh, en), zh=zh, en=en, count=_count(asking, found.rule)
    )


def problems_of(viewer: Viewer, found: Checked) -> list[ProblemOut]:
    """The problems in the viewer's language."""
    return [
        ProblemOut(place=p.place, code=p.code, text=p.text(viewer.language)) for p in found.problems
    ]  # fmt: skip


def _count(asking: Asking, rule: Rule) -> CountOut:
    """How many customers of the viewer's a rule holds of.

    Who sees bands of amounts only is not told a count of fewer than ``rule.few``: by asking often enough it
    would give away one customer's exact amount.
    """
    viewer = asking.viewer
    counted = asking.live.count(asking.world, rule, asking.within)
    few = int(asking.values["rule.few"]) if viewer.masked else 0
    total = told(counted.customers, few)
    share = None if total is None or not counted.of else round(total / counted.of, 6)
    return CountOut(
        as_of=asking.day.biz_date, customers=total, of=counted.of, share=share, few=few,
        orgs=_shares(counted, "org_no", few, lambda key: asking.orgs.get(key, str(key))),
        tiers=_shares(counted, "tier", few, lambda key: _word("tier", key, viewer)),
        stages=_shares(counted, "stage", few, lambda key: _word("stage", key, viewer)),
    )  # fmt: skip


def told(customers: int, few: int) -> int | None:
    """A count as it may be told: null if it is fewer than ``few`` and not none."""
    return None if 0 < customers < few else customers


def _word(name: str, key: Any, viewer: Viewer) -> str:
    return catalogue.word(catalogue.fields()[name], key, viewer.language)


def _shares(counted: Counted, by: str, few: int, name: Any) -> list[ShareOut]:
    found = sorted(counted.by[by].items(), key=lambda item: (-item[1], str(item[0])))
    return [ShareOut(key=str(key), name=name(key), customers=told(n, few)) for key, n in found]


def sample_rule(viewer: Viewer, raw: Any) -> list[SampleRow]:
    """Some customers of the viewer's whom a rule holds of, always the same ones.

    Raises:
        YinkeError: the rule has a problem, or bounds between bands for a viewer who sees bands only.
    """
    asking = Asking(viewer)
    rule = asking.right(raw)
    bands_only(asking, rule)
    found = asking.live.some(asking.world, rule, SAMPLE, asking.within)
    rows = {c.id: c for c in visible(viewer).filter(id__in=found).select_related("metrics", "org")}
    return [
        SampleRow(
            id=c.id, cust_no=c.cust_no, name=shown_name(viewer, c), org_name=c.org.name, tier=c.metrics.tier,
            stage=c.metrics.stage, aum=shown_amount(viewer, c.metrics.aum), banded=viewer.masked,
        )
        for c in (rows[one] for one in found if one in rows)
    ]  # fmt: skip


def explain_rule(viewer: Viewer, raw: Any, customer_id: int) -> ExplainOut:
    """Why one customer is in, or not, condition by condition.

    Raises:
        NotFound: no such customer among the viewer's.
        YinkeError: as ``sample_rule``.
    """
    asking = Asking(viewer)
    one(viewer, customer_id)
    rule = asking.right(raw)
    bands_only(asking, rule)
    with ENGINE_LOCK:
        custom = told_of(viewer, customer_id, asking.bare.custom)
        found = explain(asking.world, rule, customer_id, asking.names, custom)
    if found is None:
        raise NotFound(
            "No such customer among yours", place=f"customer {customer_id}", remedy="Go back to the list"
        )
    return ExplainOut(
        holds=found.holds,
        banded=viewer.masked,
        reasons=[
            WhyOut(
                place=r.place, text=_in(viewer.language, r.zh, r.en), state=r.state, kind=r.kind,
                value=_value(viewer, r), on=r.on,
            )
            for r in found.reasons
        ],
    )  # fmt: skip


def _value(viewer: Viewer, reason: Reason) -> str | None:
    value: Any = reason.value
    if isinstance(value, Decimal) and reason.kind == "money":
        value = shown_amount(viewer, value)
    return None if value is None else str(value)


def parse_text(viewer: Viewer, text: str) -> ParseOut:
    """What somebody typed, as a rule; and what of it was understood, part by part."""
    asking = Asking(viewer)
    found = parse(text, asking.names)
    raw = found.rule.model_dump(mode="json", exclude_defaults=False) if found.rule else None
    checked = asking.checked(raw) if raw is not None else Checked(None, ())
    parts = [
        PartOut(
            text=p.text, start=p.start, end=p.end,
            understood=sentence(Rule(where=p.condition), viewer.language, asking.names) if p.condition else "",
        )
        for p in found.parts
    ]  # fmt: skip
    said = sentence(found.rule, viewer.language, asking.names) if found.rule else ""
    return ParseOut(rule=raw, sentence=said, parts=parts, problems=problems_of(viewer, checked))


def bands_only(asking: Asking, rule: Rule) -> None:
    """Refuse to name customers by exact amounts to a viewer who sees bands.

    Raises:
        YinkeError: the rule, or that of an own segment it refers to, bounds between the edges of bands.
    """
    if not in_bands(asking, rule):
        raise beyond_bands()


def beyond_bands() -> YinkeError:
    """What who sees bands of amounts is told."""
    return YinkeError(
        "Your role sees bands of amounts only", place="rule", code="band_edges_only",
        remedy=f"Take one of {', '.join(f'{edge:,}' for edge in (0, *BANDS))}",
    )  # fmt: skip


def in_bands(asking: Asking, rule: Rule) -> bool:
    """Whether its viewer may learn of single customers whether the rule holds.

    Segments that another person has approved are no way to ask for amounts one after the other, and pass.
    """
    try:
        return not asking.viewer.masked or all(
            abs(amount) in (0, *BANDS) for amount in _amounts(rule, asking.segments)
        )
    except KeyError:  # a list that was found by a rule which nobody can read any more
        return False


def _amounts(rule: Rule, segments: Usable) -> Iterator[Decimal]:
    """Every amount of money that a rule compares with, and those of ready tags, and of segments that nobody has checked."""
    for _, leaf in leaves(rule):
        if isinstance(leaf, InSegment) and not segments.meant[leaf.segment].checked:
            inner = segments.drawn(leaf.segment)
            yield from _amounts(inner, segments) if inner is not None else ()
        if isinstance(leaf, Compare) and leaf.field == "tag" and isinstance(leaf.value, list):
            for tag in (ready_tags().get(str(code)) for code in leaf.value):
                yield from _amounts(tag.rule, segments) if tag is not None else ()
        if isinstance(leaf, Compare) and not is_custom(leaf.field):
            scale = {"WAN": 10_000, "YI": 100_000_000}.get(leaf.unit or "", 1)
            yield from _of(catalogue.fields()[leaf.field], leaf.value, scale)
        doings = (
            [leaf.first, leaf.then]
            if isinstance(leaf, Sequence)
            else [leaf]
            if isinstance(leaf, Behaviour)
            else []
        )
        for doing in doings:
            one_: Filter
            for one_ in doing.filters:
                yield from _of(catalogue.tables()[doing.table].columns[one_.field], one_.value, 1)
        if isinstance(leaf, Behaviour):
            yield from _of(measured(leaf), leaf.value, 1)


def _of(known: catalogue.Field, value: Any, scale: int) -> Iterator[Decimal]:
    if known.kind == "money" and value is not None:
        for one_ in value if isinstance(value, list) else [value.plus if isinstance(value, Other) else value]:
            yield catalogue.typed("money", one_) * scale
