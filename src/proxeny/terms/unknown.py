"""Codes that a shipped scheme does not know, and what was probably meant.

A report may hold codes of any scheme. Those of a scheme that is not shipped are nobody's fault, and an open
vocabulary leaves its sources free to write words of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from proxeny.terms.crosswalk import Crosswalks, Scheme, find_code, fold


def is_unknown(crosswalks: Crosswalks, scheme: str, code: str, places: Mapping[str, bool]) -> bool:
    """Whether the shipped scheme of this name should know the code, and does not. `places`: its `places_of`.

    Where the scheme as shipped holds no codes, as below `discovery_method` of VERIS, nothing is unknown.
    """
    if find_code(crosswalks, scheme, code) is not None:
        return False
    folded = fold(code)
    if folded in places:
        return False  # names a member and no code, such as action.error.variety
    above = folded
    while above:
        above = above.rpartition(".")[0]
        if above in places:
            return places[above]
    return False


def places_of(scheme: Scheme) -> dict[str, bool]:
    """Each code and each place above one, folded, and whether codes stand right below it; "" is the top."""
    places: dict[str, bool] = {}
    for code in scheme.codes:
        place = fold(code)
        places.setdefault(place, False)
        above = place.rpartition(".")[0]
        places[above] = True
        while above:
            above = above.rpartition(".")[0]
            places.setdefault(above, False)
    return places
