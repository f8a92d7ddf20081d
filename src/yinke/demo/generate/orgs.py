"""机构与员工: the tree 总行 → 分行 → 支行 → 网点 and its staff, scaled by the number of customers.

One sub-branch per 2,500 customers (a Chinese outlet serves some 2,000 to 10,000 active retail customers), at
most twenty sub-branches to a branch and one or two outlets to a sub-branch. Every 400 customers of 50,000
yuan or more have a manager; smaller ones with mobile banking are looked after by remote managers, the
others by nobody (the pool). About one manager in eight leaves within the first year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yinke.demo.generate.days import number
from yinke.demo.generate.draws import Draws, Ids, Ints
from yinke.demo.generate.names import names
from yinke.demo.people import HQ_POSTS, branch_no, head_no, hq_no, manager_no

CITIES = ("江城", "临海", "云州", "青山", "白石", "金湾", "北原", "南塘", "东陵", "西岭")
PLACES = (
    "城中", "滨江", "高新", "南湖", "西山", "人民路", "学府", "新城", "火车站", "古城", "港口", "开发区", "中山路", "光明", "和平",
    "解放路", "东湖", "北苑", "长江路", "朝阳",
)  # fmt: skip
MANAGED_SHARE = 0.245
"""Share of customers with 50,000 yuan or more; see ``opening``."""
PER_MANAGER = 400
POST_CODE = {
    "RM": "01", "WM": "02", "PB_ADV": "03", "LOBBY": "04", "REMOTE_RM": "05", "BR_MGR": "06", "RETAIL_MGR": "07",
    "HQ_OPS": "08", "CC_AGENT": "09", "COMPLIANCE": "10", "AUDITOR": "11", "SYS_ADMIN": "12", "SEC_ADMIN": "13",
    "MODEL_DEV": "14", "TELLER": "15",
}  # fmt: skip
LICENCES = {
    "RM": "FUND;WEALTH",
    "WM": "FUND;WEALTH;INSURANCE",
    "PB_ADV": "FUND;WEALTH;INSURANCE;AFP",
    "BR_MGR": "FUND",
}


@dataclass(frozen=True)
class Org:
    """One unit."""

    org_no: str
    parent_no: str
    name: str
    level: int


@dataclass(frozen=True)
class Person:
    """One member of staff."""

    emp_no: str
    org_no: str
    post: str


class Bank:
    """The demo bank's organisation for a number of customers."""

    def __init__(self, draws: Draws, customers: int, first: int) -> None:
        self.draws = draws
        self.subs = min(max(2, round(customers / 2500)), 8999)
        self.branches = max(2, -(-self.subs // 20)) if self.subs > 3 else 1
        self.branches = min(self.branches, 99)
        weights = 0.7 + 0.6 * np.array([draws.number("sub", n) for n in range(self.subs)])
        weights[0] = 1.3
        self.weights = weights / weights.sum()
        self.managers = np.maximum(
            2, np.round(customers * MANAGED_SHARE * self.weights / PER_MANAGER)
        ).astype(np.int64)
        self.managers = np.minimum(self.managers, 800)
        self.outlets = np.array(
            [1 + (draws.number("outlets", n) < 0.5) for n in range(self.subs)], dtype=np.int64
        )
        self.remote = max(1, round(customers * 0.12 / self.branches / 3000))
        self.leaves = {
            manager_no(sub, k): first + 60 + int(draws.number("leaves-day", sub, k) * 300)
            for sub in range(1, self.subs)
            for k in range(1, int(self.managers[sub]))
            if draws.number("leaves", sub, k) < 0.12
        }
        """When a manager leaves the bank; his customers then go to his colleagues."""
        self.orgs = self._orgs()
        self.staff = self._staff()
        self._outlet_numbers: Ints = np.zeros((self.subs, 3), dtype=np.int64)
        for sub in range(self.subs):
            for k in range(3):
                self._outlet_numbers[sub, k] = int(self.sub_no(sub)) + min(k, int(self.outlets[sub]))

    def branch_of(self, sub: int) -> int:
        """The branch of a sub-branch."""
        return sub % self.branches

    def sub_no(self, sub: int) -> str:
        """Org number of a sub-branch; its outlets follow it."""
        return f"1{self.branch_of(sub) + 1:02d}{sub + 1:04d}0"

    def _orgs(self) -> list[Org]:
        orgs = [Org("10000000", "", "银客银行总行", 1)]
        for branch in range(self.branches):
            city = CITIES[branch % len(CITIES)] + (
                str(branch // len(CITIES) + 1) if branch >= len(CITIES) else ""
            )
            orgs.append(Org(f"1{branch + 1:02d}00000", "10000000", f"{city}分行", 2))
        for sub in range(self.subs):
            branch = self.branch_of(sub)
            nth = sub // self.branches
            place = PLACES[nth % len(PLACES)] + (f"第{nth // len(PLACES) + 1}" if nth >= len(PLACES) else "")
            city = orgs[1 + branch].name.removesuffix("分行")
            orgs.append(Org(self.sub_no(sub), f"1{branch + 1:02d}00000", f"{city}{place}支行", 4))
            for k in range(int(self.outlets[sub])):
                orgs.append(Org(
                    str(int(self.sub_no(sub)) + k + 1), self.sub_no(sub), f"{city}{place}{'一二'[k]}分理处", 5
                ))  # fmt: skip
        return orgs

    def _staff(self) -> list[Person]:
        people = [Person(hq_no(k), "10000000", post) for k, post in enumerate(HQ_POSTS)]
        for branch in range(self.branches):
            org = f"1{branch + 1:02d}00000"
            posts = ["RETAIL_MGR", "RETAIL_MGR", "PB_ADV", *["REMOTE_RM"] * self.remote]
            people += [Person(branch_no(branch, k), org, post) for k, post in enumerate(posts)]
        for sub in range(self.subs):
            org = self.sub_no(sub)
            for k in range(int(self.managers[sub])):
                people.append(Person(manager_no(sub, k), org, "WM" if k % 3 == 2 else "RM"))
            people.append(Person(head_no(sub), org, "BR_MGR"))
            posts = ["LOBBY", "TELLER", "TELLER"]
            for outlet in range(int(self.outlets[sub]) + 1):
                people += [
                    Person(f"{sub + 1:04d}{901 + 10 * outlet + k}", str(int(org) + outlet), post)
                    for k, post in enumerate(posts)
                ]
        return people

    def staff_names(self) -> pa.Array:
        """Names of the staff in GB18030 bytes, in the order of ``staff``."""
        ids = np.array([int(p.emp_no) for p in self.staff], dtype=np.uint64) + np.uint64(1 << 50)
        born = number(date(1972, 1, 1)) + self.draws.whole("staff-born", ids, 9900)
        return names(self.draws, ids, self.draws.below("staff-female", ids, 0.6), born)

    def sub_of(self, ids: Ids) -> Ints:
        """Each customer's sub-branch."""
        return self.draws.pick("home", ids, self.weights)

    def open_org(self, ids: Ids, sub: Ints) -> Ints:
        """Number of the outlet (or the sub-branch's own hall) where a customer opened."""
        return self._outlet_numbers[sub, self.draws.whole("outlet", ids, 3)]

    def manager(self, ids: Ids, sub: Ints, wealth: Ints, mobile: npt.NDArray[np.bool_], day: int) -> Ints:
        """Staff number of each customer's manager; 0 = the pool.

        The richest go to a sub-branch's first manager more often than to the others; who has left by ``day``
        gets nobody.
        """
        count = self.managers[sub]
        nth = (self.draws.bits("manager", ids) >> np.uint64(33)).astype(np.int64) % count
        nth = np.where((wealth >= 2_000_000) & self.draws.below("senior", ids, 0.4), 0, nth)
        own = self.stand_in(ids, sub, (sub + 1) * 1000 + nth + 1, day)
        remote = (
            9_800_000 + (sub % self.branches + 1) * 1000 + 4 + self.draws.whole("remote", ids, self.remote)
        )
        far = (wealth >= 8_000) & mobile & self.draws.below("far", ids, 0.6)
        return np.where(wealth >= 50_000, own, np.where(far, remote, 0))

    def stand_in(self, ids: Ids, sub: Ints, manager: Ints, day: int) -> Ints:
        """Replace managers who have left by a colleague of the sub-branch."""
        gone = np.array([int(emp) for emp, on in self.leaves.items() if on <= day], dtype=np.int64)
        if not len(gone):
            return manager
        count = self.managers[sub]
        step = 1 + (self.draws.bits("stand-in", ids) >> np.uint64(33)).astype(np.int64) % np.maximum(
            count - 1, 1
        )
        other = (sub + 1) * 1000 + (manager % 1000 - 1 + step) % count + 1
        other = np.where(np.isin(other, gone), (sub + 1) * 1000 + 1, other)
        return np.where(np.isin(manager, gone), other, manager)
