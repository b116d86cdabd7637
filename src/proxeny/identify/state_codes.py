"""Which two letters name a State or territory: ISO 3166-1 alpha-2, and XA to XZ.

That standard leaves XA to XZ to its users. Here they serve exercises and examples, so that no fictitious
event bears the name of a State.
"""

from __future__ import annotations

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
ISO_3166_1 = frozenset(_CODES.split())
_ASSIGNED_BY_USERS = frozenset("X" + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OFTEN_MEANT = {"UK": "GB", "EL": "GR"}


def is_state_code(code: str) -> bool:
    """Whether the code, in capitals, is one of ISO 3166-1 alpha-2 or of XA to XZ."""
    return code in ISO_3166_1 or code in _ASSIGNED_BY_USERS


def meant_code(code: str) -> str | None:
    """The code that was probably meant by one that is none: `xa` is XA, UK is GB."""
    upper = code.strip().upper()
    meant = _OFTEN_MEANT.get(upper, upper)
    return meant if is_state_code(meant) else None
