"""What events say: every sentence of both languages, rendered from what the detectors really wrote."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.care.events.bank import Bank, Event
from tests.care.events.everything import everything_happens
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.reasons import LANGUAGES, event_name, family, sentence, talk, texts
from yinke.common.money import short
from yinke.lake.engine import Engine

CHINESE = re.compile(r"[一-鿿]")
LEFT_OVER = re.compile(r"[{}\[\]]|None|null|[A-Z]{4,}_?")
BANNED = re.compile("保本|保息|稳赚|无风险|guaranteed|risk-free|without risk|包赚|刚兑")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, duck: Engine) -> list[Event]:
    bank = Bank(tmp_path_factory.mktemp("lake"), duck)
    everything_happens(bank)
    return bank.detect()


def said(event: Event, language: str, today: date | None = None) -> str:
    return sentence(event.type, event.payload, event.amount, language, today=today)


def key_of(event: Event) -> str:
    what = event.payload.get("what")
    many = "_MANY" if event.payload.get("count") else ""
    return (f"{what}_" if what else "") + event.payload.get("case", "ALL") + many


def test_every_event_type_has_all_texts_in_both_languages() -> None:
    zh, en = (texts(language)["events"] for language in LANGUAGES)
    assert list(zh) == list(en) == list(EVENT_TYPES)
    for code in EVENT_TYPES:
        assert zh[code]["name"] and en[code]["name"]
        assert set(zh[code]["sentences"]) == set(en[code]["sentences"])
        assert 2 <= len(zh[code]["talk"]) <= 4
        assert 2 <= len(en[code]["talk"]) <= 4
    assert {kind: set(words) for kind, words in texts("en")["words"].items()} == {
        kind: set(words) for kind, words in texts("zh-hans")["words"].items()
    }


def test_both_languages_use_the_same_facts() -> None:
    def fields(language: str) -> dict[tuple[str, str], set[str]]:
        return {
            (code, key): set(re.findall(r"\{(\w+)", text))
            for code, event in texts(language)["events"].items()
            for key, text in event["sentences"].items()
        }

    zh, en = (fields(language) for language in LANGUAGES)
    assert {key for key in zh if zh[key] != en[key]} <= {("E02", "ARRIVED")}


def test_every_sentence_is_rendered_from_what_its_detector_wrote(events: list[Event]) -> None:
    seen = set()
    for event in events:
        for language in LANGUAGES:
            # a day later what was ahead may be due or past: those sentences are read too
            for today in (None, *(event.biz_date + timedelta(days=n) for n in range(0, 120, 1))):
                text = said(event, language, today)
                assert text != event_name(event.type, language), (event, language, today)
                assert not LEFT_OVER.search(re.sub("AUM", "", text)), text
        seen.add((event.type, key_of(event)))
        if "due" in event.payload and event.payload["case"] in ("AHEAD", "TODAY"):
            seen |= {
                (event.type, key_of(event).replace(event.payload["case"], case))
                for case in ("TODAY", "AFTER")
            }
    every = {(code, key) for code, found in texts("en")["events"].items() for key in found["sentences"]}
    assert seen == every


def test_english_is_whole_and_chinese_comes_first(events: list[Event]) -> None:
    own_words = re.compile('稳享.*?1号|成长混合|工商银行|建设"银行')
    for event in events:
        assert not CHINESE.search(own_words.sub("", said(event, "en"))), said(event, "en")
        assert CHINESE.search(said(event, "zh-hans"))


def test_nothing_that_the_law_forbids_is_said() -> None:
    for language in LANGUAGES:
        assert not BANNED.search(str(texts(language)))


def test_no_payload_shows_more_than_four_digits_of_an_account(events: list[Event], duck: Engine) -> None:
    for event in events:
        assert not re.search(r"\d{9,}", str(event.payload)), event
        if event.payload.get("tail"):
            assert len(event.payload["tail"]) == 4


@pytest.mark.parametrize(
    ("code", "case", "zh", "en"),
    [
        ("E01", "AHEAD", "大额存单 20 万 7 天后（6月24日）到期，尾号 ",
         "A CNY 200K certificate of deposit matures in 7 days (24 Jun), account ending "),
        ("E05", "DROP", "AUM 30 天内下降 40%，少了 40 万", "AUM fell 40% in 30 days, CNY 400K less"),
        ("E08", "NEED", "再多日均 4.62 万并保持到月底，即可升级金葵花",
         "CNY 46.15K more a day until month's end lifts them to Sunflower"),
        ("E04", "OWN_NAME", '6月17日转出 350 万，其中 300 万转到本人他行账户（建设"银行）',
         'CNY 3.5M went out on 17 Jun, CNY 3M of it to the customer\'s own account elsewhere (建设"银行)'),
        ("E03", "OWN_NAME", "6月17日转入 500 万，来自本人他行账户（工商银行）",
         "CNY 5M came in on 17 Jun from the customer's own account elsewhere (工商银行)"),
        ("E15", "PREPAID", "消费贷提前还款 30 万，占余额 60%，还剩 20 万",
         "Consumer loan prepaid by CNY 300K, 60% of the balance; CNY 200K left"),
        ("E12", "AHEAD", "2 天后（6月19日）是端午节，送上问候",
         "Dragon Boat Festival is in 2 days (19 Jun), send a greeting"),
        ("E27", "AHEAD", "2 天后（6月19日）开户满 1 年，可发短信或 App 祝福",
         "The account is 1 year old in 2 days (19 Jun), a message will do"),
    ],
)  # fmt: skip
def test_reasons_are_said_as_a_manager_would(
    events: list[Event], code: str, case: str, zh: str, en: str
) -> None:
    event = next(e for e in events if e.type == code and e.case == case)
    assert said(event, "zh-hans").startswith(zh)
    assert said(event, "en").startswith(en)


def test_days_are_counted_from_the_day_of_reading() -> None:
    facts = {"case": "AHEAD", "due": "2026-06-24", "days": 7, "tail": "0001"}
    amount = Decimal(500_000)
    assert "7 天后" in sentence("E01", facts, amount, "zh-hans")
    assert "2 天后" in sentence("E01", facts, amount, "zh-hans", today=date(2026, 6, 22))
    assert (
        sentence("E01", facts, amount, "zh-hans", today=date(2026, 6, 24)) == "定存 50 万今天到期，尾号 0001"
    )
    assert "还没有续存" in sentence("E01", facts, amount, "zh-hans", today=date(2026, 6, 25))


def test_a_reason_without_its_facts_is_called_by_its_name() -> None:
    assert sentence("E01", {}, None, "zh-hans") == "定存到期"
    assert sentence("E01", {"case": "AHEAD"}, Decimal(1), "en") == "Deposit matures"


def test_talk_of_several_reasons_stays_short_and_keeps_their_order() -> None:
    lines = talk(["E04", "E01", "E02", "E04"], "zh-hans")
    assert len(lines) == 6
    assert lines[:4] == texts("zh-hans")["events"]["E04"]["talk"]
    assert len(set(lines)) == len(lines)


def test_families_are_those_of_the_pages() -> None:
    assert {family(code) for code in EVENT_TYPES} == {
        "MATURITY", "FLOW", "PAYROLL", "TIER", "CARE", "ACTIVITY", "LOAN", "SERVICE", "NEW", "CHURN",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("0", "0 元", "CNY 0"), ("0.05", "0.05 元", "CNY 0.05"), ("999.995", "1,000 元", "CNY 1K"),
        ("9999.99", "1 万", "CNY 10K"), ("10000", "1 万", "CNY 10K"), ("123456789", "1.23 亿", "CNY 123.46M"),
        ("-365000", "-36.5 万", "-CNY 365K"), ("1000000000", "10 亿", "CNY 1B"),
    ],
)  # fmt: skip
def test_money_is_said_in_the_unit_that_fits(amount: str, zh: str, en: str) -> None:
    assert short(Decimal(amount), "zh-hans") == zh
    assert short(Decimal(amount), "en") == en
