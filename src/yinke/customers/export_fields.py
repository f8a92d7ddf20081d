"""What an export may hold of a customer, and how each value is shown in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.access.masking import mask_name
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.yaml_files import read_yaml
from yinke.customers.averages import Averages
from yinke.customers.models import Customer
from yinke.customers.queries import Owners
from yinke.customers.shape import age
from yinke.customers.shown import shown_amount, shown_cert, shown_email, shown_mobile

Value = str | int | Decimal | date | None
TEXTS = Path(__file__).with_name("export_texts.yaml")


@dataclass(frozen=True)
class Line:
    """One customer on the way into an export; ``viewer`` is who asked for it."""

    viewer: Viewer
    customer: Customer
    counted: Averages
    owner: Owners | None
    biz_date: date
    texts: dict[str, Any]


def _amount(get: Callable[[Line], Decimal | None]) -> Callable[[Line], Value]:
    return lambda line: shown_amount(line.viewer, get(line))


FIELDS: dict[str, Callable[[Line], Value]] = {
    "cust_no": lambda line: line.customer.cust_no,
    "name": lambda line: mask_name(decrypt(line.customer.name_sealed)),
    "mobile": lambda line: shown_mobile(line.customer),
    "email": lambda line: shown_email(line.customer),
    "cert": lambda line: shown_cert(line.customer),
    "gender": lambda line: line.texts["gender"].get(line.customer.gender, ""),
    "age": lambda line: age(line.customer, line.biz_date),
    "tier": lambda line: line.texts["tier"][line.customer.metrics.tier],
    "stage": lambda line: line.texts["stage"][line.customer.metrics.stage],
    "aum": _amount(lambda line: line.customer.metrics.aum),
    "mda": _amount(lambda line: line.counted.mda),
    "qda": _amount(lambda line: line.counted.qda),
    "yda": _amount(lambda line: line.counted.yda),
    "lum": _amount(lambda line: line.customer.metrics.lum),
    "net_month": _amount(lambda line: line.counted.net_month),
    "net_year": _amount(lambda line: line.counted.net_year),
    "categories": lambda line: line.customer.metrics.categories,
    "rfm": lambda line: line.customer.metrics.rfm,
    "risk_level": lambda line: line.customer.risk_level,
    "risk_expiry": lambda line: line.customer.risk_expiry,
    "open_date": lambda line: line.customer.open_date,
    "last_txn": lambda line: line.customer.metrics.last_txn,
    "last_login": lambda line: line.customer.metrics.last_login,
    "manager": lambda line: line.owner.main.user.name if line.owner and line.owner.main else "",
    "org": lambda line: line.customer.org.name,
}
"""Personal data (C2) masked, amounts as the viewer's role sees them. ``org`` carries the invisible mark."""

PLAIN: dict[str, Callable[[Line], Value]] = {
    "name": lambda line: decrypt(line.customer.name_sealed),
    "mobile": lambda line: decrypt(line.customer.mobile_sealed),
    "email": lambda line: decrypt(line.customer.email_sealed),
    "cert": lambda line: decrypt(line.customer.cert_sealed),
}
"""C2 fields that may be asked for unmasked; compliance must approve (JR/T 0171-2020, 金规〔2024〕24号)."""


@lru_cache(maxsize=2)
def export_texts(language: str) -> dict[str, Any]:
    """Titles and words of an export, in the requester's language."""
    texts: dict[str, dict[str, Any]] = read_yaml(TEXTS)
    return texts["en" if language == "en" else "zh"]
