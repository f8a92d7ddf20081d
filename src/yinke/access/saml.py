"""SAML 2.0: what a bank's identity provider is asked, and whether what comes back proves somebody.

python3-saml checks signatures and times; here stands what it would let pass. No request and no session is known
here: the doors are in ``sso``. Imported only where a bank has such a provider.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.encoding import force_str
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Saml
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from yinke.access.sign_in_settings import SamlProvider, secret_in
from yinke.common.errors import ConfigurationError


class Refused(Exception):
    """What came back proves nobody. Its text is one word for the log, and tells nothing of the assertion."""


@dataclass(frozen=True)
class Proof:
    """What an assertion proves: who, in answer to which request, and until when (seconds since 1970)."""

    emp_no: str
    answers: str
    until: int


def _settings(provider: SamlProvider) -> OneLogin_Saml2_Settings:
    key, certificate = (
        secret_in(file) if file else "" for file in (provider.key_file, provider.certificate_file)
    )
    try:
        known = OneLogin_Saml2_IdPMetadataParser.parse(provider.metadata_file.read_bytes())
        return OneLogin_Saml2_Settings(
            {
                "strict": True,
                "idp": known.get("idp", {}),
                "sp": {
                    "entityId": provider.entity_id,
                    "assertionConsumerService": {"url": provider.acs, "binding": Saml.BINDING_HTTP_POST},
                    "NameIDFormat": Saml.NAMEID_UNSPECIFIED,
                    "privateKey": key,
                    "x509cert": certificate,
                },
                "security": {
                    "wantAssertionsSigned": True,
                    "wantNameId": False,
                    "wantAttributeStatement": False,
                    "rejectDeprecatedAlgorithm": True,  # SHA-1
                    "requestedAuthnContext": False,
                    "authnRequestsSigned": bool(key),
                    "allowSingleLabelDomains": True,  # names inside a bank have no dot
                },
            }
        )
    except OSError as problem:
        message = str(problem.strerror)
    except (OneLogin_Saml2_Error, LxmlError, ValueError) as problem:
        message = str(problem).splitlines()[0]
    raise ConfigurationError(
        message, place=f"{provider.id}: {provider.metadata_file}",
        remedy="Name the provider's metadata: its name, an address for HTTP-Redirect, a certificate for signing",
    )  # fmt: skip


def _here(provider: SamlProvider) -> dict[str, Any]:
    """The request as the library wants it told: it came to the address that the bank wrote down."""
    address = urlsplit(provider.acs)
    return {
        "https": "on" if address.scheme == "https" else "off", "http_host": address.netloc,
        "script_name": address.path, "get_data": {}, "post_data": {},
    }  # fmt: skip


def asked_at(provider: SamlProvider) -> str:
    """Where the provider wants to be asked.

    Raises:
        ConfigurationError: its metadata can't be read, or lack something.
    """
    return str(_settings(provider).get_idp_sso_url())


def metadata(provider: SamlProvider) -> str:
    """Our own metadata, which the provider's people are given.

    Raises:
        ConfigurationError: see ``asked_at``.
    """
    settings = _settings(provider)
    settings.get_security_data()["wantAssertionsEncrypted"] = bool(provider.key_file)  # offers the key for it
    return force_str(settings.get_sp_metadata())


def ask(provider: SamlProvider) -> tuple[str, str]:
    """A new request: (address to which the browser is sent, number of the request).

    Raises:
        ConfigurationError: see ``asked_at``.
    """
    asking = OneLogin_Saml2_Auth(_here(provider), _settings(provider))
    address = asking.login(return_to="", force_authn=provider.ask_again, set_nameid_policy=False)
    return str(address), str(asking.get_last_request_id())


class _Response(OneLogin_Saml2_Response):  # type: ignore[misc]
    def confirmation(self, acs: str) -> Any:
        """What the provider signed about the one way in which the assertion may be used.

        Beyond the library: it lets pass what the standard demands (SAML 2.0 Profiles 4.1.4.2 and 4.1.4.3) if it is
        merely absent: audience, recipient, end and the request that is answered.
        """
        path = (
            f"/saml:Subject/saml:SubjectConfirmation[@Method='{Saml.CM_BEARER}']/saml:SubjectConfirmationData"
        )
        found = self._query_assertion(path)
        if len(found) != 1:
            raise Refused("CONFIRMATIONS")
        if found[0].get("Recipient") != acs:
            raise Refused("RECIPIENT")
        if not found[0].get("NotOnOrAfter"):
            raise Refused("NO_END")
        if not found[0].get("InResponseTo"):
            raise Refused("UNASKED")
        if not self.get_audiences():
            raise Refused("NO_AUDIENCE")
        return found[0]


def prove(provider: SamlProvider, answer: str) -> Proof:
    """Check what a browser brought from the provider; whether this browser asked for it, only its session knows.

    Args:
        answer: the form's ``SAMLResponse``.

    Raises:
        Refused: it is not the provider's, not for us, too late, not an answer, or names no single person.
        ConfigurationError: see ``asked_at``.
    """
    settings = _settings(provider)
    try:
        response = _Response(settings, answer)
        response.is_valid(_here(provider), raise_exceptions=True)
        confirmed = response.confirmation(provider.acs)
        until = int(OneLogin_Saml2_Utils.parse_SAML_to_time(confirmed.get("NotOnOrAfter")))
        numbers = _numbers(response, provider.staff_attribute)
    except Refused:
        raise
    except Exception as problem:  # whatever a stranger's bytes break in the parsers, they prove nobody
        codes: dict[Any, str] = {
            code: name for name, code in vars(type(problem)).items() if isinstance(code, int)
        }
        raise Refused(codes.get(getattr(problem, "code", None), type(problem).__name__)) from None
    if until <= time.time():
        raise Refused("ASSERTION_EXPIRED")
    if len(numbers) != 1:
        raise Refused("NO_STAFF_NUMBER")
    return Proof(str(numbers[0]), confirmed.get("InResponseTo"), until)


def _numbers(response: _Response, attribute: str) -> list[Any]:
    if attribute == "NameID":
        return list(filter(None, [response.get_nameid()]))
    return list(response.get_attributes().get(attribute, []))
