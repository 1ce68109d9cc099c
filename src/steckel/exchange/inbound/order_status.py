"""Where an order message moves an order: ORC-1 and ORC-5 by the table of the profile."""

from typing import Final

from steckel.exchange.inbound.reading import Group, Reading
from steckel.ris.model import OrderStatus

#: Control codes whose message describes what is ordered. The others speak of it: what else
#: they repeat or leave out says nothing of the procedure and its steps.
_DESCRIBING: Final = frozenset({"", "NW", "XO", "XX", "XR", "SN", "NA", "RO", "CH", "RE", "RF"})


def control_of(group: Group) -> str:
    """Return the order control code (table 0119)."""
    return group.value("ORC-1").upper()


def describes(group: Group) -> bool:
    """Whether a group describes what is ordered."""
    return control_of(group) in _DESCRIBING


def order_status(reading: Reading, group: Group) -> OrderStatus | None:
    """Return where a group moves its order; None where it does not say."""
    control, status = control_of(group), group.value("ORC-5").upper()
    if not control and not status:
        return OrderStatus.SCHEDULED if group.first("ORC") is None else None
    table = reading.profile.tables["order-status"]
    for pair in (f"{control}_{status}", f"{control}_*", f"*_{status}"):
        if pair in table:
            return OrderStatus(table[pair]) if table[pair] else None
    reading.warn("ORC-1 and ORC-5 are no pair of the table of statuses: the status stays")
    return None
