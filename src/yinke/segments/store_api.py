"""客群: the library, the versions of a segment and what is decided about them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from yinke.access.auth import can, client_address, viewer_from
from yinke.access.viewer import Viewer
from yinke.segments import queries_store
from yinke.segments.asking import Asking
from yinke.segments.models import SegmentVersion
from yinke.segments.services import close, decide, refresh, restore, save
from yinke.segments.services import upload as uploading
from yinke.segments.store_schemas import (
    ApproveIn,
    BasedOn,
    LibraryIn,
    Number,
    OutreachIn,
    RefuseIn,
    RuleDiff,
    ScheduleIn,
    SegmentIn,
    SegmentList,
    SegmentOut,
    SegmentTexts,
    SegmentUse,
    UploadIn,
    UploadReportLines,
    VersionIn,
    VersionOut,
)  # fmt: skip

router = Router(tags=["segments"])
File_ = Annotated[UploadedFile, File()]


def _version(viewer: Viewer, version: SegmentVersion) -> VersionOut:
    return version_of(viewer, version.segment.code, version.number)


def version_of(viewer: Viewer, code: str, number: int) -> VersionOut:
    """A version as the pages show it."""
    found = queries_store.one_version(queries_store.one_segment(viewer, code), number)
    return queries_store.version_out(Asking(viewer), found)


@router.get("/segments", response=SegmentList, auth=can("segment.read"))
def list_segments(request: HttpRequest, wanted: Query[LibraryIn]) -> SegmentList:
    """The library: one's own segments, those of one's orgs, the bank's; those that wait for approval first."""
    return queries_store.library(viewer_from(request), wanted)


@router.post("/segments", response=SegmentOut, auth=can("segment.draw"))
def make_segment(request: HttpRequest, body: SegmentIn) -> SegmentOut:
    """Make a segment; with a rule, its first version too."""
    viewer = viewer_from(request)
    return queries_store.segment_out(viewer, save.create(viewer, body).code)


@router.get("/segments/{code}", response=SegmentOut, auth=can("segment.read"))
def get_segment(request: HttpRequest, code: str) -> SegmentOut:
    """One segment with the rule saved last, and what the viewer may do."""
    return queries_store.segment_out(viewer_from(request), code)


@router.put("/segments/{code}", response=SegmentOut, auth=can("segment.draw"))
def describe_segment(request: HttpRequest, code: str, body: SegmentTexts) -> SegmentOut:
    """Write name, meaning, reason and suggested care anew."""
    viewer = viewer_from(request)
    save.describe(viewer, code, body)
    return queries_store.segment_out(viewer, code)


@router.put("/segments/{code}/schedule", response=SegmentOut, auth=can("segment.draw"))
def schedule_segment(request: HttpRequest, code: str, body: ScheduleIn) -> SegmentOut:
    """Choose on which nights a dynamic segment's members are found anew; needs no approval."""
    viewer = viewer_from(request)
    save.reschedule(viewer, code, body.schedule)
    return queries_store.segment_out(viewer, code)


@router.post("/segments/{code}/copy", response=SegmentOut, auth=can("segment.draw"))
def copy_segment(request: HttpRequest, code: str, body: SegmentIn) -> SegmentOut:
    """Make another segment out of this one's newest rule."""
    viewer = viewer_from(request)
    return queries_store.segment_out(viewer, restore.copy(viewer, code, body).code)


@router.post("/segments/{code}/close", response=SegmentOut, auth=can("segment.draw"))
def close_segment(request: HttpRequest, code: str) -> SegmentOut:
    """Close a segment that nothing uses."""
    viewer = viewer_from(request)
    close.close(viewer, code)
    return queries_store.segment_out(viewer, code)


@router.post("/segments/{code}/reopen", response=SegmentOut, auth=can("segment.draw"))
def reopen_segment(request: HttpRequest, code: str) -> SegmentOut:
    """Open a closed segment again."""
    viewer = viewer_from(request)
    close.reopen(viewer, code)
    return queries_store.segment_out(viewer, code)


@router.post("/segments/{code}/refresh", response=SegmentOut, auth=can("segment.draw"))
def refresh_segment(request: HttpRequest, code: str) -> SegmentOut:
    """Find the members anew at once."""
    viewer = viewer_from(request)
    refresh.refresh(viewer, code)
    return queries_store.segment_out(viewer, code)


@router.post("/segments/{code}/outreach", response=SegmentOut, auth=can("segment.approve"))
def allow_segment_outreach(request: HttpRequest, code: str, body: OutreachIn) -> SegmentOut:
    """Let the members be approached, or end that; never by who saved the rule."""
    viewer = viewer_from(request)
    decide.allow_outreach(viewer, code, allowed=body.allowed)
    return queries_store.segment_out(viewer, code)


@router.get("/segments/{code}/uses", response=list[SegmentUse], auth=can("segment.read"))
def list_segment_uses(request: HttpRequest, code: str) -> list[SegmentUse]:
    """Where a segment is used; it can't be closed while it is. Code and name are empty where the viewer sees it not."""
    return queries_store.where_used(viewer_from(request), code)


@router.get("/segments/{code}/versions", response=list[VersionOut], auth=can("segment.read"))
def list_segment_versions(request: HttpRequest, code: str) -> list[VersionOut]:
    """All versions, newest first."""
    return queries_store.versions(viewer_from(request), code)


@router.post("/segments/{code}/versions", response=VersionOut, auth=can("segment.draw"))
def save_segment_version(request: HttpRequest, code: str, body: VersionIn) -> VersionOut:
    """Save a rule as the next version; 409 if somebody else saved since ``based_on``."""
    viewer = viewer_from(request)
    return _version(viewer, save.save_version(viewer, code, body))


@router.get("/segments/{code}/diff", response=RuleDiff, auth=can("segment.read"))
def compare_segment_versions(request: HttpRequest, code: str, before: Number, after: Number) -> RuleDiff:
    """What differs between two versions, condition by condition."""
    return queries_store.differences(viewer_from(request), code, before, after)


@router.post("/segments/{code}/versions/{number}/approve", response=VersionOut, auth=can("segment.approve"))
def approve_segment_version(request: HttpRequest, code: str, number: Number, body: ApproveIn) -> VersionOut:
    """Take a version into use; its members are found at once."""
    viewer = viewer_from(request)
    return _version(viewer, decide.approve(viewer, code, number, outreach=body.outreach))


@router.post("/segments/{code}/versions/{number}/refuse", response=VersionOut, auth=can("segment.approve"))
def refuse_segment_version(request: HttpRequest, code: str, number: Number, body: RefuseIn) -> VersionOut:
    """Refuse a version, with the reason."""
    viewer = viewer_from(request)
    return _version(viewer, decide.refuse(viewer, code, number, body.reason))


@router.post("/segments/{code}/versions/{number}/withdraw", response=VersionOut, auth=can("segment.draw"))
def withdraw_segment_version(request: HttpRequest, code: str, number: Number) -> VersionOut:
    """Take a version back that waits for approval."""
    viewer = viewer_from(request)
    return _version(viewer, decide.withdraw(viewer, code, number))


@router.post("/segments/{code}/versions/{number}/restore", response=VersionOut, auth=can("segment.draw"))
def restore_segment_version(request: HttpRequest, code: str, number: Number, body: BasedOn) -> VersionOut:
    """Save an earlier version's rule, or list, as the next version."""
    viewer = viewer_from(request)
    return _version(viewer, restore.restore(viewer, code, number, body.based_on))


@router.post("/segments/{code}/upload", response=VersionOut, auth=can("segment.draw"))
def upload_segment_list(request: HttpRequest, code: str, file: File_, body: Form[UploadIn]) -> VersionOut:
    """上传名单: an .xlsx or .csv with a column of customer, mobile or certificate numbers, as a list's next version."""
    viewer = viewer_from(request)
    made = uploading.upload(
        viewer, code, file.read(), file.name or "", based_on=body.based_on, column=body.column, by=body.by,
        note=body.note, address=client_address(request),
    )  # fmt: skip
    return _version(viewer, made)


@router.get("/segments/{code}/versions/{number}/report", response=UploadReportLines, auth=can("segment.read"))
def get_upload_report(request: HttpRequest, code: str, number: Number) -> UploadReportLines:
    """导入结果: which rows of a list's file were not taken, and why; numbers of rows, nothing of what stood in them."""
    return queries_store.report(viewer_from(request), code, number)
