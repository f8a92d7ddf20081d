"""What the pages of segments exchange with the API."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from yinke.common.schema import Schema
from yinke.segments.schemas import ProblemOut

SegmentKind = Literal["DYNAMIC", "STATIC", "LIST"]
SegmentSchedule = Literal["NIGHTLY", "WEEKLY", "MONTHLY", "BY_HAND"]
"""When a dynamic segment's members are found anew: every night, Sundays', at months' ends, only when asked for."""
SegmentScope = Literal["BANK", "ORG", "MINE"]
SegmentStatus = Literal["DRAFT", "IN_USE", "CLOSED"]
VersionStatus = Literal["PENDING", "APPROVED", "REFUSED", "WITHDRAWN"]
Deed = Literal["edit", "decide", "withdraw", "refresh", "close", "reopen", "copy", "upload", "outreach"]
Unmatched = Literal["empty", "not_found", "several", "rounded", "twice"]
"""Why a row was not taken: nothing in the cell, nobody of the viewer's, more than one, a long number that Excel has
rounded, the same customer as in a row above."""
Number = Annotated[int, Field(ge=0, lt=1 << 31)]
Text = Annotated[str, Field(max_length=500)]
Codes = Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=2, max_length=5)]


class SegmentTexts(Schema):
    """Name and meaning; each in Chinese, English or both."""

    name_zh: Text = ""
    name_en: Text = ""
    about_zh: Text = ""
    about_en: Text = ""
    reason_zh: Text = ""
    reason_en: Text = ""
    care_zh: Text = ""
    care_en: Text = ""


class SegmentIn(SegmentTexts):
    """A new segment. ``org_id``: of scope ORG, one's own org if null. ``rule``: of its first version, if there is one."""

    kind: SegmentKind = "DYNAMIC"
    schedule: SegmentSchedule = "NIGHTLY"
    scope: SegmentScope = "MINE"
    org_id: Number | None = None
    rule: Any = None
    note: Text = ""


class ScheduleIn(Schema):
    """When its members are found anew."""

    schedule: SegmentSchedule


class BasedOn(Schema):
    """The newest version that the page knew; 0 before the first."""

    based_on: Number


class VersionIn(BasedOn):
    """A rule to be saved."""

    rule: Any
    note: Text = ""


class ApproveIn(Schema):
    """``outreach``: whether its members may be approached."""

    outreach: bool = False


class RefuseIn(Schema):
    """Why."""

    reason: Text


class OutreachIn(Schema):
    """Whether its members may be approached."""

    allowed: bool


class UploadReport(Schema):
    """导入结果: of the rows with something in them, how many customers were matched, and how many rows were not taken."""

    rows: int
    matched: int
    unmatched: dict[Unmatched, int]
    column: str
    """The column's heading."""
    by: Literal["cust_no", "mobile", "cert"]


class UploadReportLine(Schema):
    """A row of the file that was not taken, as its number in the file, and why."""

    row: int
    why: Unmatched


class UploadReportLines(UploadReport):
    """The report with its rows; of very many only the first ones (``left_out``: how many more)."""

    lines: list[UploadReportLine]
    left_out: int


class VersionOut(Schema):
    """A version as it was saved, and what was decided. ``made_by`` '': it came with Yinke."""

    number: int
    rule: Any
    sentence: str
    note: str
    made_by: str
    made_at: datetime
    status: VersionStatus
    decided_by: str
    decided_at: datetime | None
    reason: str
    report: UploadReport | None


class SegmentRow(Schema):
    """A segment in the library; counts are those of the viewer's scope, null where few, or not refreshed yet."""

    code: str
    name: str
    about: str
    reason: str
    care: str
    kind: SegmentKind
    schedule: SegmentSchedule
    """Means something of a dynamic one only."""
    scope: SegmentScope
    org_name: str
    owner: str
    mine: bool
    status: SegmentStatus
    outreach: bool
    delivered: bool
    group: str
    """The class of a ready segment (one of the ten of tags), whatever the bank made of it; '' of the bank's own."""
    who: list[str]
    """For which roles' work a ready segment is meant."""
    version: int | None
    """In use."""
    waiting: int | None
    """For approval."""
    changed_at: datetime
    customers: int | None
    entered: int | None
    """On ``as_of``, as ``left``."""
    left: int | None
    as_of: date | None


class SegmentList(Schema):
    """The library. ``few``: counts below this are null."""

    few: int
    rows: list[SegmentRow]


class SegmentOut(SegmentRow):
    """One segment with its newest version's rule."""

    texts: SegmentTexts
    org_id: int | None
    newest: int
    rule: Any
    sentence: str
    problems: list[ProblemOut]
    """Why the newest rule can't be evaluated now."""
    may: list[Deed]
    few: int


class ConditionChange(Schema):
    """What became of one condition; ``before`` and ``after`` are sentences, or ``all`` and ``any`` of ``joined``."""

    kind: Literal["added", "removed", "changed", "joined"]
    place_before: str
    place_after: str
    before: str
    after: str


class RuleDiff(Schema):
    """What differs between two versions."""

    before: int
    after: int
    changes: list[ConditionChange]


class SegmentUse(Schema):
    """Where a segment is used. ``kind``: segment, or what other contexts register."""

    kind: str
    code: str
    name: str


class SegmentMember(Schema):
    """A member, masked as the viewer must see them. ``entered`` null: before what is kept."""

    id: int
    cust_no: str
    name: str
    org_name: str
    tier: int
    stage: str
    aum: Decimal
    entered: date | None


class SegmentMembers(Schema):
    """A page of members in the viewer's scope. ``total`` null: few."""

    as_of: date | None
    total: int | None
    pages: int
    rows: list[SegmentMember]


class SegmentSize(Schema):
    """The size on a date. Null: few."""

    biz_date: date
    version: int
    customers: int | None
    entered: int | None
    left: int | None


class SegmentSizes(Schema):
    """Sizes, oldest first; who does not see the whole bank is told the newest one in the own scope only."""

    whole: bool
    few: int
    rows: list[SegmentSize]


class OverlapSet(Schema):
    """Customers of these segments: ``exactly`` of these of the ones asked for, ``at_least`` of these."""

    codes: list[str]
    exactly: int | None
    at_least: int | None


class SegmentName(Schema):
    """A segment's code and name."""

    code: str
    name: str


class SegmentOverlap(Schema):
    """Overlap of segments in the viewer's scope."""

    few: int
    segments: list[SegmentName]
    sets: list[OverlapSet]


class SegmentFlowLink(Schema):
    """So many went from a segment to a segment; '': to or from none of them."""

    source: str
    target: str
    customers: int | None


class SegmentFlow(Schema):
    """Flow between the dates that are kept; a customer of several counts for the first one asked for."""

    since: date
    until: date
    few: int
    segments: list[SegmentName]
    links: list[SegmentFlowLink]


class CustomerSegment(Schema):
    """A segment that a customer is in, and since when (null: before what is kept)."""

    code: str
    name: str
    reason: str
    care: str
    since: date | None


class LibraryIn(Schema):
    """What the library is narrowed to; empty fields do not narrow."""

    q: Annotated[str, Field(max_length=60)] = ""
    kind: SegmentKind | None = None
    scope: SegmentScope | None = None
    status: SegmentStatus | None = None
    """Closed ones are shown only if asked for."""
    waiting: bool = False
    """Those that the viewer may decide."""
    mine: bool = False


class UploadIn(BasedOn):
    """Beside the file: the heading of the column and what it holds, where its own heading does not say it."""

    column: Annotated[str, Field(max_length=60)] = ""
    by: Literal["cust_no", "mobile", "cert"] | None = None
    note: Text = ""


class MembersIn(Schema):
    """A page of members, ordered by ``aum`` or ``entered``, descending with ``-``."""

    page: Number = 1
    sort: Annotated[str, Field(max_length=20)] = "-aum"
