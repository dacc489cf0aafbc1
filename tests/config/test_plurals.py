"""Numbers in words: French has no catalogue, and its zero is singular."""

import pytest
from django.utils.translation import ngettext, override


@pytest.mark.parametrize(("number", "said"), [(0, "ligne"), (1, "ligne"), (2, "lignes"), (-1, "ligne")])
def test_french_says_none_as_it_says_one(number: int, said: str) -> None:
    with override("fr"):
        assert ngettext("ligne", "lignes", number) == said


def test_english_says_none_as_it_says_many() -> None:
    with override("en"):
        assert ngettext(
            "%(count)s compte était faux ; il est exact.",
            "%(count)s comptes étaient faux ; ils sont exacts.",
            0,
        ).startswith("%(count)s counts")
