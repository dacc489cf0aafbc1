"""What is printed for an event: badges, sign-in sheets, programme, participants, closing note."""

import pytest
from django.utils import translation

from printing import participants, synthesis
from printing.badges import LONGEST, Badge, Sheet, badges, label_of
from printing.fitting import lines_of, shortened, size_for
from printing.participants import Gathering, Participant
from printing.programme import Programme, Slot, programme
from printing.programme import Testimony as Told
from printing.publics import MARKS, mark_of
from printing.signing import Person, SignIn, sheets
from printing.synthesis import Figure, Passage, Synthesis, Table
from tests.printing.reading import (
    figures_without_words,
    fonts_not_inside,
    is_tagged,
    placed,
    read,
    words,
)

FORUM = Sheet("Forum des circuits courts", "20 juin 2014", "Aubusson")


def test_ten_badges_stand_on_a_sheet_and_the_eleventh_on_the_next() -> None:
    ten = [Badge(f"Personne {n}") for n in range(10)]
    assert len(read(badges(ten, FORUM)).pages) == 1
    assert len(read(badges([*ten, Badge("Personne 10")], FORUM)).pages) == 2


def test_badges_stand_where_labels_of_90_by_54_mm_are() -> None:
    found = {each.text: each for each in placed(badges([Badge(f"P{n}") for n in range(10)], FORUM))}
    for n in range(10):
        left, top = 15 + 90 * (n % 2), 13.5 + 54 * (n // 2)
        assert left < found[f"P{n}"].x < left + 90 and top < found[f"P{n}"].y < top + 54, n


@pytest.mark.parametrize("name", ["N" * 300, "Jean-Baptiste " * 21, "山田" * 150, "🌻" * 300])
def test_a_name_of_300_signs_stays_whole_inside_its_label(name: str) -> None:
    made = badges([Badge(name, "S" * 300, "C" * 300, ("A", "B"), "elected", "Élue")], FORUM)
    assert len(read(made).pages) == 1
    sizes = label_of(Badge(name))
    assert sizes.name == shortened(name, LONGEST) and "…" not in sizes.name
    assert all(each.y < 13.5 + 54 for each in placed(made))


def test_a_name_of_301_signs_is_cut_and_says_so() -> None:
    assert label_of(Badge("n" * 300)).name == "n" * 300
    assert label_of(Badge("n" * 301)).name == "n" * 299 + "…"


def test_a_short_name_is_large_and_a_long_one_small() -> None:
    sizes = [label_of(Badge("Amélie " * n)).name_size for n in (1, 12, 40)]
    assert sizes[0] == "size-23" and len(set(sizes)) == 3


def test_letters_from_right_to_left_and_emoji_have_fonts_inside() -> None:
    made = badges([Badge("محمد بن عبد الله", "אגודה", "Zoé 🌻")], FORUM)
    assert fonts_not_inside(made) == [] and len(read(made).pages) == 1


def test_what_prints_nothing_is_left_out_of_a_line() -> None:
    assert shortened("a\x00b\n c\u2028d", 99) == "a b c d"


def test_each_known_public_has_a_colour_and_a_shape_of_its_own() -> None:
    assert (
        len({mark.shape for mark in MARKS.values()}) == len({m.colour for m in MARKS.values()}) == len(MARKS)
    )
    assert mark_of("apiculteurs") == mark_of("apiculteurs") and mark_of("apiculteurs") not in MARKS.values()


def test_a_line_is_filled_before_another_begins() -> None:
    assert lines_of("aa aa", 4.0) == 1 and lines_of("aa aa", 1.5) == 2 and lines_of("a" * 100, 10) > 5
    assert size_for("a", 50, 10, (20, 10)) == 20 and size_for("a" * 999, 5, 5, (20, 10)) == 10


def test_badges_of_nobody_are_a_sheet_to_fill_in_by_hand() -> None:
    made = badges([], FORUM)
    assert len(read(made).pages) == 1 and words(made).count("Forum") == 10


def sign_in(*people: Person, **more: object) -> SignIn:
    told = {"event": "Forum", "session": "Atelier A", "when": "9 h 45", "where": "Salle 1", "people": people}
    return SignIn(**(told | more))  # type: ignore[arg-type]


def test_a_sign_in_sheet_is_sorted_whatever_the_accents_and_lies_on_its_side() -> None:
    made = sheets(
        [sign_in(Person("Zoé"), Person("Éric"), Person("Denis", sorting="Arnaud"), Person("Fanny"))]
    )
    text = words(made)
    order = [text.index(name) for name in ("Denis", "Éric", "Fanny", "Zoé")]
    assert order == sorted(order) and "4 personnes inscrites" in text
    page = read(made).pages[0].mediabox
    assert page.width > page.height


def test_each_session_begins_on_a_page_of_its_own() -> None:
    made = read(sheets([sign_in(Person("Ana")), sign_in(Person("Bob"), session="Atelier B")]))
    assert [("Ana" in page.extract_text(), "Bob" in page.extract_text()) for page in made.pages] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert [each.title for each in made.outline] == ["Atelier A", "Atelier B"]


def test_the_right_to_an_image_is_asked_or_not() -> None:
    asked = words(sheets([sign_in(Person("Ana"))]))
    assert "J’accepte d’être en photo" in asked
    assert "en photo" not in words(sheets([sign_in(Person("Ana"), image_right=False)]))


def test_a_sheet_without_anybody_has_its_blank_lines() -> None:
    text = words(sheets([sign_in(blank_lines=3)]))
    assert "Personne ne s’est inscrit" in text and text.count("oui") == 3


DAY = Programme(
    "Forum des circuits courts", "20 juin 2014", "Aubusson",
    (
        Slot("Ouverture", "9 h 30", "9 h 45", room="Grande salle", capacity=1),
        Slot("Atelier", "9 h 45", letter="A", testimonies=(Told("Le Jardin", "Guéret", 15, "un écran"),)),
    ),
    address="https://maillage.example.org/evenements/forum", cancelled=True,
)  # fmt: skip


def test_a_programme_tells_hours_rooms_and_testimonies() -> None:
    text = words(programme(DAY))
    for said in ("9 h 30", "Grande salle", "1 place", "Le Jardin", "Guéret", "15 min", "un écran", "annulé"):
        assert said in text, said
    assert DAY.address in text


def test_a_programme_that_is_not_known_says_so() -> None:
    assert "pas encore connu" in words(programme(Programme("Forum", "", "", ())))


def test_participants_are_by_name_and_by_structure() -> None:
    people = (
        Participant("Zoé", "Le Jardin", email="zoe@example.org"),
        Participant("Éric", "Le Jardin", public="elected", public_label="élus"),
    )
    text = words(participants.directory(Gathering("Forum", "20 juin", "Aubusson", people, unlisted=2)))
    assert text.index("Éric") < text.index("Zoé") < text.index("Le Jardin : Éric, Zoé")
    assert "2 autres ont participé" in text and "zoe@example.org" in text


def test_a_directory_of_nobody_says_so() -> None:
    assert "Personne n’a accepté" in words(participants.directory(Gathering("Forum", "", "", ())))


def test_a_closing_note_has_its_figures_words_and_tables() -> None:
    note = Synthesis(
        "Forum", "20 juin", "Aubusson", (Figure("Présents", "92"),), (Passage("Suites", "Un.\n\nDeux."),),
        (Table("Par secteur", ("Secteur", "Initiatives"), (("Énergie", 1200),)), Table("Rien", ("a",), ())),
    )  # fmt: skip
    text = words(synthesis.synthesis(note))
    assert "92" in text and "Deux." in text and "Énergie" in text and "Aucun cas." in text
    assert "1 200" in text.replace("\u202f", " ").replace("\u00a0", " ")


def test_every_paper_is_tagged_in_its_language_with_fonts_inside_and_pictures_told() -> None:
    for language in ("fr", "en"):
        with translation.override(language):
            made = [
                badges([Badge("Ana", public="elected", public_label="élus")], FORUM),
                sheets([sign_in(Person("Ana"))]),
                programme(DAY),
                participants.directory(Gathering("F", "", "", (Participant("A", public="press"),))),
                synthesis.synthesis(Synthesis("Forum", "", "")),
            ]
        for body in made:
            assert is_tagged(body, language) and not fonts_not_inside(body)
            assert figures_without_words(body) == 0
