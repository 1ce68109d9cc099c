"""From the text of a report to its sections, by the headings that it has.

A heading is a line of its own, or what stands before a colon, where the words are one of those
known in English or French. What stands before the first heading belongs to the findings.
"""

import re
from dataclasses import dataclass
from typing import Final

from steckel.dicom import person_name

#: Code value and meaning of DCM.
Concept = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A section of TID 2000: its heading (CID 7001), the concept of its text (CID 7002)."""

    heading: Concept
    element: Concept
    text: str = ""


_HISTORY: Final = Section(heading=("121060", "History"), element=("121060", "History"))
_REQUEST: Final = Section(heading=("121062", "Request"), element=("121062", "Request"))
PROCEDURE: Final = Section(
    heading=("121064", "Current Procedure Descriptions"),
    element=("121065", "Procedure Description"),
)
_PRIOR: Final = Section(
    heading=("121066", "Prior Procedure Descriptions"),
    element=("121065", "Procedure Description"),
)
FINDINGS: Final = Section(heading=("121070", "Findings"), element=("121071", "Finding"))
_IMPRESSIONS: Final = Section(heading=("121072", "Impressions"), element=("121073", "Impression"))
_ADVICE: Final = Section(
    heading=("121074", "Recommendations"), element=("121075", "Recommendation")
)
_CONCLUSIONS: Final = Section(heading=("121076", "Conclusions"), element=("121077", "Conclusion"))
_ADDENDUM: Final = Section(heading=("121078", "Addendum"), element=("121106", "Comment"))
_COMPLICATIONS: Final = Section(heading=("121113", "Complications"), element=("121106", "Comment"))

#: Folded words of headings (`dicom.person_name.fold`).
_HEADINGS: Final = {
    words: section
    for section, spellings in (
        (_HISTORY, (
            "history", "clinical history", "clinical information", "clinical indication",
            "indication", "indications", "reason for exam", "reason for examination",
            "antecedents", "informations cliniques", "renseignements cliniques", "contexte",
            "contexte clinique", "motif", "histoire de la maladie",
        )),
        (_REQUEST, ("request", "question", "clinical question", "demande", "question posee")),
        (PROCEDURE, (
            "technique", "procedure", "examination", "exam", "protocol", "protocole", "examen",
            "techniques", "technique d'examen", "acte", "modalites de realisation",
        )),
        (_PRIOR, (
            "comparison", "comparisons", "prior studies", "previous examinations", "comparaison",
            "comparaisons", "comparatif", "examens anterieurs",
        )),
        (FINDINGS, (
            "findings", "finding", "report", "description", "resultat", "resultats", "result",
            "results", "observations", "constatations", "compte rendu", "compte-rendu", "body",
        )),
        (_IMPRESSIONS, ("impression", "impressions", "opinion", "interpretation")),
        (_ADVICE, ("recommendation", "recommendations", "recommandations", "conduite a tenir")),
        (_CONCLUSIONS, (
            "conclusion", "conclusions", "summary", "synthese", "au total", "assessment",
        )),
        (_ADDENDUM, ("addendum", "addenda", "complement", "additif")),
        (_COMPLICATIONS, ("complications", "complication")),
    )
    for words in spellings
}  # fmt: skip
_LONGEST: Final = max(map(len, _HEADINGS))
_HEADING: Final = re.compile(r"[\s#*_=-]*(?P<words>[^:\n]+?)[\s*_=-]*(?P<colon>:)?[\s*_]*\Z")
_LEADING: Final = re.compile(r"\s*(?P<words>[^:\n]+?)\s*:\s*(?P<rest>\S.*)\Z")


def sections_of(text: str) -> list[Section]:
    """Return the sections of a text in its order; those without a word are left out."""
    found: list[tuple[Section, list[str]]] = [(FINDINGS, [])]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        section, rest = _opened(line)
        if section is not None:
            found.append((section, [rest] if rest else []))
        else:
            found[-1][1].append(line.rstrip())
    return [
        Section(heading=section.heading, element=section.element, text=body)
        for section, lines in found
        if (body := "\n".join(lines).strip())
    ]


def _opened(line: str) -> tuple[Section | None, str]:
    """Return the section that a line begins, and what of it stands on the same line."""
    alone = _HEADING.match(line)
    if alone is not None:
        section = _known(alone["words"])
        return section, ""
    leading = _LEADING.match(line)
    if leading is not None:
        section = _known(leading["words"])
        return (section, leading["rest"]) if section is not None else (None, "")
    return None, ""


def _known(words: str) -> Section | None:
    if len(words) > 2 * _LONGEST:
        return None
    folded = " ".join(person_name.fold(words.replace("\u2019", "'")).split())
    return _HEADINGS.get(folded)
