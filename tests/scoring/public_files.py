"""Tiny files with the columns of the public sets, made here: a test needs no download."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

Rows = Sequence[Sequence[object]]


def write(path: Path, head: Sequence[str], rows: Rows, delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerows([head, *rows])
    return path


def churn_modelling(folder: Path, rows: int = 240) -> Path:
    """Leavers are old and passive; the surname tells who leaves, which an honest reader does not look at."""
    rng, made = random.Random(1), []
    for n in range(rows):
        age, active = rng.randint(18, 80), rng.randint(0, 1)
        leaves = int(age > 55 and (not active or rng.random() < 0.3))
        made.append([
            n, 15_000_000 + n, "Leaver" if leaves else "Stayer", rng.randint(350, 850),
            rng.choice(["France", "Spain", "Germany"]), rng.choice(["Male", "Female"]), age, rng.randint(0, 10),
            rng.choice([0, 90_000.5]), rng.randint(1, 3), 1, active, rng.uniform(100, 190_000), leaves,
        ])  # fmt: skip
    head = ["RowNumber", "CustomerId", "Surname", "CreditScore", "Geography", "Gender", "Age", "Tenure", "Balance",
            "NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary", "Exited"]  # fmt: skip
    return write(folder / "Churn_Modelling.csv", head, made)


LEAKS = ["Naive_Bayes_Classifier_Attrition_Flag_1", "Naive_Bayes_Classifier_Attrition_Flag_2"]


def bank_churners(folder: Path, rows: int = 240) -> Path:
    """As the original: texts as labels, and two columns that hold another model's answer."""
    rng, made = random.Random(2), []
    for n in range(rows):
        times = rng.randint(10, 120)
        leaves = times < 40 and rng.random() < 0.9
        made.append([
            7_000_000 + n, "Attrited Customer" if leaves else "Existing Customer", rng.randint(26, 70),
            rng.choice("MF"), rng.randint(0, 5), rng.choice(["High School", "Unknown"]),
            rng.choice(["Married", "Unknown"]), rng.choice(["Less than $40K", "$120K +"]), "Blue",
            rng.randint(13, 56), rng.randint(1, 6), rng.randint(0, 6), rng.randint(0, 6), 9_000, 800, 8_200, 1.1,
            times * 60, times, 0.7, 0.1, 0.99 * leaves, 1 - 0.99 * leaves,
        ])  # fmt: skip
    head = ["CLIENTNUM", "Attrition_Flag", "Customer_Age", "Gender", "Dependent_count", "Education_Level",
            "Marital_Status", "Income_Category", "Card_Category", "Months_on_book", "Total_Relationship_Count",
            "Months_Inactive_12_mon", "Contacts_Count_12_mon", "Credit_Limit", "Total_Revolving_Bal",
            "Avg_Open_To_Buy", "Total_Amt_Chng_Q4_Q1", "Total_Trans_Amt", "Total_Trans_Ct", "Total_Ct_Chng_Q4_Q1",
            "Avg_Utilization_Ratio", *LEAKS]  # fmt: skip
    return write(folder / "BankChurners.csv", head, made)


def bank_marketing(folder: Path, rows: int = 400) -> Path:
    """``duration`` gives the answer away; the rest is weak."""
    rng, made = random.Random(3), []
    for _ in range(rows):
        before = rng.random() < 0.2
        yes = rng.random() < (0.6 if before else 0.1)
        made.append([
            rng.randint(20, 70), rng.choice(["admin.", "retired"]), "married", "basic.4y", "no", "yes", "no",
            "cellular", "may", "mon", 900 if yes else 50, 1, 3 if before else 999, int(before),
            "success" if before else "nonexistent", 1.1, 93.9, -36.4, 4.8, 5191, "yes" if yes else "no",
        ])  # fmt: skip
    head = ["age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week",
            "duration", "campaign", "pdays", "previous", "poutcome", "emp.var.rate", "cons.price.idx",
            "cons.conf.idx", "euribor3m", "nr.employed", "y"]  # fmt: skip
    return write(folder / "bank-additional-full.csv", head, made, ";")


def berka_loans(folder: Path, loans: int = 90) -> Path:
    """Every third loan is bad. From its day on each account tells its end; before it, only half of the bad ones do."""
    rng = random.Random(4)
    loan, account, disp, client, card, trans = [], [], [], [], [], []
    for n in range(1, loans + 1):
        bad = n % 3 == 0
        loan.append(
            [n, n, "940601", rng.randint(10, 90) * 1000, 24, 3000.0, rng.choice("BD" if bad else "AC")]
        )
        account.append([n, 1, "POPLATEK MESICNE", "930101"])
        disp.append([n, n, n, "OWNER"])
        client.append([n, "706213" if n % 2 else "450204", 1])
        early = -500.0 if bad and rng.random() < 0.5 else 9000.0
        trans.append([n * 10, n, "940301", "PRIJEM", "VKLAD", 4000.0, early, "", "", ""])
        trans.append([n * 10 + 2, n, "940601", "PRIJEM", "", 9.0, -2.0 if bad else 2.0, "", "", ""])
        trans.append([n * 10 + 1, n, "940701", "VYDAJ", "VYBER", 10.0, -1.0 if bad else 1.0, "", "", ""])
        card.append([n, n, "classic", "950101 00:00:00"])
    files = {
        "loan": (["loan_id", "account_id", "date", "amount", "duration", "payments", "status"], loan),
        "account": (["account_id", "district_id", "frequency", "date"], account),
        "disp": (["disp_id", "client_id", "account_id", "type"], disp),
        "client": (["client_id", "birth_number", "district_id"], client),
        "card": (["card_id", "disp_id", "type", "issued"], card),
        "trans": (
            ["trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"],
            trans,
        ),
    }  # fmt: skip
    for name, (head, rows) in files.items():
        write(folder / f"{name}.asc", head, rows, ";")
    return folder / "loan.asc"


FILES: dict[str, Callable[[Path], Path]] = {
    "churn-modelling": churn_modelling,
    "bank-churners": bank_churners,
    "bank-marketing": bank_marketing,
    "berka-loans": berka_loans,
}
