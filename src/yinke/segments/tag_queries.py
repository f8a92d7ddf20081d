"""标签目录: what tags there are, what they come from, and how many customers of the viewer's have each. Takes the viewer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from yinke.access.viewer import Viewer
from yinke.customers.queries import one, visible
from yinke.customers.queries_kept import holding, tags
from yinke.lake.feeds import load_feeds
from yinke.lake.tables import TABLES
from yinke.segments.asking import Asking
from yinke.segments.kept import members_store, scope_of
from yinke.segments.members import Members
from yinke.segments.moves import keys_of
from yinke.segments.queries import in_bands
from yinke.segments.ready.audience import tags_for
from yinke.segments.ready.lineage import Lineage, lineage
from yinke.segments.ready.tags import ReadyTag
from yinke.segments.rules.check import delivered
from yinke.segments.rules.fields import groups
from yinke.segments.rules.sentence import sentence
from yinke.segments.schemas import GroupOut
from yinke.segments.tag_schemas import CatalogueTag, ReadyTagOut, ReadyTagsOut, TagCatalogue, TagSource


def _in(viewer: Viewer, zh: str, en: str) -> str:
    return en if viewer.language == "en" else zh


def _groups(viewer: Viewer) -> list[GroupOut]:
    return [GroupOut(code=code, title=_in(viewer, told["zh"], told["en"])) for code, told in groups().items()]


def tag_catalogue(viewer: Viewer) -> TagCatalogue:
    """Every tag that the viewer may know of: the ready ones, then those that people put on.

    Raises:
        NotFound: no night has run yet.
    """
    asking = Asking(viewer)
    few = int(asking.values["rule.few"]) if viewer.masked else 0
    members = members_store()
    dates = members.dates()
    sizes = _Sizes(viewer, members)
    return TagCatalogue(
        as_of=dates[-1] if dates else None, few=few, groups=_groups(viewer),
        tags=[
            *(_ready(asking, tag, _told(sizes(tag.key), few)) for tag in tags_for(viewer).values()),
            *_by_hand(asking, few),
        ],
    )  # fmt: skip


def _told(customers: int | None, few: int) -> int | None:
    return None if customers is not None and 0 < customers < few else customers


class _Sizes:
    """How many of the viewer's customers a key holds of; None if it was never worked out."""

    def __init__(self, viewer: Viewer, members: Members) -> None:
        self.members, self.known = members, frozenset(members.keys())
        self.mine = scope_of(viewer)

    def __call__(self, key: str) -> int | None:
        if key not in self.known:
            return None
        if self.mine is None:
            return self.members.sizes(key)[-1].customers
        return self.members.members(key).intersection_cardinality(self.mine)


def _ready(asking: Asking, tag: ReadyTag, customers: int | None) -> CatalogueTag:
    viewer, come_from = asking.viewer, lineage(tag.rule)
    return CatalogueTag(
        code=tag.code, group=tag.group, title=_in(viewer, tag.zh, tag.en),
        about=_in(viewer, tag.about_zh, tag.about_en), type=tag.type, one_of=tag.one_of, refresh="daily",
        level=come_from.level, marketing_usable=tag.marketing_usable, audience=tag.audience,
        expires_days=tag.expires_days, delivered=delivered(tag.rule, asking.around),
        sentence=sentence(tag.rule, viewer.language, asking.names),
        columns=sorted({_in(viewer, column.zh, column.en) for column in come_from.columns}),
        sources=list(_sources(viewer, come_from)), customers=customers,
    )  # fmt: skip


def _sources(viewer: Viewer, come_from: Lineage) -> Iterator[TagSource]:
    feeds = _feeds(settings.YINKE.feeds)
    for name in come_from.tables:
        told = [_in(viewer, *names) for names in feeds.get(name, ())]
        yield TagSource(name=name, title=_in(viewer, TABLES[name].zh, TABLES[name].en), feeds=told)
    for column in come_from.columns:
        if column.table == column.name:  # recorded by people here, not delivered
            yield TagSource(name=column.name, title=_in(viewer, column.zh, column.en), feeds=[])


@lru_cache(maxsize=1)
def _feeds(folder: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for feed in load_feeds(folder).feeds:
        found.setdefault(feed.table.name, []).append((feed.name_zh, feed.name_en))
    return found


def _by_hand(asking: Asking, few: int) -> Iterator[CatalogueTag]:
    """Tags that people put on: they hold at once, and nothing of the feeds is behind them."""
    viewer = asking.viewer
    held = holding(asking.day.biz_date).filter(customer__in=visible(viewer)).order_by()
    counts = dict(held.values_list("tag_id").annotate(n=Count("customer_id", distinct=True)))
    for tag in tags(viewer).select_related("org").order_by("name", "id"):
        yield CatalogueTag(
            code=str(tag.id), group="PREF", title=tag.name, about=tag.org.name, type="manual", one_of="",
            refresh="at_once", level="C1", marketing_usable=True, audience="all", expires_days=tag.expire_days,
            delivered=True, sentence="", columns=[], sources=[], customers=_told(counts.get(tag.id, 0), few),
        )  # fmt: skip


def tags_of_customer(viewer: Viewer, customer_id: int) -> ReadyTagsOut:
    """The ready tags that one of the viewer's customers has, as the night worked them out.

    Who sees bands of amounts is not told tags that tell more than a band.

    Raises:
        NotFound: no such customer among the viewer's.
    """
    one(viewer, customer_id)
    asking = Asking(viewer)
    members = members_store()
    dates = members.dates()
    held = frozenset(keys_of(members, customer_id)) if dates else frozenset()
    found = [tag for tag in tags_for(viewer).values() if tag.key in held and in_bands(asking, tag.rule)]
    order = {code: n for n, code in enumerate(groups())}
    there = {tag.group for tag in found}
    return ReadyTagsOut(
        as_of=dates[-1] if dates else None,
        groups=[group for group in _groups(viewer) if group.code in there],
        tags=[
            ReadyTagOut(
                code=tag.code, group=tag.group, title=_in(viewer, tag.zh, tag.en),
                about=_in(viewer, tag.about_zh, tag.about_en),
            )
            for tag in sorted(found, key=lambda tag: order[tag.group])
        ],
    )  # fmt: skip
