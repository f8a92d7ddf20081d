"""Which customer numbers are one person: the rules pair by pair, and what persons they make."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinke.common.identity import (
    LINK,
    MERGE,
    REVIEW,
    SAME,
    Edge,
    Identity,
    Rules,
    Shared,
    identity_of,
    judge,
    resolve,
)
from yinke.common.identity.normal import normalise, similarity

RULES = Rules(frozenset({"10100", "10110"}), 6, 0.95)
ID, ID15, BAD_ID = "11010519491231002X", "110105491231002", "110105194912310021"
EVERYTHING = Shared(*[True] * 5)
CERT, FORMER, PERSON, MOBILE, DEVICE = (Shared(**{name: True}) for name in Shared._fields)
BORN = date(1949, 12, 31)


def who(
    number: int, name: str, cert: str = "", mobile: str = "", birth: date | None = None, kind: str = "10100"
) -> Identity:
    return identity_of(number, name, kind, cert, mobile, birth, RULES)


def verdict(one: Identity, other: Identity, shared: Shared) -> tuple[str, str] | None:
    found, back = judge(one, other, shared, RULES), judge(other, one, shared, RULES)
    assert found == back
    return (found.rule, found.verdict) if found else None


@pytest.mark.parametrize(
    ("names", "certs", "expected"),
    [
        (("张三", "张 三"), (ID, ID.lower()), ("K1", MERGE)),
        (("张三", "张三"), (ID, ID15), ("K1", MERGE)),
        (("JOHN SMITH", "ｊｏｈｎ　smith"), (ID, ID), ("K1", MERGE)),
        (("张三", "張三"), (ID, ID), ("K2", MERGE)),
        (("阿依古丽·买买提", "阿依古丽买买提"), (ID, ID), ("K2", MERGE)),
        (("张𠮷", "张\ue5f1"), (ID, ID), ("K2", MERGE)),
        (("张𠮷", "张?"), (ID, ID), ("K2", MERGE)),
        (("张𠮷", "张𬱖"), (ID, ID), ("K2", REVIEW)),
        (("张三", "张?"), (ID, ID), ("K2", REVIEW)),
        (("张三", "李四"), (ID, ID), ("K2", REVIEW)),
        (("张三", "张三"), (BAD_ID, BAD_ID), ("K1", REVIEW)),
    ],
)
def test_one_certificate_merges_one_name_however_it_is_written(
    names: tuple[str, str], certs: tuple[str, str], expected: tuple[str, str]
) -> None:
    one, other = (who(n, name, cert) for n, (name, cert) in enumerate(zip(names, certs, strict=True)))
    assert verdict(one, other, CERT) == expected


def test_one_number_on_two_types_of_certificate_is_looked_at() -> None:
    assert verdict(who(1, "张三", ID), who(2, "张三", ID, kind="10110"), CERT) == ("K1", REVIEW)


@pytest.mark.parametrize("filler", ["000000", "1111", "E1234"])
def test_a_filler_merges_nobody(filler: str) -> None:
    assert verdict(who(1, "张三", filler, kind="10300"), who(2, "张三", filler, kind="10300"), CERT) == (
        "K1",
        REVIEW,
    )


def test_a_passport_that_was_renewed_is_still_its_holder() -> None:
    new, old = (
        who(1, "LI NA", "E22222222", birth=BORN, kind="10300"),
        who(2, "LI NA", "E11111111", birth=BORN, kind="10300"),
    )
    assert verdict(new, old, FORMER) == ("K1H", MERGE)
    unknown = who(2, "LI NA", "E11111111", kind="10300")
    assert verdict(new, unknown, FORMER) == ("K1H", REVIEW)
    assert verdict(new, who(2, "LI MING", "E11111111", birth=BORN, kind="10300"), FORMER) is None


def test_a_resident_id_that_was_corrected_merges_nobody() -> None:
    assert verdict(who(1, "张三", BAD_ID, birth=BORN), who(2, "张三", ID, birth=BORN), FORMER) == (
        "K1H",
        REVIEW,
    )


def test_mobile_name_and_birth_together_are_looked_at_and_never_merged() -> None:
    one, other = (
        who(1, "张三", ID, "13812345678", BORN),
        who(2, "张三", "E1234567", "+86 138-1234-5678", BORN, "10300"),
    )
    assert verdict(one, other, Shared(person=True, mobile=True)) == ("K3", REVIEW)


def test_a_shared_phone_or_device_links_and_never_merges() -> None:
    mother, child = who(1, "张三", ID, "13812345678"), who(2, "张小", "", "13812345678")
    assert verdict(mother, child, Shared(mobile=True, device=True)) == ("K4M", LINK)
    assert verdict(mother, child, DEVICE) == ("K4D", LINK)
    assert verdict(mother, child, Shared()) is None


def test_two_that_met_by_a_chance_of_the_hash_are_nothing_to_each_other() -> None:
    one, other = (
        who(1, "张三", ID, "13812345678", BORN),
        who(2, "张三", "E1234567", "13912345678", BORN, "10300"),
    )
    assert verdict(one, other, Shared(cert=True, person=True, mobile=True)) is None


TEXTS = st.text(st.sampled_from("张張三四·• 　AaＢb𠮷?□\ue5f1"), max_size=6)
WHO = st.builds(
    who, st.integers(1, 9), TEXTS, st.sampled_from(["", ID, ID15, BAD_ID, "E1234567", "000000"]),
    st.sampled_from(["", "13812345678", "13912345678", "010-88886666"]), st.sampled_from([None, BORN]),
    st.sampled_from(["10100", "10300", ""]),
)  # fmt: skip


@given(WHO, WHO, st.builds(Shared, *[st.booleans()] * 5))
def test_only_a_sound_certificate_merges(one: Identity, other: Identity, shared: Shared) -> None:
    found = judge(one, other, shared, RULES)
    assert found == judge(other, one, shared, RULES)
    if found and found.verdict == MERGE:
        assert shared.cert or shared.former
        assert similarity(one.name, other.name) >= RULES.alike
        if found.rule != "K1H":
            assert one.cert == other.cert and one.sound and other.sound


@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    a, b = normalise(one), normalise(other)
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1
    assert normalise(a) == a


NUMBERS = st.integers(1, 8)
EDGES = st.lists(
    st.builds(
        Edge, NUMBERS, NUMBERS, st.sampled_from([SAME, "K1", "K1H", "K2"]), st.sampled_from([1.0, 0.97, 0.95])
    )
)
APART = st.lists(st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]), max_size=6)


def groups(edges: list[Edge], apart: list[tuple[int, int]]) -> set[frozenset[int]]:
    found = resolve(edges, apart)
    return {
        frozenset(n for n, member in found.items() if member.one_id == one)
        for one in {m.one_id for m in found.values()}
    }


def naive(edges: list[Edge], apart: list[tuple[int, int]]) -> set[frozenset[int]]:
    """The same by sets of sets, the strongest edge first."""
    rank = [SAME, "K1", "K1H", "K2"]
    parts = {frozenset({n}) for edge in edges for n in edge[:2]}
    for edge in sorted(edges, key=lambda e: (rank.index(e.rule), -e.score, min(e[:2]), max(e[:2]))):
        touched = {part for part in parts if edge.a in part or edge.b in part}
        whole = frozenset().union(*touched)
        if not any(set(pair) <= whole for pair in apart):
            parts = (parts - touched) | {whole}
    return {part for part in parts if len(part) > 1}


@given(EDGES, APART, st.randoms(use_true_random=False))
def test_persons_are_those_of_the_naive_way_in_any_order(
    edges: list[Edge], apart: list[tuple[int, int]], chance: object
) -> None:
    expected = naive(edges, apart)
    assert groups(edges, apart) == expected
    turned = [Edge(e.b, e.a, e.rule, e.score) for e in [*edges, *edges]]
    chance.shuffle(turned)  # type: ignore[attr-defined]
    assert dict(resolve(turned, [(b, a) for a, b in reversed(apart)])) == dict(resolve(edges, apart))
    assert groups(edges, apart) == expected


@given(EDGES, APART)
def test_who_is_kept_apart_is_never_one_and_nothing_else_is_torn(
    edges: list[Edge], apart: list[tuple[int, int]]
) -> None:
    found = resolve(edges, apart)

    def person(number: int) -> int:
        return found[number].one_id if number in found else number

    assert all(person(a) != person(b) for a, b in apart)
    for edge in edges:  # torn only if the two persons hold two who are kept apart
        if person(edge.a) != person(edge.b):
            sides = [{n for n in range(1, 9) if person(n) == person(end)} for end in edge[:2]]
            assert any(
                (a in sides[0] and b in sides[1]) or (b in sides[0] and a in sides[1]) for a, b in apart
            )
    for number, member in found.items():
        assert member.one_id == min(n for n, m in found.items() if m.one_id == member.one_id) <= number


@given(EDGES, APART, NUMBERS)
def test_taking_one_out_leaves_the_others_and_taking_that_back_restores(
    edges: list[Edge], apart: list[tuple[int, int]], out: int
) -> None:
    before = dict(resolve(edges, apart))
    split = [*apart, *((out, n) for n in range(1, 9) if n != out)]
    assert out not in resolve(edges, split)
    assert groups(edges, split) == groups([e for e in edges if out not in e[:2]], apart)
    assert dict(resolve(edges, apart)) == before


@given(EDGES)
def test_without_decisions_persons_are_what_hangs_together(edges: list[Edge]) -> None:
    reach = {n: {n} for n in range(1, 9)}
    for _ in range(8):
        for edge in edges:
            both = reach[edge.a] | reach[edge.b]
            for n in both:
                reach[n] = reach[n] | both
    found = resolve(edges, [])
    for a, b in combinations(range(1, 9), 2):
        together = a in found and b in found and found[a].one_id == found[b].one_id
        assert together == (b in reach[a])
