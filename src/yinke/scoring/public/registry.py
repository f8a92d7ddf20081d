"""The public sets that ``yinke score evaluate`` knows."""

from __future__ import annotations

from yinke.common.errors import YinkeError
from yinke.scoring.learning.fit import Recipe
from yinke.scoring.public.berka import read_berka_loans
from yinke.scoring.public.cards import read_bank_churners, read_churn_modelling
from yinke.scoring.public.marketing import read_bank_marketing
from yinke.scoring.public.sets import PublicSet, Published

NEVER_OVERSAMPLED = (
    "No row is drawn twice: oversampling before the split puts copies of test rows into training."
)

SETS: dict[str, PublicSet] = {
    found.name: found
    for found in (
        PublicSet(
            "churn-modelling", "Churn_Modelling", "Churn_Modelling.csv", read_churn_modelling,
            Recipe(leaves=7, least_rows=20, columns=0.7, bags=4, rounds=800),
            (NEVER_OVERSAMPLED, "Row number, customer id and surname are not read."),
            (Published("auc", "0.86–0.87", "honest public notebooks; 0.95 and more come from oversampling before the split"),),
        ),
        PublicSet(
            "bank-churners", "BankChurners", "BankChurners.csv", read_bank_churners,
            Recipe(leaves=15, least_rows=20, columns=0.5, rate=0.05, rounds=700, patience=40),
            (NEVER_OVERSAMPLED, "The two columns with another model's answer and the client number are not read."),
            (Published("auc", "0.99+", "honest public notebooks"),),
        ),
        PublicSet(
            "bank-marketing", "Bank Marketing", "bank-additional-full.csv", read_bank_marketing,
            Recipe(leaves=15, least_rows=60, columns=0.5, rounds=600, patience=40),
            (NEVER_OVERSAMPLED, "`duration` is not read: it is known after the call only.",
             "Rows are ordered by date; shuffled folds let the model see the days around a test row, so the time "
             "split, in which it learns from earlier rows only, says what a bank would have seen."),
            (Published("auc", "0.80", "Moro, Cortez, Rita (2014), Decision Support Systems 62; their own test window of 2012–2013, "
                                      "with attributes that the public file lacks"),),
            in_time_order=True, repeats=3,
        ),
        PublicSet(
            "berka-loans", "Berka loans (PKDD'99)", "loan.asc", read_berka_loans,
            Recipe(leaves=4, least_rows=10, columns=0.5, rounds=400, bags=3),
            (NEVER_OVERSAMPLED, "Only transactions and cards before the loan's day count.",
             "Standing orders bear no date and follow from the loan, the districts' figures are of 1995 and 1996: not read."),
            (), repeats=10,
        ),
    )
}  # fmt: skip


def public_set(name: str) -> PublicSet:
    """The set of that name.

    Raises:
        YinkeError: there is none (``dataset_unknown``).
    """
    if name not in SETS:
        raise YinkeError(
            f"There is no public set '{name}'", place="yinke score evaluate --dataset", code="dataset_unknown",
            remedy=f"Choose one of {', '.join(SETS)}",
        )  # fmt: skip
    return SETS[name]
