"""地址: where a message goes by each channel. The gate asks whether there is somewhere, the dispatch where that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from yinke.care.models import BadNumber
from yinke.common.crypto import decrypt
from yinke.customers.models import Customer
from yinke.outreach.models import Channel, DeadMailbox, WecomContact


@dataclass(frozen=True)
class Address:
    """Where a message goes. ``sender``: of WeCom the account of the member of staff who has the customer as a contact."""

    to: str
    sender: str = ""


def unreachable(asked: Sequence[tuple[str, Customer]]) -> list[str]:
    """Why a customer cannot be written to by a channel: NO_ADDRESS, BAD_NUMBER or DEAD_MAILBOX; empty: he can.

    Args:
        asked: channel and customer.
    """
    ids = [customer.id for _, customer in asked]
    bad = {
        (mark.customer_id, bytes(mark.mobile_index))
        for mark in BadNumber.objects.filter(customer_id__any_of=ids)
    }
    dead = {
        (mark.customer_id, bytes(mark.email_index))
        for mark in DeadMailbox.objects.filter(customer_id__any_of=ids)
    }
    contacts = wecom_contacts([customer.id for channel, customer in asked if channel == Channel.WECOM])

    def why(channel: str, customer: Customer) -> str:
        if channel == Channel.APP:  # the app's platform knows whom it reaches by his customer number
            return ""
        if channel == Channel.WECOM:
            return "" if customer.id in contacts else "NO_ADDRESS"
        sealed, index, gone, found = (
            (customer.email_sealed, customer.email_index, dead, "DEAD_MAILBOX")
            if channel == Channel.EMAIL
            else (customer.mobile_sealed, customer.mobile_index, bad, "BAD_NUMBER")
        )
        if not sealed:
            return "NO_ADDRESS"
        return found if index and (customer.id, bytes(index)) in gone else ""

    return [why(channel, customer) for channel, customer in asked]


def addresses(asked: Sequence[tuple[str, Customer]], managers: Mapping[int, str]) -> list[Address]:
    """Where messages go; an empty address if it was lost since the gate was asked.

    Args:
        asked: channel and customer.
        managers: the staff number of the main manager, by customer.
    """
    contacts = wecom_contacts([customer.id for channel, customer in asked if channel == Channel.WECOM])

    def where(channel: str, customer: Customer) -> Address:
        if channel == Channel.WECOM:
            mine = managers.get(customer.id, "").lower()
            by_choice = sorted(
                contacts.get(customer.id, ()), key=lambda one: (one.userid.lower() == mine, one.since, one.id)
            )
            return (
                Address(decrypt(by_choice[-1].external_sealed), by_choice[-1].userid)
                if by_choice
                else Address("")
            )
        if channel == Channel.APP:
            return Address(customer.cust_no)
        return Address(decrypt(customer.email_sealed if channel == Channel.EMAIL else customer.mobile_sealed))

    return [where(channel, customer) for channel, customer in asked]


def wecom_contacts(customer_ids: Collection[int]) -> Mapping[int, Sequence[WecomContact]]:
    """Who of the staff has these customers as contacts in WeCom now."""
    found: dict[int, list[WecomContact]] = defaultdict(list)
    if customer_ids:
        for contact in WecomContact.objects.filter(customer_id__any_of=customer_ids, gone_at=None):
            assert contact.customer_id is not None  # noqa: S101
            found[contact.customer_id].append(contact)
    return found
