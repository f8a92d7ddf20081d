"""批量操作: tag many customers or put them on a list at once: first counted, then done, for a while undone.

What is added is a new row, what is removed is a row's end; an undo deletes the ones and opens the others, so that
tags and lists are what they were, except where somebody has changed them since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers import listing
from yinke.customers.hooks import marked
from yinke.customers.kept_schemas import BulkIn
from yinke.customers.list_models import BulkAction, CustomerTag, ListEntry
from yinke.customers.models import ERASED, Customer
from yinke.customers.queries import business_date, visible
from yinke.customers.queries_kept import one_list, one_tag

Kind = BulkAction.Kind
OUT_OF_SCOPE, CLOSED, HAS_IT, LACKS_IT = "OUT_OF_SCOPE", "CLOSED", "HAS_IT", "LACKS_IT"


class Changed(YinkeError):
    """Customers came or went since the preview."""

    code = "bulk_changed"
    status = 409


@dataclass
class Plan:
    """Whom an action would touch, and how many it leaves out, by reason."""

    ids: list[int]
    left_out: dict[str, int] = field(default_factory=dict)


def limits() -> tuple[int, int]:
    """The most customers of one action, and the minutes within which it may be undone."""
    values = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())
    return int(values["bulk.most"]), int(values["bulk.undo_minutes"])


def plan(viewer: Viewer, wanted: BulkIn) -> Plan:
    """Count whom the action would touch.

    Raises:
        NotAllowed: the role may not tag, or keep lists.
        NotFound: no such tag or list, or no night has run yet.
        YinkeError: neither customers nor a filter are named, or too many.
    """
    biz_date = business_date()
    if biz_date is None:
        raise NotFound("No night has run yet", place="customers", remedy="Wait for the first night")
    _check(viewer, wanted)
    adds = wanted.kind in (Kind.TAG_ADD, Kind.LIST_ADD)
    asked, rows = _chosen(viewer, wanted, biz_date)
    known = dict(rows.values_list("id", "status"))
    left_out = {OUT_OF_SCOPE: asked - len(known)} if asked is not None else {}
    if adds:
        closed = [customer_id for customer_id, status in known.items() if status in ("CLOSED", ERASED)]
        left_out[CLOSED] = len(closed)
        for customer_id in closed:
            del known[customer_id]
    has = set(_active(wanted, known, biz_date).values_list("customer_id", flat=True))
    left_out[HAS_IT if adds else LACKS_IT] = len(has) if adds else len(known) - len(has)
    ids = sorted(set(known) - has if adds else has)
    return Plan(ids, {reason: n for reason, n in left_out.items() if n})


def carry_out(viewer: Viewer, wanted: BulkIn, address: str | None = None) -> tuple[BulkAction, Plan]:
    """Do it, if it is still what the preview said.

    Raises:
        Changed: another number of customers than ``wanted.expected``.
        YinkeError: as ``plan``.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # of two at once on one tag the second counts after the first
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bulk {wanted.target}"])
        found = plan(viewer, wanted)
        if len(found.ids) != wanted.expected:
            raise Changed(
                f"It would now be {len(found.ids)} customers, not {wanted.expected}", place="bulk",
                remedy="Look at the new number and confirm again",
            )  # fmt: skip
        tags = wanted.kind in (Kind.TAG_ADD, Kind.TAG_REMOVE)
        action = BulkAction.objects.create(
            user_id=viewer.user_id, kind=wanted.kind, count=len(found.ids),
            tag_id=wanted.target if tags else None, of_list_id=None if tags else wanted.target,
        )  # fmt: skip
        ended = {"removed_at": timezone.now(), "removed_by_id": viewer.user_id, "removed_in": action}
        rows = _rows(wanted).filter(customer_id__in=found.ids, removed_at=None)
        rows.update(**ended)  # of an added tag: those that have expired
        if wanted.kind == Kind.TAG_ADD:
            last = _last_day(viewer, wanted)
            CustomerTag.objects.bulk_create(
                [
                    CustomerTag(
                        customer_id=n,
                        by_id=viewer.user_id,
                        added_in=action,
                        tag_id=wanted.target,
                        expires_on=last,
                    )
                    for n in found.ids
                ],
                batch_size=2000,
            )
        elif wanted.kind == Kind.LIST_ADD:
            ListEntry.objects.bulk_create(
                [
                    ListEntry(customer_id=n, by_id=viewer.user_id, added_in=action, of_list_id=wanted.target)
                    for n in found.ids
                ],
                batch_size=2000,
            )
        if tags:
            marked("tag", found.ids)
        audit(
            viewer, "customer.bulk", "bulk", str(action.id),
            reason=f"{wanted.kind} {wanted.target} × {len(found.ids)}", address=address,
        )  # fmt: skip
    return action, found


@transaction.atomic
def undo(viewer: Viewer, action_id: int, address: str | None = None) -> BulkAction:
    """Put tags or list back as they were before one's own action.

    Raises:
        NotFound: the viewer did no such thing.
        YinkeError: it was undone already, or too long ago.
    """
    action = BulkAction.objects.select_for_update().filter(id=action_id, user_id=viewer.user_id).first()
    if action is None:
        raise NotFound("No such action of yours", place=f"action {action_id}", remedy="Reload the page")
    if action.undone_at is not None:
        raise YinkeError("It was undone already", place="bulk", code="bulk_undone", remedy="Reload the page")
    _, minutes = limits()
    if timezone.now() > action.at + timedelta(minutes=minutes):
        raise YinkeError(
            f"It is more than {minutes} minutes ago", place="bulk", code="too_late",
            remedy="Choose the customers again and do the opposite",
        )  # fmt: skip
    rows: QuerySet[Any] = (
        CustomerTag.objects.filter(tag_id=action.tag_id)
        if action.tag_id
        else ListEntry.objects.filter(of_list_id=action.of_list_id)
    )
    touched = set(
        rows.filter(Q(added_in=action) | Q(removed_in=action)).values_list("customer_id", flat=True)
    )
    rows.filter(added_in=action).delete()  # those taken off since too: to undo that must not bring them back
    since = rows.filter(removed_at=None).values("customer_id")  # somebody else's, newer
    ended = rows.filter(removed_in=action).exclude(customer_id__in=since)
    ended.update(removed_at=None, removed_by=None, removed_in=None)
    action.undone_at = timezone.now()
    action.save(update_fields=["undone_at"])
    if action.tag_id:
        marked("tag", touched)
    audit(viewer, "customer.bulk_undo", "bulk", str(action.id), address=address)
    return action


def _check(viewer: Viewer, wanted: BulkIn) -> None:
    if wanted.kind in (Kind.TAG_ADD, Kind.TAG_REMOVE):
        if not viewer.may("tag.assign"):
            raise NotAllowed("Your role puts no tags on customers", remedy="Ask their manager")
        one_tag(viewer, wanted.target)
    else:
        if not viewer.may("list.keep"):
            raise NotAllowed("Your role keeps no lists", remedy="Ask the customers' manager")
        one_list(viewer, wanted.target)


def _chosen(viewer: Viewer, wanted: BulkIn, biz_date: date) -> tuple[int | None, QuerySet[Customer]]:
    """How many were named (None: a filter was), and those of them in scope."""
    most, _ = limits()
    if wanted.ids:
        ids = set(wanted.ids)
        rows, named = visible(viewer).filter(id__in=ids), len(ids)
        too_many = named > most
    elif wanted.query is not None:
        rows, named = listing.find(viewer, wanted.query, biz_date), None
        too_many = rows.order_by()[: most + 1].count() > most
    else:
        raise YinkeError(
            "No customers are chosen", place="ids", code="nothing_chosen", remedy="Choose some first"
        )
    if too_many:
        raise YinkeError(
            f"More than {most:,} customers at once", place="ids", code="too_many_chosen",
            remedy="Narrow the list first",
        )  # fmt: skip
    return named, rows


def _rows(wanted: BulkIn) -> QuerySet[Any]:
    if wanted.kind in (Kind.TAG_ADD, Kind.TAG_REMOVE):
        return CustomerTag.objects.filter(tag_id=wanted.target)
    return ListEntry.objects.filter(of_list_id=wanted.target)


def _active(wanted: BulkIn, ids: Iterable[int], biz_date: date) -> QuerySet[Any]:
    rows = _rows(wanted).filter(customer_id__in=list(ids), removed_at=None)
    if wanted.kind in (Kind.TAG_ADD, Kind.TAG_REMOVE):
        return rows.filter(Q(expires_on=None) | Q(expires_on__gte=biz_date))
    return rows


def _last_day(viewer: Viewer, wanted: BulkIn) -> date | None:
    biz_date = business_date()
    assert biz_date is not None  # noqa: S101  (plan has asked)
    if wanted.expires_on is not None:
        if wanted.expires_on < biz_date:
            raise YinkeError(
                "The tag would end before it begins", place="expires_on", code="bad_expiry",
                remedy="Take a later day",
            )  # fmt: skip
        return wanted.expires_on
    days = one_tag(viewer, wanted.target).expire_days
    return biz_date + timedelta(days=days) if days else None
