"""SAML: a real identity provider in another process proves who it is; whatever else comes back proves nobody."""

from __future__ import annotations

import base64
import copy
import json
import re
import shutil
import time
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import etree

from tests.access.saml_idp import EMP_NO, introduce, make_key, run_provider
from tests.access.strict import use_thresholds
from tests.access.test_second_factor import set_up, totp
from tests.access.test_sso import onward
from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry, StaffSession, User
from yinke.access.sign_in_settings import SamlProvider, SignInSettings, read_sign_in
from yinke.common.errors import ConfigurationError

pytestmark = pytest.mark.django_db
needs_provider = pytest.mark.skipif(
    shutil.which("xmlsec1") is None, reason="the identity provider signs by xmlsec1, which is not installed"
)
HERE = "http://testserver"
FAILED, UNKNOWN = "/sign-in?ended=sso_failed", "/sign-in?ended=sso_unknown"
NS = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol", "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The provider's address, and the folder with its metadata."""
    folder = tmp_path_factory.mktemp("idp")
    with run_provider(folder) as address:
        yield address, folder


def written(folder: Path, metadata: Path, *, address: str = HERE, **more: Any) -> Path:
    """A sign-in file with one provider."""
    file = folder / "sign-in.yaml"
    entry = {
        "id": "bank", "name_zh": "行内统一认证", "name_en": "Bank single sign-on", "address": address,
        "metadata_file": str(metadata), "staff_attribute": EMP_NO, **more,
    }  # fmt: skip
    file.write_text(json.dumps({"saml": [entry]}), "utf-8")
    return file


def ours() -> bytes:
    """Our metadata."""
    return bytes(Client().get("/sso/bank/saml/metadata/").content)


@pytest.fixture
def bank(settings: Any, tmp_path: Path, provider: tuple[str, Path]) -> Bank:
    """E0002 is the manager, E0003 the branch head."""
    use_thresholds(settings, tmp_path, password__max_age_days=0, session__concurrent=1)
    settings.YINKE_SIGN_IN = read_sign_in(written(tmp_path, provider[1] / "idp.xml"), production=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    introduce(provider[0], ours())
    bank = a_bank().with_branch("徐汇").with_staff("李", "RM", emp_no="E0002")
    return bank.with_staff("陈", "BR_MGR", emp_no="E0003")


def change(settings: Any, **fields: Any) -> None:
    """Another setting of the provider."""
    known = settings.YINKE_SIGN_IN
    other = known.saml[0].model_copy(update=fields)
    settings.YINKE_SIGN_IN = known.model_copy(update={"saml": (other,)})


def leave(client: Client, to: str = "/customers") -> str:
    """Set out for the provider: the address it is asked at."""
    answer = client.post("/sso/bank/saml/login/", {"next": to})
    return str(answer["Location"]) if answer.status_code == 302 else onward(answer)


def asked(address: str) -> str:
    """The request that the address carries."""
    (text,) = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["SAMLRequest"]
    return zlib.decompress(base64.b64decode(text), -15).decode()


def prove(address: str, who: str, **wanted: Any) -> str:
    """Pick a person on the provider's page: what its form would bring back."""
    url = urllib.parse.urlsplit(address)
    (request,) = urllib.parse.parse_qs(url.query)["SAMLRequest"]
    form = {"SAMLRequest": request, "user": who, "wanted": json.dumps(wanted)}
    with urllib.request.urlopen(
        f"{url.scheme}://{url.netloc}/sso", urllib.parse.urlencode(form).encode(), timeout=60
    ) as page:
        text = page.read().decode()
    assert f'action="{HERE}/sso/bank/saml/acs/"' in text
    found = re.search(r'name="SAMLResponse" value="([^"]+)"', text)
    assert found
    return found[1]


def bring(client: Client, response: str) -> str:
    """Post the provider's form and follow our own step: where it leads."""
    answer = client.post("/sso/bank/saml/acs/", {"SAMLResponse": response, "RelayState": ""})
    if answer.status_code == 302:
        return str(answer["Location"])
    return str(client.get(onward(answer))["Location"])


def come_back(client: Client, who: str, **wanted: Any) -> str:
    return bring(client, prove(leave(client), who, **wanted))


def is_in(client: Client) -> bool:
    return client.get("/api/me").status_code == 200


@needs_provider
class TestWayIn:
    def test_the_sign_in_page_learns_of_the_provider(self, bank: Bank) -> None:
        assert Client().get("/api/sign-in-ways").json() == [
            {"address": "/sso/bank/saml/login/", "zh": "行内统一认证", "en": "Bank single sign-on"}
        ]

    def test_whoever_the_provider_proves_is_in_with_the_role_of_the_staff_file(self, bank: Bank) -> None:
        client = Client()
        assert come_back(client, "u-1") == "/customers"
        me = client.get("/api/me").json()
        assert (me["emp_no"], me["role"], me["must"]) == ("E0002", "RM", "")
        entry = AuditEntry.objects.get(action="session.start")
        assert (entry.object_id, entry.reason) == ("E0002", "bank")
        assert StaffSession.objects.get().way == "bank"

    @pytest.mark.parametrize("who", ["u-2", "u-3", "u-5", "u-6"])
    def test_nobody_is_made_and_only_one_number_counts(self, bank: Bank, who: str) -> None:
        client, before = Client(), User.objects.count()
        assert come_back(client, who) == (UNKNOWN if who in ("u-2", "u-6") else FAILED)
        assert not is_in(client)
        assert User.objects.count() == before
        assert AuditEntry.objects.get(action="session.refused").object_id == ""

    def test_whoever_has_left_is_not_let_in_by_the_provider(self, bank: Bank) -> None:
        User.objects.filter(emp_no="E0002").update(is_active=False)
        client = Client()
        assert come_back(client, "u-1") == UNKNOWN
        assert not is_in(client)

    def test_a_second_factor_is_asked_after_the_provider_too(self, bank: Bank) -> None:
        first = Client()
        come_back(first, "u-4")
        assert first.get("/api/me").json()["must"] == "second_factor"
        secret, _ = set_up(first)
        client = Client()
        assert come_back(client, "u-4") == "/sign-in?second=recovery_codes%2Ctotp&return=%2Fcustomers"
        assert not is_in(client)
        client.post("/api/session/code", {"code": totp(secret)}, content_type="application/json")
        assert client.get("/api/me").json()["emp_no"] == "E0003"

    def test_a_provider_that_asks_for_its_own_second_factor_is_believed_if_the_bank_says_so(
        self, bank: Bank, settings: Any
    ) -> None:
        change(settings, second_factor="theirs")
        client = Client()
        assert come_back(client, "u-4") == "/customers"
        assert client.get("/api/me").json()["must"] == ""

    def test_a_newer_sign_in_ends_the_older_one_as_with_any_other_way(self, bank: Bank) -> None:
        first, second = Client(), Client()
        come_back(first, "u-1")
        come_back(second, "u-1")
        assert first.get("/api/me").json()["code"] == "signed_in_elsewhere"
        assert is_in(second)

    @pytest.mark.parametrize(
        "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
    )
    def test_the_way_in_leads_to_our_own_pages_only(self, bank: Bank, target: str) -> None:
        client = Client()
        assert bring(client, prove(leave(client, target), "u-1")) == "/"

    def test_the_subject_itself_may_be_the_staff_number(self, bank: Bank, settings: Any) -> None:
        change(settings, staff_attribute="NameID")
        client = Client()
        edits = [(r"(<[^<>]*NameID [^<>]*>)[^<>]*<", r"\1E0002<")]
        assert come_back(client, "u-3", edits=edits) == "/customers"

    def test_the_provider_is_told_to_ask_again_if_the_bank_says_so(self, bank: Bank, settings: Any) -> None:
        assert "ForceAuthn" not in asked(leave(Client()))
        change(settings, ask_again=True)
        assert 'ForceAuthn="true"' in asked(leave(Client()))

    def test_with_a_key_requests_are_signed_and_assertions_may_be_encrypted(
        self, bank: Bank, settings: Any, tmp_path: Path, provider: tuple[str, Path]
    ) -> None:
        make_key(tmp_path, "sp")
        change(settings, key_file=tmp_path / "sp.key", certificate_file=tmp_path / "sp.crt")
        introduce(provider[0], ours())
        client = Client()
        address = leave(client)
        assert "&Signature=" in address
        response = prove(address, "u-1", encrypt=True)
        assert b"EncryptedAssertion" in base64.b64decode(response)
        assert b"E0002" not in base64.b64decode(response)
        assert bring(client, response) == "/customers"

    def test_setting_out_needs_the_pages_token_and_a_form(self, bank: Bank) -> None:
        assert Client(enforce_csrf_checks=True).post("/sso/bank/saml/login/").status_code == 403
        assert Client().get("/sso/bank/saml/login/").status_code == 405
        assert Client().get("/sso/bank/saml/acs/").status_code == 405
        for path in ("login", "acs"):
            assert Client().post(f"/sso/other/saml/{path}/").status_code == 404
        for path in ("finish", "metadata"):
            assert Client().get(f"/sso/other/saml/{path}/").status_code == 404

    def test_our_metadata_say_where_and_that_assertions_must_be_signed(self, bank: Bank) -> None:
        root = etree.fromstring(ours())
        assert root.get("entityID") == f"{HERE}/sso/bank/saml/metadata/"
        (described,) = root.findall("{*}SPSSODescriptor")
        assert described.get("WantAssertionsSigned") == "true"
        assert described.find("{*}AssertionConsumerService").get("Location") == f"{HERE}/sso/bank/saml/acs/"


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "a key that the metadata do not name": ({"key": "other"}, "INVALID_SIGNATURE"),
    "a signature with SHA-1": ({"sha1": True}, "DEPRECATED_SIGNATURE_METHOD"),
    "too late": ({"edits": [('NotOnOrAfter="[^"]+"', 'NotOnOrAfter="2020-01-01T00:00:00Z"')]}, "ASSERTION_EXPIRED"),
    "too late by its confirmation alone": (
        {"edits": [(r'(SubjectConfirmationData[^>]*)NotOnOrAfter="[^"]+"', r'\1NotOnOrAfter="2020-01-01T00:00:00Z"')]},
        "WRONG_SUBJECTCONFIRMATION",
    ),
    "too early": ({"edits": [('NotBefore="[^"]+"', 'NotBefore="2999-01-01T00:00:00Z"')]}, "ASSERTION_TOO_EARLY"),
    "without an end": ({"edits": [(r'(SubjectConfirmationData[^>]*)NotOnOrAfter="[^"]+"', r"\1")]}, "NO_END"),
    "for another service": ({"edits": [("(<[^<>]*Audience>)[^<>]*<", r"\1https://other.example<")]}, "WRONG_AUDIENCE"),
    "for no service": (
        {"edits": [(r"<([\w:]*)AudienceRestriction>.*</[\w:]*AudienceRestriction>", "")]}, "NO_AUDIENCE",
    ),
    "for another address": ({"edits": [('Recipient="[^"]+"', 'Recipient="http://testserver/sso/bank/saml/acs/more"')]}, "RECIPIENT"),
    "for no address": ({"edits": [('Recipient="[^"]+"', "")]}, "RECIPIENT"),
    "by another provider": ({"edits": [("(<[^<>]*Issuer[^<>]*>)[^<>]*<", r"\1https://other.example<")]}, "WRONG_ISSUER"),
    "an answer to nothing": ({"edits": [('InResponseTo="[^"]+"', "")]}, "UNASKED"),
    "an answer that its signed part does not tell of": (
        {"edits": [(r'(SubjectConfirmationData[^>]*)InResponseTo="[^"]+"', r"\1")]}, "UNASKED",
    ),
    "an answer to somebody else": ({"edits": [('InResponseTo="[^"]+"', 'InResponseTo="id-other"')]}, "NOT_ASKED_HERE"),
    "a refusal": ({"edits": [("status:Success", "status:AuthnFailed")]}, "STATUS_CODE_IS_NOT_SUCCESS"),
}  # fmt: skip


def tampered(response: str, change: Callable[[Any, Any], None]) -> str:
    """The response after somebody on the way had it: ``change`` is given the response and its signed assertion."""
    root = etree.fromstring(base64.b64decode(response))
    change(root, root.find("a:Assertion", NS))
    return base64.b64encode(etree.tostring(root)).decode()


def forged(assertion: Any, *, same_id: bool = False, keep_signature: bool = False) -> Any:
    """A copy of an assertion that says E0003."""
    evil = copy.deepcopy(assertion)
    for value in evil.iterfind(".//a:AttributeValue", NS):
        value.text = (value.text or "").replace("E0002", "E0003")
    if not same_id:
        evil.set("ID", "evil")
    if not keep_signature:
        evil.remove(evil.find("ds:Signature", NS))
    return evil


def _first(root: Any, real: Any) -> None:
    root.insert(root.index(real), forged(real))


def _last(root: Any, real: Any) -> None:
    root.append(forged(real))


def _twin(root: Any, real: Any) -> None:
    root.insert(root.index(real), forged(real, same_id=True))


def _around(root: Any, real: Any) -> None:
    """The forged one holds the real one in its advice."""
    evil = forged(real)
    root.replace(real, evil)
    etree.SubElement(evil, f"{{{NS['a']}}}Advice").append(real)


def _in_signature(root: Any, real: Any) -> None:
    """The forged one bears the real one's signature, in which the real one lies."""
    evil = forged(real, keep_signature=True)
    root.replace(real, evil)
    etree.SubElement(evil.find("ds:Signature", NS), f"{{{NS['ds']}}}Object").append(real)


def _in_extensions(root: Any, real: Any) -> None:
    evil = forged(real)
    root.replace(real, evil)
    extensions = etree.Element(f"{{{NS['p']}}}Extensions")
    extensions.append(real)
    root.insert(1, extensions)


def _above(root: Any, real: Any) -> None:
    """The response itself bears the signature of the assertion."""
    root.insert(1, real.find("ds:Signature", NS))
    root.replace(real, forged(real, keep_signature=True))


def _unsigned(root: Any, real: Any) -> None:
    real.remove(real.find("ds:Signature", NS))


def _other_number(root: Any, real: Any) -> None:
    root.replace(real, forged(real, same_id=True, keep_signature=True))


WRAPPED = [_first, _last, _twin, _around, _in_signature, _in_extensions, _above, _unsigned, _other_number]


@needs_provider
class TestRefused:
    @pytest.mark.parametrize("lie", LIES)
    def test_what_the_provider_signs_must_be_its_answer_to_us_and_now(
        self, bank: Bank, lie: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        wanted, why = LIES[lie]
        client = Client()
        assert come_back(client, "u-1", **wanted) == FAILED
        assert caplog.messages == [f"bank: no sign-in by SAML: {why}"]  # and nothing of the assertion
        assert not is_in(client)
        assert AuditEntry.objects.get(action="session.refused").object_id == ""

    @pytest.mark.parametrize("change", WRAPPED, ids=lambda change: change.__name__)
    def test_no_assertion_can_be_forged_around_a_signed_one(
        self, bank: Bank, change: Callable[[Any, Any], None]
    ) -> None:
        client = Client()
        response = prove(leave(client), "u-1")
        assert bring(client, tampered(response, change)) == FAILED
        assert not is_in(client)
        assert bring(client, response) == "/customers"  # it is the change that was refused

    def test_a_comment_does_not_cut_a_number_short(self, bank: Bank) -> None:
        client = Client()
        text = base64.b64decode(prove(leave(client), "u-6")).replace(b"E0002-x", b"E0002<!-- -->-x")
        assert bring(client, base64.b64encode(text).decode()) == UNKNOWN
        assert not is_in(client)

    @pytest.mark.parametrize(
        "entities",
        [
            '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">',
            '<!ENTITY x SYSTEM "file:///etc/passwd">', "",
        ],
    )  # fmt: skip
    def test_a_document_that_defines_entities_is_not_read(
        self, bank: Bank, entities: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = Client()
        text = base64.b64decode(prove(leave(client), "u-1")).decode()
        text = re.sub(r"^<\?xml[^>]*\?>\s*", "", text).replace("E0002", "&x;" if entities else "E0002")
        evil = base64.b64encode(f"<!DOCTYPE r [{entities}]>{text}".encode()).decode()
        assert bring(client, evil) == FAILED
        assert not is_in(client)
        assert caplog.messages[0].endswith(("DTDForbidden", "EntitiesForbidden"))

    def test_an_assertion_works_once(self, bank: Bank) -> None:
        client = Client()
        response = prove(leave(client), "u-1")
        assert bring(client, response) == "/customers"
        assert bring(client, response) == FAILED

    def test_an_assertion_is_worth_nothing_in_another_browser(self, bank: Bank) -> None:
        client, other = Client(), Client()
        leave(other)  # even one that asked something itself
        response = prove(leave(client), "u-1")
        assert bring(other, response) == FAILED
        assert not is_in(other)

    def test_the_step_to_the_session_cannot_be_taken_without_or_with_a_forged_proof(self, bank: Bank) -> None:
        client = Client()
        leave(client)
        assert client.get("/sso/bank/saml/finish/")["Location"] == FAILED
        client.cookies["yinke_saml"] = "WyJiYW5rIl0:1:2"
        assert client.get("/sso/bank/saml/finish/")["Location"] == FAILED
        assert not is_in(client)

    def test_a_proof_that_was_not_fetched_in_time_is_worth_nothing(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = Client()
        client.post("/sso/bank/saml/acs/", {"SAMLResponse": prove(leave(client), "u-1")})
        later = time.time() + 400
        monkeypatch.setattr(time, "time", lambda: later)
        assert client.get("/sso/bank/saml/finish/")["Location"] == FAILED


class TestWithoutProvider:
    """What needs the library alone."""

    @pytest.fixture
    def known(self, settings: Any, tmp_path: Path) -> SamlProvider:
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.YINKE_SIGN_IN = read_sign_in(written(tmp_path, metadata(tmp_path)), production=False)
        return settings.YINKE_SIGN_IN.saml[0]  # type: ignore[no-any-return]

    @examples(max_examples=60)
    @given(
        body=st.binary(max_size=300)
        | st.text(max_size=200).map(lambda text: f"<Response>{text}</Response>".encode())
    )
    def test_whatever_strangers_send_proves_nobody_and_breaks_nothing(
        self, known: SamlProvider, body: bytes
    ) -> None:
        for text in (base64.b64encode(body).decode(), body.decode("latin-1")):
            assert Client().post("/sso/bank/saml/acs/", {"SAMLResponse": text})["Location"] == FAILED

    def test_what_is_missing_or_too_large_is_refused(self, known: SamlProvider) -> None:
        assert Client().post("/sso/bank/saml/acs/")["Location"] == FAILED
        assert Client().post("/sso/bank/saml/acs/", {"SAMLResponse": "A" * 2_700_000}).status_code == 400

    def test_metadata_that_went_missing_are_told_on_the_sign_in_page(self, known: SamlProvider) -> None:
        known.metadata_file.unlink()
        assert leave(Client()) == FAILED
        assert Client().post("/sso/bank/saml/acs/", {"SAMLResponse": "x"})["Location"] == FAILED
        assert Client().get("/sso/bank/saml/metadata/").status_code == 503


def metadata(folder: Path, *, sso: str = "https://sso.bank.example/saml") -> Path:
    """A provider's metadata, as it would give them out."""
    make_key(folder, "idp")
    certificate = "".join((folder / "idp.crt").read_text().splitlines()[1:-1])
    file = folder / "idp.xml"
    file.write_text(
        f'<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:d="{NS["ds"]}" entityID="https://sso.bank.example">'
        f'<m:IDPSSODescriptor protocolSupportEnumeration="{NS["p"]}"><m:KeyDescriptor use="signing"><d:KeyInfo><d:X509Data>'
        f"<d:X509Certificate>{certificate}</d:X509Certificate></d:X509Data></d:KeyInfo></m:KeyDescriptor>"
        f'<m:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sso}"/>'
        "</m:IDPSSODescriptor></m:EntityDescriptor>"
    )
    return file


def test_a_right_file_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, metadata(tmp_path), address="https://crm.bank.example")
    assert read_sign_in(file, production=True).saml[0].acs == "https://crm.bank.example/sso/bank/saml/acs/"


@pytest.mark.parametrize(
    ("entry", "sso", "place"),
    [
        ({"address": "http://crm.bank.example"}, "https://sso.bank.example", "sign-in.yaml"),
        ({}, "http://sso.bank.example/saml", "sign-in.yaml"),
        ({"address": "https://crm.bank.example/"}, "", "saml.0.address"),
        ({"key_file": "/nowhere"}, "", "saml.0"),
        ({"key_file": "/nowhere", "certificate_file": "/nowhere"}, "", "/nowhere"),
        ({"metadata_file": "/nowhere"}, "", "bank: /nowhere"),
        ({"metadata_file": __file__}, "", "test_saml.py"),
        ({}, "no address", "bank: "),
    ],
)
def test_a_wrong_file_names_the_entry(tmp_path: Path, entry: dict[str, str], sso: str, place: str) -> None:
    right = {"address": "https://crm.bank.example"}
    file = written(tmp_path, metadata(tmp_path, sso=sso or "https://sso.bank.example"), **(right | entry))
    with pytest.raises(ConfigurationError) as wrong:
        read_sign_in(file, production=True)
    assert place in wrong.value.place


def test_two_providers_cannot_share_an_id(tmp_path: Path) -> None:
    entry = json.loads(written(tmp_path, metadata(tmp_path)).read_text("utf-8"))["saml"][0]
    with pytest.raises(ValueError, match="two providers have the id bank"):
        SignInSettings.model_validate({"saml": [entry, entry]})


def test_one_door_is_open_to_forms_of_other_sites() -> None:
    def doors(resolver: URLResolver, before: str = "") -> Iterator[str]:
        for entry in resolver.url_patterns:
            where = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from doors(entry, where)
            elif getattr(entry.callback, "csrf_exempt", False):
                yield where

    ours = [door for door in doors(get_resolver()) if not door.startswith("api/")]
    assert ours == ["sso/<slug:provider_id>/saml/acs/"]  # the API checks its own token: see test_rights
