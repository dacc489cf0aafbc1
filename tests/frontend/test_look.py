"""What the eye is promised: contrast, sectors told apart, no style nor script inside a page."""

import json
import re
import zipfile
from itertools import combinations
from pathlib import Path

import lucide
import pytest
from django.conf import settings

from frontend.sectors import ICONS, OTHER

STATIC = Path(settings.BASE_DIR) / "frontend" / "static"
TEMPLATES = Path(settings.BASE_DIR) / "frontend" / "templates"
TAXONOMY = json.loads((Path(settings.BASE_DIR) / "fixtures" / "taxonomy.json").read_text())
SLUGS = [sector["slug"] for sector in TAXONOMY["sectors"]]
# What protan and deutan eyes see, in linear light (Machado, Oliveira and Fernandes, 2009, severity 1).
SIGHTS = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
Colour = tuple[float, float, float]


def themes() -> dict[str, dict[str, str]]:
    """Every colour of the two themes by its name: light, then what dark writes over it."""
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for name in ("tokens.css", "sectors.css"):
        light, _media, dark = (
            (STATIC / "css" / name).read_text().partition("@media (prefers-color-scheme: dark)")
        )
        for theme, text in [("light", light), ("dark", dark)]:
            found[theme] |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))
            found[theme] |= dict(re.findall(r"\.(sector-[a-z]+) \{ --sector: (#[0-9a-f]{6});", text))
    return {"light": found["light"], "dark": found["light"] | found["dark"]}


def linear(colour: str) -> Colour:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    lights = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def seen(colour: str, sight: str) -> Colour:
    """Oklab coordinates of a colour as an eye sees it (Ottosson, 2020)."""
    light = linear(colour)
    r, g, b = (
        min(1.0, max(0.0, sum(k * c for k, c in zip(row, light, strict=True)))) for row in SIGHTS[sight]
    )
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_sector_stands_out_of_the_paper_and_under_its_icon(theme: str) -> None:
    colours = themes()[theme]
    for slug in SLUGS:
        for ground in ("paper", "paper-raised", "land", "sea", "halo", "on-sector"):
            assert contrast(colours[f"sector-{slug}"], colours[ground]) >= 3, (slug, ground)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_two_sectors_are_one_colour_for_any_eye(theme: str) -> None:
    colours = themes()[theme]
    for sight in SIGHTS:
        for one, other in combinations(SLUGS, 2):
            here, there = (seen(colours[f"sector-{slug}"], sight) for slug in (one, other))
            apart = sum((a - b) ** 2 for a, b in zip(here, there, strict=True)) ** 0.5
            assert apart > 0.05, (one, other, sight)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("ink", ("paper", "paper-raised", "paper-sunk", "accent-wash", "notice", "land", "sea")),
        ("ink-soft", ("paper", "paper-raised", "paper-sunk")),
        ("accent", ("paper", "paper-raised", "paper-sunk", "notice")),
        ("accent-strong", ("paper", "paper-raised", "paper-sunk", "notice")),
        ("on-accent", ("accent", "accent-strong")),
        ("paper", ("ink",)),
        ("land-name", ("land", "sea")),
    ],
)
def test_text_reads_on_every_ground(theme: str, ink: str, grounds: tuple[str, ...]) -> None:
    colours = themes()[theme]
    for ground in grounds:
        assert contrast(colours[ink], colours[ground]) >= 4.5, ground


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_that_say_something_stand_out(theme: str) -> None:
    colours = themes()[theme]
    for edge, ground in [
        ("line-strong", "paper-raised"),
        ("line-strong", "paper"),
        ("focus", "paper"),
        ("focus", "land"),
    ]:
        assert contrast(colours[edge], colours[ground]) >= 3, (edge, ground)


def test_every_sector_has_an_icon_of_its_own_and_the_icons_exist() -> None:
    assert set(ICONS) == set(SLUGS)
    assert len({*ICONS.values(), OTHER}) == len(SLUGS) + 1
    with zipfile.ZipFile(Path(lucide.__file__).parent / "lucide.zip") as icons:
        known = {Path(name).stem for name in icons.namelist()}
    assert {*ICONS.values(), OTHER} <= known


def test_no_style_nor_script_is_written_inside_a_page() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|hx-on", text), template.name
        for attributes in re.findall(r"<script([^>]*)>", text):
            data = re.search(r'type="application/(ld\+)?json"', attributes)  # what no browser runs
            assert "src=" in attributes or data, template.name


def test_modules_are_imported_on_lines_that_the_static_storage_rewrites() -> None:
    for module in (STATIC / "js").glob("*.js"):
        for line in module.read_text().splitlines():
            if line.startswith(("import ", "export ")) and " from " in line:
                assert line.endswith(";"), (module.name, line)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ramp", ["warm", "cool"])
def test_shades_of_a_map_are_told_apart(theme: str, ramp: str) -> None:
    """Any two that are not neighbours, and both ends from the line between parts."""
    colours = themes()[theme]
    shades = [colours[f"{ramp}-{rank}"] for rank in range(1, 6)]
    for one, other in combinations(range(5), 2):
        assert contrast(shades[one], shades[other]) >= (3 if other - one > 1 else 1.7), (one, other)
    assert contrast(colours["map-line"], shades[0]) >= 3 <= contrast(colours["map-line"], shades[4])
    for mark in ("map-line", "accent", "ink", "ink-soft"):
        assert contrast(colours[mark], colours["paper-raised"]) >= 3, mark
