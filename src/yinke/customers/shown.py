"""What a viewer is shown of a customer: names, numbers and amounts pass through here on the way out."""

from __future__ import annotations

from decimal import Decimal
from typing import overload

from yinke.access.masking import band, mask_cert, mask_email, mask_mobile, mask_name
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.customers.models import Customer


def shown_name(viewer: Viewer, customer: Customer) -> str:
    """The name, masked for roles that need not know it."""
    name = decrypt(customer.name_sealed)
    return mask_name(name) if viewer.masked else name


def shown_mobile(customer: Customer) -> str:
    """The mobile number, masked for everybody; in the clear only by ``services.reveal``."""
    return mask_mobile(decrypt(customer.mobile_sealed))


def shown_email(customer: Customer) -> str:
    """The address of e-mail, masked for everybody."""
    return mask_email(decrypt(customer.email_sealed))


def shown_cert(customer: Customer) -> str:
    """The certificate number, masked for everybody."""
    return mask_cert(decrypt(customer.cert_sealed))


@overload
def shown_amount(viewer: Viewer, amount: Decimal) -> Decimal: ...
@overload
def shown_amount(viewer: Viewer, amount: Decimal | None) -> Decimal | None: ...
def shown_amount(viewer: Viewer, amount: Decimal | None) -> Decimal | None:
    """One customer's amount, CNY: exact for those who look after them, the band's lower edge for others."""
    if amount is None or not viewer.masked:
        return amount
    return -band(-amount) if amount < 0 else band(amount)
