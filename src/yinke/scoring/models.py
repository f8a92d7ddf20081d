"""模型登记: each trained model and who decided what of it; whom the nights warn of; what managers say to that."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yinke.access.models import Org, User
from yinke.common.history import kept
from yinke.customers.models import Customer


class ScoringModel(models.Model):
    """A model of the lake's ``models/<kind>/<number>/``. Nobody approves or releases what they have trained."""

    class Status(models.TextChoices):
        CANDIDATE = "CANDIDATE", "候选"
        APPROVED = "APPROVED", "已审批"
        RELEASED = "RELEASED", "使用中"
        RETIRED = "RETIRED", "已退役"

    id: int
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CANDIDATE)
    metrics = models.JSONField()
    window = models.JSONField()
    features = models.JSONField()
    code_version = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    """SHA-256 of the model's card, which names those of its files."""
    note = models.CharField(max_length=200, blank=True)
    trained_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    trained_by_id: int
    trained_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by_id: int | None
    approved_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_by_id: int | None
    released_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was rolled back, or set aside."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="scoring_model_number"),
            models.UniqueConstraint(fields=["kind"], condition=Q(status="RELEASED"), name="scoring_one_released"),
            models.CheckConstraint(
                condition=(Q(approved_by=None) | ~Q(approved_by=F("trained_by")))
                & (Q(released_by=None) | ~Q(released_by=F("trained_by"))),
                name="scoring_trainer_releases_nothing",
            ),
        ]  # fmt: skip


class TrainingRun(models.Model):
    """训练任务: a model was asked for on the page; the worker trains it beside the nights."""

    class Status(models.TextChoices):
        WAITING = "WAITING", "排队中"
        RUNNING = "RUNNING", "训练中"
        DONE = "DONE", "已完成"
        FAILED = "FAILED", "未成功"

    OPEN = ("WAITING", "RUNNING")

    id: int
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by_id: int
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(null=True)
    """The model that came of it."""
    code = models.CharField(max_length=40, blank=True)
    """Why it failed: the error's code."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(status__in=("WAITING", "RUNNING")), name="scoring_one_training"
            )
        ]


class ScoreNight(models.Model):
    """评分监测: what one night's scoring came to, or why it gave no scores."""

    id: int
    kind = models.CharField(max_length=20)
    biz_date = models.DateField()
    model = models.PositiveIntegerField()
    """Number of the model that was released that night."""
    scored = models.PositiveIntegerField()
    bands = models.JSONField(default=dict)
    """Customers by band."""
    score_psi = models.FloatField(null=True)
    """Drift of the score against the model's test month; None: too few customers to tell."""
    psi = models.JSONField(default=dict)
    """The same by feature."""
    blocked = models.CharField(max_length=10, blank=True)
    """Why no score was written: model, features, missing, drift."""
    blocked_features = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "biz_date"], name="scoring_one_night")]


class ChallengerNight(models.Model):
    """挑战者评分: how a challenger's scores of one night stood to those of the champion, of the customers whom both scored."""

    id: int
    kind = models.CharField(max_length=20)
    biz_date = models.DateField()
    champion = models.PositiveIntegerField()
    challenger = models.PositiveIntegerField()
    customers = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    """Of how many it said the same: of churn the same band, of value an amount within the champion's span, of products the same
    first proposal."""
    mix = models.JSONField(default=list)
    """Of churn: customers by the champion's band and the challenger's, each HIGH, MEDIUM, LOW."""
    score_psi = models.FloatField(null=True)
    psi = models.JSONField(default=dict)
    """Drift by feature against the challenger's own test month."""
    blocked = models.CharField(max_length=10, blank=True)
    """Why it could not score, as of ``ScoreNight``."""
    blocked_features = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "biz_date"], name="scoring_one_challenger_night")
        ]


class ModelComparison(models.Model):
    """模型对比: what two models of a kind were worth on one month, from which neither had learned."""

    class Better(models.TextChoices):
        CHAMPION = "CHAMPION", "冠军"
        CHALLENGER = "CHALLENGER", "挑战者"
        NEITHER = "NEITHER", "难分"

    id: int
    kind = models.CharField(max_length=20)
    champion = models.PositiveIntegerField()
    challenger = models.PositiveIntegerField()
    month = models.DateField()
    customers = models.PositiveIntegerField()
    better = models.CharField(max_length=10, choices=Better.choices)
    figures = models.JSONField()
    """As ``champion.compare.Measured.told``."""
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "champion", "challenger", "month"], name="scoring_one_comparison"
            )
        ]


class ModelMonth(models.Model):
    """逐月表现: what the model in use was worth on a month after its test month, once the outcome was known."""

    id: int
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    month = models.DateField()
    customers = models.PositiveIntegerField()
    figures = models.JSONField()
    """As ``champion.compare.Measured.figures``."""
    fell = models.BooleanField()
    """Whether it is so much poorer than on the test month that another should be trained."""
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number", "month"], name="scoring_one_month_of_a_model")
        ]


class ChurnAlert(models.Model):
    """流失预警: one stay of a customer in the high or the medium band, from the night of entering on.

    Org, manager and tier are the customer's own as of the last night (or handover): a board is counted from this table
    alone. Who comes back within ``churn.reopen_days`` goes on with the same alert.
    """

    class Outcome(models.TextChoices):
        SAVED = "SAVED", "挽回"
        LOST = "LOST", "流失"
        EXPLAINED = "EXPLAINED", "另有原因"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    tier = models.PositiveSmallIntegerField()
    entered_on = models.DateField()
    ended_on = models.DateField(null=True)
    """The first night on which it no longer stood."""
    model = models.PositiveIntegerField()
    band = models.CharField(max_length=6)
    probability = models.FloatField()
    aum = models.DecimalField(max_digits=18, decimal_places=2)
    aum_at_risk = models.DecimalField(max_digits=18, decimal_places=2)
    base = models.DecimalField(max_digits=18, decimal_places=2)
    """Average AUM of the three months up to the night of entering: what a loss is measured against."""
    why = models.JSONField(default=list)
    """Reasons, the weightiest first: pairs of a feature's name and its value."""
    acted_at = models.DateTimeField(null=True)
    """The newest contact or feedback since the customer entered; empty: nobody has done anything yet."""
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    """By the label's own definition, once its window is over; empty: still open."""
    decided_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_on=None), name="scoring_one_standing_alert"
            )
        ]
        indexes = [
            models.Index(fields=["-aum_at_risk", "-id"], condition=Q(ended_on=None), name="scoring_alert_at_risk"),
            models.Index(fields=["customer", "-entered_on"], name="scoring_alert_of_customer"),
            models.Index(fields=["-ended_on"], name="scoring_alert_ended"),
            models.Index(fields=["decided_on"], condition=~Q(outcome=""), name="scoring_alert_decided"),
        ]  # fmt: skip


class CustomerValue(models.Model):
    """客户价值: what a customer brings and is expected to bring, CNY, and what to propose; as of the last night that told it.

    Who objects to being profiled has no row. Reasons stand in the lake's table ``value``.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    contribution = models.DecimalField(max_digits=18, decimal_places=2)
    """Of a month."""
    expected = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """Of the next twelve months; null without a released value model."""
    low = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    products = ArrayField(models.CharField(max_length=13), size=3, default=list)
    """Categories proposed, the best first."""


@kept()
class ScoreFeedback(models.Model):
    """不属实反馈: a manager says why a score is not true; some reasons explain the fall, and training leaves them out."""

    class Reason(models.TextChoices):
        HOUSE = "HOUSE", "买房等大额用途"
        FAMILY = "FAMILY", "转给在本行的家人"
        BUSINESS = "BUSINESS", "经营周转"
        RETURNING = "RETURNING", "资金将很快回来"
        DATA = "DATA", "数据有误"
        STAYS = "STAYS", "客户明确不走"
        OTHER = "OTHER", "其他"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    biz_date = models.DateField()
    """The night whose score it speaks of."""
    model = models.PositiveIntegerField()
    band = models.CharField(max_length=6)
    probability = models.FloatField()
    reason = models.CharField(max_length=9, choices=Reason.choices)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "biz_date"], name="scoring_one_feedback_a_score")
        ]
