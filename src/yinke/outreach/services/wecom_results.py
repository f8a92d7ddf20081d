"""企业微信群发结果: whether the manager has sent what stands in his WeCom, asked of it while it has not been sent.

What nobody has sent after ``outreach.wecom_confirm_hours`` is taken out of the manager's WeCom and has failed: then the plan's next
channel may have its turn, and nothing can go twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from yinke.common.crypto import decrypt
from yinke.outreach.channels.wecom import NO_CONTACT, Wecom, WecomFailed
from yinke.outreach.models import Channel, Message, WecomContact
from yinke.outreach.services.inbound import Receipt, note_receipts
from yinke.outreach.services.templates import in_force
from yinke.outreach.services.wecom_contacts import end_contacts

AGAIN = timedelta(minutes=10)
"""So often a task is asked about."""
MOST = 2_000
"""Messages of one run."""
SENT, NOT_A_CONTACT, LIMIT = 1, 2, 3
"""``status`` of a contact in ``get_groupmsg_send_result``; 0: not sent yet."""
NOT_CONFIRMED = "NOT_CONFIRMED"
"""Why: the manager has not sent it in time."""
WHYS: Mapping[int, str] = {NOT_A_CONTACT: NO_CONTACT, LIMIT: "WECOM_LIMIT"}
"""Why, by status: no contact any more; the customer has had as many mass messages as WeCom allows."""


def ask_results(wecom: Wecom, now: datetime) -> int:
    """Ask WeCom what became of the tasks that are due to be asked about.

    Returns:
        How many messages are settled now.
    """
    due = Message.objects.filter(channel=Channel.WECOM, state="SENT", next_at__lte=now, provider=wecom.name)
    tasks: dict[str, list[Message]] = defaultdict(list)
    for message in due.order_by("next_at", "id")[:MOST]:
        tasks[message.provider_ref].append(message)
    late = now - timedelta(hours=int(in_force()["outreach.wecom_confirm_hours"]))
    settled = 0
    for ref, messages in tasks.items():
        task, _, userid = ref.partition(" ")
        over = all(message.gone_at is not None and message.gone_at <= late for message in messages)
        try:
            results = _results(wecom, task, userid)
            if over and (over := _taken_out(wecom, task)):
                results = _results(wecom, task, userid)  # the manager may have sent it a moment before
        except WecomFailed:
            break  # WeCom is not there: all are asked about again
        settled += _note(wecom.name, userid, messages, results, now, over=over)
    return settled


def _taken_out(wecom: Wecom, task: str) -> bool:
    return wecom.call("externalcontact/cancel_groupmsg_send", {"msgid": task}).get("errcode") == 0


def _results(wecom: Wecom, task: str, userid: str) -> dict[str, tuple[int, datetime]]:
    """By the contact's number: its status, and when it was sent.

    Raises:
        WecomFailed: there is no answer that can be read.
    """
    found: dict[str, tuple[int, datetime]] = {}
    cursor = ""
    while True:
        said = wecom.call(
            "externalcontact/get_groupmsg_send_result",
            {"msgid": task, "userid": userid, "limit": 1_000, "cursor": cursor},
        )
        if said.get("errcode") != 0:
            raise WecomFailed(f"WECOM_{said.get('errcode')}", unsure=False)
        try:
            for row in said.get("send_list") or ():
                sent = datetime.fromtimestamp(int(row.get("send_time") or 0), UTC)
                found[str(row["external_userid"])] = int(row["status"]), sent
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError):
            raise WecomFailed("NOT_UNDERSTOOD", unsure=False) from None
        cursor, before = str(said.get("next_cursor") or ""), cursor
        if cursor in ("", before):
            return found


@transaction.atomic
def _note(
    provider: str, userid: str, messages: Sequence[Message], results: Mapping[str, tuple[int, datetime]], now: datetime,
    *, over: bool,
) -> int:  # fmt: skip
    """Write down what became of one task. ``over``: nothing of it can be sent any more."""
    contacts: dict[int | None, list[str]] = defaultdict(list)
    whom = [message.customer_id for message in messages]
    for contact in WecomContact.objects.filter(customer_id__any_of=whom, userid=userid):
        contacts[contact.customer_id].append(decrypt(contact.external_sealed))
    receipts, ended = list[Receipt](), list[tuple[int, str]]()
    for message in messages:
        numbers = (number for number in contacts[message.customer_id] if number in results)
        status, sent = results.get(next(numbers, ""), (0, now))
        if status == SENT:
            receipts.append(Receipt(message.id, delivered=True, at=sent))
        elif status in WHYS or over:
            receipts.append(Receipt(message.id, delivered=False, at=now, why=WHYS.get(status, NOT_CONFIRMED)))
            if status == NOT_A_CONTACT:
                ended.append((message.customer_id, userid))
    end_contacts(ended, now)
    Message.objects.filter(id__in=[message.id for message in messages]).update(next_at=now + AGAIN)
    return note_receipts(provider, receipts)
