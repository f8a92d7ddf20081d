"""The channel log: app sessions with their pages, visits to the counter, words with the manager.

Six in ten customers have the app; they log in on about one day in five (log-normal over persons, so that a
tenth come daily). Those who leave for rates look at products and maturities first, then come less and less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yinke.demo.generate.draws import Ints
from yinke.demo.generate.ledger import Live
from yinke.demo.generate.products import OF_SLOT
from yinke.demo.generate.spending import HOURS
from yinke.demo.generate.state import ELDER, HELD, MOBILE, RATE

EVENTS = (
    "LOGIN",
    "VIEW_ACCOUNT",
    "VIEW_PRODUCT",
    "VIEW_MATURITY",
    "TRANSFER",
    "LOAN_PREPAY",
    "VISIT",
    "CHAT",
)
CHANNELS = ("APP", "WEB", "WECOM", "COUNTER")
_SECONDS = np.repeat(np.arange(24) * 3600, np.round(HOURS / HOURS.sum() * 1024).astype(np.int64))
_SHOWN = np.concatenate([OF_SLOT[slot] for slot in range(4)])


@dataclass
class Clicks:
    """The day's log of a range, sorted by customer and time; ``item`` is an index of the shelf or -1."""

    who: Ints
    second: Ints
    event: Ints
    channel: Ints
    item: Ints
    length: Ints
    session: Ints


def click(live: Live) -> Clicks:
    """Who does what in which channel today."""
    part, draws, ids, day = live.part, live.draws, live.ids, live.day
    app = live.alive & (part.login > 0) & ((part.unsigned & MOBILE) == 0)
    fade = (1 - live.progress) ** 1.5 * np.where(live.left, 0.03, 1.0)
    quiet = np.where(live.activity < 0.1, 0.1, 1.0)
    keen = np.where((part.cause == RATE) & live.leaving & (live.progress < 0.5), 1.6, 1.0)
    chance = part.login * fade * quiet * keen * (1.1 if live.today.workday else 0.85)
    rows: list[tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]] = []

    def add(
        who: Ints, second: Ints, event: int, session: int, channel: int | Ints = 0, item: int | Ints = -1
    ) -> None:
        size = len(who)
        length = 10 + draws.whole(f"length{event}", ids[who], 170, day)
        rows.append((
            who, second, np.full(size, event), np.broadcast_to(channel, size), np.broadcast_to(item, size), length,
            np.full(size, session),
        ))  # fmt: skip

    soon = ((part.td_state == HELD) & (part.td_until - day <= 15)).any(axis=1)
    for session in range(2):
        who = np.flatnonzero(app & live.chance(f"login{session}", chance * (1.0, 0.25)[session]))
        bits = draws.bits(f"session{session}", ids[who], day)
        second = _SECONDS[(bits & np.uint64(1023)).astype(np.int64) % len(_SECONDS)]
        second = np.minimum(second + ((bits >> np.uint64(10)) & np.uint64(2047)).astype(np.int64), 86_200)
        channel = ((bits >> np.uint64(21)) & np.uint64(31) == 0).astype(np.int64)
        add(who, second, 0, session, channel)
        lots = [((bits >> np.uint64(26 + 8 * n)) & np.uint64(255)).astype(np.int64) for n in range(4)]
        item = _SHOWN[draws.whole(f"shown{session}", ids[who], len(_SHOWN), day // 4)]
        looks = lots[1] < np.where(keen[who] > 1, 150, np.where(part.tier[who] > 1, 60, 25))
        for event, mask, delay in (
            (1, lots[0] < 100, 20), (2, looks, 50), (3, soon[who] & (lots[2] < 90), 80), (4, lots[3] < 60, 110),
        ):  # fmt: skip
            add(
                who[mask],
                second[mask] + delay,
                event,
                session,
                channel[mask],
                item[mask] if event == 2 else -1,
            )
    for who, page in live.views:
        at = 45_000 + draws.whole("prepay-view", ids[who], 9000, day)
        add(who, at, EVENTS.index(page), 2)
    if live.today.workday:
        likes = np.where(part.persona == ELDER, 0.012, 0.003) * np.minimum(live.activity, 1)
        who = np.flatnonzero(live.alive & live.chance("visits", likes))
        add(who, 32_400 + draws.whole("visit-at", ids[who], 25_000, day), 6, 3, channel=3)
        who = np.flatnonzero(live.alive & (part.manager > 0) & ~live.left & live.chance("chats", 0.004))
        add(who, 34_000 + draws.whole("chat-at", ids[who], 29_000, day), 7, 4, channel=2)
    columns = [np.concatenate(column).astype(np.int64) for column in zip(*rows, strict=True)]
    order = np.argsort(columns[0] * 131_072 + columns[1], kind="stable")
    return Clicks(*(column[order] for column in columns))
