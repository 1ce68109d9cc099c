"""What the audit trail refuses: a branch of the tree in ``steckel.errors``.

::

    StorageFailure
    └── NotRecorded     what happened cannot be kept, so it may not happen
"""

from steckel.errors import StorageFailure


class NotRecorded(StorageFailure):
    """What is done could not be kept in the audit trail: nothing may be changed until it can."""

    def __init__(self) -> None:
        super().__init__("the audit trail cannot be written: nothing can be changed until it can")
