"""What right each service asks for: the DIMSE half of the access matrix.

The rule: a service that is not named here is not served. What the right opens is then
seen through the view of the caller (`ports`), where there is something to see.
"""

from typing import Final

from steckel.dimse.services import ServiceClass
from steckel.dimse.wire.command import Operation
from steckel.security.rights import Right

#: ``None``: whoever may open an association may do it.
RIGHTS: Final[dict[tuple[ServiceClass, Operation], Right | None]] = {
    (ServiceClass.VERIFICATION, Operation.C_ECHO): None,
    (ServiceClass.STORAGE, Operation.C_STORE): Right.STORE,
    (ServiceClass.QUERY_RETRIEVE, Operation.C_FIND): Right.QUERY,
    (ServiceClass.QUERY_RETRIEVE, Operation.C_MOVE): Right.RETRIEVE,
    (ServiceClass.QUERY_RETRIEVE, Operation.C_GET): Right.RETRIEVE,
    (ServiceClass.WORKLIST, Operation.C_FIND): Right.QUERY,
    (ServiceClass.PROCEDURE_STEP, Operation.N_CREATE): Right.STORE,
    (ServiceClass.PROCEDURE_STEP, Operation.N_SET): Right.STORE,
    (ServiceClass.PROCEDURE_STEP, Operation.N_GET): Right.QUERY,
    (ServiceClass.STORAGE_COMMITMENT, Operation.N_ACTION): Right.STORE,
}
