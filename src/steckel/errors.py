"""What can go wrong, as one tree.

::

    SteckelError
    ├── InputError              what a peer or a person gave cannot be taken
    │   ├── NotDicom            the bytes are no DICOM data set that can be read
    │   ├── NotHl7              the bytes are no HL7 version 2 message that can be read
    │   ├── NotEncodable        a text has characters that the character set of its reader lacks
    │   ├── MissingIdentity     Study, Series or SOP Instance UID (or SOP Class) absent or invalid
    │   ├── UnsupportedTransferSyntax   the data set is in an encoding that cannot be read
    │   ├── IdentityMismatch    the data set is not the one that was announced
    │   ├── PatientMismatch     the study already belongs to another patient
    │   ├── InvalidProfile      a profile of a message source that is wrong
    │   ├── InvalidRule         a rule for mismatches that is wrong
    │   ├── SelfMerge           a patient is to be merged into itself
    │   ├── OfAnotherPatient    the number of an order or report is another patient's
    │   ├── RefusedByPolicy     readable, but this site does not take it
    │   ├── TooLarge            beyond a configured limit
    │   ├── AlreadyThere        an object with this UID is there already
    │   ├── InvalidAttribute    an attribute has a value that cannot be
    │   ├── MissingAttribute    an attribute that has to be there is not
    │   ├── MissingValue        an attribute that has to have a value has none
    │   ├── NotUpdatable        the object is in its final state
    │   └── InvalidQuery        a query that cannot be understood
    ├── NotFound                no such study, series, instance, frame, bulk value
    ├── NotAllowed              the caller may not do this
    ├── CannotRender            pixels that cannot be decoded or shown
    ├── CannotCoerce            what is put right about a study cannot be put into an object
    ├── OutOfSpace              no room on stable storage
    ├── StorageFailure          the store or the index failed
    └── SettingsError           a setting is unknown or wrong

Each protocol translates this tree once: ``dimse/status.py`` (DIMSE status),
``dicomweb/problems.py`` (HTTP problem details). The message of an error is
written for the person who has to act on it; it never carries patient data.
"""

import traceback


class SteckelError(Exception):
    """Root of everything that Steckel raises on purpose."""


class InputError(SteckelError):
    """What a peer or a person gave cannot be taken."""


class NotDicom(InputError):
    """The bytes are no DICOM data set that can be read."""


class NotHl7(InputError):
    """The bytes are no HL7 version 2 message that can be read."""


class NotEncodable(InputError):
    """A text has characters that the character set of its reader lacks."""


class MissingIdentity(InputError):
    """A UID without which an instance cannot be filed is absent or invalid."""


class UnsupportedTransferSyntax(InputError):
    """The data set is in an encoding that cannot be read."""


class IdentityMismatch(InputError):
    """The data set is not the one that was announced."""


class PatientMismatch(InputError):
    """The study already belongs to another patient."""


class InvalidProfile(InputError):
    """A profile of a message source has a key or a value that is wrong."""


class InvalidRule(InputError):
    """A rule for mismatches has a key or a value that is wrong."""


class SelfMerge(InputError):
    """A patient is to be merged into itself."""


class OfAnotherPatient(InputError):
    """What is known by a number, an order or a report, is another patient's."""


class RefusedByPolicy(InputError):
    """Readable, but this site does not take it."""


class TooLarge(InputError):
    """Beyond a configured limit."""


class InvalidQuery(InputError):
    """A query that cannot be understood."""


class AlreadyThere(InputError):
    """An object with this UID is there already."""


class InvalidAttribute(InputError):
    """An attribute has a value that cannot be."""


class MissingAttribute(InputError):
    """An attribute that has to be there is not."""


class MissingValue(InputError):
    """An attribute that has to have a value has none."""


class NotUpdatable(InputError):
    """The object is in its final state: nothing changes it any more."""


class NotFound(SteckelError):
    """No such study, series, instance, frame or bulk value."""


class NotAllowed(SteckelError):
    """The caller may not do this."""


class CannotRender(SteckelError):
    """Pixels that cannot be decoded or shown."""


class CannotCoerce(SteckelError):
    """What is put right about a study cannot be put into an object; it does not leave as it was."""


class OutOfSpace(SteckelError):
    """No room on stable storage; what was acknowledged stays."""


class StorageFailure(SteckelError):
    """The store or the index failed; nothing was acknowledged."""


class SettingsError(SteckelError):
    """A setting is unknown or has a value that is not allowed."""


def places_of(error: BaseException) -> list[str]:
    """Return the places that an error came through, innermost last: what a log may say of it.

    Neither its message nor any variable: they may be a patient's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
