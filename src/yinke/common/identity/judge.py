"""Two customer numbers side by side: one person (merge), perhaps (a person looks), near each other (link), or nothing.

The rules, strongest first; the first that fits speaks:

=====  ===========================================================================  ====================
K1     same certificate (type and number) and same name                             merge
K2     same certificate, the name written otherwise                                 merge from 95 % on
K1H    one's former certificate is the other's, same name and birth                 merge if it renews
K3     same mobile, name and birth date                                             review
K4M    same mobile                                                                  link, never merge
K4D    same device                                                                  link, never merge
=====  ===========================================================================  ====================

What K1, K2 and K1H would merge goes to review where the certificate cannot bear it: a check digit that does not
fit, a filler, two types of certificate with one number, a resident ID that was corrected. Nothing is ever merged
by a name, a mobile or a device alone: families share phones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from yinke.common.identity.normal import Identity, Rules, similarity

MERGE, REVIEW, LINK = "MERGE", "REVIEW", "LINK"


class Shared(NamedTuple):
    """What two customers were found to share, by keys that not too many share (``oneid.most_*``)."""

    cert: bool = False
    """Both hold it now; ``former``: at least one of them held it before."""
    former: bool = False
    person: bool = False
    """Mobile, name and birth date together."""
    mobile: bool = False
    device: bool = False


@dataclass(frozen=True, order=True)
class Finding:
    """What two customers are to each other: by which rule, with what follows, and how surely (0 to 1)."""

    rule: str
    verdict: str
    score: float


def judge(x: Identity, y: Identity, shared: Shared, rules: Rules) -> Finding | None:
    """Judge a pair; the order of the two does not matter."""
    alike = similarity(x.name, y.name) if shared.cert or shared.former else 0.0
    if shared.cert and x.cert == y.cert != "":
        sure = x.sound and y.sound and x.cert_type == y.cert_type and alike >= rules.alike
        rule = "K1" if x.name == y.name else "K2"
        return Finding(rule, MERGE if sure else REVIEW, round(alike, 4))
    if shared.former and alike >= rules.alike:
        renewed = not x.fixed and not y.fixed and x.name == y.name and x.birth == y.birth is not None
        return Finding("K1H", MERGE if renewed else REVIEW, agreement(x, y))
    if shared.person and (x.mobile, x.name, x.birth) == (y.mobile, y.name, y.birth):
        return Finding("K3", REVIEW, agreement(x, y))
    if shared.mobile and x.mobile == y.mobile != "":
        return Finding("K4M", LINK, agreement(x, y))
    return Finding("K4D", LINK, agreement(x, y)) if shared.device else None


def agreement(x: Identity, y: Identity) -> float:
    """The share that agrees of what is known of both: name, certificate, mobile, birth date."""
    pairs = ((x.name, y.name), (x.cert, y.cert), (x.mobile, y.mobile), (x.birth, y.birth))
    known = [(one, other) for one, other in pairs if one and other]
    return round(sum(one == other for one, other in known) / len(known), 4) if known else 0.0
