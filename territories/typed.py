"""What a person types for a place, read before it is looked for: a number, a kind, a slip of the hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase

# Digits only, once the spaces are left out: départements, postcodes, communes; SIREN numbers of EPCI.
DIGITS = re.compile(r"[0-9]{2,5}|[0-9]{9}")
# Corsican communes; a Corsican département is among the names.
CORSICAN = re.compile(r"2[ab][0-9]{3}", re.IGNORECASE)
IDENTIFIER = re.compile(
    r"(?P<kind>country|region|departement|epci|commune|arrondissement|custom)-(?P<code>[\w-]+)", re.IGNORECASE
)
# « Saint-Denis 93 », « Aubusson (23200) », « 23200 Aubusson »
CODE = r"\(?([0-9]{5}|[0-9]{2,3}|2[abAB])\)?"
CODE_AFTER = re.compile(rf"(?P<name>.*[^\W0-9].*?)[\s,]+{CODE}")
CODE_BEFORE = re.compile(rf"{CODE}[\s,]+(?P<name>.*[^\W0-9].*)")

ARTICLE = r"(?:l[ea]s?\s+|l\s*['’ʼ]\s*|l\s+)"
OF = rf"(?:(?:de\s+|d\s*['’ʼ]\s*|du\s+|des\s+)?{ARTICLE}|de\s+|d\s*['’ʼ]\s*|du\s+|des\s+)?"
# « la Creuse » is a commune and the département; « communauté de communes Creuse Grand Sud » is in
# the tables as « CC Creuse Grand Sud ».
TOLD = (
    (re.compile(rf"{ARTICLE}(?P<name>\w.*)", re.IGNORECASE), ("country", "region", "departement")),
    (re.compile(rf"d[ée]partement\s+{OF}(?P<name>\w.*)", re.IGNORECASE), ("departement",)),
    (re.compile(rf"r[ée]gion\s+{OF}(?P<name>\w.*)", re.IGNORECASE), ("region",)),
    (
        re.compile(
            r"(?:communaut[ée]\s+(?:de\s+communes|d\s*['’ʼ]?\s*agglom[ée]ration|urbaine)|agglom[ée]ration"
            rf"|m[ée]tropole|cc|ca|cu)\s+{OF}(?P<name>\w.*)",
            re.IGNORECASE,
        ),
        ("epci",),
    ),
)

# Shorter words are one slip away from too many names; longer ones are near enough by their trigrams.
SLIPS = range(4, 41)
SIGNS = ascii_lowercase + " "


def told(typed: str) -> tuple[str, tuple[str, ...]] | None:
    """The name without the article or the kind typed before it, and the kinds it may then be of."""
    for pattern, kinds in TOLD:
        match = pattern.fullmatch(typed)
        if match:
            return match["name"], kinds
    return None


def name_and_code(typed: str) -> tuple[str, str] | None:
    """« Aubusson 23 » as name and code; None where there is no code."""
    match = CODE_AFTER.fullmatch(typed) or CODE_BEFORE.fullmatch(typed)
    if match is None:
        return None
    code = next(group for group in match.groups() if group is not None and group != match["name"])
    return match["name"], code


def identified(typed: str) -> list[str]:
    """The ids that this text may be, as an id or an official code; empty where it is neither.

    A number of five signs is a commune's or an arrondissement's, nine digits are an EPCI's.
    """
    match = IDENTIFIER.fullmatch(typed)
    if match:
        kind, code = match["kind"].lower(), match["code"]
        return [f"{kind}-{code.lower() if kind == 'custom' else code.upper()}"]
    code = typed.replace(" ", "").upper()
    if CORSICAN.fullmatch(code):
        return [f"commune-{code}"]
    if DIGITS.fullmatch(code) and len(code) == 5:
        return [f"commune-{code}", f"arrondissement-{code}"]
    return [f"epci-{code}"] if DIGITS.fullmatch(code) and len(code) == 9 else []


def slips(folded: str) -> list[str]:
    """All texts one slip away from a folded name: a letter missing, added, changed, or two swapped."""
    return sorted(set(slipped(folded)) - {folded}) if len(folded) in SLIPS else []


def slipped(text: str) -> Iterator[str]:
    for place in range(len(text) + 1):
        head, tail = text[:place], text[place:]
        for sign in SIGNS:
            yield head + sign + tail
            if tail:
                yield head + sign + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
