"""闸口: may this message go to this customer, now? Asked in one place, in the transaction that lets it go.

The caller holds the customers' rows (``locked``), so that two messages to one person are judged one after the other and a
cap is never passed by both. What a person said holds for all the customer numbers that he has: do-not-disturb
and caps count over them together, and consent is the stricter.

A service notice is owed to the customer: of it only the address, the content and a restriction by law are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from yinke.care.models import ContactRecord, DoNotDisturb
from yinke.care.queries.open_matters import open_matters
from yinke.common.lunar import solar_date
from yinke.customers.models import Customer
from yinke.customers.queries_identity import together
from yinke.effect.services.held_out import held_out
from yinke.outreach.addresses import unreachable
from yinke.outreach.models import (
    Campaign,
    Channel,
    Journey,
    JourneyVersion,
    Kind,
    Message,
    TemplateVersion,
)
from yinke.outreach.texts import digest, of_salons, words_of
from yinke.privacy.consents import allowed, said_no
from yinke.privacy.models import Purpose, Restriction

SHANGHAI = ZoneInfo("Asia/Shanghai")
PURPOSES: Mapping[str, str] = {
    Channel.SMS: Purpose.MARKETING_SMS, Channel.EMAIL: Purpose.MARKETING_EMAIL, Channel.WECOM: Purpose.MARKETING_WECOM,
    Channel.APP: Purpose.MARKETING_APP,
}  # fmt: skip
"""The consent that each channel needs for what is no service."""
_WEEK, _MONTH = ("CAP_WEEK", "week", 7), ("CAP_MONTH", "month", 30)
CAPS: Mapping[str, Sequence[tuple[str, str, int]]] = {
    Channel.SMS: (_WEEK, _MONTH), Channel.EMAIL: (_WEEK, _MONTH), Channel.WECOM: (_WEEK, _MONTH),
    Channel.APP: (("CAP_DAY", "day", 1), _WEEK),
}  # fmt: skip
"""The caps of each channel: why, the threshold ``outreach.<channel>_<name>``, and the days that it counts."""
WHYS = (
    "LATE", "CONTENT", "STATUS", "RESTRICTED", "NO_ADDRESS", "BAD_NUMBER", "DEAD_MAILBOX", "COMPLAINT", "DND", "CONSENT", "HELD_OUT",
    "SUITABILITY", "REFUSED", "DEAL", "PAUSED", "CAP_DAY", "CAP_WEEK", "CAP_MONTH", "CAP_ALL", "HOURS", "FESTIVAL",
)  # fmt: skip
"""Why a message does not go, in the order in which it is asked; PAUSED and the last two only make it wait."""
GONE_STATUSES = ("DECEASED", "CLOSED", "ERASED")


@dataclass(frozen=True)
class Verdict:
    """``why`` empty: it may go. ``until``: from when on it may be asked again; None: it may never go."""

    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class People:
    """Customers by number, with the same persons' other numbers; and by number all numbers of that person."""

    customers: Mapping[int, Customer]
    persons: Mapping[int, frozenset[int]]


def locked(customer_ids: Iterable[int]) -> People:
    """The customers, their rows and those of the same persons' other numbers held until the transaction ends, always in one order."""
    return _people(customer_ids, Customer.objects.select_for_update(no_key=True))


def looked_up(customer_ids: Iterable[int]) -> People:
    """As ``locked``, for who only asks what would become of messages: no row is held."""
    return _people(customer_ids, Customer.objects.all())


def _people(customer_ids: Iterable[int], rows: QuerySet[Customer]) -> People:
    persons = together(set(customer_ids))
    everybody = set[int]().union(*persons.values()) if persons else set()
    found = rows.filter(id__any_of=everybody).only(*_WANTED).order_by("id")
    return People({row.id: row for row in found}, persons)


_WANTED = (
    "cust_no",
    "status",
    "name_sealed",
    "gender",
    "org_id",
    "mobile_sealed",
    "mobile_index",
    "email_sealed",
    "email_index",
    "risk_level",
    "risk_expiry",
)


def judge(
    messages: Sequence[Message], at: datetime, values: Mapping[str, Any], people: People | None = None
) -> dict[int, Verdict]:
    """What becomes of messages that want to go at a moment.

    Args:
        messages: with ``version.template``; two to the same person are told apart by their order.
        at: with its time zone.
        values: thresholds in force (``outreach.*``).
        people: their customers, if the caller has them (``locked``).

    Returns:
        By place in ``messages``.
    """
    known = people or looked_up({message.customer_id for message in messages})
    asked = _Asked(messages, at, values, known.customers, known.persons)
    verdicts: dict[int, Verdict] = {}
    going = list(range(len(messages)))
    for rule in _RULES:
        found = rule(asked, going)
        verdicts |= found
        going = [n for n in going if n not in found]
        if not going:
            break
    return verdicts | {n: Verdict() for n in going}


@dataclass
class _Asked:
    """The messages, and what all rules want to know of their customers."""

    messages: Sequence[Message]
    at: datetime
    values: Mapping[str, Any]
    customers: Mapping[int, Customer]
    persons: Mapping[int, frozenset[int]]

    @property
    def day(self) -> date:
        return self.at.astimezone(SHANGHAI).date()

    def numbers(self, going: Collection[int]) -> set[int]:
        """All the customer numbers of whom these messages are for."""
        return set[int]().union(*(self.persons[self.messages[n].customer_id] for n in going))

    def said_of(self, going: Collection[int], whom: Collection[int], why: str) -> dict[int, Verdict]:
        """The verdict for messages to a person of whom any number is among ``whom``."""
        hit = set(whom)
        return {
            n: Verdict(why) for n in going if not hit.isdisjoint(self.persons[self.messages[n].customer_id])
        }

    def besides_service(self, going: Collection[int]) -> list[int]:
        return [n for n in going if self.messages[n].kind != Kind.SERVICE]

    def marketing(self, going: Collection[int]) -> list[int]:
        return [n for n in going if self.messages[n].kind == Kind.MARKETING]


def _late(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    return {n: Verdict("LATE") for n in going if asked.messages[n].expires_at <= asked.at}


def _content(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """Approved, not retired, and word for word what was approved; an invitation to a salon only to a guest of one."""
    fit: dict[int, bool] = {}
    invites: dict[int, bool] = {}
    for n in going:
        version = asked.messages[n].version
        if version.id not in fit:
            template = version.template
            same = version.digest == digest(words_of(version), asked.values)
            approved = version.state == TemplateVersion.State.APPROVED
            fit[version.id] = same and approved and template.retired_at is None
            invites[version.id] = of_salons(f"{version.subject}{version.text}")
    return {
        n: Verdict("CONTENT")
        for n in going
        if not (
            fit[asked.messages[n].version_id]
            and asked.messages[n].version.template.kind == asked.messages[n].kind
            and (asked.messages[n].salon_guest_id is not None or not invites[asked.messages[n].version_id])
        )
    }


def _status(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    found = {}
    for n in going:
        status = asked.customers[asked.messages[n].customer_id].status
        if status in GONE_STATUSES or (status == "FROZEN" and asked.messages[n].kind != Kind.SERVICE):
            found[n] = Verdict("STATUS")
    return found


def _restricted(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    some = asked.besides_service(going)
    rows = Restriction.objects.filter(customer_id__any_of=asked.numbers(some), since__lte=asked.at)
    return asked.said_of(some, set(rows.values_list("customer_id", flat=True)), "RESTRICTED")


def _address(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """Somewhere to write to, and not what was found out of use."""
    whys = unreachable(
        [(asked.messages[n].channel, asked.customers[asked.messages[n].customer_id]) for n in going]
    )
    return {n: Verdict(why) for n, why in zip(going, whys, strict=True) if why}


def _complaint(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    some = asked.besides_service(going)
    numbers = sorted(asked.numbers(some))
    return asked.said_of(
        some, {c for c, what in open_matters(numbers).items() if "COMPLAINT" in what}, "COMPLAINT"
    )


def _dnd(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    some, found = asked.besides_service(going), dict[int, Verdict]()
    channels = {asked.messages[n].channel for n in some}
    rows = DoNotDisturb.objects.filter(
        Q(until=None) | Q(until__gte=asked.day), customer_id__any_of=asked.numbers(some), lifted_at=None,
        scope__in=("ALL_MARKETING", *channels),
    )  # fmt: skip
    wishes = list(rows.values_list("customer_id", "scope"))
    for channel in sorted(channels):  # who hears no more by e-mail may still be sent a text
        mine = [n for n in some if asked.messages[n].channel == channel]
        whom = {customer for customer, scope in wishes if scope in ("ALL_MARKETING", channel)}
        found |= asked.said_of(mine, whom, "DND")
    return found


def _consent(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """Of the number that is written to; and of none of the person's others a no."""
    found: dict[int, Verdict] = {}
    some = asked.besides_service(going)
    for channel in sorted({asked.messages[n].channel for n in some}):
        mine = [n for n in some if asked.messages[n].channel == channel]
        may = allowed({asked.messages[n].customer_id for n in mine}, PURPOSES[channel], asked.at)
        found |= {n: Verdict("CONSENT") for n in mine if asked.messages[n].customer_id not in may}
        found |= asked.said_of(mine, said_no(asked.numbers(mine), PURPOSES[channel], asked.at), "CONSENT")
    return found


def _held_out(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    some = asked.besides_service(going)
    return asked.said_of(some, held_out(asked.numbers(some), asked.day), "HELD_OUT")


def _suitability(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """R ≤ C by an assessment that is valid today (金融机构产品适当性管理办法, 2025 No. 7)."""
    found = {}
    for n in going:
        risk = asked.messages[n].version.template.risk
        customer = asked.customers[asked.messages[n].customer_id]
        valid = customer.risk_expiry is not None and customer.risk_expiry >= asked.day
        bears = int(customer.risk_level[1:]) if customer.risk_level and valid else 0
        if risk is not None and bears < risk:
            found[n] = Verdict("SUITABILITY")
    return found


def _cool_off(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    some = asked.marketing(going)
    found: dict[int, Verdict] = {}
    for why, result, days in (
        ("REFUSED", ContactRecord.Result.REFUSED, int(asked.values["outreach.refused_days"])),
        ("DEAL", ContactRecord.Result.DEAL, int(asked.values["outreach.deal_days"])),
    ):
        rows = ContactRecord.objects.filter(
            customer_id__any_of=asked.numbers(some), result=result, withdrawn_at=None,
            at__gt=asked.at - timedelta(days=days), at__lte=asked.at,
        )  # fmt: skip
        found = asked.said_of(some, set(rows.values_list("customer_id", flat=True)), why) | found
    return found


PAUSE = timedelta(minutes=5)
"""So often a message of a paused journey or campaign asks again."""


def _paused(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """What a journey or a campaign asked for waits while it is paused."""
    found: dict[int, Verdict] = {}
    for of, rows in (
        ("journey_id", JourneyVersion.objects.filter(journey__state=Journey.State.PAUSED)),
        ("campaign_id", Campaign.objects.filter(state=Campaign.State.PAUSED)),
    ):
        some = {number for n in going if (number := getattr(asked.messages[n], of)) is not None}
        paused = set(rows.filter(id__in=some).values_list("id", flat=True)) if some else set()
        found |= {
            n: Verdict("PAUSED", asked.at + PAUSE) for n in going if getattr(asked.messages[n], of) in paused
        }
    return found


def _caps(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    """So many in so many days, over all the numbers of a person; those let through a moment ago count too."""
    some = asked.besides_service(going)
    limits = {
        channel: (
            *((why, True, timedelta(days=days), int(asked.values[f"outreach.{channel.lower()}_{name}"])) for why, name, days in caps),
            ("CAP_ALL", False, timedelta(days=30), int(asked.values["outreach.all_month"])),
        )
        for channel, caps in CAPS.items()
    }  # fmt: skip
    gone: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = (
        Message.objects.filter(
            customer_id__any_of=asked.numbers(some),
            state__in=Message.GONE,
            gone_at__gt=asked.at - timedelta(days=30),
        )
        .exclude(kind=Kind.SERVICE)
        .exclude(id__any_of=[asked.messages[n].id for n in some if asked.messages[n].id])
    )
    for customer, channel, moment in rows.values_list("customer_id", "channel", "gone_at"):
        assert moment is not None  # noqa: S101
        gone[customer].append((channel, moment))
    found = {}
    for n in some:
        message = asked.messages[n]
        before = [one for number in asked.persons[message.customer_id] for one in gone[number]]
        for why, of_channel, days, most in limits[message.channel]:
            same = [m for c, m in before if m > asked.at - days and (c == message.channel or not of_channel)]
            if len(same) >= most:
                found[n] = Verdict(why)
                break
        else:
            # only what every later rule lets through now counts against the next: those rules judge all alike
            if not _waits(message, asked):
                gone[message.customer_id].append((message.channel, asked.at))
    return found


def _hours(asked: _Asked, going: Collection[int]) -> dict[int, Verdict]:
    return {n: verdict for n in asked.besides_service(going) if (verdict := _waits(asked.messages[n], asked))}


def _waits(message: Message, asked: _Asked) -> Verdict | None:
    """Until when a message must wait: for the day's hours, or the end of the festival, on which only greetings go."""
    if message.kind == Kind.SERVICE:
        return None
    opens = opening(asked.at, message.kind, asked.values)
    if opens <= asked.at:
        return None
    return Verdict(
        "FESTIVAL" if message.kind == Kind.MARKETING and in_spring_festival(asked.day) else "HOURS", opens
    )


def opening(at: datetime, kind: str, values: Mapping[str, Any]) -> datetime:
    """The first moment from ``at`` on at which a message that is no service may go.

    >>> values = {"outreach.from_hour": 9, "outreach.until_hour": 20}
    >>> late = datetime(2026, 11, 2, 21, 0, tzinfo=SHANGHAI)
    >>> f"{opening(late, 'MARKETING', values):%m-%d %H:%M}"
    '11-03 09:00'
    """
    here = at.astimezone(SHANGHAI)
    first, last = int(values["outreach.from_hour"]), int(values["outreach.until_hour"])
    day = here.date()
    if here.hour >= last:
        day += timedelta(days=1)
    while kind == Kind.MARKETING and in_spring_festival(day):
        day += timedelta(days=1)
    opens = datetime.combine(day, time(first), SHANGHAI)
    return max(here, opens)


def in_spring_festival(day: date) -> bool:
    """除夕 to 初三: only greetings go.

    >>> [in_spring_festival(date(2026, 2, n)) for n in (15, 16, 19, 20)]
    [False, True, True, False]
    """
    first = solar_date(day.year, 1, 1)
    return first - timedelta(days=1) <= day <= first + timedelta(days=2)


_RULES: tuple[Callable[[_Asked, Collection[int]], dict[int, Verdict]], ...] = (
    _late, _content, _status, _restricted, _address, _complaint, _dnd, _consent, _held_out, _suitability, _cool_off,
    _paused, _caps, _hours,
)  # fmt: skip
