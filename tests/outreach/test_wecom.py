"""企业微信: what WeCom's server on loopback is asked for, and what it tells."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.outreach.conftest import NOON, Post
from tests.outreach.test_dispatch import now
from yinke.common.crypto import blind_index, decrypt, encrypt
from yinke.common.errors import ConfigurationError, YinkeError
from yinke.customers.models import Customer
from yinke.demo.wecom import CORP, WecomServer, called_back
from yinke.outreach.channels.settings import configured, read_channels, wecom
from yinke.outreach.channels.wecom import Wecom
from yinke.outreach.channels.wecom_crypt import NotGenuine, WecomCrypt, aes_key
from yinke.outreach.models import Message, TemplateVersion, WecomContact
from yinke.outreach.services.dispatch import Dispatched, dispatch
from yinke.outreach.services.templates import Draft, TemplateWrong, decide, submit
from yinke.outreach.services.wecom_contacts import bring_contacts, end_contacts, find_customers, note_contact
from yinke.outreach.services.wecom_results import ask_results
from yinke.outreach.wecom_door import fields_of

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
ZHAO = "wmZhaoYi0000000000000000000000A"
T = int(NOON.timestamp())


class WecomPost(Post):
    """A bank whose manager 李 has 赵一 as a contact in WeCom."""

    def __init__(self, there: WecomServer) -> None:
        super().__init__()
        self.there = there
        self.li = self.staff["李"].emp_no
        self.consents(self.zhao, purpose="MARKETING_WECOM")
        self.words = {kind: self.words_of(kind) for kind in ("MARKETING", "GREETING", "SERVICE")}
        self.contact(self.zhao, ZHAO)

    def words_of(self, kind: str) -> TemplateVersion:
        draft = Draft(f"企微{kind}", kind, "您好，{网点}有新活动，可与{客户经理}联系。", channel="WECOM")
        return decide(self.viewer("合规"), submit(self.viewer("运营"), draft).id, fit=True)

    def contact(self, customer: Customer, external: str, userid: str = "", **more: Any) -> WecomContact:
        at = self.now - timedelta(days=9)
        return WecomContact.objects.create(**{
            "customer": customer, "userid": userid or self.li, "external_sealed": encrypt(external) or b"",
            "external_index": blind_index(external) or b"", "since": at, "told_at": at, **more,
        })  # fmt: skip

    def card(self, kind: str = "SERVICE", **fields: Any) -> Message:
        return self.message(kind, channel="WECOM", version=self.words[kind], **fields)

    def go(self) -> Dispatched:
        with patch.object(timezone, "now", lambda: self.now):
            return dispatch()

    def ask(self) -> int:
        return ask_results(wecom(configured().wecom[0]), self.now)


@pytest.fixture
def there() -> Iterator[WecomServer]:
    server = WecomServer(secrets.token_hex(16)).start()
    yield server
    server.stop()


@pytest.fixture
def bank(db: None, there: WecomServer, tmp_path: Path, settings: Any) -> WecomPost:
    for name, text in (("secret", there.secret), ("token", "callback-token"), ("aes", KEY)):
        (tmp_path / name).write_text(f"{text}\n", "utf-8")
    path = tmp_path / "channels.yaml"
    path.write_text(
        f"wecom:\n  - {{name: wecom, corp_id: {CORP}, url: '{there.url}', secret_file: {tmp_path / 'secret'},"
        f" token_file: {tmp_path / 'token'}, aes_key_file: {tmp_path / 'aes'}}}\n",
        encoding="utf-8",
    )
    settings.YINKE = replace(settings.YINKE, channels=path)
    with patch.object(timezone, "now", lambda: NOON):
        return WecomPost(there)


def test_a_message_is_put_before_the_manager_who_has_the_customer_as_a_contact(bank: WecomPost) -> None:
    message = bank.card("MARKETING")
    assert bank.go().taken == 1
    words = "您好，徐汇有新活动，可与李联系。\n不想再收到此类消息，直接回复我即可。"
    assert bank.there.told() == [(bank.li, ZHAO, words)]
    assert (now(message).state, message.provider, message.provider_ref.split(" ")) == (
        "SENT", "wecom", [next(iter(bank.there.tasks)), bank.li],
    )  # fmt: skip
    assert message.text_sealed is not None and decrypt(message.text_sealed) == words


def test_the_same_words_of_one_manager_are_one_task_and_his_touch_sends_them_all(bank: WecomPost) -> None:
    for n in range(3):
        bank.with_customer(f"客{n}", of="李")
        bank.contact(bank.customers[f"客{n}"], f"wmKe{n}")
    messages = [bank.card(customer=bank.customers[name]) for name in ("赵一", "客0", "客1", "客2")]
    bank.go()
    (task,) = bank.there.tasks.values()
    assert (bank.there.calls.count("externalcontact/add_msg_template"), len(task.status)) == (1, 4)
    assert bank.ask() == 0 and {now(m).state for m in messages} == {"SENT"}  # he has not touched it yet
    task.status = {ZHAO: 1, "wmKe0": 1, "wmKe1": 2, "wmKe2": 3}
    assert bank.ask() == 0  # asked a moment ago
    bank.now += timedelta(minutes=11)
    assert bank.ask() == 4
    assert [(now(m).state, m.why) for m in messages] == [
        ("DELIVERED", ""), ("DELIVERED", ""), ("FAILED", "NO_CONTACT"), ("FAILED", "WECOM_LIMIT"),
    ]  # fmt: skip
    gone = WecomContact.objects.exclude(gone_at=None).get()
    assert gone.customer_id == bank.customers["客1"].id
    again = bank.card(customer=bank.customers["客1"])
    bank.go()
    assert (now(again).state, again.why) == ("REFUSED", "NO_ADDRESS")


def test_what_the_manager_does_not_send_in_time_is_taken_out_and_has_failed(bank: WecomPost) -> None:
    message = bank.card()
    bank.go()
    bank.now += timedelta(hours=23)
    assert bank.ask() == 0
    bank.now += timedelta(hours=2)
    assert bank.ask() == 1
    assert (now(message).state, message.why) == ("FAILED", "NOT_CONFIRMED")
    assert bank.there.told() == []  # he cannot send it any more


def test_the_manager_who_sends_it_the_moment_before_it_is_taken_out_has_sent_it(bank: WecomPost) -> None:
    message = bank.card()
    bank.go()
    (task,) = bank.there.tasks.values()
    bank.now += timedelta(hours=25)
    before = bank.there.ask

    def late(path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("cancel_groupmsg_send"):
            task.status[ZHAO] = 1
        return before(path, query, body)

    with patch.object(bank.there, "ask", late):
        bank.ask()
    assert (now(message).state, message.why) == ("DELIVERED", "")


def test_of_several_members_the_main_manager_writes_and_else_the_newest_contact(bank: WecomPost) -> None:
    bank.contact(bank.zhao, ZHAO, "E9999", since=bank.now)
    bank.card()
    bank.go()
    WecomContact.objects.filter(userid=bank.li).update(gone_at=bank.now)
    bank.card()
    bank.go()
    assert [sender for sender, _, _ in bank.there.told()] == [bank.li, "E9999"]


@pytest.mark.parametrize(
    ("code", "state", "why"),
    [
        (84061, "FAILED", "NO_CONTACT"), (40096, "FAILED", "NO_CONTACT"), (40003, "FAILED", "NO_SENDER"),
        (45009, "QUEUED", "WECOM_45009"), (-1, "QUEUED", "WECOM_-1"), (48002, "QUEUED", "WECOM_48002"),
    ],
)  # fmt: skip
def test_what_wecom_answers_decides_whether_it_is_tried_again(
    bank: WecomPost, code: int, state: str, why: str
) -> None:
    bank.there.answer = code
    message = bank.card()
    bank.go()
    assert (now(message).state, message.why, message.doubtful) == (state, why, False)


def test_who_stands_in_the_list_of_failures_is_refused_and_the_others_are_not(bank: WecomPost) -> None:
    bank.with_customer("钱二", of="李")
    bank.contact(bank.customers["钱二"], "wmQian")
    bank.there.unsendable.add("wmQian")
    messages = [bank.card(), bank.card(customer=bank.customers["钱二"])]
    bank.go()
    assert [(now(m).state, m.why) for m in messages] == [("SENT", ""), ("FAILED", "NO_CONTACT")]


def test_a_token_is_kept_and_asked_for_anew_when_it_has_run_out(bank: WecomPost) -> None:
    for _ in range(2):
        bank.card()
        bank.go()
    assert bank.there.calls.count("gettoken") == 1
    bank.there.token = "another"
    bank.card()
    assert (bank.go().taken, bank.there.calls.count("gettoken")) == (1, 2)


def test_a_wrong_secret_is_busy_and_stands_nowhere(bank: WecomPost) -> None:
    wrong = Wecom("other", CORP, "not-the-secret", bank.there.url)
    message = bank.card()
    with patch.object(timezone, "now", lambda: bank.now):
        dispatch(carriers=lambda channel: [wrong])
    assert (now(message).state, message.why) == ("QUEUED", "WECOM_40001")
    assert "not-the-secret" not in repr(wrong)


def test_consent_caps_and_do_not_disturb_are_the_channels_own(bank: WecomPost) -> None:
    sent = [bank.card("GREETING") for _ in range(3)]
    bank.go()
    assert [(now(m).state, m.why) for m in sent] == [("SENT", ""), ("SENT", ""), ("REFUSED", "CAP_WEEK")]
    bank.consents(bank.zhao, "WITHDRAWN", "MARKETING_WECOM")
    refused = bank.card("GREETING")
    bank.go()
    bank.consents(bank.zhao)
    text = bank.message("GREETING")
    bank.go()
    assert (now(refused).why, now(text).why) == ("CONSENT", "NO_PROVIDER")  # texts are another matter


def test_words_are_the_same_for_all_customers_of_a_manager(bank: WecomPost) -> None:
    with pytest.raises(TemplateWrong) as wrong:
        submit(bank.viewer("运营"), Draft("企微", "GREETING", "{称呼}，生日快乐", channel="WECOM"))
    assert wrong.value.place == "not_for_all"


# what WeCom tells


def callback(
    fields: dict[str, str], *, age: int = 0, token: str = "callback-token", name: str = "wecom"
) -> Any:
    crypt = WecomCrypt(token, aes_key(KEY), CORP)
    query, content = called_back(crypt, fields, int(time.time()) - age)
    return Client().generic(
        "POST", f"/api/wecom/{name}", content, content_type="text/xml", query_params=query
    )


def event(change: str, at: int, external: str = ZHAO, userid: str = "E0002", **more: str) -> dict[str, str]:
    return {
        "ToUserName": CORP, "FromUserName": "sys", "CreateTime": f"{at}", "MsgType": "event", "Event": "change_external_contact",
        "ChangeType": change, "UserID": userid, "ExternalUserID": external, **more,
    }  # fmt: skip


@pytest.mark.parametrize("change", ["del_follow_user", "del_external_contact"])
def test_who_has_deleted_the_contact_cannot_be_written_to(bank: WecomPost, change: str) -> None:
    message = bank.card()
    assert callback(event(change, T, userid=bank.li)).content == b"success"
    bank.go()
    assert (now(message).state, message.why, bank.there.told()) == ("REFUSED", "NO_ADDRESS", [])


def test_a_new_contact_is_known_by_the_number_that_the_manager_has_noted(bank: WecomPost) -> None:
    bank.with_customer("钱二", of="李", mobile="13800000002")
    assert callback(event("add_external_contact", T, "wmNew", bank.li)).status_code == 200
    contact = WecomContact.objects.get(customer=None)
    there = wecom(configured().wecom[0])
    later = NOON + timedelta(minutes=1)
    assert find_customers(there, later) == 0  # nothing is noted
    bank.there.mobiles["wmNew", bank.li] = ["138 0000 0002"]
    assert find_customers(there, later) == 0  # asked again tomorrow
    assert find_customers(there, later + timedelta(days=1)) == 1
    contact.refresh_from_db()
    assert (contact.customer, contact.ask_at) == (bank.customers["钱二"], None)
    message = bank.card(customer=bank.customers["钱二"])
    bank.go()
    assert now(message).state == "SENT"


def test_a_familys_number_says_nothing_and_what_nobody_knows_is_forgotten(bank: WecomPost) -> None:
    for name in ("钱二", "钱三"):
        bank.with_customer(name, of="李", mobile="13800000002")
    moment = NOON
    note_contact(bank.li, "wmNew", "MADE", moment)
    bank.there.mobiles["wmNew", bank.li] = ["13800000002"]
    there = wecom(configured().wecom[0])
    assert find_customers(there, moment) == 0
    assert WecomContact.objects.filter(customer=None).count() == 1
    find_customers(there, moment + timedelta(days=31))
    assert not WecomContact.objects.filter(customer=None).exists()


@pytest.mark.parametrize(
    ("age", "token"), [(301, "callback-token"), (-330, "callback-token"), (0, "another-token")]
)
def test_who_is_not_wecom_or_told_it_long_ago_is_not_heard(bank: WecomPost, age: int, token: str) -> None:
    answer = callback(event("del_follow_user", T, userid=bank.li), age=age, token=token)
    assert answer.status_code == 403 and not WecomContact.objects.exclude(gone_at=None).exists()


def test_what_is_not_for_us_or_not_understood_changes_nothing(bank: WecomPost) -> None:
    told = event("del_follow_user", T, userid=bank.li)
    assert callback(told, name="nobody").status_code == 404
    for fields in (
        told | {"Event": "change_external_tag"}, told | {"ChangeType": "transfer_fail"}, told | {"CreateTime": "soon"},
        told | {"ExternalUserID": "w" * 65}, told | {"UserID": ""}, {"MsgType": "text", "Content": "TD"},
    ):  # fmt: skip
        assert callback(fields).status_code == 200
    for content in (b"", b"<xml></xml>", b"\xff", b"<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>"):
        assert Client().generic("POST", "/api/wecom/wecom", content).status_code == 403
    assert not WecomContact.objects.exclude(gone_at=None).exists()
    assert Client().put("/api/wecom/wecom").status_code == 405


def test_wecoms_question_whether_we_can_read_it_is_answered(bank: WecomPost) -> None:
    crypt = WecomCrypt("callback-token", aes_key(KEY), CORP)
    moment, sealed = f"{int(time.time())}", crypt.sealed("1616140317555161061")
    query = {
        "msg_signature": crypt.signature(moment, "n", sealed),
        "timestamp": moment,
        "nonce": "n",
        "echostr": sealed,
    }
    answer = Client().get("/api/wecom/wecom", query)
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert Client().get("/api/wecom/wecom", query | {"echostr": sealed[::-1]}).status_code == 403


OFFICIAL = WecomCrypt(
    "QDG6eK",
    aes_key("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"),
    "wx5823bf96d3bd56c7",
)
"""The example of WeCom's own description of its scheme."""


def test_the_scheme_is_wecoms_own() -> None:
    opened = OFFICIAL.opened(
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780",
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==", 1409659589,
    )  # fmt: skip
    assert opened == "1616140317555161061"


@given(message=st.text(max_size=200), other=st.sampled_from(["ww1", "ww22", ""]))
def test_what_is_sealed_is_opened_by_the_same_corporation_only(message: str, other: str) -> None:
    crypt = WecomCrypt("t", bytes(32), "ww2")
    sealed = crypt.sealed(message)
    assert crypt.opened(crypt.signature("100", "n", sealed), "100", "n", sealed, 130) == message
    stranger = replace(crypt, corp_id=other)
    with pytest.raises(NotGenuine):
        stranger.opened(crypt.signature("100", "n", sealed), "100", "n", sealed, 130)


@given(place=st.integers(0, 400), flip=st.integers(1, 255))
def test_not_a_byte_of_it_can_be_changed(place: int, flip: int) -> None:
    crypt = WecomCrypt("t", bytes(32), "ww2")
    data = bytearray(base64.b64decode(crypt.sealed("<xml></xml>")))
    data[place % len(data)] ^= flip
    sealed = base64.b64encode(bytes(data)).decode()
    signature = crypt.signature("100", "n", crypt.sealed("<xml></xml>"))
    with pytest.raises(NotGenuine):
        crypt.opened(signature, "100", "n", sealed, 100)


@given(st.text(alphabet="<>xml![]CDATA/&;eé ", max_size=60))
def test_no_xml_does_anything_but_say_words(text: str) -> None:
    assert all(isinstance(value, str) for value in fields_of(f"<xml><A>{text}</A></xml>").values())
    assert fields_of(f'<!DOCTYPE x [<!ENTITY e "{text}">]><xml><A>&e;</A></xml>') == {}


CHANGES = st.lists(
    st.tuples(st.sampled_from(["MADE", "EDITED", "ENDED"]), st.integers(0, 50)),
    min_size=1, max_size=5, unique_by=lambda one: one[1],
)  # fmt: skip


@hypothesis_settings(max_examples=25)
@given(data=st.data(), changes=CHANGES)
@pytest.mark.django_db
def test_in_whatever_order_it_is_told_the_newest_holds(data: Any, changes: list[tuple[Any, int]]) -> None:
    told = data.draw(st.permutations(changes))
    for change, minute in [*told, *told]:  # and twice, as WeCom does when it had no answer
        note_contact("E0002", "wmAny", change, NOON + timedelta(minutes=minute))
    contact = WecomContact.objects.get()
    newest = max(changes, key=lambda one: one[1])
    assert (contact.gone_at is not None, contact.told_at) == (
        newest[0] == "ENDED",
        NOON + timedelta(minutes=newest[1]),
    )
    contact.delete()


def test_what_was_found_when_sending_does_not_undo_what_was_told_later(bank: WecomPost) -> None:
    note_contact(bank.li, ZHAO, "EDITED", bank.now)
    end_contacts([(bank.zhao.id, bank.li)], bank.now - timedelta(minutes=1))
    assert WecomContact.objects.get().gone_at is None
    end_contacts([(bank.zhao.id, bank.li)], bank.now)
    assert WecomContact.objects.get().gone_at == bank.now


# the bank's own list, and its settings


def test_a_list_brings_contacts_and_says_which_lines_it_does_not_know(
    bank: WecomPost, tmp_path: Path
) -> None:
    bank.with_customer("钱二", of="李")
    path = tmp_path / "contacts.csv"
    path.write_text(
        f"cust_no,userid,external_userid\n{bank.customers['钱二'].cust_no},{bank.li},wmQian\nC99999999,{bank.li},wmNobody\n"
        f"{bank.zhao.cust_no},,wmX\n",
        "utf-8",
    )
    for _ in range(2):
        brought = bring_contacts(path, bank.now)
        assert (brought.taken, brought.unknown) == (1, [3, 4])
    contact = WecomContact.objects.get(customer=bank.customers["钱二"])
    assert (decrypt(contact.external_sealed), contact.userid, contact.ask_at) == ("wmQian", bank.li, None)
    assert b"wmQian" not in bytes(contact.external_sealed)


@pytest.mark.parametrize("text", ["cust_no,userid\nC1,E1\n", 'cust_no,userid,external_userid\n"C1', ""])
def test_a_list_that_is_none_is_refused(db: None, tmp_path: Path, text: str) -> None:
    path = tmp_path / "contacts.csv"
    if text:
        path.write_text(text, "utf-8")
    with pytest.raises(YinkeError):
        bring_contacts(path, NOON)


@pytest.mark.parametrize(
    ("more", "says"),
    [("corp_id: 'a b'", "corp_id"), ("url: ftp://x", "url"), ("name: W", "name")],
)
def test_a_wecom_that_cannot_be_is_refused_with_the_place(tmp_path: Path, more: str, says: str) -> None:
    entry = {"name": "wecom", "corp_id": CORP, "secret_file": "/s", "token_file": "/t", "aes_key_file": "/k"}
    key, _, value = more.partition(": ")
    path = tmp_path / "channels.yaml"
    path.write_text(json.dumps({"wecom": [entry | {key: value.strip("'")}]}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        read_channels(path)


def test_there_is_one_wecom_for_a_contacts_number_is_of_one(tmp_path: Path) -> None:
    entry = {"name": "wecom", "corp_id": CORP, "secret_file": "/s", "token_file": "/t", "aes_key_file": "/k"}
    path = tmp_path / "channels.yaml"
    path.write_text(json.dumps({"wecom": [entry, entry | {"name": "second"}]}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="wecom"):
        read_channels(path)
