"""A real SAML identity provider (pysaml2) on loopback, in a process of its own; it also lies, if it is asked to.

``python saml_idp.py FOLDER PORT``: writes FOLDER/idp.xml (its metadata) and answers until it is ended. POST /sp gives
it the metadata of whom it serves. GET /sso with a request shows a page on which one picks who one is.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, class_name
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.s_utils import rndstr
from saml2.server import Server
from saml2.sigver import pre_signature_part
from saml2.xmldsig import DIGEST_SHA1, DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

EMP_NO = "urn:oid:2.16.840.1.113730.3.1.3"
"""What pysaml2 calls employeeNumber."""
PEOPLE = {
    "u-1": {"employeeNumber": ["E0002"], "title": ["SYS_ADMIN"]},
    "u-2": {"employeeNumber": ["E9999"]},
    "u-3": {"title": ["nobody"]},
    "u-4": {"employeeNumber": ["E0003"]},
    "u-5": {"employeeNumber": ["E0002", "E0003"]},
    "u-6": {"employeeNumber": ["E0002-x"]},
}


def make_key(folder: Path, name: str) -> None:
    """A key and its certificate: NAME.key, NAME.crt."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(pem))


class Provider(HTTPServer):
    """The provider; whom it serves it learns by POST /sp."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Answers)
        self.folder, self.base = folder, f"http://127.0.0.1:{port}"
        for name in ("idp", "other"):
            make_key(folder, name)
        self.idp = self.serving([])
        written = folder / "idp.tmp"
        written.write_text(f"{entity_descriptor(self.idp.config)}")
        written.rename(folder / "idp.xml")

    def serving(self, inline: list[str]) -> Server:
        """The provider as it is for these."""
        config = IdPConfig().load(
            {
                "entityid": f"{self.base}/metadata",
                "xmlsec_binary": shutil.which("xmlsec1"),
                "service": {"idp": {
                    "endpoints": {"single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"lifetime": {"minutes": 5}}},
                }},
                "key_file": str(self.folder / "idp.key"), "cert_file": str(self.folder / "idp.crt"),
                "metadata": {"inline": inline},
            }
        )  # fmt: skip
        return Server(config=config)

    def answer(self, request: str, who: str, wanted: dict[str, Any]) -> tuple[str, str]:
        """(where to, response). ``wanted``: ``edits`` (patterns) made before it signs, ``key`` it signs with, ``sha1``, ``encrypt``."""
        asked = self.idp.parse_authn_request(request, BINDING_HTTP_REDIRECT)
        args = self.idp.response_args(asked.message, bindings=[BINDING_HTTP_POST])
        args["authn"] = {
            "class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
            "authn_auth": self.base,
        }
        response = self.idp.create_authn_response(
            PEOPLE[who], userid=who, sign_response=False, sign_assertion=bool(wanted.get("encrypt")),
            encrypt_assertion=bool(wanted.get("encrypt")), encrypt_assertion_self_contained=False,
            sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256, **args,
        )  # fmt: skip
        if wanted.get("encrypt"):
            return args["destination"], str(response)
        key = wanted.get("key", "idp")
        certificate = "".join((self.folder / f"{key}.crt").read_text().splitlines()[1:-1])
        assertion = response.assertion
        digest, sign = (DIGEST_SHA1, SIG_RSA_SHA1) if wanted.get("sha1") else (DIGEST_SHA256, SIG_RSA_SHA256)
        assertion.signature = pre_signature_part(
            assertion.id, certificate, 1, digest_alg=digest, sign_alg=sign
        )
        text, name, number = str(response), class_name(assertion), assertion.id
        for old, new in wanted.get("edits", []):
            text, found = re.subn(old, new, text)
            assert found, (old, text)
        key_file = str(self.folder / f"{key}.key")
        return args["destination"], self.idp.sec.sign_statement(text, name, key_file=key_file, node_id=number)


class Answers(BaseHTTPRequestHandler):
    """Its three pages."""

    server: Provider

    def do_GET(self) -> None:
        (request,) = parse_qs(urlsplit(self.path).query)["SAMLRequest"]
        people = "".join(f'<button name="user" value="{who}">{who}</button>' for who in PEOPLE)
        hidden = f'<input type="hidden" name="SAMLRequest" value="{html.escape(request)}">'
        self._page(f'<form method="post" action="/sso">{hidden}{people}</form>')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/sp":
            self.server.idp = self.server.serving([body])
            self._page("")
            return
        form = {name: value for name, (value,) in parse_qs(body).items()}
        wanted = json.loads(form.get("wanted", "{}"))
        there, response = self.server.answer(form["SAMLRequest"], form["user"], wanted)
        page = self.server.idp.apply_binding(BINDING_HTTP_POST, response, there, rndstr(), response=True)
        self._page(str(page["data"]))

    def _page(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def run_provider(folder: Path) -> Iterator[str]:
    """The provider's address, as long as it runs; its metadata is FOLDER/idp.xml."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", __file__, str(folder), str(port)]
    with subprocess.Popen(command) as process:
        try:
            for _ in range(600):
                if (folder / "idp.xml").exists() or process.poll() is not None:
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def introduce(provider: str, ours: bytes) -> None:
    """Give the provider our metadata."""
    urllib.request.urlopen(urllib.request.Request(f"{provider}/sp", ours, method="POST"), timeout=60)


if __name__ == "__main__":
    Provider(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
