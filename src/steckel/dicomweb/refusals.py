"""What only HTTP can refuse: requests that ask for a form that is not there."""

from steckel.errors import InputError, SteckelError


class NotAcceptable(SteckelError):
    """The resource exists, but in none of the forms that the client accepts."""

    def __init__(self, message: str, available: tuple[str, ...]) -> None:
        super().__init__(message)
        self.available = available


class UnsupportedBody(InputError):
    """The request body has a media type or an encoding that is not taken."""


class BadRequest(InputError):
    """The address or a parameter cannot be read."""
