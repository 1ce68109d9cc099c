"""What can be asked for: the actions. Which role may do what is data (`security.roles`).

A door asks `Principal.may`; it never looks at a role itself. What somebody may look at is
another question, which every room answers by the view that it is given (`index.view`).
"""

from enum import StrEnum


class Action(StrEnum):
    """What a door can ask for."""

    READ = "read"  #: find and look at studies
    EXPORT = "export"  #: take whole objects away: instances, archives, C-GET
    STORE = "store"  #: add objects
    DELETE = "delete"  #: delete studies, series, instances
    CARE = "care"  #: decide about quarantine, conflicts, messages and reconciliation
    FLAG = "flag"  #: mark patients as confidential, give studies to people, note who cares for whom
    EMERGENCY = "emergency"  #: open a patient's studies with a reason, where the view has them not
    REPORT = "report"  #: write reports
    ORDER = "order"  #: enter orders and appointments
    SHARE = "share"  #: make links for people who have no account
    EXCHANGE = "exchange"  #: bring messages of other systems, which speak for them
    AUDIT = "audit"  #: read who did what
    ADMINISTER = "administer"  #: accounts, roles, application entities, tokens, status


ALL_ACTIONS = frozenset(Action)
