"""Every address the process answers: the API under /api/, and the front end's page for the rest."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import ensure_csrf_cookie

from yinke.access import sso
from yinke.api import api
from yinke.outreach.opt_out_page import opt_out
from yinke.outreach.salons.page import salon_page
from yinke.outreach.wecom_door import wecom_door
from yinke.settings import WEB_DIST


@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The front end; its router reads the address. Each answer has its own nonce for the styles it will write."""
    index = WEB_DIST / "index.html"
    if not index.exists():
        return HttpResponse(
            "The pages are not built yet. Run: ./run demo", status=503, content_type="text/plain"
        )
    html = index.read_text("utf-8").replace("__NONCE__", str(request.csp_nonce))  # type: ignore[attr-defined]
    return HttpResponse(html, headers={"Cache-Control": "no-store"})


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/opt-out/<str:mark>", opt_out),
    path("api/salons/i/<str:mark>", salon_page),
    path("api/wecom/<str:name>", wecom_door),
    path("api/", api.urls),
    *sso.URLS,
    re_path(r"^(?!api/|sso/|static/|assets/).*$", page),
]
