"""What people type, and what is looked for."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Initiative, LexiconWord, Phrase
from directory.words import analyse, stems_of
from territories.models import Territory
from tests.directory.conftest import found

Make = Callable[..., Initiative]


@pytest.mark.parametrize(
    "typed",
    [
        "épicerie",
        "EPICERIE",
        "épiceries",
        "l’épicerie",
        "épic",
        "epicerie cooperative",
        "coopérative épicerie",
    ],
)
def test_accents_case_plural_apostrophe_prefix_and_order_do_not_matter(initiative: Make, typed: str) -> None:
    initiative("Épicerie coopérative du Bourg", activities=[901])
    initiative("Garage", activities=[901])
    assert found(f"q={typed}") == ["Épicerie coopérative du Bourg"]


def test_a_prefix_needs_three_letters_and_only_the_last_word_is_one(initiative: Make) -> None:
    initiative("Bricothèque", activities=[901])
    assert found("q=bri") == ["Bricothèque"]
    assert found("q=br") == []
    assert found("q=bri thèque") == []
    assert found("q=bri ") == [], "a word followed by a space is finished"


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [("ressourcrie", "ressourcerie"), ("resourcerie", "ressourcerie"), ("boulagnerie", "boulangerie")],
)
def test_a_typo_is_corrected_to_a_word_of_the_listings_or_of_the_taxonomy(
    initiative: Make, typed: str, corrected: str
) -> None:
    initiative("Le fournil", activities=[106])  # its label has « boulangerie »
    initiative("La ressourcerie", activities=[701])
    query = analyse(typed)
    assert query is not None
    assert query.corrections == ((typed, corrected),)
    assert len(found(f"q={typed}")) == 1


def test_a_rebuilt_lexicon_forgets_what_was_withdrawn_and_keeps_the_rest(initiative: Make) -> None:
    initiative("Brouettothèque")
    withdrawn = initiative("Zythothèque")
    withdrawn.publication = "hidden"
    withdrawn.save()
    call_command("rebuild_lexicon", stdout=StringIO())
    words = set(LexiconWord.objects.values_list("word", flat=True))
    assert {"brouettotheque", "recycleries"} <= words
    assert "zythotheque" not in words


def test_a_known_word_a_number_and_a_short_word_are_never_corrected(initiative: Make) -> None:
    initiative("Jardin de la Source")
    for typed in ("source", "2026", "jar"):
        query = analyse(typed)
        assert query is not None
        assert query.corrections == ()


@pytest.mark.parametrize("typed", ["amap", "paniers paysans", "CSA", "veg-box schemes", "AMAP et paniers"])
def test_synonyms_and_labels_in_both_languages_lead_to_the_activity(initiative: Make, typed: str) -> None:
    initiative("Les Champs libres", activities=[101])
    initiative("Un cinéma", activities=[502])
    assert found(f"q={typed}") == ["Les Champs libres"]


@pytest.mark.parametrize(
    "typed",
    [
        "circuit court",
        "circuit de proximité",
        "circuit local",
        "CCES",
        "circuit court économique et solidaire",
    ],
)
def test_the_concept_goes_by_several_names_which_all_find_the_same(initiative: Make, typed: str) -> None:
    initiative("Un magasin", summary="Des légumes en circuit court.", activities=[901])
    initiative("Un marché", summary="Le circuit local et de proximité.", activities=[901])
    initiative("Une ferme", activities=[102])
    initiative("Autre chose", activities=[901])
    assert sorted(found(f"q={typed}&ordering=name")) == ["Un magasin", "Un marché", "Une ferme"]


@pytest.mark.parametrize("typed", ["tiers-lieu", "tiers-lieux", "tiers lieu", "Tiers Lieux"])
def test_one_of_them_or_several(initiative: Make, typed: str) -> None:
    initiative("Le tiers-lieu du bourg", activities=[901])
    initiative("Carte des tiers-lieux", activities=[901])
    initiative("La Quincaillerie", activities=[1402])
    assert len(found(f"q={typed}")) == 3


def test_a_phrase_written_by_hand_widens_the_search(initiative: Make) -> None:
    initiative("La Bonne Pioche", activities=[701])
    assert found("q=caverne ali baba") == []
    [stems] = stems_of("caverne d’Ali Baba")
    Phrase.objects.create(text="caverne d’Ali Baba", stems=stems, codes=["a701"])
    assert found("q=caverne d’ali baba") == ["La Bonne Pioche"]


def test_the_name_of_a_place_finds_what_is_established_there(
    initiative: Make, country: dict[str, Territory]
) -> None:
    initiative("Le Moulin", commune=country["Saint-Loup"], activities=[701])
    initiative("Le Four", commune=country["Ham"], activities=[701])
    assert found("q=st loup") == ["Le Moulin"]
    assert found("q=ressourcerie saint-loup") == ["Le Moulin"]
    assert found("q=estland") == ["Le Moulin"]
    assert set(found("q=ressourcerie")) == {"Le Moulin", "Le Four"}


def test_names_weigh_more_than_summaries(initiative: Make) -> None:
    initiative("Zèbre", summary="Une laiterie.", activities=[901])
    initiative("Laiterie", activities=[901])
    assert found("q=laiterie") == ["Laiterie", "Zèbre"]


def test_stop_words_alone_find_nothing_and_beside_others_count_for_nothing(initiative: Make) -> None:
    initiative("La Source", activities=[901])
    assert found("q=la") == []
    assert found("q=la source") == ["La Source"]


@pytest.mark.parametrize("typed", ["", "   ", "!?…", "'&|():*"])
def test_what_holds_no_letter_nor_digit_is_no_query(db: None, typed: str) -> None:
    assert analyse(typed) is None


@given(st.text(min_size=1, max_size=200).filter(lambda text: "\x00" not in text))
def test_no_text_breaks_the_query(taxonomy: None, text: str) -> None:
    query = analyse(text)
    if query is not None:
        Initiative.objects.visible().matching(query.tsquery).count()
