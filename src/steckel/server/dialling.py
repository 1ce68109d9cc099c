"""Where connections of ours may go, from the settings."""

from steckel.security.networks import networks_from
from steckel.security.outgoing import Dialler
from steckel.server.settings import Settings


def dialler_of(settings: Settings) -> Dialler:
    """Return what opens connections to addresses that people enter."""
    return Dialler(
        forbidden=networks_from(settings.outgoing_forbidden.split(",")),
        allowed=networks_from(filter(None, settings.outgoing_allowed.split(","))),
    )
