"""RFM: how a viewer's customers spread over recency and frequency, and over the eight kinds that are ready tags."""

from __future__ import annotations

from collections import defaultdict

from yinke.access.viewer import Viewer
from yinke.segments.asking import Asking
from yinke.segments.definitions import said
from yinke.segments.group_schemas import RfmCell, RfmKind, RfmOut
from yinke.segments.queries_store import Told, one_segment
from yinke.segments.ready.tags import ready_tags
from yinke.segments.rfm import SCORES
from yinke.segments.rules.language import All, Compare, Condition, InSegment, Rule

KIND = "rfm"
"""What the eight tags of RFM are one of."""


def rfm(viewer: Viewer, segment: str) -> RfmOut:
    """Count live, as the builder does: a tile's count is that of its rule.

    Args:
        segment: of whose members, by its rule; '': of all.

    Raises:
        NotFound: no night has run yet, or there is no such segment.
        YinkeError: the segment's rule can't be evaluated any more.
    """
    asking, counts = Asking(viewer), Told(viewer)
    among: list[Condition] = [InSegment(segment=one_segment(viewer, segment).code)] if segment else []

    def asked(*conditions: Condition) -> Rule:
        return asking.right(Rule(where=All(of=[*among, *conditions])).model_dump(mode="json"))

    known, within = asked(Compare(field="rfm_r", op="is_known")), asking.within
    rows = asking.live.spread(asking.world, known, SCORES, within).to_pylist()
    tiles: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        tiles[row["rfm_r"], row["rfm_f"]].append((row["customers"], row["rfm_m"]))
    return RfmOut(
        as_of=asking.day.biz_date, of=counts.number(sum(row["customers"] for row in rows)), few=counts.few,
        cells=[_cell(r, f, tiles[r, f], counts) for r in range(5, 0, -1) for f in range(1, 6)],
        kinds=[
            RfmKind(
                code=tag.code, title=said(tag.zh, tag.en, viewer.language),
                about=said(tag.about_zh, tag.about_en, viewer.language),
                customers=counts.number(asking.live.count(asking.world, asked(tag.rule.where), within).customers),
            )
            for tag in ready_tags().values() if tag.one_of == KIND
        ],
    )  # fmt: skip


def _cell(r: int, f: int, balances: list[tuple[int, int]], counts: Told) -> RfmCell:
    many = sum(customers for customers, _ in balances)
    customers = counts.number(many)
    average = sum(n * m for n, m in balances) / many if many and customers else None
    return RfmCell(r=r, f=f, customers=customers, m=None if average is None else round(average, 1))
