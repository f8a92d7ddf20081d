"""Make, rename and retire tags, lists of customers and saved views."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import IntegrityError, transaction

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.customers.list_models import CustomerList, SavedView, Tag
from yinke.customers.queries_kept import closed_lists, one_list, one_tag
from yinke.customers.schemas import CustomerQuery


class NameTaken(YinkeError):
    """There is one of that name already."""

    code = "name_taken"
    status = 409


def _name(text: str, most: int) -> str:
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.replace("\x00", ""))).strip()
    if not 0 < len(name) <= most:
        raise YinkeError(
            f"A name has 1 to {most} characters", place="name", code="bad_name", remedy="Write a shorter one"
        )
    return name


def _taken(name: str) -> NameTaken:
    return NameTaken("There is one of that name", place=name, remedy="Take another name")


def make_tag(viewer: Viewer, name: str, expire_days: int | None) -> Tag:
    """Add an entry to the catalogue of the viewer's org (head office: of the bank).

    Raises:
        NotAllowed: the role keeps no catalogue.
        NameTaken: the org has a tag of that name.
    """
    if not viewer.may("tag.manage"):
        raise NotAllowed("Your role keeps no catalogue of tags", remedy="Ask your branch's head")
    name = _name(name, 20)
    try:
        with transaction.atomic():
            tag = Tag.objects.create(
                org_id=viewer.org_id, name=name, expire_days=expire_days, made_by_id=viewer.user_id
            )
            audit(viewer, "tag.change", "tag", str(tag.id), reason=f"+ {name}")
    except IntegrityError:
        raise _taken(name) from None
    return tag


@transaction.atomic
def retire_tag(viewer: Viewer, tag_id: int) -> None:
    """Take a tag out of the catalogue: it is neither shown nor given any more. Its history stays.

    Raises:
        NotFound: there is none in the viewer's catalogue.
        NotAllowed: it belongs to another org.
    """
    tag = one_tag(viewer, tag_id)
    if not viewer.may("tag.manage") or tag.org_id != viewer.org_id:
        raise NotAllowed("The tag belongs to another org", place=tag.name, remedy="Ask those who made it")
    Tag.objects.filter(id=tag_id).update(is_active=False)
    audit(viewer, "tag.change", "tag", str(tag.id), reason=f"- {tag.name}")


def make_list(viewer: Viewer, name: str, *, shared: bool) -> CustomerList:
    """Begin an empty list, one's own or shared to one's org.

    Raises:
        NameTaken: the viewer has a list of that name.
    """
    name = _name(name, 40)
    try:
        with transaction.atomic():
            return CustomerList.objects.create(
                owner_id=viewer.user_id, name=name, org_id=viewer.org_id if shared else None
            )
    except IntegrityError:
        raise _taken(name) from None


def change_list(
    viewer: Viewer, list_id: int, *, shared: bool | None = None, closed: bool | None = None
) -> CustomerList:
    """Share a list of one's own, end the sharing, close it, or open it again.

    Raises:
        NotFound: it is not the viewer's.
        NameTaken: it was closed, and there is another of its name since.
    """
    found = closed_lists(viewer).filter(id=list_id).first() or one_list(viewer, list_id)
    if found.owner_id != viewer.user_id:
        raise NotFound("It is not your list", place=found.name, remedy="Ask its owner")
    if shared is not None:
        found.org_id = viewer.org_id if shared else None
    if closed is not None:
        found.is_active = not closed
    try:
        with transaction.atomic():
            found.save(update_fields=["org", "is_active"])
    except IntegrityError:
        raise _taken(found.name) from None
    return found


def save_view(
    viewer: Viewer, name: str, query: CustomerQuery, columns: list[str], *, shared: bool
) -> SavedView:
    """Keep filters, order and columns under a name; one's own view of that name is replaced.

    What was typed into the search is not kept: it is mostly a customer's name or number.

    Raises:
        YinkeError: the name is empty or too long.
    """
    kept: dict[str, Any] = query.model_dump(mode="json", exclude_defaults=True, exclude={"page", "q"})
    view, _ = SavedView.objects.update_or_create(
        owner_id=viewer.user_id,
        name=_name(name, 40),
        defaults={"query": kept, "columns": columns, "org_id": viewer.org_id if shared else None},
    )
    return view


def drop_view(viewer: Viewer, view_id: int) -> None:
    """Forget a view of one's own.

    Raises:
        NotFound: the viewer has none of that id.
    """
    dropped, _ = SavedView.objects.filter(id=view_id, owner_id=viewer.user_id).delete()
    if not dropped:
        raise NotFound("No such view of yours", place=f"view {view_id}", remedy="Reload the page")
