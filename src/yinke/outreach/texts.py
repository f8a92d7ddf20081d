"""触达文本: what a template may say, what is sent of it, and how many text messages the networks make of that."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from yinke.common.personal import find_personal
from yinke.outreach.models import Channel, Kind, TemplateVersion

OF_ALL = ("称呼", "客户经理", "网点")
OF_SALONS = ("活动", "时间", "地点", "报名链接")
"""What the text of an invitation to a salon may name besides: a text that does is for salons only."""
VARIABLES = (*OF_ALL, *OF_SALONS)
"""What a text may name in braces. No balance, product or number: a text lies open on the way and on the screen."""
LINK = "退订"
"""Stands in the words on opting out of e-mail for the link that each message has of its own."""
LONGEST: Mapping[str, int] = {Channel.SMS: 500, Channel.EMAIL: 5_000, Channel.WECOM: 900, Channel.APP: 100}
"""Characters of a text by channel. WeCom takes 4,000 bytes, of which a character has up to four; a phone shows so much of a notice."""
FOR_ALL: Mapping[str, Collection[str]] = {Channel.WECOM: ("称呼", "报名链接")}
"""What a text of a channel may not name: in WeCom all customers of a manager get the same words, in one task that he sends with one touch."""
OPT_OUTS: Mapping[str, str] = {Channel.WECOM: "outreach.wecom_opt_out", Channel.APP: "outreach.app_opt_out"}
"""The words on opting out that stand below a text, by channel; those of SMS and e-mail have a place of their own."""
SUBJECT = 60
"""Characters of a subject: more is cut off in the list of a mailbox."""
ONE, EACH = 70, 67
"""Characters of one text message in UCS-2, and of each part of a longer one (3GPP TS 23.038, 23.040)."""
_NAMED = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"(?:https?://|www\.)([^\s/，。；]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """What a template says. ``subject``: of e-mail; ``risk``: 1 to 5 if it speaks of a product with risk."""

    channel: str
    kind: str
    text: str
    subject: str = ""
    risk: int | None = None


def words_of(version: TemplateVersion) -> Words:
    """What a version says, with what its template is for."""
    template = version.template
    return Words(template.channel, template.kind, version.text, version.subject, template.risk)


def of_salons(text: str) -> bool:
    """Whether a text can only be sent to a salon's guest.

    >>> [of_salons(text) for text in ("{称呼}，您好", "{称呼}，请点 {报名链接}")]
    [False, True]
    """
    return any(name in OF_SALONS for name in _NAMED.findall(text))


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text: a code for the page, and the words or the name that it is about."""

    code: str
    about: str = ""


def faults(words: Words, values: Mapping[str, Any]) -> list[Fault]:
    """Everything that keeps a text from being submitted, in the order of reading.

    Args:
        values: thresholds in force (``outreach.*``).

    >>> values = {"outreach.banned_words": ["稳赚"], "outreach.sales_words": ["优惠"], "outreach.link_hosts": []}
    >>> [(f.code, f.about) for f in faults(Words("SMS", "MARKETING", "{称呼}，{余额}稳赚"), values)]
    [('unknown_variable', '余额'), ('banned_word', '稳赚')]
    """
    mail = words.channel == Channel.EMAIL
    whole = f"{words.subject}\n{words.text}"
    plain = unicodedata.normalize("NFKC", whole)
    if not words.text.strip():
        return [Fault("empty")]
    found: list[Fault] = []
    if mail and not words.subject.strip():
        found.append(Fault("no_subject"))
    if len(words.subject) > SUBJECT:
        found.append(Fault("long_subject", f"{SUBJECT}"))
    most = LONGEST[words.channel]
    if len(words.text) > most:
        found.append(Fault("too_long", f"{most}"))
    found += [Fault("unknown_variable", name) for name in _NAMED.findall(whole) if name not in VARIABLES]
    same = FOR_ALL.get(words.channel, ())
    found += [Fault("not_for_all", name) for name in dict.fromkeys(_NAMED.findall(whole)) if name in same]
    if any(brace in _NAMED.sub("", whole) for brace in "{}"):
        found.append(Fault("open_brace"))
    if words.channel == Channel.SMS and ("【" in whole or "】" in whole):
        found.append(Fault("own_signature"))
    banned = [word for word in values["outreach.banned_words"] if word in plain]
    found += [
        Fault("banned_word", word) for word in banned if not any(word in o and word != o for o in banned)
    ]
    if words.kind == Kind.SERVICE:
        found += [Fault("sales_word", word) for word in values["outreach.sales_words"] if word in plain]
    hosts = {host.lower().split(":")[0] for host in _LINK.findall(plain)}
    known = tuple(values["outreach.link_hosts"])
    found += [
        Fault("foreign_link", host)
        for host in sorted(hosts)
        if not any(host == one or host.endswith(f".{one}") for one in known)
    ]
    if what := find_personal(whole):
        found.append(Fault("personal", what))
    return found


def composed(words: Words, values: Mapping[str, Any], facts: Mapping[str, str] | None = None) -> str:
    """The text as it is sent: a text message behind the signature, an e-mail above it; what is no service with the way to opt out.

    Args:
        facts: by name as in ``VARIABLES``, and ``LINK``; what is not known is left out. None: the names stay in braces.

    >>> values = {
    ...     "outreach.signature": "【银客银行】", "outreach.opt_out": "拒收请回复R",
    ...     "outreach.mail_signature": "银客银行", "outreach.mail_opt_out": "退订：{退订}",
    ... }
    >>> composed(Words("SMS", "GREETING", "生日快乐！"), values), composed(Words("SMS", "SERVICE", "已扣年费。"), values)
    ('【银客银行】生日快乐！拒收请回复R', '【银客银行】已扣年费。')
    >>> composed(Words("EMAIL", "GREETING", "{称呼}：", "生日快乐"), values, {"称呼": "张三先生", "退订": "https://b.example/u/1"})
    '张三先生：\\n\\n银客银行\\n退订：https://b.example/u/1'
    """
    text, service = words.text.strip(), words.kind == Kind.SERVICE
    if words.channel == Channel.EMAIL:
        ends = [str(values["outreach.mail_signature"])]
        ends += [] if service else [str(values["outreach.mail_opt_out"])]
        whole = "\n".join([text, "", *ends])
    elif words.channel in OPT_OUTS:  # the channel itself says who writes
        whole = text if service else f"{text}\n{values[OPT_OUTS[words.channel]]}"
    else:
        whole = f"{values['outreach.signature']}{text}{'' if service else values['outreach.opt_out']}"
    return whole if facts is None else filled(whole, facts)


def headed(words: Words, values: Mapping[str, Any], facts: Mapping[str, str] | None = None) -> str:
    """The subject as it is sent; of text messages empty. Marketing names itself as such.

    >>> headed(Words("EMAIL", "MARKETING", "...", "{称呼}，新产品"), {"outreach.mail_ad": "（广告）"}, {"称呼": "张三先生"})
    '（广告）张三先生，新产品'
    """
    if words.channel != Channel.EMAIL:
        return ""
    whole = f"{values['outreach.mail_ad'] if words.kind == Kind.MARKETING else ''}{words.subject.strip()}"
    return whole if facts is None else filled(whole, facts)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with its variables; what is not known is left out."""
    return _NAMED.sub(lambda named: facts.get(named.group(1), ""), text)


def parts(channel: str, text: str) -> int:
    """Of how many messages it is made: one; of text messages as many as the networks make of it.

    >>> [parts("SMS", text) for text in ("字" * 70, "字" * 71, "字" * 134, "🎂" * 36)], parts("EMAIL", "字" * 3_000)
    ([1, 2, 2, 2], 1)
    """
    units = len(text.encode("utf-16-le")) // 2
    return 1 if channel != Channel.SMS or units <= ONE else -(-units // EACH)


def digest(words: Words, values: Mapping[str, Any]) -> str:
    """What an approval is bound to: another word, kind, risk, signature or way to opt out, and it holds no longer."""
    bound = f"{headed(words, values)}\x1f{composed(words, values)}\x1f{words.kind}\x1f{words.risk}"
    return hashlib.sha256(bound.encode()).hexdigest()


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
