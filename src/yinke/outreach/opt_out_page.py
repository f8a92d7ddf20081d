"""退订页: the one page that is open to everybody: who follows the link of an e-mail says "no more" with one button.

Looking at it changes nothing, for mail filters follow every link. Mailboxes with a button of their own post at once (RFC 8058).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yinke.common.row_security import whole_bank
from yinke.outreach.models import Message
from yinke.outreach.return_paths import message_of
from yinke.outreach.services import inbound
from yinke.outreach.services.templates import in_force

PAGE = "outreach/opt_out.html"


@csrf_exempt  # no session stands behind it: the link alone says whose wish it is
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, mark: str) -> HttpResponse:
    """Ask whether no more e-mail is wanted; or take the answer."""
    number = message_of(mark)
    with whole_bank():  # nobody signs in here; of the customer nothing is told
        known = number is not None and Message.objects.filter(id=number, channel="EMAIL").exists()
        done = request.method == "POST" and number is not None and known and inbound.opt_out(number)
    state = "done" if done else "asks" if known else "unknown"
    words = {"state": state, "bank": in_force()["outreach.mail_signature"], "nonce": str(request.csp_nonce)}  # type: ignore[attr-defined]
    answer = render(request, PAGE, words, status=200 if known else 404)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
