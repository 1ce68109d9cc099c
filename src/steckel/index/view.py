"""Which studies somebody sees: what every door hands to the rooms that it asks.

The rule: a room gives nothing away before it was told by `seen_by` who looks. Who makes
the views is access control (`security`); what they mean is here and in `visibility`.
"""

from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

Room_co = TypeVar("Room_co", covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Criteria:
    """What a study must be to be seen: all that is given holds; nothing given is no study."""

    institutions: tuple[str, ...] = ()  #: Institution Name (0008,0080)
    departments: tuple[str, ...] = ()  #: Institutional Department Name (0008,1040), of any series
    modalities: tuple[str, ...] = ()  #: one of its modalities
    referring: tuple[str, ...] = ()  #: normalised (`dicom.person_name.normalise`)
    studies: tuple[str, ...] = ()  #: Study Instance UIDs
    patients: tuple[int, ...] = ()  #: keys of patients; of a merged one the survivor's count
    assigned_to: str = ""  #: the account that it was given to
    deidentified: bool = False  #: Patient Identity Removed (0012,0062) in all of its series

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given."""
        return self == Criteria()


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What somebody sees of the archive."""

    anything: bool = False  #: all studies, whatever `any_of` says
    any_of: tuple[Criteria, ...] = ()
    confidential: bool = False  #: patients that are marked as confidential as well
    account: str = ""  #: whose care relations open what the rest does not
    within: "View | None" = None  #: of all that, only what this one shows too

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing to hide."""
        whole = self.within is None or self.within.is_everything
        return self.anything and self.confidential and whole


EVERYTHING: Final = View(anything=True, confidential=True)
NOTHING: Final = View()


class Guarded(Protocol[Room_co]):
    """A room that has to be told who looks."""

    def seen_by(self, view: View) -> Room_co:
        """Return what it is to somebody with this view."""
