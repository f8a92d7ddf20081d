"""通道契约: one contract over all providers, each against a server of its own kind on loopback."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import smpp34

from tests.outreach.smsc import Smsc
from yinke.demo.gateway import Gateway
from yinke.demo.mailbox import Mailbox
from yinke.demo.wecom import CORP, WecomServer
from yinke.outreach.channels import Outcome, Outgoing, Provider
from yinke.outreach.channels.http_sms import HttpSms
from yinke.outreach.channels.smpp import Smpp
from yinke.outreach.channels.smtp import Smtp
from yinke.outreach.channels.wecom import Wecom


@dataclass
class Other:
    """The other side of a provider."""

    provider: Provider
    place: Callable[[int], str]
    """An address of its kind, by number."""
    told: Callable[[], list[tuple[str, str]]]
    """What it has carried: address and text."""
    refuse: Callable[[str], None]
    """Never carry anything to an address."""
    fall: Callable[[], None]
    """Answer that it cannot, just now."""
    rise: Callable[[], None]
    hang: Callable[[int], Provider]
    """The same, at a port at which nobody answers."""
    knows_numbers: bool
    """A message that is told twice it carries once; the others know no number of ours."""

    def message(self, number: int, text: str = "您好") -> Outgoing:
        return Outgoing(number, self.place(number), text, "主题", sender="E0001")

    def send(self, *messages: Outgoing) -> dict[int, Outcome]:
        outcomes = self.provider.send(messages)
        assert len(outcomes) == len(messages)
        return {one.id: one for one in outcomes}


def of_http(name: str, place: Callable[[int], str]) -> Iterator[Other]:
    there = Gateway(secrets.token_hex(32).encode(), name=name).start()
    provider = HttpSms(name, there.url, there.secret, timeout=5)

    def down(value: bool) -> Callable[[], None]:
        return lambda: setattr(there, "down", value)

    yield Other(
        provider, place, lambda: [(one["to"], one["text"]) for one in there.taken.values()], there.refuses.add, down(True),
        down(False), lambda port: replace(provider, url=f"http://127.0.0.1:{port}/messages", timeout=0.2), knows_numbers=True,
    )  # fmt: skip
    there.stop()


def of_smtp() -> Iterator[Other]:
    box = Mailbox().start()
    provider = Smtp("mailbox", "127.0.0.1", box.port, "none", "care@bank.example", timeout=5)
    busy = [f"k{n}@mail.example" for n in range(20)]
    yield Other(
        provider, lambda n: f"k{n}@mail.example", lambda: [(one.to, one.text.strip()) for one in box.letters],
        lambda to: box.answers.update({to: "550 5.1.1 no such user"}),
        lambda: box.answers.update(dict.fromkeys(busy, "451 4.3.0 later")), box.answers.clear,
        lambda port: replace(provider, port=port, timeout=0.2), knows_numbers=False,
    )  # fmt: skip
    box.stop()


def of_wecom() -> Iterator[Other]:
    there = WecomServer(secrets.token_hex(16)).start()
    provider = Wecom("wecom", CORP, there.secret, there.url, timeout=5)
    yield Other(
        provider, lambda n: f"wm{n:030}", lambda: [(to, text) for _, to, text in there.told()],
        lambda to: there.codes.update({to: 84061}), lambda: setattr(there, "down", True), lambda: setattr(there, "down", False),
        lambda port: replace(provider, url=f"http://127.0.0.1:{port}", timeout=0.2), knows_numbers=False,
    )  # fmt: skip
    there.stop()


def of_smpp() -> Iterator[Other]:
    there = Smsc().start()
    provider = Smpp("smsc", "127.0.0.1", there.port, "none", "yinke", "geheim", timeout=5)
    yield Other(
        provider, lambda n: f"138{n:08}", there.texts, lambda to: there.answers.update({to: smpp34.ESME_RINVDSTADR}),
        lambda: setattr(there, "always", smpp34.ESME_RMSGQFUL), lambda: setattr(there, "always", 0),
        lambda port: replace(provider, port=port, timeout=0.2), knows_numbers=False,
    )  # fmt: skip
    there.stop()


SIDES: dict[str, Callable[[], Iterator[Other]]] = {
    "sms": lambda: of_http("loopback", lambda n: f"138{n:08}"),
    "app": lambda: of_http("mobile-bank", lambda n: f"C{n:08}"),
    "smtp": of_smtp,
    "wecom": of_wecom,
    "smpp": of_smpp,
}


@pytest.fixture(params=SIDES)
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    yield from SIDES[request.param]()


def test_each_message_has_one_outcome_and_goes_where_it_should(other: Other) -> None:
    ends = other.send(*(other.message(n, f"第{n % 3}段话") for n in range(7)))
    assert {n: (end.state, end.why) for n, end in ends.items()} == dict.fromkeys(range(7), ("TAKEN", ""))
    assert all(end.ref and len(end.ref) <= 100 for end in ends.values())
    assert sorted(other.told()) == sorted((other.place(n), f"第{n % 3}段话") for n in range(7))


def test_nothing_is_told_of_nothing(other: Other) -> None:
    assert other.send() == {} and other.told() == []


def test_one_address_that_is_refused_stops_nobody_else(other: Other) -> None:
    other.refuse(other.place(3))
    ends = other.send(*(other.message(n) for n in range(6)))
    assert {n for n, end in ends.items() if end.state == "REFUSED"} == {3}
    assert ends[3].why and not ends[3].unsure
    assert {n for n, end in ends.items() if end.state == "TAKEN"} == {0, 1, 2, 4, 5}
    assert {to for to, _ in other.told()} == {other.place(n) for n in (0, 1, 2, 4, 5)}


def test_busy_is_no_refusal_and_the_same_goes_later(other: Other) -> None:
    other.fall()
    ends = other.send(other.message(1), other.message(2))
    assert {(end.state, end.unsure) for end in ends.values()} == {("BUSY", False)}
    assert all(end.why for end in ends.values()) and other.told() == []
    other.rise()
    assert {end.state for end in other.send(other.message(1), other.message(2)).values()} == {"TAKEN"}
    assert len(other.told()) == 2


def test_what_is_told_twice_is_carried_once_by_who_knows_our_numbers(other: Other) -> None:
    for _ in range(2):
        assert other.send(other.message(1))[1].state == "TAKEN"
    assert len(other.told()) == (1 if other.knows_numbers else 2)


def test_who_is_not_there_is_busy_and_has_surely_carried_nothing(other: Other) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = other.hang(probe.getsockname()[1])  # bound, and not listening
        (end,) = nobody.send([other.message(1)])
    assert (end.state, end.why, end.unsure) == ("BUSY", "UNREACHABLE", False)


def test_who_does_not_answer_in_time_is_busy(other: Other) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # listens, and says nothing
        (end,) = other.hang(silent.getsockname()[1]).send([other.message(1)])
    assert (end.state, end.why) == ("BUSY", "TIMEOUT")


def test_a_provider_says_how_fast_and_how_many_at_a_time(other: Other) -> None:
    assert other.provider.per_second >= 1 and other.provider.batch >= 1 and other.provider.name
