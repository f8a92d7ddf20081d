"""单点登录: an OpenID Connect provider proves who somebody is; allauth speaks to it, the way in is ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from yinke.access.models import User
from yinke.access.services import audit_refusal, second_factor
from yinke.access.services.sessions import client_address
from yinke.access.sign_in_settings import secret_in


@require_POST
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Set out for the provider: by a form with the page's token, so that nobody is sent there by a link."""
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except RequestException:
        answer = _refuse(request, "", "sso_failed")
    return answer


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
    emp_no = str({**token, **info}.get(provider.staff_claim) or "")[:20]
    user = User.objects.select_related("org").filter(emp_no=emp_no, is_active=True).first()
    if user is None:
        return _refuse(request, emp_no, "sso_unknown")
    target = proved.state.get("next") or "/"
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


URLS = [
    path("sso/<slug:provider_id>/login/", leave, name="openid_connect_login"),
    path("sso/<slug:provider_id>/callback/", require_GET(views.callback), name="openid_connect_callback"),
]
"""Where a sign-in leaves to the provider, and where it comes back."""
