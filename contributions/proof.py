"""The proof that a browser worked for what it sends: little for one form, dear for thousands of them.

Pure but for the key of the site. A challenge is signed and bound to who it was given to; the answer is a
number such that SHA-256 of ``challenge.number`` begins with BITS zero bits (static/js/proof.js looks for it).
It is worth one proposal: its mark is unique in the table of proposals.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from django.core import signing

BITS = 16  # 65 536 trials on average: a second or two of a telephone, while one types
LONGEST = 24 * 3_600  # seconds
SALT = "contributions.proof"
ANSWER = re.compile(r"[0-9]{1,15}")


def challenge(account: int | None = None) -> str:
    """A new one, for whoever has this account, or for anybody."""
    return signing.TimestampSigner(salt=SALT).sign(f"{account or 0}-{secrets.token_hex(12)}")


def given_to(text: str) -> int | None:
    """The account that a challenge was given to, 0 for nobody's; None where it is forged or a day old."""
    try:
        who = signing.TimestampSigner(salt=SALT).unsign(text, max_age=LONGEST).partition("-")[0]
    except signing.BadSignature:
        return None
    return int(who)


def proved(text: str, answer: str) -> bool:
    """Whether the work was done for this challenge."""
    if given_to(text) is None or not ANSWER.fullmatch(answer):
        return False
    digest = hashlib.sha256(f"{text}.{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - BITS) == 0


def mark(text: str) -> str | None:
    """What is kept of a challenge, so that it serves once; None of one that is not ours."""
    return hashlib.sha256(text.encode()).hexdigest() if given_to(text) is not None else None
