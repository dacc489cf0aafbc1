"""The accent that an embedding site may choose, kept readable on our paper, light and dark.

Colours are ``#rrggbb``. The grounds are those of static/css/tokens.css, which alone writes them down.
"""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOKENS = Path(__file__).parent / "static" / "css" / "tokens.css"
DARK = "@media (prefers-color-scheme: dark)"
# What the accent is written on. The last ones also bear ``accent-strong``, which stands out more.
GROUNDS = ("paper", "paper-raised", "paper-sunk", "notice")
READABLE = 4.5  # WCAG 2.2, 1.4.3
STRONGER = 1.35
WASH = 0.12
STEPS = 200
HEXADECIMAL = re.compile(r"#?([0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class Accent:
    """A chosen colour, and what it becomes where it would not be read: per theme."""

    asked: str
    light: str
    dark: str

    @property
    def digits(self) -> str:
        """As an address writes it."""
        return self.asked.removeprefix("#")

    @property
    def changed(self) -> bool:
        return not self.asked == self.light == self.dark


@cache
def themes() -> dict[str, dict[str, str]]:
    """The colours of the two themes by name: light, then what dark writes over it."""
    light, _media, dark = TOKENS.read_text(encoding="utf-8").partition(DARK)
    read = {theme: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))
            for theme, text in (("light", light), ("dark", dark))}  # fmt: skip
    return {"light": read["light"], "dark": read["light"] | read["dark"]}


@cache
def named() -> dict[str, str]:
    """The few accents that have a name: « blue » is ``--accent-of-blue``."""
    prefix = "accent-of-"
    return {
        name.removeprefix(prefix): colour
        for name, colour in themes()["light"].items()
        if name.startswith(prefix)
    }


def accent(text: str) -> Accent | None:
    """The accent of a name or of six hexadecimal digits; None where it is neither."""
    given = HEXADECIMAL.fullmatch(text)
    asked = f"#{given[1].lower()}" if given else named().get(text)
    return None if asked is None else Accent(asked, readable(asked, "light"), readable(asked, "dark"))


def readable(colour: str, theme: str) -> str:
    """The nearest of its shades, darker on light paper and lighter on dark, that reads as text on every
    ground of a theme."""
    grounds = [themes()[theme][name] for name in GROUNDS]
    hue, lightness, saturation = rgb_to_hls(*parts(colour))
    end = 0.0 if theme == "light" else 1.0
    shade = colour
    for step in range(STEPS + 1):
        if step:
            shade = written(hls_to_rgb(hue, lightness + (end - lightness) * step / STEPS, saturation))
        if all(contrast(shade, ground) >= READABLE for ground in grounds):
            break
    return shade


def stylesheet(chosen: Accent) -> str:
    """The custom properties of an accent for both themes, as CSS."""
    light, dark = properties(chosen.light, "light"), properties(chosen.dark, "dark")
    return f":root {{ {light} }}\n{DARK} {{\n  :root {{ {dark} }}\n}}\n"


def properties(colour: str, theme: str) -> str:
    paper, ink = themes()[theme]["paper"], themes()[theme]["ink"]
    values = {
        "accent": colour,
        "accent-strong": mix(colour, ink, 1 / STRONGER),
        "accent-wash": mix(colour, paper, WASH),
        "on-accent": paper,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def mix(one: str, other: str, share: float) -> str:
    """``share`` of the first colour in the second."""
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(parts(one), parts(other), strict=True))
    return written((red, green, blue))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def written(colour: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)
