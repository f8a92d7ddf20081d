"""自动分群: find groups of the whole bank's customers, and keep them as static segments."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING
from zlib import crc32

from django.db import transaction

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.segments.asking import Asking
from yinke.segments.definitions import said
from yinke.segments.features import FEATURES
from yinke.segments.group_schemas import (
    ApartOut,
    GroupFound,
    GroupsFound,
    GroupsIn,
    GroupsQuery,
    StableOut,
    TraitOut,
)  # fmt: skip
from yinke.segments.kept import members_of, members_store
from yinke.segments.models import Segment
from yinke.segments.queries_store import Told, one_segment
from yinke.segments.services.save import add_version, create
from yinke.segments.store_schemas import SegmentIn

if TYPE_CHECKING:
    from yinke.segments.grouping import Group, Grouping

_lock = threading.Lock()
_found: dict[tuple[str, int | None, int | None], Grouping] = {}
"""Of the newest day only, the last ones that were asked for: finding groups reads every customer."""
MOST = 12


class GroupsMoved(YinkeError):
    """A night has run since the groups were looked at: others would be saved than were seen."""

    code = "groups_moved"
    status = 409


def _grouping(asking: Asking, wanted: GroupsQuery) -> Grouping:
    from yinke.segments.grouping import group  # scikit-learn takes a second to load: only where it is wanted

    if asking.viewer.org_ids is not None:
        raise NotAllowed(
            "Groups are found of the whole bank", place="groups", remedy="Ask the head office for its groups"
        )
    among = members_of(one_segment(asking.viewer, wanted.segment).code) if wanted.segment else None
    key = (asking.day.version, wanted.number, None if among is None else crc32(among.serialize()))
    with _lock:
        if key not in _found:
            old = [other for other in _found if other[0] != key[0]] or list(_found)[: len(_found) + 1 - MOST]
            for other in old:
                del _found[other]
            made = group(asking.lake, asking.day, asking.values, wanted.number, among)
            if made is None:
                raise YinkeError(
                    "There are too few customers to be grouped", place="groups", code="too_few_to_group",
                    remedy="Take a larger segment, or wait until the bank has more customers",
                )  # fmt: skip
            _found[key] = made
        return _found[key]


def find_groups(viewer: Viewer, wanted: GroupsQuery) -> GroupsFound:
    """Groups of the newest day, in words.

    Raises:
        NotAllowed: the viewer sees only a part of the bank.
        NotFound: no night has run yet, or there is no such segment.
        YinkeError: there are too few customers.
    """
    found, counts = _grouping(Asking(viewer), wanted), Told(viewer)
    return GroupsFound(
        as_of=found.biz_date, of=found.of, few=counts.few,
        groups=[_told(one, found.of, counts) for one in found.groups],
        tried=[ApartOut(number=n, apart=apart) for n, apart in found.apart.items()],
        stability=[StableOut(month_end=end, alike=alike) for end, alike in found.stability],
    )  # fmt: skip


def _told(one: Group, of: int, counts: Told) -> GroupFound:
    """One group; of few neither size nor averages, which would be somebody's own."""
    known = {feature.code: feature for feature in FEATURES}
    customers = counts.number(len(one.members))
    few, language = customers is None, counts.viewer.language
    return GroupFound(
        number=one.number, title=one.name(language), customers=customers,
        share=None if few else round(len(one.members) / of, 4), kept=None if few else one.kept,
        traits=[
            TraitOut(
                title=said(known[t.feature].zh, known[t.feature].en, language), unit=known[t.feature].unit,
                apart=t.apart, typical=None if few else t.average,
            )
            for t in one.traits
        ],
    )  # fmt: skip


@transaction.atomic
def save_groups(viewer: Viewer, wanted: GroupsIn) -> list[str]:
    """Keep one group, or each, as a static segment of the bank, which waits for approval as any other.

    Returns:
        The segments' codes, in the groups' order.

    Raises:
        As ``find_groups``; GroupsMoved: they are another day's; SegmentNameTaken: they were saved already.
    """
    asking = Asking(viewer)
    found = _grouping(asking, wanted)
    if wanted.as_of != found.biz_date:
        raise GroupsMoved(
            "A night has run since you looked", place=f"{found.biz_date}", remedy="Look at the new groups"
        )
    of = one_segment(viewer, wanted.segment) if wanted.segment else None
    codes, members = [], {}
    for one in found.groups:
        if wanted.group not in (None, one.number):
            continue
        made = create(viewer, _described(one, found, of, int(asking.values["rule.few"])))
        version = add_version(viewer, made, rule=None, note=f"k-means {one.number}/{len(found.groups)}")
        members[made.key] = (version.number, one.members)
        codes.append(made.code)
    if not codes:
        raise NotFound("No such group", place=f"{wanted.group}", remedy="Take one of those shown")
    members_store().write(members, found.biz_date)
    audit(viewer, "segment.group", "segment", codes[0], reason=f"{len(codes)}")
    return codes


def _described(one: Group, found: Grouping, of: Segment | None, few: int) -> SegmentIn:
    """Its texts. Whoever may read them, they tell no number below ``few``."""
    day, many, customers = found.biz_date, len(found.groups), len(one.members)
    share = Decimal(customers * 100) / found.of
    size_zh, size_en = (
        (f"不足 {few} 人", f"fewer than {few} customers") if customers < few
        else (f"共 {customers} 人，占参与客户的 {share:.1f}%", f"{customers} customers, {share:.1f} % of those grouped")
    )  # fmt: skip
    of_zh, of_en = (f"“{of.name_zh}”", f" of {said(of.name_zh, of.name_en, 'en')}") if of else ("", "")
    kept_zh, kept_en = (
        ("", "") if one.kept is None or customers < few
        else (f"；其中 {one.kept:.0%} 上月末也在同类群中", f"; {one.kept:.0%} of them were in the matching group at the last month end")
    )  # fmt: skip
    return SegmentIn(
        kind="STATIC", scope="BANK", name_zh=f"{day} {of_zh}分群{one.number}/{many} {one.name('zh')}"[:60],
        name_en=f"{day} group {one.number}/{many}{of_en}: {one.name('en')}"[:120],
        about_zh=f"{of_zh}自动分群所得，{size_zh}{kept_zh}",
        about_en=f"Found by k-means{of_en}: {size_en}{kept_en}",
        reason_zh="行为与资产相近的客户，适合同一种经营方式", reason_en="Alike in assets and ways, they are served alike",
    )  # fmt: skip
