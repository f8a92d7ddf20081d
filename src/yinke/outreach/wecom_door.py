"""企业微信回调: where WeCom tells what becomes of contacts. Signed and sealed (``channels/wecom_crypt.py``); nothing else is taken.

WeCom asks once whether we can read it (GET), and then tells of changes (POST). What was overheard is of no use after five minutes,
and within them says only what is so already: the newest event about a contact holds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yinke.common.row_security import whole_bank
from yinke.common.text import clean
from yinke.outreach.channels.settings import wecom_crypt
from yinke.outreach.channels.wecom_crypt import NotGenuine, WecomCrypt
from yinke.outreach.services.wecom_contacts import Change, note_contact

LARGEST = 64_000
"""Bytes of a call."""
CHANGES: Mapping[str, Change] = {
    "add_external_contact": "MADE", "add_half_external_contact": "MADE", "edit_external_contact": "EDITED",
    "del_external_contact": "ENDED", "del_follow_user": "ENDED",
}  # fmt: skip
"""``ChangeType`` of ``change_external_contact``: which of the two deleted the other makes no difference."""
_FIELD = re.compile(r"<([A-Za-z]{1,32})>(?:<!\[CDATA\[(.*?)\]\]>|([^<>&]*))</\1>", re.DOTALL)


@csrf_exempt  # no session stands behind it: WeCom's signature alone says who calls
@require_http_methods(["GET", "POST"])
def wecom_door(request: HttpRequest, name: str) -> HttpResponse:
    """Answer WeCom's question whether we can read it; or take what it tells."""
    crypt = wecom_crypt(name)
    if crypt is None:
        return _said("unknown", 404)
    try:
        if request.method == "GET":
            return _said(_opened(crypt, request, request.GET.get("echostr", "")))
        if len(request.body) > LARGEST:
            return _said("too large", 413)
        sealed = fields_of(request.body.decode("utf-8", "replace")).get("Encrypt", "")
        told = fields_of(_opened(crypt, request, sealed))
    except NotGenuine:
        return _said("not genuine", 403)
    change = CHANGES.get(told.get("ChangeType", ""))
    userid, external = clean(told.get("UserID", ""), 65), clean(told.get("ExternalUserID", ""), 65)
    at = told.get("CreateTime", "")
    contact = told.get("Event") == "change_external_contact" and change is not None
    if contact and change and 1 <= len(userid) <= 64 and 1 <= len(external) <= 64 and _moment(at):
        with whole_bank():  # nobody reads it: WeCom is told nothing
            note_contact(userid, external, change, datetime.fromtimestamp(int(at), UTC))
    return _said("success")


def fields_of(xml: str) -> dict[str, str]:
    """The fields of a call's XML, which are flat: read by a pattern of our own, so that no entity and no document can do anything.

    >>> fields_of("<xml><A><![CDATA[x]]></A><B>7</B></xml>")
    {'A': 'x', 'B': '7'}
    >>> fields_of('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>')
    {}
    """
    inner = re.fullmatch(r"\s*<xml>(.*)</xml>\s*", xml, re.DOTALL)
    if inner is None:
        return {}
    return {name: held or plain for name, held, plain in _FIELD.findall(inner.group(1))}


def _opened(crypt: WecomCrypt, request: HttpRequest, sealed: str) -> str:
    said = [request.GET.get(name, "") for name in ("msg_signature", "timestamp", "nonce")]
    return crypt.opened(said[0], said[1], said[2], sealed, int(time.time()))


def _moment(seconds: str) -> bool:
    return seconds.isascii() and seconds.isdigit() and len(seconds) <= 10


def _said(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(
        text, status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
