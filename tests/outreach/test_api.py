"""A manager sends a text, a gateway tells what became of it, and each sees what they may."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.outreach.conftest import NOON, Post
from yinke.care.models import DoNotDisturb
from yinke.common.errors import ConfigurationError
from yinke.common.signing import SIGNATURE, TIME, signed
from yinke.demo.gateway import Gateway
from yinke.outreach.channels.settings import read_channels
from yinke.outreach.models import Message
from yinke.outreach.schedule import send_due


def send(
    client: Client, bank: Post, kind: str = "SERVICE", key: str = "key-00000001", customer: int = 0
) -> Any:
    body = {"template_id": bank.texts[kind].template_id, "request_key": key}
    path = f"/api/customers/{customer or bank.zhao.id}/messages"
    return client.post(path, data=body, content_type="application/json")


def told(
    gateway: Gateway, what: str, body: dict[str, Any], *, secret: bytes | None = None, age: int = 0
) -> Any:
    content, moment = json.dumps(body).encode(), int(time.time()) - age
    headers = {TIME: f"{moment}", SIGNATURE: signed(secret or gateway.secret, moment, content)}
    return Client().post(
        f"/api/providers/loopback/{what}", data=content, content_type="application/json", headers=headers
    )


def test_a_text_is_asked_for_sent_by_the_worker_and_delivered(
    bank: Post, gateway: Gateway, channels: Path
) -> None:
    manager = bank.client("李")
    asked = send(manager, bank)
    assert asked.status_code == 200, asked.content
    assert (asked.json()["state"], asked.json()["may_cancel"]) == ("QUEUED", True)
    assert send(manager, bank).json()["id"] == asked.json()["id"]  # the same click twice
    assert send_due() == 1
    number = asked.json()["id"]
    receipt = {"receipts": [{"id": number, "state": "DELIVERED", "at": datetime.now(UTC).isoformat()}]}
    assert told(gateway, "receipts", receipt).json() == {"noted": 1}
    (row,) = manager.get(f"/api/customers/{bank.zhao.id}/messages").json()
    assert (row["state"], row["text"], row["by"]) == (
        "DELIVERED",
        "【银客银行】赵一女士，您好。SERVICE",
        "李",
    )
    entries = manager.get(f"/api/customers/{bank.zhao.id}/timeline?kind=MESSAGE").json()["rows"]
    assert [(entry["code"], entry["before"]) for entry in entries] == [("DELIVERED", "SMS")]


def test_the_preview_tells_what_will_be_read_and_whether_it_may_go(bank: Post) -> None:
    bank.consents(bank.zhao, "WITHDRAWN")
    path = f"/api/customers/{bank.zhao.id}/messages/preview?template_id="
    said = {
        kind: bank.client("李").get(f"{path}{bank.texts[kind].template_id}").json()
        for kind in ("SERVICE", "MARKETING")
    }
    assert (said["SERVICE"]["why"], said["SERVICE"]["text"]) == ("", "【银客银行】赵一女士，您好。SERVICE")
    assert said["MARKETING"]["why"] in ("CONSENT", "HOURS")
    assert not Message.objects.exists()


def test_what_waits_can_be_taken_back_by_who_asked_for_it(bank: Post) -> None:
    number = send(bank.client("李"), bank).json()["id"]
    assert bank.client("王").post(f"/api/messages/{number}/cancel").status_code == 404
    assert bank.client("李").post(f"/api/messages/{number}/cancel").json()["state"] == "CANCELLED"
    assert bank.client("李").post(f"/api/messages/{number}/cancel").json()["code"] == "message_gone"


def test_nobody_writes_to_or_reads_of_another_s_customer(bank: Post) -> None:
    bank.with_manager("孙").with_customer("周三", mobile="13800000003")
    other = bank.customers["周三"].id
    assert send(bank.client("李"), bank, customer=other).status_code == 404
    assert bank.client("李").get(f"/api/customers/{other}/messages").status_code == 404
    assert send(bank.client("孙"), bank, key="key-00000002", customer=other).status_code == 200
    seen = {name: bank.client(name).get("/api/messages").json()["rows"] for name in ("王", "运营", "合规")}
    assert [row["customer"] for row in seen["王"]] == ["周三"]
    assert [row["customer"] for row in seen["运营"]] == ["周*"]
    assert bank.client("李").get("/api/messages").status_code == 403


def test_masked_roles_see_that_it_went_and_not_what_it_said(
    bank: Post, gateway: Gateway, channels: Path
) -> None:
    send(bank.client("李"), bank)
    send_due()
    (row,) = bank.client("合规").get("/api/messages").json()["rows"]
    assert (row["state"], row["customer"], row["text"]) == ("SENT", "赵*", "")


def test_the_summary_counts_what_went_and_why_the_rest_did_not(
    bank: Post, gateway: Gateway, channels: Path
) -> None:
    bank.consents(bank.zhao, "WITHDRAWN")
    send(bank.client("李"), bank)
    send(bank.client("李"), bank, "MARKETING", "key-00000002")
    send_due()
    told_ = bank.client("运营").get("/api/outreach?days=7").json()
    assert (told_["sent"], told_["refused"], told_["whys"]) == (1, 1, [{"why": "CONSENT", "messages": 1}])
    assert [(one["name"], one["sent"]) for one in told_["providers"]] == [("loopback", 1)]


def test_a_page_of_messages_goes_on_where_the_one_before_ended(bank: Post) -> None:
    for n in range(53):
        bank.message("SERVICE", made_at=NOON, request_key=f"many-{n:04}")
    client = bank.client("王")
    first = client.get("/api/messages").json()
    rest = client.get("/api/messages", {"cursor": first["next"]}).json()
    ids = [row["id"] for row in (*first["rows"], *rest["rows"])]
    assert (len(ids), len(set(ids)), rest["next"]) == (53, 53, None)
    assert client.get("/api/messages", {"cursor": "x|1"}).json()["code"] == "old_page"


def test_opting_out_by_reply_holds_before_the_answer_is_sent(
    bank: Post, gateway: Gateway, channels: Path
) -> None:
    reply = {"ref": "r-1", "sender": "13800000001", "text": "TD", "at": datetime.now(UTC).isoformat()}
    assert told(gateway, "replies", {"replies": [reply]}).json() == {"noted": 1}
    assert told(gateway, "replies", {"replies": [reply]}).json() == {"noted": 0}
    assert DoNotDisturb.objects.get().scope == "SMS"
    preview = (
        f"/api/customers/{bank.zhao.id}/messages/preview?template_id={bank.texts['GREETING'].template_id}"
    )
    assert bank.client("李").get(preview).json()["why"] == "DND"
    assert (
        not bank.client("李").get(f"/api/customers/{bank.zhao.id}").json()["do_not_disturb"]
    )  # he may be called


@pytest.mark.parametrize(("secret", "age"), [(b"k" * 32, 0), (None, 301), (None, -330)])
def test_who_does_not_sign_or_signed_long_ago_is_not_heard(
    bank: Post, gateway: Gateway, channels: Path, secret: bytes | None, age: int
) -> None:
    reply = {"ref": "r-1", "sender": "13800000001", "text": "R", "at": datetime.now(UTC).isoformat()}
    assert told(gateway, "replies", {"replies": [reply]}, secret=secret, age=age).status_code == 403
    assert not DoNotDisturb.objects.exists()


def test_a_provider_that_is_not_ours_is_not_heard(bank: Post, channels: Path) -> None:
    assert (
        Client()
        .post("/api/providers/nobody/replies", data={"replies": []}, content_type="application/json")
        .status_code
        == 403
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sms: [{name: A, url: 'http://x', secret_file: s}]", "name"),
        ("sms: [{name: a, url: 'ftp://x', secret_file: s}]", "url"),
        ("sms: [{name: a, url: 'http://x', secret_file: s, speed: 1}]", "speed"),
        (
            "sms: [{name: a, url: 'http://x', secret_file: s}, {name: a, url: 'http://y', secret_file: s}]",
            "one name",
        ),
        ("sms: [", "flow"),
    ],
)
def test_a_wrong_file_of_providers_names_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_channels(path)
