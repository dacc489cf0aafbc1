"""What whoever receives a letter of the site can expect of it, in both languages."""

import re

import pytest
from django.utils import translation

from mail import letters
from mail.writing import Written, write

EVERY = [(letter.name, language) for letter in letters.every() for language in ("fr", "en")]
# Month before day, or cut short: « Jan. 31, 2027 », « March 5, 2027 ».
AMERICAN_DATE = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}")


def written(name: str, language: str) -> Written:
    letter = letters.get(name)
    with translation.override(language):
        return write(letter, language, letter.example_context())


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_letter_greets_and_reads_as_a_letter(name: str, language: str) -> None:
    mail = written(name, language)
    assert mail.text.startswith("Bonjour" if language == "fr" else "Hello"), "it greets first"
    assert "\n\n\n" not in mail.text, "no hole"
    assert not re.search(r"&#?\w+;|\{\{|\{%|%\(", mail.subject + mail.text), "no code, no entity"
    assert not AMERICAN_DATE.search(mail.subject + mail.text), "the day comes before the month"


@pytest.mark.parametrize("letter", letters.every(), ids=lambda letter: letter.name)
def test_no_french_sign_is_left_alone_on_a_line(letter: letters.Letter) -> None:
    mail = written(letter.name, "fr")
    own = [line for line in mail.text.rpartition("\n-- ")[0].split("\n") if not line.startswith(">")]
    for line in [mail.subject, *own]:
        assert not re.search(r"\S [:;?!»](\W|$)|« ", line), f"may break before a sign: {line}"


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_each_address_of_a_letter_is_whole_and_the_line_before_says_what_it_is(
    name: str, language: str
) -> None:
    lines = written(name, language).text.rpartition("\n-- ")[0].split("\n")
    for before, line in zip(lines, lines[1:], strict=False):
        if re.fullmatch(r"https?://\S+", line):
            assert before.endswith(":"), f"{line} stands bare after: {before}"
        else:
            assert not line.startswith("/"), "an address without a site leads nowhere"
