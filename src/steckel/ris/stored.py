"""What the archive can vouch for: instances in the index whose bytes are there.

The index names an instance only after its bytes were synced (`index.writer`). Beside that,
the container is looked at: that it is there and reaches to the end of the instance.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Engine, select

from steckel.index.schema import containers, instances
from steckel.ris.commitment_model import Reference

#: Failure Reason (0008,1197) of PS3.3 C.14.1.1.
PROCESSING_FAILURE = 0x0110
NO_SUCH_INSTANCE = 0x0112
CLASS_INSTANCE_CONFLICT = 0x0119

_PIECE = 500


class StoredInstances:
    """Says of instances whether they are safe. Thread-safe; blocking."""

    def __init__(self, engine: Engine, container_size: Callable[[str], int]) -> None:
        self._engine = engine
        self._container_size = container_size

    def failures(self, references: Sequence[Reference]) -> Iterator[tuple[Reference, int]]:
        """Yield each reference with its Failure Reason; zero where the instance is safe."""
        sizes: dict[str, int] = {}
        for start in range(0, len(references), _PIECE):
            piece = references[start : start + _PIECE]
            held = self._held([reference.sop_instance_uid for reference in piece])
            for reference in piece:
                yield reference, self._failure(reference, held, sizes)

    def _held(self, uids: Sequence[str]) -> dict[str, tuple[str, str, int]]:
        """Return class, container and end of those that the index has."""
        statement = (
            select(
                instances.c.uid,
                instances.c.sop_class,
                containers.c.name,
                instances.c.offset + instances.c.length,
            )
            .join(containers, instances.c.container_pk == containers.c.pk)
            .where(instances.c.uid.in_(uids))
        )
        with self._engine.connect() as connection:
            return {
                uid: (kind, name, end) for uid, kind, name, end in connection.execute(statement)
            }

    def _failure(
        self, reference: Reference, held: dict[str, tuple[str, str, int]], sizes: dict[str, int]
    ) -> int:
        found = held.get(reference.sop_instance_uid)
        if found is None:
            return NO_SUCH_INSTANCE
        sop_class, container, end = found
        if sop_class != reference.sop_class_uid:
            return CLASS_INSTANCE_CONFLICT
        if container not in sizes:
            sizes[container] = self._container_size(container)
        return 0 if end <= sizes[container] else PROCESSING_FAILURE
