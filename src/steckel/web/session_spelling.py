"""Who is logged in, in the shape of the JSON API."""

from typing import Any

from steckel.security.principal import Principal
from steckel.security.site import Security
from steckel.web import shapes
from steckel.web.parts import Site


class SessionSpelling:
    """Spells sessions."""

    def __init__(self, security: Security, site: Site) -> None:
        self._security = security
        self._site = site

    def session(self, principal: Principal) -> shapes.Session:
        """Spell who is logged in, how they like it, and where."""
        preferences = self._security.accounts.preferences(principal.name)
        return {
            "user": {
                "name": principal.name,
                "display_name": principal.display_name,
                "role": principal.role,
                "actions": sorted(principal.actions),
            },
            "standing": principal.standing.value,
            "lock": lock_of(preferences, self._security.rules.lock_minutes),
            "preferences": preferences,
            "site": {
                "aet": self._site.aet,
                "name": self._site.name,
                "dicom": {"host": self._site.dicom_host, "port": self._site.dicom_port},
            },
        }


def lock_of(preferences: dict[str, Any], longest: int) -> shapes.ScreenLock:
    """Return when a screen is locked: as its user likes it, but no later than the site says."""
    wanted = preferences.get("lock_minutes")
    if isinstance(wanted, int) and wanted > 0 and (longest == 0 or wanted < longest):
        return {"minutes": wanted, "longest": longest}
    return {"minutes": longest, "longest": longest}
