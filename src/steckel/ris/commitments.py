"""Requests for storage commitment, kept until they are answered (PS3.4 J).

A request is durable before it is acknowledged. Who answers takes the turn first: the row
says until when nobody else may try. What the peer has taken is never said again; what it
has not is tried with growing pauses, and given up in the end, where a person sees it.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, json_key, values_in
from steckel.errors import AlreadyThere
from steckel.index.engine import writing
from steckel.ris import clock
from steckel.ris.commitment_model import (
    ALL_COMMITTED,
    SOME_FAILED,
    CommitmentRequest,
    EventReport,
    Reference,
    Turn,
)
from steckel.ris.schema import commitments
from steckel.ris.stored import StoredInstances

WAITING: Final = "waiting"
SENT: Final = "sent"
GIVEN_UP: Final = "given-up"

#: Milliseconds that the association of the request has for its answer.
_FIRST_TURN: Final = 5_000
#: Milliseconds that one attempt has; longer than all its time-outs together.
_TURN: Final = 180_000
#: Milliseconds to wait after each attempt that failed, the last again and again.
_PAUSES: Final = (10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
_DAY: Final = 86_400_000
#: How long an answer is tried, and how long what is over is kept.
_MOST_AGE: Final = 3 * _DAY
_KEPT: Final = 30 * _DAY


class Commitments:
    """Thread-safe; blocking. `aet` is our own title, where the instances can be had."""

    def __init__(
        self,
        engine: Engine,
        stored: StoredInstances,
        *,
        aet: str,
        now: Callable[[], int] = clock.now,
    ) -> None:
        self._engine = engine
        self._stored = stored
        self._aet = aet
        self._now = now

    # ---- what comes in

    def take(self, request: CommitmentRequest) -> Turn:
        """Keep a request, durably; return the right to answer it for some seconds.

        Asked again while it waits, or after it was given up, the same is answered once.

        Raises
        ------
        AlreadyThere
            The transaction is another's, or was answered.
        """
        now = self._now()
        items = orjson.dumps([(r.sop_class_uid, r.sop_instance_uid) for r in request.references])
        values = {
            "state": WAITING,
            "items": items.decode(),
            "attempts": 0,
            "next_attempt": now + _FIRST_TURN,
            "reason": "",
            "received": now,
        }
        try:
            with writing(self._engine, durable=True) as connection:
                key = _take_again(connection, request, values)
                if key is None:
                    key = _add(connection, request, values)
        except IntegrityError as problem:  # it came twice at once
            raise AlreadyThere("this Transaction UID is in use") from problem
        return Turn(key=key, due=now + _FIRST_TURN)

    # ---- what goes out

    def due(self, most: int = 200) -> dict[str, list[Turn]]:
        """Return whose requests are to be answered now, by AE title."""
        statement = (
            select(commitments.c.aet, commitments.c.pk, commitments.c.next_attempt)
            .where(commitments.c.state == WAITING, commitments.c.next_attempt <= self._now())
            .order_by(commitments.c.next_attempt, commitments.c.pk)
            .limit(most)
        )
        found: dict[str, list[Turn]] = {}
        with self._engine.connect() as connection:
            for aet, key, due in connection.execute(statement):
                found.setdefault(aet, []).append(Turn(key=key, due=due))
        return found

    def report(self, turn: Turn) -> EventReport | None:
        """Return the answer; ``None`` when another has the turn, or it was answered."""
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(commitments)
                .where(
                    commitments.c.pk == turn.key,
                    commitments.c.state == WAITING,
                    commitments.c.next_attempt == turn.due,
                )
                .values(next_attempt=self._now() + _TURN)
                .returning(commitments.c.transaction_uid, commitments.c["items"])
            ).first()
        if taken is None:
            return None
        references = [
            Reference(sop_class_uid=kind, sop_instance_uid=uid)
            for kind, uid in orjson.loads(taken.items)
        ]
        return self._answer(turn.key, taken.transaction_uid, references)

    def _answer(self, key: int, transaction: str, references: list[Reference]) -> EventReport:
        safe: list[JsonDataset] = []
        failed: list[JsonDataset] = []
        for reference, failure in self._stored.failures(references):
            item = _item(reference)
            if failure:
                item[json_key(tags.FAILURE_REASON)] = {"vr": "US", "Value": [failure]}
            (failed if failure else safe).append(item)
        dataset: JsonDataset = {
            json_key(tags.TRANSACTION_UID): {"vr": "UI", "Value": [transaction]},
            json_key(tags.RETRIEVE_AE_TITLE): {"vr": "AE", "Value": [self._aet]},
        }
        if safe:
            dataset[json_key(tags.REFERENCED_SOP_SEQUENCE)] = {"vr": "SQ", "Value": safe}
        if failed:
            dataset[json_key(tags.FAILED_SOP_SEQUENCE)] = {"vr": "SQ", "Value": failed}
        return EventReport(
            key=key,
            transaction_uid=transaction,
            event_type=SOME_FAILED if failed else ALL_COMMITTED,
            dataset=dataset,
        )

    def delivered(self, report: EventReport) -> None:
        """Say that the peer has it; what was asked for is dropped, what was answered kept."""
        counts = {
            name: len(values_in(report.dataset, tag))
            for name, tag in (
                ("committed", tags.REFERENCED_SOP_SEQUENCE),
                ("failed", tags.FAILED_SOP_SEQUENCE),
            )
        }
        statement = (
            update(commitments)
            .where(commitments.c.pk == report.key, commitments.c.state == WAITING)
            .values(
                state=SENT,
                items="[]",
                result=orjson.dumps(counts).decode(),
                attempts=commitments.c.attempts + 1,
                reason="",
            )
        )
        with writing(self._engine, durable=True) as connection:
            connection.execute(statement)

    def undelivered(self, report: EventReport, reason: str) -> None:
        """Say that the peer has it not; it is tried again later, or given up."""
        self._put_off(report.key, reason)

    def put_off(self, turn: Turn, reason: str) -> None:
        """Say that an attempt failed before the turn was taken."""
        self._put_off(turn.key, reason, due=turn.due)

    def _put_off(self, key: int, reason: str, *, due: int | None = None) -> None:
        now = self._now()
        statement = select(
            commitments.c.attempts, commitments.c.received, commitments.c.next_attempt
        ).where(commitments.c.pk == key, commitments.c.state == WAITING)
        with writing(self._engine) as connection:
            row = connection.execute(statement.with_for_update()).first()
            if row is None or due not in (None, row.next_attempt):
                return
            pause = _PAUSES[min(row.attempts, len(_PAUSES) - 1)]
            is_over = now + pause - row.received > _MOST_AGE
            connection.execute(
                update(commitments)
                .where(commitments.c.pk == key)
                .values(
                    state=GIVEN_UP if is_over else WAITING,
                    attempts=row.attempts + 1,
                    next_attempt=now + pause,
                    reason=reason[:200],
                )
            )

    # ---- care

    def prune(self) -> None:
        """Drop what has been over for long."""
        statement = delete(commitments).where(
            commitments.c.state.in_((SENT, GIVEN_UP)),
            commitments.c.received < self._now() - _KEPT,
        )
        with writing(self._engine) as connection:
            connection.execute(statement)


def count_commitments(engine: Engine) -> dict[str, int]:
    """Return how many requests wait, and how many were given up."""
    statement = (
        select(commitments.c.state, func.count().label("number"))
        .where(commitments.c.state.in_((WAITING, GIVEN_UP)))
        .group_by(commitments.c.state)
    )
    with engine.connect() as connection:
        found = {row.state: int(row.number) for row in connection.execute(statement)}
    return {WAITING: 0, GIVEN_UP: 0} | found


def _take_again(
    connection: Connection, request: CommitmentRequest, values: dict[str, Any]
) -> int | None:
    """Return the key of a request that was made before, if it was."""
    held = _held(connection, request)
    if held is None:
        return None
    if held.state == SENT or held.items != values["items"]:
        raise AlreadyThere("this Transaction UID was used before")
    connection.execute(update(commitments).where(commitments.c.pk == held.pk).values(**values))
    return int(held.pk)


def _held(connection: Connection, request: CommitmentRequest) -> Any:
    return connection.execute(
        select(commitments.c.pk, commitments.c.state, commitments.c["items"])
        .where(
            commitments.c.aet == request.aet,
            commitments.c.transaction_uid == request.transaction_uid,
        )
        .with_for_update()
    ).first()


def _add(connection: Connection, request: CommitmentRequest, values: dict[str, Any]) -> int:
    statement = (
        insert(commitments)
        .values(aet=request.aet, transaction_uid=request.transaction_uid, **values)
        .returning(commitments.c.pk)
    )
    return int(connection.execute(statement).scalar_one())


def _item(reference: Reference) -> JsonDataset:
    return {
        json_key(tags.REFERENCED_SOP_CLASS_UID): {"vr": "UI", "Value": [reference.sop_class_uid]},
        json_key(tags.REFERENCED_SOP_INSTANCE_UID): {
            "vr": "UI",
            "Value": [reference.sop_instance_uid],
        },
    }
