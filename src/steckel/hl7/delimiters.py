r"""The characters that separate: MSH-1 and MSH-2 (HL7 v2.5.1 2.5.4).

The rule: a message says its own. A character that MSH-2 leaves out is not used in that
message: it is the empty string here, and nothing is split by it.
"""

import re
from dataclasses import dataclass
from typing import Final

from steckel.errors import NotHl7

#: What may separate: the ASCII punctuation. Letters, digits and blanks never do.
PUNCTUATION: Final = r"!-/:-@\[-`{-~"
_ENCODING: Final = re.compile(rf"[{PUNCTUATION}]+\Z").match


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The separators of one message, in the order in which its header has them."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""  #: since version 2.7

    @property
    def encoding(self) -> str:
        """Return the text of MSH-2."""
        return f"{self.component}{self.repetition}{self.escape}{self.subcomponent}{self.truncation}"


#: What HL7 recommends, what nearly everybody uses, and what we write.
STANDARD: Final = Delimiters()


def read_delimiters(header: str) -> Delimiters:
    r"""Return the delimiters of a header segment (MSH, FHS, BHS), which begins with its name.

    Raises
    ------
    NotHl7
        The header has no encoding characters, or they are letters, digits or blanks.
    """
    if header.startswith(r"|^~\&|", 3):
        return STANDARD
    start = header[3:64].partition("\r")[0].partition("\n")[0]
    separator = start[:1]
    encoding = start[1:].partition(separator)[0].rstrip() if separator else ""
    if not separator or not _ENCODING(separator) or not _ENCODING(encoding):
        raise NotHl7("the header has no encoding characters (MSH-2)")
    component, repetition, escape, subcomponent, truncation = [*encoding[:5], *[""] * 5][:5]
    return Delimiters(separator, component, repetition, escape, subcomponent, truncation)


def split(text: str, separator: str) -> list[str]:
    """Return the parts of a text; a separator that is not used does not split."""
    return text.split(separator) if separator else [text]
