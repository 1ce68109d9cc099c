"""Headings in two languages divide a text; what has none is the findings."""

import pytest

from steckel.reporting.sections import sections_of


def _spelled(text: str) -> list[tuple[str, str]]:
    return [(section.heading[1], section.text) for section in sections_of(text)]


def test_headings_in_french_divide_a_report() -> None:
    text = "Indication : toux\nRÉSULTATS\nRien.\nPas de nodule.\n\nConclusion : normal\n"
    assert _spelled(text) == [
        ("History", "toux"),
        ("Findings", "Rien.\nPas de nodule."),
        ("Conclusions", "normal"),
    ]


def test_a_text_without_headings_is_the_findings() -> None:
    assert _spelled("The heart: of normal size.\r\nNo effusion.") == [
        ("Findings", "The heart: of normal size.\nNo effusion.")
    ]


@pytest.mark.parametrize(
    "line", ["**IMPRESSION:**", "Impression", " IMPRESSIONS : ", "# Impression"]
)
def test_a_heading_is_known_whatever_adorns_it(line: str) -> None:
    assert _spelled(f"{line}\nNormal.") == [("Impressions", "Normal.")]


def test_nothing_makes_no_section() -> None:
    assert _spelled(" \n\n") == []
