"""单点登录: an identity provider proves who somebody is; the way in is ours.

allauth speaks OpenID Connect, ``saml`` speaks SAML. Both end at ``_enter``.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from yinke.access.models import User
from yinke.access.services import audit_refusal, second_factor
from yinke.access.services.sessions import client_address
from yinke.access.sign_in_settings import Provider, SamlProvider, secret_in
from yinke.common.errors import ConfigurationError

log = logging.getLogger(__name__)
ASKED = "yinke.saml"
"""Where a browser's session keeps the requests that it set out with: number, provider, and the page to go on to."""
PROVED = "yinke_saml"
"""The cookie that carries a proof over the one step from the provider's form to the session."""
MOST_ASKED = 5
"""Of a person who sets out again and again without coming back, the newest requests are remembered."""


@require_POST
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Set out for the provider: by a form with the page's token, so that nobody is sent there by a link."""
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except RequestException:
        return _refuse(request, "", "sso_failed")
    return _onward(request, answer["Location"])


def _onward(request: HttpRequest, address: str) -> HttpResponse:
    """A page of our own that goes on by itself.

    Out: a form's answer may not lead the browser to another site (``form-action``). Back: the browser holds strict
    cookies back from what another site began, and has them for a step of our own page.
    """
    return render(request, "socialaccount/login_redirect.html", {"redirect_to": address})


class SsoAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Providers come from the bank's file only; staff are matched by staff number and never made."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the file; none from the database."""
        return [
            SocialApp(
                provider="openid_connect", provider_id=each.id, name=each.name_en, client_id=each.client_id,
                secret=secret_in(each.client_secret_file),
                settings={"server_url": each.server, "oauth_pkce_enabled": True},
            )
            for each in settings.YINKE_SIGN_IN.oidc
            if provider in (None, "openid_connect", each.id) and client_id in (None, each.client_id)
        ]  # fmt: skip

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody signs up: staff come with the staff file."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The provider has proved who it is: on by our own way, and never further by allauth's."""
        raise ImmediateHttpResponse(_enter(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """The provider refused, did not answer, or what came back is not what was asked."""
        raise ImmediateHttpResponse(_refuse(request, "", "sso_failed"))


def _enter(request: HttpRequest, proved: SocialLogin) -> HttpResponseRedirect:
    provider = next(each for each in settings.YINKE_SIGN_IN.oidc if each.id == proved.account.provider)
    token, info = (proved.account.extra_data.get(part) or {} for part in ("id_token", "userinfo"))
    if token and info and token.get("sub") != info.get("sub"):  # OpenID Connect Core 5.3.2
        return _refuse(request, "", "sso_failed")
    emp_no = str({**token, **info}.get(provider.staff_claim) or "")
    return _enter_as(request, provider, emp_no, proved.state.get("next") or "/")


def _enter_as(request: HttpRequest, provider: Provider, emp_no: str, target: str) -> HttpResponseRedirect:
    """The provider has proved a staff number: in, or on to the second step, or refused."""
    emp_no = emp_no.replace("\x00", "").strip()[:20]
    user = User.objects.select_related("org").filter(emp_no=emp_no, is_active=True).first()
    if user is None:
        return _refuse(request, emp_no, "sso_unknown")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    if provider.second_factor == "theirs":
        second_factor.complete(request, user, way=provider.id, second_factor="provider")
        return HttpResponseRedirect(target)
    if kinds := second_factor.kinds_of(user.id):
        second_factor.wait(request, user, provider.id)
        return HttpResponseRedirect(f"/sign-in?{urlencode({'second': ','.join(kinds), 'return': target})}")
    second_factor.complete(request, user, way=provider.id)
    return HttpResponseRedirect(target)


def _refuse(request: HttpRequest, emp_no: str, why: str) -> HttpResponseRedirect:
    audit_refusal(emp_no, why, client_address(request))
    return HttpResponseRedirect(f"/sign-in?{urlencode({'ended': why})}")


# --- SAML


def _saml(provider_id: str) -> SamlProvider:
    for provider in settings.YINKE_SIGN_IN.saml:
        if provider.id == provider_id:
            return provider
    raise Http404


@require_GET
def saml_metadata(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What the provider's people are given about us."""
    from yinke.access import saml

    try:
        ours = saml.metadata(_saml(provider_id))
    except ConfigurationError as problem:
        log.warning("%s: %s", provider_id, problem)
        return HttpResponse(status=503)
    return HttpResponse(ours, content_type="application/samlmetadata+xml")


@require_POST
def saml_leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Set out for the provider; this browser's session remembers what it asked."""
    from yinke.access import saml

    provider = _saml(provider_id)
    try:
        address, number = saml.ask(provider)
    except ConfigurationError as problem:
        return _refuse_saml(request, provider, str(problem))
    asked = dict(list(request.session.get(ASKED, {}).items())[1 - MOST_ASKED :])
    request.session[ASKED] = asked | {number: [provider.id, request.POST.get("next", "/")]}
    return _onward(request, address)


@csrf_exempt  # the provider's page posts here and has no token of ours; without a signed assertion nothing is done
@require_POST
def saml_come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The provider's form: check the assertion, and carry what it proves to the session.

    The browser holds our strict cookies back from a form of another site, so who asked is not known yet. One step
    of our own page on, it is. The proof goes there in a signed cookie, which is worth nothing in another browser.
    """
    from yinke.access import saml

    provider = _saml(provider_id)
    try:
        proof = saml.prove(provider, request.POST.get("SAMLResponse", ""))
    except (saml.Refused, ConfigurationError) as problem:
        return _refuse_saml(request, provider, str(problem))
    there = f"/sso/{provider.id}/saml/finish/"
    answer = _onward(request, there)
    answer.set_cookie(
        PROVED, signing.dumps([provider.id, proof.emp_no, proof.answers, proof.until], salt=PROVED),
        path=there, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer


@require_GET
def saml_finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """In, if it is this browser that asked, and for the first time."""
    provider = _saml(provider_id)
    try:
        by, emp_no, number, until = signing.loads(request.COOKIES.get(PROVED, ""), salt=PROVED)
    except signing.BadSignature:
        return _refuse_saml(request, provider, "NO_PROOF")
    asked = request.session.get(ASKED, {})
    asker, target = asked.pop(number, ["", ""])
    request.session[ASKED] = asked
    if not asker == by == provider.id:
        answer = _refuse_saml(request, provider, "NOT_ASKED_HERE")
    elif until <= time.time():
        answer = _refuse_saml(request, provider, "ASSERTION_EXPIRED")
    else:
        answer = _enter_as(request, provider, emp_no, target)
    answer.delete_cookie(PROVED, path=request.path, samesite="Strict")
    return answer


def _refuse_saml(request: HttpRequest, provider: SamlProvider, why: str) -> HttpResponseRedirect:
    log.warning("%s: no sign-in by SAML: %s", provider.id, why)
    return _refuse(request, "", "sso_failed")


URLS = [
    path("sso/<slug:provider_id>/login/", leave, name="openid_connect_login"),
    path("sso/<slug:provider_id>/callback/", require_GET(views.callback), name="openid_connect_callback"),
    path("sso/<slug:provider_id>/saml/metadata/", saml_metadata),
    path("sso/<slug:provider_id>/saml/login/", saml_leave),
    path("sso/<slug:provider_id>/saml/acs/", saml_come_back),
    path("sso/<slug:provider_id>/saml/finish/", saml_finish),
]
"""Where a sign-in leaves to the provider, and where it comes back."""
