"""自动分群: find groups of the whole bank's customers, and keep them as static segments."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.segments.features import FEATURES
from yinke.segments.group_schemas import (
    ApartOut,
    GroupFound,
    GroupsFound,
    StableOut,
    TraitOut,
)
from yinke.segments.kept import members_store
from yinke.segments.queries import Asking
from yinke.segments.services.save import add_version, create
from yinke.segments.store_schemas import SegmentIn

if TYPE_CHECKING:
    from yinke.segments.grouping import Group, Grouping

_lock = threading.Lock()
_found: dict[tuple[str, int | None], Grouping] = {}
"""Of the newest day only: finding groups reads every customer."""


def _grouping(asking: Asking, number: int | None) -> Grouping:
    from yinke.segments.grouping import group  # scikit-learn takes a second to load: only where it is wanted

    if asking.viewer.org_ids is not None:
        raise NotAllowed(
            "Groups are found of the whole bank", place="groups", remedy="Ask the head office for its groups"
        )
    key = (asking.day.version, number)
    with _lock:
        if key not in _found:
            for other in [other for other in _found if other[0] != key[0]]:
                del _found[other]
            made = group(asking.lake, asking.day, asking.values, number)
            if made is None:
                raise YinkeError(
                    "There are too few customers to be grouped", place="groups", code="too_few_to_group",
                    remedy="Wait until the bank has more customers",
                )  # fmt: skip
            _found[key] = made
        return _found[key]


def find_groups(viewer: Viewer, number: int | None) -> GroupsFound:
    """Groups of the newest day, in words.

    Raises:
        NotAllowed: the viewer sees only a part of the bank.
        NotFound: no night has run yet.
        YinkeError: there are too few customers.
    """
    found = _grouping(Asking(viewer), number)
    titles = {feature.code: (feature.zh, feature.en)[viewer.language == "en"] for feature in FEATURES}
    return GroupsFound(
        as_of=found.biz_date, of=found.of,
        groups=[
            GroupFound(
                number=one.number, title=one.name(viewer.language), customers=len(one.members),
                share=round(len(one.members) / found.of, 4), kept=one.kept,
                traits=[TraitOut(title=titles[t.feature], apart=t.apart, typical=t.average) for t in one.traits],
            )
            for one in found.groups
        ],
        tried=[ApartOut(number=n, apart=apart) for n, apart in found.apart.items()],
        stability=[StableOut(month_end=end, alike=alike) for end, alike in found.stability],
    )  # fmt: skip


@transaction.atomic
def save_groups(viewer: Viewer, number: int | None) -> list[str]:
    """Keep each group as a static segment of the bank, which waits for approval as any other.

    Returns:
        The segments' codes, in the groups' order.

    Raises:
        As ``find_groups``; SegmentNameTaken: the day's groups were saved already.
    """
    asking = Asking(viewer)
    found = _grouping(asking, number)
    codes, members = [], {}
    for one in found.groups:
        made = create(viewer, _described(one, found))
        version = add_version(viewer, made, rule=None, note=f"k-means {one.number}/{len(found.groups)}")
        members[made.key] = (version.number, one.members)
        codes.append(made.code)
    members_store().write(members, found.biz_date)
    audit(viewer, "segment.group", "segment", codes[0], reason=f"{len(codes)}")
    return codes


def _described(one: Group, found: Grouping) -> SegmentIn:
    day, share = found.biz_date, Decimal(len(one.members) * 100) / found.of
    kept_zh = "" if one.kept is None else f"；其中 {one.kept:.0%} 上月末也在同类群中"
    kept_en = (
        ""
        if one.kept is None
        else f"; {one.kept:.0%} of them were in the matching group at the last month end"
    )
    return SegmentIn(
        kind="STATIC", scope="BANK", name_zh=f"{day} 分群{one.number} {one.name('zh')}"[:60],
        name_en=f"{day} group {one.number}: {one.name('en')}"[:120],
        about_zh=f"自动分群所得，共 {len(one.members)} 人，占参与客户的 {share:.1f}%{kept_zh}",
        about_en=f"Found by k-means: {len(one.members)} customers, {share:.1f} % of those grouped{kept_en}",
        reason_zh="行为与资产相近的客户，适合同一种经营方式", reason_en="Alike in assets and ways, they are served alike",
    )  # fmt: skip
