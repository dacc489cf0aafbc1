"""A village's library and its public service bear the same name at the same place: they are two."""

from exchange.likeness import SURE, Place, Reason, Shared, Told, compare, read_name
from exchange.naming import name_key


def told(name: str, *sectors: int, **said: str) -> Told:
    place = Place("COM-52395", "Prauthoy", 400)
    known = read_name(name_key(name), place.name)
    return Told(1, known, place, "DEP-52", 5.29, 47.67, sectors=frozenset(sectors), **said)


def test_another_domain_is_not_sure_by_name_and_place() -> None:
    library = told("Médiathèque des Lilas", 5)
    same, other = (compare(library, told("Les Lilas", sector), Shared()) for sector in (5, 9))
    assert same.score >= SURE > other.score
    assert Reason.OTHER_DOMAIN in other.reasons and Reason.OTHER_DOMAIN not in same.reasons
    assert compare(library, told("Les Lilas"), Shared()).score == same.score  # nothing said, nothing against
    assert compare(library, told("Les Lilas", 5, 9), Shared()).score == same.score


def test_what_proves_it_still_does() -> None:
    siret = {"siret": "44306184100047"}
    assert compare(told("Les Lilas", 5, **siret), told("Les Lilas", 9, **siret), Shared()).score >= SURE
    phone = {"phone": "+33325880000"}
    assert compare(told("Les Lilas", 5, **phone), told("Les Lilas", 9, **phone), Shared()).score >= SURE
