"""Hot queries read their index, as planned over 6 000 initiatives of two real départements."""

import random
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from directory import postings, pyramid, relevance
from directory.circuits import circuit_of, links_of
from directory.clusters import clusters
from directory.facets import count, facets
from directory.features import features
from directory.grid import cells_of
from directory.keyset import after_q
from directory.models import Grouping, Initiative, LexiconWord
from directory.paging import counted_page, page_of
from directory.search import ORDERINGS
from directory.suggest import BEGUN, HOLDING
from directory.synthetic import make_synthetic
from directory.words import WORDS_SQL
from territories.geometry import BBox
from tests.directory.conftest import criteria
from tests.france import creuse  # noqa: F401
from tests.plans import plan

pytestmark = pytest.mark.django_db

# The rows that match, and the first page of an order.
MATCHES = {
    "q=felletin": "initiative_search",
    "sector=numerique--mediation": "initiative_activities",
    "territory=commune-23079": "initiative_commune",
    "territory=epci-200044014": "initiative_epci",
    "bbox=2.1,45.9,2.2,46": "initiative_location",
    "near=2.17,45.95&radius=5000": "initiative_location",
    "ptce=%(ptce)s": "membership_effective",
    "example=true": "initiative_origin",
    "missing=confirmation": "initiative_vouched",
}
PAGES = {
    "": "initiative_by_name",
    "ordering=-updated": "initiative_by_update",
    "ordering=-created": "initiative_by_creation",
}


@pytest.fixture(scope="module")
def crowd(creuse: None, django_db_blocker: DjangoDbBlocker) -> None:  # noqa: F811
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        make_synthetic(6_000)
        draw = random.Random(1)
        words = {"".join(draw.choices(string.ascii_lowercase, k=9)) for _ in range(20_000)}
        LexiconWord.objects.bulk_create([LexiconWord(word=word) for word in words], ignore_conflicts=True)
        cursor.execute("ANALYZE directory_initiative, directory_membership, directory_lexiconword")
        cursor.execute("ANALYZE directory_pyramid")


@pytest.mark.parametrize(("query", "index"), MATCHES.items(), ids=MATCHES)
def test_what_matches_is_read_through_an_index(crowd: None, query: str, index: str) -> None:
    ptce = Grouping.objects.filter(kind="ptce").values_list("slug", flat=True)[0]
    found = criteria(query % {"ptce": ptce} if "%" in query else query).initiatives().values_list("pk")
    assert index in plan(*found.query.sql_with_params())


@pytest.mark.parametrize(("query", "index"), PAGES.items(), ids=PAGES.values())
def test_a_first_page_is_read_in_the_order_of_an_index(crowd: None, query: str, index: str) -> None:
    page = criteria(query).ordered().values_list("pk")[:100]
    steps = plan(*page.query.sql_with_params())
    assert index in steps
    assert "Sort" not in steps.replace("Incremental Sort", "")


@pytest.mark.parametrize("query", ["", "sector=energie,alimentation"])
@pytest.mark.parametrize("zoom", [6, 10, 12, 14])
def test_the_map_is_read_from_the_pyramid_and_the_edges_of_its_box(
    crowd: None, query: str, zoom: int
) -> None:
    view = cells_of(BBox(2.0, 45.9, 2.2, 46.0), zoom)
    steps = plan(pyramid.cells_sql(criteria(query), view), None)
    assert "directory_pyramid_cells" in steps
    assert "initiative_location" in steps
    assert "Seq Scan on directory_initiative" not in steps
    assert "Seq Scan on directory_pyramid" not in steps


@contextmanager
def planned(part: str) -> Iterator[list[str]]:
    """The plans of the statements inside that hold this text."""
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if part in sql and not sql.startswith("EXPLAIN"):
            plans.append(plan(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


@pytest.fixture
def vacuumed(crowd: None) -> None:
    """Rows of a transaction are never vacuumed, and an index alone does not say that they are visible."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")


ON_THE_MAP = {
    "legal_form=scic": "Only Scan using initiative_legal_form",
    "territory=departement-23": "Only Scan using initiative_departement",
    "territory=departement-23&sector=energie": "Only Scan using initiative_departement",
    "territory=epci-200044014": "Only Scan using initiative_epci",
}


@pytest.mark.parametrize(("query", "step"), ON_THE_MAP.items(), ids=ON_THE_MAP)
def test_the_map_of_rows_is_read_from_an_index_alone_and_summed_in_memory(
    vacuumed: None, query: str, step: str
) -> None:
    with planned("cell-%%s") as plans:
        clusters(criteria(query), BBox(0.5, 45.4, 2.8, 46.6), 8, "")
    (steps,) = plans
    assert step in steps
    assert steps.count("HashAggregate") >= 2
    assert "GroupAggregate" not in steps


COUNTED = {
    "bbox=1.9,45.8,2.3,46.1": "Only Scan using initiative_cells",
    "bbox=1.9,45.8,2.3,46.1&legal_form=scic": "Only Scan using initiative_cells",
    "near=2.17,45.95&radius=20000": "Only Scan using initiative_cells",
    "territory=departement-23": "Only Scan using initiative_departement",
    "territory=epci-200044014&bbox=1.9,45.8,2.3,46.1": "Only Scan using initiative_epci",
}


@pytest.mark.parametrize(("query", "step"), COUNTED.items(), ids=COUNTED)
def test_facets_and_counts_are_read_from_an_index_alone(vacuumed: None, query: str, step: str) -> None:
    with planned("WITH matched") as plans:
        facets(criteria(query))
    assert plans
    assert all(step in steps for steps in plans)
    assert not any("Scan on directory_initiative" in steps for steps in plans)
    with planned("COUNT(") as plans:
        count(criteria(query))
    assert step in plans[0]


def test_networks_of_a_sector_are_counted_from_the_rows_of_its_masks(vacuumed: None) -> None:
    with planned("ids AS MATERIALIZED") as plans:
        facets(criteria("sector=energie"))
    (steps,) = [steps for steps in plans if "initiative_legal_form" in steps]
    assert "Index Cond: ((legal_form = " in steps
    assert "Scan on directory_initiative" not in steps


def test_what_waits_to_be_folded_is_found_by_an_index(crowd: None) -> None:
    assert "directory_pyramid_waiting" in plan("SELECT FROM directory_pyramid WHERE waiting LIMIT 100", None)


@pytest.mark.parametrize(("query", "index"), PAGES.items(), ids=PAGES.values())
def test_a_deep_page_begins_where_its_index_says(crowd: None, query: str, index: str) -> None:
    asked = criteria(query)
    *_others, last = asked.ordered().values_list(*(name for name, _down in ORDERINGS[asked.ordering]))[:4_000]
    page = asked.ordered().filter(after_q(ORDERINGS[asked.ordering], last)).values_list("pk")[:100]
    steps = plan(*page.query.sql_with_params())
    assert index in steps
    assert re.search(r"Index Cond: \(ROW\(", steps)


def test_the_nearest_are_read_nearest_first(crowd: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert page_of(criteria("near=2.17,45.95&radius=50000"), 5).rows
    nearest, page = [
        query["sql"] for query in asked.captured_queries if "directory_initiative" in query["sql"]
    ]
    steps = plan(nearest, None)
    assert "initiative_location" in steps
    assert "Order By: (location <->" in steps
    assert "initiative_location" in plan(page, None)


def test_a_page_reads_its_fragments_by_key(crowd: None) -> None:
    rows = page_of(criteria(""), 100).rows
    with CaptureQueriesContext(connection) as asked:
        features(rows, "https://example.org")
    assert "directory_fragment_pkey" in plan(asked.captured_queries[0]["sql"], None)


def test_a_typo_is_looked_up_among_trigrams(crowd: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # words are few here
    assert "lexicon_trigrams" in plan(WORDS_SQL, [["ressourcrie"], [False]])


def words_asked(query: str) -> list[str]:
    """The statements by which a page of a search by words is found."""
    with CaptureQueriesContext(connection) as asked:
        counted_page(criteria(query), 20)
    return [query["sql"] for query in asked.captured_queries]


def test_common_words_are_counted_from_postings_and_few_rows_are_ranked(
    crowd: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "RANKED", 50)
    postings.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_posting")
    asked = words_asked("q=ressourcerie")
    (page,) = [sql for sql in asked if "ts_rank" in sql]
    assert "directory_initiative_pkey" in plan(page.replace("%", "%%"), None)
    assert not [sql for sql in asked if "ts_rank" not in sql and "JOIN directory_initiative" in sql]
    (changed,) = [sql for sql in asked if "directory_posting_change" in sql]
    assert "directory_initiative_pkey" in plan(changed.replace("%", "%%"), None)


@pytest.mark.parametrize("condition", ["= %s", "LIKE %s"])
def test_the_postings_of_a_word_are_found_by_an_index(crowd: None, condition: str) -> None:
    postings.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_posting")
    begun = "ressourcer%" if "LIKE" in condition else "ressourcer"
    assert "directory_posting_lexeme" in plan(postings.HELD.format(condition), [begun, 10])


def test_names_that_begin_so_are_read_in_the_order_of_an_index(crowd: None) -> None:
    steps = plan(BEGUN, ["lai%", 8])
    assert "initiative_by_name" in steps
    assert "initiative_by_name" in plan(BEGUN, ["l%", 8])
    holding = list(Initiative.objects.values_list("pk", flat=True)[:20])
    assert "directory_initiative_pkey" in plan(HOLDING, [holding, holding[:3], 8])


LINKS = """
    INSERT INTO directory_link (origin_id, target_id, kind, source, asserted_by)
    SELECT one.id, other.id, 'supplies', '', '' FROM directory_initiative one
    JOIN LATERAL (
        SELECT id FROM directory_initiative WHERE id > one.id ORDER BY id LIMIT 8
    ) AS other ON true
    WHERE one.publication = 'published'
    ON CONFLICT DO NOTHING;
    ANALYZE directory_link;
"""


@pytest.fixture
def woven(crowd: None) -> Initiative:
    """One of 6 000 that have sixteen neighbours each."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS)
    return Initiative.objects.published().order_by("pk")[3_000]


def test_a_circuit_is_walked_from_link_to_link_by_their_indexes(woven: Initiative) -> None:
    with planned("WITH near") as plans:
        assert circuit_of(woven).far > 0
    (steps,) = plans
    for end in ("origin", "target"):
        assert steps.count(f"on directory_link_{end}_id") + steps.count(f"using directory_link_{end}_id") == 2
    assert "Seq Scan" not in steps


def test_the_links_of_a_few_are_looked_up_by_their_indexes(woven: Initiative) -> None:
    found = links_of(criteria(f"ids={woven.slug}")).values_list("pk")
    steps = plan(*found.query.sql_with_params())
    assert "directory_link_origin_id" in steps
    assert "directory_link_target_id" in steps
    assert "Seq Scan on directory_link" not in steps
