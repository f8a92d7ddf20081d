"""Ready tags and segments on the demo bank: nearly all hold of somebody, none of everybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from django.conf import settings

from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import Engine
from yinke.lake.store import Day, Lake
from yinke.segments.ready import ready_segments, ready_tags
from yinke.segments.rules.gather import evaluate
from yinke.segments.rules.world import Ids, World

LONG_PAST = {  # ask of more than the two months that this bank has
    "aum_year_up", "aum_year_down", "below_half_peak", "products_grown", "products_fewer", "app_silent_90", "app_fading",
    "stage_growing", "stage_mature", "stage_dormant", "stage_lost", "stage_won_back", "downgraded_30d",
    "event_payroll_lost", "event_woken", "event_app_silent", "new_day_60", "new_day_90", "payroll_lost", "payroll_gap",
}  # fmt: skip
RARE = {  # one in a hundred or fewer: among 600 customers there may be none
    "age_under_14", "staff_customer", "certificate_expired", "certificate_expiring", "aum_5m_10m", "aum_10m_up",
    "foreign_currency", "holds_metal", "card_half_used", "gain_10", "counter_often", "maturity_viewer", "own_out_30d",
    "own_in_30d", "big_in_30d", "big_out_30d", "big_spender", "house_buyer", "broker_30d", "tier_diamond",
    "tier_private", "near_gold", "near_sunflower", "near_diamond", "near_private", "above_own_risk", "overdue",
    "money_frozen", "not_normal", "aml_high", "aml_in_and_out", "aml_split_cash", "stage_alert", "stage_closed", "new_30d",
    "leaves_at_maturity", "renews_at_maturity", "yield_chaser", "deposit_due_7d", "wealth_due_7d", "birthday_7d",
    "upgraded_30d", "event_large_in", "event_large_out", "event_falling", "event_payroll_new", "event_loan_repaid",
    "event_papers", "event_drawdown", "salary_sweep", "consumer_loan", "looked_not_bought", "product_browser",
    "near_sunflower_up", "near_gold_up", "near_high_up", "about_to_fall", "salary_swept", "deposit_due_unseen",
    "large_deposit_due", "wealth_due", "leaves_when_due", "maturity_looker", "sleeping_rich", "app_silent_rich",
    "idle_money", "single_product_rich", "mortgage_no_invest", "assessment_missing_rich", "fund_losers", "birthday_week",
    "new_day_30", "churn_alert_gold", "outflow_to_own_bank", "inflow_from_own_bank", "product_lookers", "quiet_loyal",
    "top_unmanaged", "id_expiring_active", "elder_high_risk", "loan_maturing", "aum_down_20", "bank_top_1",
}  # fmt: skip


def _told_by_people(wanted: frozenset[str]) -> dict[str, Ids]:
    """Consents and wishes stand in PostgreSQL: the first customer has them all."""
    return {mark: np.ones(1, np.int32) for mark in wanted}


def test_nearly_all_hold_of_somebody_and_none_of_everybody(demo_home: Path, duck: Engine) -> None:
    lake = Lake(demo_home / "lake")
    keys = {**ready_tags(), **ready_segments()}
    everybody, somebody = set(keys), set()
    for biz_date in (lake.dates()[-1], lake.dates()[-9]):
        day = lake.day(biz_date)
        assert isinstance(day, Day)
        values = load_thresholds(settings.YINKE.thresholds).at(biz_date)
        world = World(duck, lake, day, values, marks=_told_by_people)
        table = duck.to_arrow(evaluate(world, [one.rule for one in keys.values()]))
        counts = {code: pc.sum(table[f"r{n}"]).as_py() for n, code in enumerate(keys)}
        somebody |= {code for code, count in counts.items() if count}
        everybody &= {code for code, count in counts.items() if count == len(table)}
    assert not everybody
    nobody = set(keys) - somebody
    assert nobody <= LONG_PAST | RARE
    assert len(nobody - LONG_PAST) <= 0.15 * len(set(keys) - LONG_PAST)
