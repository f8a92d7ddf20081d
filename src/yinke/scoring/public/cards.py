"""Churn_Modelling and BankChurners: who leaves a bank, who gives a credit card up."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yinke.scoring.learning.frame import Feature, codes, frame_of
from yinke.scoring.public.sets import Sample, labels, levels, numbers, read_columns, texts

CHURN = (
    "CreditScore", "Geography", "Gender", "Age", "Tenure", "Balance", "NumOfProducts", "HasCrCard",
    "IsActiveMember", "EstimatedSalary", "Exited",
)  # fmt: skip
CARDS = (
    "Customer_Age", "Gender", "Dependent_count", "Education_Level", "Marital_Status", "Income_Category",
    "Card_Category", "Months_on_book", "Total_Relationship_Count", "Months_Inactive_12_mon", "Contacts_Count_12_mon",
    "Credit_Limit", "Total_Revolving_Bal", "Avg_Open_To_Buy", "Total_Amt_Chng_Q4_Q1", "Total_Trans_Amt",
    "Total_Trans_Ct", "Total_Ct_Chng_Q4_Q1", "Avg_Utilization_Ratio", "Attrition_Flag",
)  # fmt: skip
ORDERS = {
    "Education_Level": ("Uneducated", "High School", "College", "Graduate", "Post-Graduate", "Doctorate"),
    "Income_Category": ("Less than $40K", "$40K - $60K", "$60K - $80K", "$80K - $120K", "$120K +"),
    "Card_Category": ("Blue", "Silver", "Gold", "Platinum"),
}
"""Categories with an order count as numbers: 0 is the least."""


def read_churn_modelling(path: Path) -> Sample:
    """Churn_Modelling.csv. ``RowNumber``, ``CustomerId`` and ``Surname`` are not read."""
    table = read_columns(path, CHURN)
    n = {name: numbers(path, table, name) for name in CHURN if name not in ("Geography", "Gender", "Exited")}
    country, gender = texts(table, "Geography"), texts(table, "Gender")
    frame = frame_of({
        Feature("Geography", levels(country)): codes(country, levels(country)),
        Feature("is_female"): codes(gender, ("Male", "Female")),
        **{
            Feature(name, monotone=-1 if name == "IsActiveMember" else 0): column
            for name, column in n.items()
        },
    })  # fmt: skip
    return Sample(frame, labels(path, table, "Exited", ("1",), ("0",)))


def read_bank_churners(path: Path) -> Sample:
    """BankChurners.csv. ``CLIENTNUM`` and the two columns ``Naive_Bayes_Classifier_…`` are not read."""
    table = read_columns(path, CARDS)
    words = ("Gender", "Marital_Status", *ORDERS, "Attrition_Flag")
    n = {name: numbers(path, table, name) for name in CARDS if name not in words}
    marital = [None if text == "Unknown" else text for text in texts(table, "Marital_Status")]
    spent, times = n["Total_Trans_Amt"], np.maximum(n["Total_Trans_Ct"], 1.0)
    active = np.maximum(12.0 - n["Months_Inactive_12_mon"], 1.0)
    frame = frame_of({
        Feature("is_female"): codes(texts(table, "Gender"), ("M", "F")),
        Feature("Marital_Status", levels(marital)): codes(marital, levels(marital)),
        **{Feature(name): codes(texts(table, name), order) for name, order in ORDERS.items()},
        **{Feature(name): column for name, column in n.items()},
        Feature("spent_each_time"): spent / times,
        Feature("times_each_active_month"): times / active,
        Feature("spent_to_limit"): spent / np.maximum(n["Credit_Limit"], 1.0),
        Feature("times_each_product"): times / np.maximum(n["Total_Relationship_Count"], 1.0),
        Feature("spent_now_to_then"): n["Total_Amt_Chng_Q4_Q1"] / np.maximum(n["Total_Ct_Chng_Q4_Q1"], 0.01),
    })  # fmt: skip
    flag = labels(path, table, "Attrition_Flag", ("1", "Attrited Customer"), ("0", "Existing Customer"))
    return Sample(frame, flag, _leaks(path))


def _leaks(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.readline()
    found = "are in the file and were left out" if "Naive_Bayes" in head else "are absent from this copy"
    return (f"The two columns that hold another model's answer (Naive_Bayes_…) {found}.",)
