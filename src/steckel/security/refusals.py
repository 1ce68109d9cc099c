"""What access control refuses: branches of the tree in ``steckel.errors``.

::

    NotAllowed
    ├── NotAuthenticated    credentials are missing, wrong or expired
    ├── NotRecognized       an application entity that may not call, or not from there
    ├── Barred              known, but something has to be done first
    └── Throttled           too many wrong passwords: wait
    InputError
    ├── AlreadyExists       an account, a token or an application entity of this name is there
    └── InvalidValue        a name, a password, a host or a port that cannot be taken
"""

from steckel.errors import InputError, NotAllowed


class NotAuthenticated(NotAllowed):
    """Credentials are missing, wrong or expired."""


class Barred(NotAllowed):
    """Somebody is known, but has to do something before anything else."""


class NotRecognized(NotAllowed):
    """An application entity that may not call, or not from there."""


class Throttled(NotAllowed):
    """Too many wrong passwords for this account or from this address."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too many wrong passwords: try again later")
        self.retry_after = retry_after  #: seconds


class AlreadyExists(InputError):
    """Something of this name is there."""


class InvalidValue(InputError):
    """A value that cannot be taken."""
