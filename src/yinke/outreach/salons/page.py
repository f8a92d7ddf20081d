"""报名页: open to whoever has a guest's own link: what the salon is, whether they come, and the code for the door.

It tells nothing of the customer, not even the name: a link may be passed on. Looking at it changes nothing.
"""

from __future__ import annotations

from io import BytesIO

import qrcode
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from qrcode.image.svg import SvgPathImage

from yinke.common.errors import YinkeError
from yinke.common.row_security import whole_bank
from yinke.outreach.salons.guests import answer_by_page
from yinke.outreach.salons.link import code_of, guest_of
from yinke.outreach.salons.models import Salon, SalonGuest
from yinke.outreach.salons.services import plan_of
from yinke.outreach.services.templates import in_force

PAGE = "outreach/salon.html"


@csrf_exempt  # no session stands behind it: the link alone says whose answer it is
@require_http_methods(["GET", "HEAD", "POST"])
def salon_page(request: HttpRequest, mark: str) -> HttpResponse:
    """Show a salon to a guest; or take the answer: ``coming`` yes or no, ``seats``."""
    number = guest_of(mark)
    problem = ""
    with whole_bank():  # nobody signs in here; of the customer nothing is told
        if number is not None and request.method == "POST":
            try:
                answer_by_page(number, coming=request.POST.get("coming") == "yes", seats=_seats(request))
            except YinkeError as wrong:
                problem = wrong.code
        rows = SalonGuest.objects.select_related("salon")
        guest = rows.filter(id=number).first() if number is not None else None
    answer = render(request, PAGE, _told(request, guest, problem), status=200 if guest else 404)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _seats(request: HttpRequest) -> int:
    said = str(request.POST.get("seats", "1"))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0


def _told(request: HttpRequest, guest: SalonGuest | None, problem: str) -> dict[str, object]:
    told: dict[str, object] = {
        "bank": in_force()["outreach.mail_signature"], "nonce": str(request.csp_nonce),  # type: ignore[attr-defined]
        "problem": problem, "state": "UNKNOWN",
    }  # fmt: skip
    if guest is None or guest.salon.state not in (Salon.State.OPEN, Salon.State.CANCELLED):
        return told
    salon, plan, now = guest.salon, plan_of(guest.salon), timezone.now()
    state = (
        "CANCELLED"
        if salon.state == Salon.State.CANCELLED
        else "ATTENDED"
        if guest.attended_at
        else guest.state
    )
    told |= {
        "state": state, "salon": salon.name, "plan": plan, "starts": timezone.localtime(plan.starts_at), "seats": guest.seats,
        "ends": timezone.localtime(plan.ends_at), "closes": timezone.localtime(plan.closes_at), "party": range(1, plan.party + 1),
        "open": state not in ("CANCELLED", "ATTENDED") and now < plan.closes_at, "over": now >= plan.ends_at,
        "left": max(0, salon.seats - salon.taken),
    }  # fmt: skip
    if state == "COMING":
        code = code_of(guest.id)
        told |= {"code": code, "qr": mark_safe(qr_of(code))}  # noqa: S308, made here of digits
    return told


def qr_of(text: str) -> str:
    """A QR code as SVG, to stand in a page; black on white, which scanners want in dark rooms too.

    >>> qr_of("1-234567").startswith("<svg")
    True
    """
    made = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=12, border=2).save(made)
    svg = made.getvalue().decode("utf-8")
    return svg[svg.index("<svg") :]
