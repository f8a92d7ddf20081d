"""Every address the process answers: the API under /api/, and the front end's page for the rest."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import ensure_csrf_cookie

from yinke.access import sso
from yinke.api import api
from yinke.settings import WEB_DIST


@ensure_csrf_cookie
def page(request: HttpRequest) -> FileResponse | HttpResponse:
    """The front end; its router reads the address."""
    index = WEB_DIST / "index.html"
    if not index.exists():
        return HttpResponse(
            "The pages are not built yet. Run: ./run demo", status=503, content_type="text/plain"
        )
    response = FileResponse(index.open("rb"), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    *sso.URLS,
    re_path(r"^(?!api/|sso/|static/|assets/).*$", page),
]
