"""Names, certificates, mobiles and addresses: pure functions of a person's number.

Surnames follow the Ministry of Public Security's name report (李 and 王 7 % each, the first hundred about
85 %); given names follow what was given in each era. About 1.5 % carry a minority name with ``·``, 0.5 % a
character that GB18030 writes in four bytes, as in every bank's files.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate.days import as_date
from yinke.demo.generate.draws import Draws, Ids, Ints

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严洪武莫孔"
)
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫")
_TOP = (7.2, 7.0, 6.7, 5.4, 4.6, 3.1, 2.3, 2.0, 2.0, 1.8, 1.7, 1.5, 1.3, 1.2, 1.1, 1.1, 1.1, 1.0, 1.0, 0.9)
ELDER_M = ["建国", "建华", "志强", "国强", "永强", "德明", "文革", "卫东", "援朝", "跃进", "红军", "解放", "振华", "光明", "建平", "志明", "国栋", "保国", "玉林", "长春", "福生", "金生", "德胜", "明", "军", "刚", "平", "勇"]
ELDER_F = ["桂英", "秀英", "玉兰", "秀兰", "桂兰", "淑珍", "凤英", "玉珍", "秀珍", "淑芬", "桂珍", "淑华", "玉华", "红梅", "爱华", "丽华", "秀芳", "桂芳", "春梅", "素珍", "英", "敏", "芳", "静"]
MID_M = ["伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "鹏", "辉", "斌", "波", "峰", "浩", "俊", "凯", "晓东", "志刚", "海涛", "建军", "文斌", "永刚", "海波", "少华", "立新", "小明", "国庆"]
MID_F = ["芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲", "婷", "雪", "琳", "晶", "倩", "丹", "萍", "莉", "红", "梅", "海燕", "丽娟", "晓燕", "雪梅", "春燕", "小红", "慧敏", "丽丽"]
YOUNG_M = ["浩然", "子轩", "宇轩", "浩宇", "俊杰", "梓豪", "博文", "天佑", "子涵", "宇航", "泽宇", "明轩", "子墨", "一鸣", "嘉豪", "文博", "俊熙", "家豪", "思远", "睿", "轩", "宇", "昊", "晨"]
YOUNG_F = ["梓涵", "欣怡", "诗涵", "雨涵", "欣妍", "佳怡", "梦瑶", "思涵", "雨桐", "可欣", "子萱", "一诺", "语嫣", "若曦", "静怡", "佳琪", "雅婷", "晓彤", "婉婷", "思雨", "萌", "琪", "瑶", "悦"]
RARE = ["㛃", "𬱖", "𬭎", "𠅤", "𫍯", "𬀩", "㳘", "㴔", "𣸣", "𬭚", "㭎", "𬘭"]
UYGHUR_GIVEN = (
    ["阿迪力", "买买提", "阿依古丽", "热孜古丽", "吐尔逊", "艾合买提", "古丽娜尔", "玉素甫", "帕尔哈提", "迪丽热巴", "艾力", "阿不都拉"]
)
UYGHUR_FATHER = ["买买提", "艾山", "吐尔地", "阿不都热合曼", "库尔班", "依明", "玉山", "沙吾提", "肉孜", "卡德尔", "尼亚孜", "托合提"]
TIBETAN = ["扎西次仁", "卓玛央宗", "多吉才让", "次仁旺堆", "尼玛顿珠", "格桑梅朵", "索朗达杰", "白玛措姆", "丹增罗布", "德吉拉姆"]

REGIONS = np.array([
    110101, 110102, 110105, 110106, 110108, 120101, 120103, 130102, 130104, 130202, 130602, 140105, 140202, 150102,
    210102, 210103, 210202, 210204, 220102, 220104, 230102, 230103, 310101, 310104, 310105, 310106, 310107, 310109,
    310110, 310112, 310115, 320102, 320104, 320105, 320106, 320205, 320302, 320402, 320505, 320506, 320602, 321002,
    330102, 330105, 330106, 330203, 330302, 330402, 330602, 330702, 331002, 340102, 340104, 340202, 350102, 350203,
    350502, 360102, 360702, 370102, 370202, 370203, 370302, 370602, 371302, 410102, 410105, 410302, 411302, 420102,
    420106, 420111, 420502, 430102, 430104, 430302, 430602, 440103, 440104, 440106, 440303, 440304, 440305, 440402,
    440604, 441302, 450102, 450103, 450302, 460105, 500103, 500105, 500106, 510104, 510105, 510107, 510703, 520102,
    530102, 530103, 540102, 610102, 610103, 610113, 620102, 630102, 640104, 650102, 650103, 652801, 653101,
], dtype=np.int64)  # fmt: skip
PREFIXES = np.array(
    [130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 155, 156, 157, 158, 159, 166, 173, 175,
     176, 177, 178, 180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199], dtype=np.int64,
)  # fmt: skip
DISTRICTS = ["江城市城中区", "江城市城东区", "江城市滨江区", "江城市高新区", "江城市南湖区", "江城市西山区", "临海市海曙区", "临海市港口区", "云州市新城区", "云州市古城区"]
ROADS = ["人民路", "中山路", "解放路", "建设路", "和平路", "文化路", "新华路", "长江路", "学府路", "滨河路", "光明路", "胜利路", "东风路", "朝阳路"]
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)


def encoded(texts: list[str] | tuple[str, ...]) -> pa.Array:
    """Texts as GB18030 bytes."""
    return pa.array([text.encode("gb18030") for text in texts], pa.binary())


@lru_cache(maxsize=1)
def _surnames() -> tuple[pa.Array, npt.NDArray[np.float64]]:
    tail = 0.86 * np.linspace(1.0, 0.25, len(SURNAMES) - len(_TOP))
    return encoded([*SURNAMES, *COMPOUND]), np.concatenate([_TOP, tail, np.full(len(COMPOUND), 0.05)])


_GROUPS = (ELDER_M, ELDER_F, MID_M, MID_F, YOUNG_M, YOUNG_F, RARE, UYGHUR_FATHER, [""])


@lru_cache(maxsize=1)
def _given() -> tuple[pa.Array, Ints, Ints]:
    sizes = np.array([len(group) for group in _GROUPS], dtype=np.int64)
    return encoded([text for group in _GROUPS for text in group]), np.cumsum(sizes) - sizes, sizes


@lru_cache(maxsize=1)
def _heads() -> pa.Array:
    return pa.concat_arrays(
        [_surnames()[0], encoded(tuple(name + "·" for name in UYGHUR_GIVEN)), encoded(TIBETAN)]
    )


def nations(draws: Draws, ids: Ids) -> Ints:
    """Ethnicity codes (GB/T 3304): 1 汉, 4 藏, 5 维吾尔, 11 满, 8 壮, 3 回."""
    codes = np.array([1, 5, 4, 11, 8, 3], dtype=np.int64)
    return codes[draws.pick("nation", ids, [0.955, 0.013, 0.002, 0.012, 0.01, 0.008])]


def names(draws: Draws, ids: Ids, female: npt.NDArray[np.bool_], born: Ints) -> pa.Array:
    """Full names in GB18030 bytes."""
    nation = nations(draws, ids)
    table, shares = _surnames()
    head = draws.pick("surname", ids, shares)
    era = np.where(born < -1826, 0, np.where(born < 9131, 2, 4)) + female  # before 1965, before 1995, later
    group = np.where(draws.below("rare", ids, 0.005), 6, era)
    group = np.where(nation == 5, 7, np.where(nation == 4, 8, group))
    head = np.where(nation == 5, len(table) + draws.whole("uyghur", ids, len(UYGHUR_GIVEN)), head)
    head = np.where(
        nation == 4, len(table) + len(UYGHUR_GIVEN) + draws.whole("tibetan", ids, len(TIBETAN)), head
    )
    given, starts, sizes = _given()
    tail = starts[group] + (draws.bits("given", ids) >> np.uint64(40)).astype(np.int64) % sizes[group]
    return pc.binary_join_element_wise(_heads().take(pa.array(head)), given.take(pa.array(tail)), b"")


@lru_cache(maxsize=1)
def _birth_digits() -> tuple[int, npt.NDArray[np.uint8]]:
    first = -15_000  # 1928
    texts = "".join(f"{as_date(day):%Y%m%d}" for day in range(first, 20_454))
    return first, np.frombuffer(texts.encode(), dtype=np.uint8).reshape(-1, 8)


def digits(values: Ints, width: int) -> npt.NDArray[np.uint8]:
    """``[row, position]``: decimal digits as ASCII.

    >>> digits(np.array([7, 42]), 3).tobytes()
    b'007042'
    """
    out = np.empty((len(values), width), dtype=np.uint8)
    rest = values
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit + 48
    return out


def fixed_texts(matrix: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII bytes as one Arrow column."""
    rows, width = matrix.shape
    block = pa.py_buffer(np.ascontiguousarray(matrix))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, block]).cast(pa.binary())


def certificates(draws: Draws, ids: Ids, female: npt.NDArray[np.bool_], born: Ints) -> pa.Array:
    """18-digit resident ID numbers (GB 11643) with their ISO 7064 MOD 11-2 check character."""
    out = np.empty((len(ids), 18), dtype=np.uint8)
    out[:, :6] = digits(REGIONS[draws.whole("region", ids, len(REGIONS))], 6)
    first, table = _birth_digits()
    out[:, 6:14] = table[born - first]
    out[:, 14:17] = digits(2 * (draws.whole("sequence", ids, 499)) + np.where(female, 2, 1), 3)
    total = ((out[:, :17] - 48).astype(np.int64) * WEIGHTS).sum(axis=1)
    out[:, 17] = CHECK[total % 11]
    return fixed_texts(out)


def mobiles(draws: Draws, ids: Ids, generation: Ints) -> Ints:
    """11-digit mobile numbers; a new one per generation."""
    key = ids + generation.astype(np.uint64) * np.uint64(1 << 40)
    return PREFIXES[draws.whole("prefix", key, len(PREFIXES))] * 10**8 + draws.whole("mobile", key, 10**8)


def luhn(stems: Ints) -> Ints:
    """Append the Luhn check digit.

    >>> int(luhn(np.array([7992739871]))[0])
    79927398713
    """
    total = np.zeros(len(stems), dtype=np.int64)
    rest, double = stems, True
    while rest.any():
        rest, digit = np.divmod(rest, 10)
        if double:
            digit = digit * 2
            digit = np.where(digit > 9, digit - 9, digit)
        total += digit
        double = not double
    return stems * 10 + (10 - total % 10) % 10


def addresses(draws: Draws, ids: Ids, generation: Ints) -> pa.Array:
    """District, road, number and room in GB18030 bytes."""
    key = ids + generation.astype(np.uint64) * np.uint64(1 << 40)
    district = encoded(DISTRICTS).take(pa.array(draws.whole("district", key, len(DISTRICTS))))
    road = encoded(ROADS).take(pa.array(draws.whole("road", key, len(ROADS))))
    house = pa.array(1 + draws.whole("house", key, 899)).cast(pa.string()).cast(pa.binary())
    room = pa.array(101 + draws.whole("room", key, 2600)).cast(pa.string()).cast(pa.binary())
    mark, unit = (
        pa.scalar("号".encode("gb18030"), pa.binary()),
        pa.scalar("室".encode("gb18030"), pa.binary()),
    )
    return pc.binary_join_element_wise(district, road, house, mark, room, unit, b"")
