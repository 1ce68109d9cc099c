"""What a site asks of passwords and sessions: values that come from its settings."""

from dataclasses import dataclass, field

from steckel.security.password_policy import PasswordPolicy

IDLE = 12 * 3600.0
ABSOLUTE = 7 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLimits:
    """How long sessions last, in seconds."""

    idle: float = IDLE  #: without a request
    absolute: float = ABSOLUTE  #: in any case


@dataclass(frozen=True, kw_only=True)
class AccessRules:
    """What a site asks of passwords and sessions."""

    passwords: PasswordPolicy = field(default_factory=PasswordPolicy)
    sessions: SessionLimits = field(default_factory=SessionLimits)
    lock_minutes: int = 15  #: the longest until a screen that nobody touches is locked; 0: never
