"""流失预警: the board, the card on 客户一览, and what managers say to a score."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.care.churn_schemas import AlertPage, AlertQuery, AlertScope, ChurnSummary, FeedbackIn, ScoreCard
from yinke.care.queries.churn import alert_page, churn_summary
from yinke.care.queries.churn_card import newest_score, score_card
from yinke.common.schema import answer
from yinke.customers.queries import one
from yinke.scoring.services import feedback

router = Router(tags=["churn"])


@router.get("/churn/summary", response=ChurnSummary, auth=can("churn.read"))
def get_churn_summary(request: HttpRequest, wanted: Query[AlertScope]) -> ChurnSummary:
    """哪些人要走: customers and AUM at risk by band, tier, org and manager, and what became of earlier alerts."""
    return churn_summary(viewer_from(request), wanted)


@router.get("/churn/alerts", response=AlertPage, auth=can("churn.read"))
def list_churn_alerts(request: HttpRequest, wanted: Query[AlertQuery]) -> HttpResponse:
    """The customers, 50 a page, with reasons, what was done and how it stands. ``tier`` may be given several times."""
    return answer(alert_page(viewer_from(request), wanted))


@router.get("/customers/{customer_id}/churn", response=ScoreCard, auth=can("churn.read"))
def get_score_card(request: HttpRequest, customer_id: int) -> HttpResponse:
    """流失风险: the newest score with reasons, and its history."""
    return answer(score_card(viewer_from(request), customer_id))


@router.post("/customers/{customer_id}/churn/feedback", response=ScoreCard, auth=can("task.work"))
def tell_feedback(request: HttpRequest, customer_id: int, body: FeedbackIn) -> ScoreCard:
    """不属实反馈 on the newest score; a second one on the same score takes the first one's place."""
    viewer = viewer_from(request)
    customer, score = newest_score(viewer, customer_id)
    feedback.tell(viewer, customer, score, body.reason, body.note)
    return score_card(viewer, customer_id)


@router.post(
    "/customers/{customer_id}/churn/feedback/{feedback_id}/withdraw",
    response=ScoreCard,
    auth=can("task.work"),
)
def withdraw_feedback(request: HttpRequest, customer_id: int, feedback_id: int) -> ScoreCard:
    """Take one's own feedback back."""
    viewer = viewer_from(request)
    feedback.take_back(viewer, one(viewer, customer_id), feedback_id)
    return score_card(viewer, customer_id)
