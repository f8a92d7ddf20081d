"""短信文本: what a template may say, what is sent of it, and how many messages the networks make of that."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yinke.common.personal import find_personal
from yinke.outreach.models import Kind

VARIABLES = ("称呼", "客户经理", "网点")
"""What a text may name in braces. No balance, product or number: a text lies open on the way and on the screen."""
LONGEST = 500
ONE, EACH = 70, 67
"""Characters of one text message in UCS-2, and of each part of a longer one (3GPP TS 23.038, 23.040)."""
_NAMED = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"(?:https?://|www\.)([^\s/，。；]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text: a code for the page, and the words or the name that it is about."""

    code: str
    about: str = ""


def faults(text: str, kind: str, values: Mapping[str, Any]) -> list[Fault]:
    """Everything that keeps a text from being submitted, in the order of reading.

    Args:
        values: thresholds in force (``outreach.*``).

    >>> values = {"outreach.banned_words": ["稳赚"], "outreach.sales_words": ["优惠"], "outreach.link_hosts": []}
    >>> [(f.code, f.about) for f in faults("{称呼}，{余额}稳赚", "MARKETING", values)]
    [('unknown_variable', '余额'), ('banned_word', '稳赚')]
    """
    plain = unicodedata.normalize("NFKC", text)
    found: list[Fault] = []
    if not text.strip():
        return [Fault("empty")]
    if len(text) > LONGEST:
        found.append(Fault("too_long", f"{LONGEST}"))
    found += [Fault("unknown_variable", name) for name in _NAMED.findall(text) if name not in VARIABLES]
    if any(brace in _NAMED.sub("", text) for brace in "{}"):
        found.append(Fault("open_brace"))
    if "【" in text or "】" in text:
        found.append(Fault("own_signature"))
    banned = [word for word in values["outreach.banned_words"] if word in plain]
    found += [
        Fault("banned_word", word) for word in banned if not any(word in o and word != o for o in banned)
    ]
    if kind == Kind.SERVICE:
        found += [Fault("sales_word", word) for word in values["outreach.sales_words"] if word in plain]
    hosts = {host.lower().split(":")[0] for host in _LINK.findall(plain)}
    known = tuple(values["outreach.link_hosts"])
    found += [
        Fault("foreign_link", host)
        for host in sorted(hosts)
        if not any(host == one or host.endswith(f".{one}") for one in known)
    ]
    if what := find_personal(text):
        found.append(Fault("personal", what))
    return found


def composed(text: str, kind: str, values: Mapping[str, Any]) -> str:
    """The text as it is sent: behind the signature, and what is no service with the way to opt out.

    >>> values = {"outreach.signature": "【银客银行】", "outreach.opt_out": "拒收请回复R"}
    >>> composed("生日快乐！", "GREETING", values), composed("已扣年费。", "SERVICE", values)
    ('【银客银行】生日快乐！拒收请回复R', '【银客银行】已扣年费。')
    """
    end = "" if kind == Kind.SERVICE else str(values["outreach.opt_out"])
    return f"{values['outreach.signature']}{text.strip()}{end}"


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with its variables. ``facts``: by name as in ``VARIABLES``; what is not known is left out."""
    return _NAMED.sub(lambda named: facts.get(named.group(1), ""), text)


def parts(text: str) -> int:
    """How many text messages the networks make of it.

    >>> parts("字" * 70), parts("字" * 71), parts("字" * 134), parts("🎂" * 36)
    (1, 2, 2, 2)
    """
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= ONE else -(-units // EACH)


def digest(text: str, kind: str, risk: int | None, values: Mapping[str, Any]) -> str:
    """What an approval is bound to: another word, kind, risk, signature or way to opt out, and it holds no longer."""
    return hashlib.sha256(f"{composed(text, kind, values)}\x1f{kind}\x1f{risk}".encode()).hexdigest()


def opts_out(text: str, values: Mapping[str, Any]) -> bool:
    """Whether an answer means "no more": one of the words alone, in any width and case, with or without marks around it.

    >>> values = {"outreach.opt_out_words": ["R", "TD", "退订"]}
    >>> [opts_out(text, values) for text in ("ｔｄ", " R。", "退订！", "我要退订", "RT", "谢谢")]
    [True, True, True, True, False, False]
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    bare = re.sub(r"[\W_]+", "", plain)
    words = [unicodedata.normalize("NFKC", str(word)).upper() for word in values["outreach.opt_out_words"]]
    if bare in words:
        return True
    return any(word in bare for word in words if len(word) > 1 and not word.isascii())


def salutation(name: str, gender: str) -> str:
    """称呼: how a text addresses a customer.

    >>> salutation("张小丰", "F"), salutation("阿依古丽", "")
    ('张小丰女士', '阿依古丽')
    """
    return name + {"F": "女士", "M": "先生"}.get(gender, "")
