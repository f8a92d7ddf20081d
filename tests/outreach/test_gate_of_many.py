"""闸口 under load: ten thousand random customers, three senders at once, and not one message that should not have gone."""

from __future__ import annotations

import random
import secrets
import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from tests.outreach.conftest import NOON, Post
from yinke.care.models import DoNotDisturb
from yinke.common.crypto import blind_index_many, encrypt
from yinke.customers.models import Customer, PersonMember
from yinke.outreach.channels import Outcome, Outgoing
from yinke.outreach.models import Message
from yinke.outreach.services.dispatch import dispatch
from yinke.privacy.models import Consent, Policy, Restriction, RightsCase

MANY = 10_000
SENDERS = 3


class Takes:
    """A provider that takes everything, once."""

    name, per_second, batch, repeats = "takes", 1_000_000, 500, True

    def __init__(self) -> None:
        self.taken: list[int] = []
        self._lock = threading.Lock()

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """All of them."""
        with self._lock:
            self.taken += [one.id for one in messages]
        return [Outcome(one.id, "TAKEN", f"t-{one.id}") for one in messages]


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_random_customers_and_three_senders() -> None:
    rng = random.Random(11)
    with patch.object(timezone, "now", lambda: NOON):
        bank = Post()
    like = bank.zhao
    sealed, index = encrypt("李明"), like.name_index
    mobiles = [f"139{n:08}" for n in range(MANY)]
    made = [
        Customer(
            id=1_000 + n, cust_no=f"C{n}", name_sealed=sealed, name_index=index, pinyin="lm", mobile_sealed=encrypt(mobile),
            mobile_index=found, org=like.org, open_date=like.open_date, digest=b"x",
            status=rng.choices(("NORMAL", "FROZEN", "DECEASED"), (20, 1, 1))[0],
        )
        for n, (mobile, found) in enumerate(zip(mobiles, blind_index_many(mobiles), strict=True))
    ]  # fmt: skip
    Customer.objects.bulk_create(made)
    ids = [customer.id for customer in made]
    persons = {one: one for one in ids}
    pairs = list(zip(ids[: MANY // 5 : 2], ids[1 : MANY // 5 : 2], strict=True))
    for one, other in pairs:
        persons[other] = one
    PersonMember.objects.bulk_create(
        PersonMember(customer_id=each, one_id=pair[0], rule="K1", score=1, since=NOON.date())
        for pair in pairs
        for each in pair
    )
    policy = Policy.objects.filter(purpose="MARKETING_SMS").latest("version")
    answers = {one: rng.choices(("GRANTED", "WITHDRAWN", "REFUSED", ""), (12, 1, 1, 2))[0] for one in ids}
    Consent.objects.bulk_create(
        Consent(
            customer_id=one, purpose="MARKETING_SMS", answer=answer, policy=policy, text_hash=policy.text_hash,
            channel="COUNTER", at=NOON - timedelta(days=1), request_key=f"c-{one}",
        )
        for one, answer in answers.items() if answer
    )  # fmt: skip
    silent = {one for one in ids if rng.random() < 0.05}
    DoNotDisturb.objects.bulk_create(
        DoNotDisturb(customer_id=one, scope=rng.choice(("SMS", "ALL_MARKETING")), source="RM")
        for one in silent
    )
    restricted = {one for one in ids if rng.random() < 0.02}
    case = RightsCase.objects.create(
        customer=like,
        kind="DELETE",
        channel="COUNTER",
        received_on=NOON.date(),
        due_on=NOON.date(),
        opened_by=bank.staff["王"],
    )
    Restriction.objects.bulk_create(
        Restriction(customer_id=one, case=case, since=NOON - timedelta(days=1), ground="LAW")
        for one in restricted
    )
    kinds = ("MARKETING", "GREETING", "SERVICE")
    Message.objects.bulk_create(
        Message(
            customer_id=one, version=bank.texts[kind], channel="SMS", kind=kind, made_at=NOON, next_at=NOON,
            expires_at=NOON + timedelta(hours=1), request_key=secrets.token_hex(8),
        )
        for one in rng.choices(ids, k=2 * MANY) + rng.choices(ids[:40], k=400)
        for kind in rng.choices(kinds, (3, 2, 1))
    )  # fmt: skip
    provider, wrong = Takes(), list[BaseException]()

    def work() -> None:
        try:
            dispatch(carriers=lambda channel: [provider])
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connection.close()

    with patch.object(timezone, "now", lambda: NOON):
        threads = [threading.Thread(target=work) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
    assert len(provider.taken) == len(set(provider.taken))
    assert not Message.objects.filter(state__in=("QUEUED", "SENDING")).exists()
    gone = Message.objects.filter(state="SENT")
    assert sorted(provider.taken) == sorted(gone.values_list("id", flat=True))
    numbers = defaultdict[int, set[int]](set)
    for one, person in persons.items():
        numbers[person].add(one)
    status = {customer.id: customer.status for customer in made}
    counted = defaultdict[int, int](int)
    for one, kind in gone.values_list("customer_id", "kind"):
        mine = numbers[persons[one]]
        assert status[one] != "DECEASED"
        if kind == "SERVICE":
            continue
        counted[persons[one]] += 1
        assert status[one] == "NORMAL"
        assert answers[one] == "GRANTED" and not {answers[n] for n in mine} & {"WITHDRAWN", "REFUSED"}
        assert not mine & silent and not mine & restricted
    assert max(counted.values()) <= 2
    # nor is anybody held back without a reason: whoever could have had two, and was asked for two, has had two
    free = {
        one for one in ids
        if persons[one] == one and len(numbers[one]) == 1 and status[one] == "NORMAL" and answers[one] == "GRANTED"
        and one not in silent | restricted
    }  # fmt: skip
    asked = defaultdict[int, int](int)
    for one in Message.objects.exclude(kind="SERVICE").values_list("customer_id", flat=True):
        asked[one] += 1
    assert all(counted[one] == min(2, asked[one]) for one in free)
    assert len(free) > MANY / 3
