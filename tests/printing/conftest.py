from __future__ import annotations

import pytest

from tests.factories import make_commune, make_initiative, make_territory


@pytest.fixture
def here(taxonomy: None) -> None:
    """Two communes of a département, Felletin to the south, Aubusson north of it; an initiative without a
    place."""
    creuse = make_territory("departement", "23", "Creuse", box=(1.9, 45.7, 2.6, 46.3), population=110_000)
    north = make_commune("23008", "Aubusson", departement=creuse, box=(2.15, 45.93, 2.2, 45.97))
    south = make_commune("23079", "Felletin", departement=creuse, box=(2.15, 45.86, 2.2, 45.9))
    make_initiative("Épicerie", (2.17, 45.95), commune=north, activities=[103, 201], summary="Un rayon.")
    make_initiative("Bois local", (2.17, 45.88), commune=south, activities=[203], phone="+33555000000")
    make_initiative("Zeste", (2.1701, 45.9501), commune=north, activities=[101], street="1 rue du Pont")
    make_initiative("Ailleurs", activities=[601])
