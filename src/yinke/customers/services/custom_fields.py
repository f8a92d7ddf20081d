"""Define the bank's own fields (自定义字段), change and retire them; write down what they say of a customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.personal import find_personal
from yinke.customers.custom_models import CustomField, CustomValue
from yinke.customers.custom_schemas import CustomFieldChange, CustomFieldIn, CustomOptionIn
from yinke.customers.hooks import FIELD_NAMES, field_use, marked
from yinke.customers.queries import one
from yinke.customers.queries_custom import one_field
from yinke.customers.services.catalogue import NameTaken

CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
NAME = re.compile(r"[^\W\d_](?:[\w \-/·%]*[\w%])?")
"""What can stand in a sentence without marks around it; see ``segments/rules/sentence.py``."""
TEXT, CHOICES = 200, 50
LIMIT, PLACES = Decimal(10) ** 11, 6
"""Of a number, as rules compare it (``segments/rules/fields.py``)."""


class FieldInUse(YinkeError):
    """Segments name the field: they would mean nothing without it."""

    code = "field_in_use"
    status = 409


def define(viewer: Viewer, made: CustomFieldIn) -> CustomField:
    """Add a field of the bank's own.

    Raises:
        NotAllowed: the role keeps no fields.
        NameTaken: there is one of that name or code, or the name means something else in rules.
        YinkeError: a name, code or option is wrong, or a choice has no options.
    """
    _may(viewer)
    if made.code and not CODE.fullmatch(made.code):
        raise YinkeError(
            "A code is small letters, digits and _", place="code", code="bad_field_code",
            remedy="Begin with a letter, e.g. wedding_day",
        )  # fmt: skip
    field = CustomField(code=made.code or _next_code(), kind=made.kind, owner_id=viewer.user_id)
    return _keep(viewer, field, made, "+")


def change(viewer: Viewer, code: str, changed: CustomFieldChange) -> CustomField:
    """Change a field's names, options and where it is shown. Options that are not named go out of use.

    Raises:
        NotFound: there is no such field.
        NotAllowed, NameTaken, YinkeError: as ``define``.
    """
    _may(viewer)
    return _keep(viewer, one_field(code), changed, "±")


@transaction.atomic
def retire(viewer: Viewer, code: str) -> None:
    """Take a field out of use: neither shown nor asked for any more. What it said of customers stays.

    Raises:
        NotFound: there is no such field.
        NotAllowed: the role keeps no fields.
        FieldInUse: segments or journeys name it.
    """
    _may(viewer)
    field = one_field(code, lock=True)
    use = field_use(viewer, code)
    if use.names or use.others:
        named = ", ".join((*use.names, *([f"+{use.others}"] if use.others else [])))
        raise FieldInUse(
            f"Segments or journeys name the field: {named}",
            place=field.name_zh,
            remedy="Change or end them first",
        )
    CustomField.objects.filter(id=field.id).update(is_active=False)
    audit(viewer, "field.define", "custom_field", code, reason=f"- {field.name_zh}")


def restore(viewer: Viewer, code: str) -> None:
    """Put a retired field into use again.

    Raises:
        NotFound: there is no such field.
        NotAllowed: the role keeps no fields.
        NameTaken: there is another of its name since.
    """
    _may(viewer)
    field = one_field(code)
    field.is_active = True
    _save(viewer, field, "+")


@transaction.atomic
def fill(viewer: Viewer, customer_id: int, code: str, value: Any) -> None:
    """Write down what a field says of a customer; null: it is not known any more. What stood there stays as history.

    Raises:
        NotFound: no such customer in the viewer's scope, or no such field in use.
        NotAllowed: the role fills in no fields.
        YinkeError: the value is not one of the field's, or is a text with personal numbers in it.
    """
    if not viewer.may("field.fill"):
        raise NotAllowed("Your role fills in no fields", remedy="Ask the customer's manager")
    one(viewer, customer_id)
    field = one_field(code, in_use=True)
    known = fitting(field, value)
    with (
        connection.cursor() as cursor
    ):  # of two who fill in the same field, or one and a job, the later one's value stands
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"fill {code}"])
    before = CustomValue.objects.filter(customer_id=customer_id, field=field, ended_at=None).first()
    column = CustomValue.COLUMNS[field.kind]
    if (None if before is None else getattr(before, column)) == known:
        return
    if before is not None:
        before.ended_at, before.ended_by_id = timezone.now(), viewer.user_id
        before.save(update_fields=["ended_at", "ended_by"])
    if known is not None:
        CustomValue.objects.create(
            customer_id=customer_id, field=field, by_id=viewer.user_id, **{column: known}
        )
    audit(viewer, "field.fill", "customer", str(customer_id), reason=field.code)
    marked(f"custom.{field.code}", [customer_id])


def _may(viewer: Viewer) -> None:
    if not viewer.may("field.manage"):
        raise NotAllowed("Your role keeps no fields", remedy="Ask the head office's operations")


def _next_code() -> str:
    used = set(CustomField.objects.values_list("code", flat=True))
    return next(code for n in range(1, len(used) + 2) if (code := f"f{n}") not in used)


def _keep(viewer: Viewer, field: CustomField, told: CustomFieldChange, sign: str) -> CustomField:
    field.name_zh = _name(told.name_zh, "name_zh", 20)
    field.name_en = _name(told.name_en, "name_en", 40) if told.name_en.strip() else ""
    field.about_zh, field.about_en = _plain(told.about_zh)[:100], _plain(told.about_en)[:200]
    field.unit = _plain(told.unit)[:10] if field.kind == "NUMBER" else ""
    field.options = _options(field, told.options)
    field.on_page, field.place = told.on_page, told.place
    return _save(viewer, field, sign)


def _save(viewer: Viewer, field: CustomField, sign: str) -> CustomField:
    names = {field.name_zh.lower(), field.name_en.lower()} - {""}
    others = CustomField.objects.filter(is_active=True).exclude(id=field.id)
    taken = {name.lower() for pair in others.values_list("name_zh", "name_en") for name in pair}
    taken = taken.union(*(asked() for asked in FIELD_NAMES))
    if names & taken:
        raise _taken(", ".join(sorted(names & taken)))
    try:
        with transaction.atomic():
            field.save()
            audit(viewer, "field.define", "custom_field", field.code, reason=f"{sign} {field.name_zh}")
    except IntegrityError:
        raise _taken(field.code) from None
    return field


def _taken(name: str) -> NameTaken:
    return NameTaken("There is one of that name", place=name, remedy="Take another name")


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\x00", "")).strip()


def _name(text: str, place: str, most: int) -> str:
    name = _plain(unicodedata.normalize("NFKC", text))
    if len(name) > most or not NAME.fullmatch(name):
        raise YinkeError(
            f"A name has 1 to {most} letters, digits and blanks, a letter first", place=place,
            code="bad_field_name", remedy="Leave out brackets, commas and the like",
        )  # fmt: skip
    return name


def _options(field: CustomField, told: Sequence[CustomOptionIn]) -> list[dict[str, Any]]:
    """The options as they are kept: those told in their order, then those that went out of use."""
    before: Mapping[str, dict[str, Any]] = {each["code"]: each for each in field.options}
    if field.kind not in ("CHOICE", "CHOICES"):
        return []
    found: dict[str, dict[str, Any]] = {}
    for each in told:
        code = each.code if each.code in before else ""
        number = 1 + max((int(used[1:]) for used in (*before, *found)), default=0)
        code = code or f"o{number}"
        name = {
            "zh": _name(each.zh, "options", 20),
            "en": _name(each.en, "options", 40) if each.en.strip() else "",
        }
        found[code] = {"code": code, **name, "active": each.active}
    found |= {code: {**each, "active": False} for code, each in before.items() if code not in found}
    names = [name.lower() for each in found.values() for name in {each["zh"], each["en"]} - {""}]
    if len(set(names)) < len(names) or any(re.fullmatch(r"o\d+", name) for name in names):
        raise YinkeError(
            "Two options have the same name", place="options", code="same_option",
            remedy="Give each a name of its own",
        )  # fmt: skip
    if not any(each["active"] for each in found.values()):
        raise YinkeError(
            "There is nothing to choose from", place="options", code="no_options", remedy="Add an option"
        )
    return list(found.values())


def fitting(field: CustomField, value: Any) -> Any:
    """A value as its column holds it; None: not known.

    Raises:
        YinkeError: it is not one of the field's, or is a text with personal numbers in it.
    """
    kind = field.kind
    if value is None or value in ("", []):
        return None
    if kind == "TEXT":
        return _text(field, value)
    if kind == "NUMBER":
        return _number(field, value)
    if kind == "YES_NO":
        if not isinstance(value, bool):
            raise _wrong(field, "yes or no")
        return value
    if kind == "DATE":
        try:
            found = date.fromisoformat(value)
        except (TypeError, ValueError):
            found = None
        if found is None or not 1900 <= found.year <= 2200:
            raise _wrong(field, "a date from 1900 to 2200")
        return found
    codes = {each["code"] for each in field.options if each["active"]}
    chosen = value if kind == "CHOICES" else [value]
    if not isinstance(chosen, list) or len(chosen) > CHOICES or not all(
        isinstance(each, str) and each in codes for each in chosen
    ):  # fmt: skip
        raise _wrong(field, "one of its options")
    order = [each["code"] for each in field.options]
    return sorted(set(chosen), key=order.index) if kind == "CHOICES" else value


def _text(field: CustomField, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong(field, "a text")
    text = _plain(value)
    if len(text) > TEXT or not text.isprintable():
        raise _wrong(field, f"a text of at most {TEXT} characters")
    if what := find_personal(text):
        raise YinkeError(
            f"The text holds {what}", place=field.name_zh, code="field_personal",
            remedy="Leave it out: the customer's page has it, protected",
        )  # fmt: skip
    return text or None


def _number(field: CustomField, value: Any) -> Decimal:
    try:
        number = (
            Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= LIMIT or number != round(number, PLACES):
        raise _wrong(field, f"a number with at most {PLACES} decimal places")
    return number


def _wrong(field: CustomField, wanted: str) -> YinkeError:
    return YinkeError(
        f"The field takes {wanted}", place=field.name_zh, code="field_value", remedy="Give it such a value"
    )
