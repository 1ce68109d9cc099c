"""What is known by a number is of one patient, whoever says the number again.

Numbers are mistyped, given twice, and given by several systems that name no authority. The rule:
what names another patient than before changes nothing, and waits for a person.
"""

from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from steckel.errors import OfAnotherPatient
from steckel.index.schema import patients

_survivor = patients.alias()
_OWNERS: Final = (
    select(patients.c.identity, func.coalesce(_survivor.c.identity, patients.c.identity))
    .outerjoin(_survivor, patients.c.survivor_pk == _survivor.c.pk)
    .where(patients.c.identity.in_(bindparam("identities", expanding=True)))
)


def require_same_patient(connection: Connection, what: str, held: str, said: str) -> None:
    """Have what is `held` of one identity be of the same patient as what is `said` of another.

    It is where one turned out to be the other, and where one identifier comes with its issuer
    and without.

    Raises
    ------
    OfAnotherPatient
        It is not.
    """
    if held and not is_same_patient(connection, held, said):
        raise OfAnotherPatient(f"the {what} with this number is another patient's")


def is_same_patient(connection: Connection, one: str, other: str) -> bool:
    """Whether two identities are one patient's, as `require_same_patient` has it."""
    if one == other or _is_same_number(one, other):
        return True
    rows = connection.execute(_OWNERS, {"identities": [one, other]})
    owners = {row[0]: row[1] for row in rows}
    return bool(owners.get(one, one) == owners.get(other, other))


def _is_same_number(held: str, said: str) -> bool:
    (_, issuer, number), (_, other_issuer, other) = (
        identity.split("\x1f", 2) for identity in (held, said)
    )
    return number == other and not (issuer and other_issuer)
