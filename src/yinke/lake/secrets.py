"""C3 (JR/T 0171-2020): secrets by which people are recognised. They are never taken in, by name or by look."""

from __future__ import annotations

import re
from collections.abc import Iterable

NAME = re.compile(
    r"(?i)(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD|PIN|PINBLOCK|PVV|CVV2?|CVN2?|CVC2?|TRACK[123]?|TRK[123]?|OTP|FINGERPRINT|FINGER"
    r"|FACE|FACEID|IRIS|VOICEPRINT|BIOMETRIC)(_|$)|密码|口令|磁道|安全码|验证码|指纹|人脸|虹膜|声纹|掌纹"
)
"""Names of columns that hold a secret."""

SHORTEST = 21
"""No value of these patterns is shorter; the common ones are, so few are looked at."""
VALUE = (
    r"^%?[Bb][0-9]{12,19}\^[^^]{2,26}\^[0-9]{4}"  # magnetic track 1
    r"|^;?[0-9]{12,19}[=D][0-9]{7,24}\??$"  # magnetic track 2, and its equivalent on a chip
    r"|^\$2[abxy]?\$[0-9]{2}\$|^\$argon2|^\$[156]\$|^\{S?SHA|^pbkdf2_"  # hashes of passwords
    r"|^/9j/4A|^iVBORw0KGgo|^Rk1SAC"  # a face or a fingerprint as base64: JPEG, PNG, ISO 19794-2
)
"""Values that look like a secret, as a regular expression of RE2 and Python alike."""


def secret_names(names: Iterable[str]) -> list[str]:
    """Those of some column names that stand for a secret.

    >>> secret_names(["CUST_NO", "LOGIN_PWD", "PINYIN", "取款密码"])
    ['LOGIN_PWD', '取款密码']
    """
    return [name for name in names if NAME.search(name)]


def looks_secret(value: str) -> bool:
    """Whether a value looks like a secret.

    >>> looks_secret(";6228480402564890018=30125010000012300000?"), looks_secret("6228480402564890018")
    (True, False)
    """
    return len(value) >= SHORTEST and re.search(VALUE, value) is not None
