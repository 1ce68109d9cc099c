"""What only FHIR can refuse."""

from steckel.errors import InputError


class InvalidParameter(InputError):
    """A parameter has a value that cannot be."""


class InvalidResource(InputError):
    """A resource that cannot be taken; the message names the element."""


class NotAsked(InputError):
    """A condition that has to name exactly one resource names several."""


class UnsupportedFormat(InputError):
    """FHIR is spoken in JSON here."""


class UnsupportedBody(InputError):
    """The body is none that can be read."""
