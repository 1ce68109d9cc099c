"""What a view means for what is scheduled, which nothing of an archive shows yet.

The rule: whoever sees all studies sees what is scheduled for all patients, confidential ones as
the view says. Who sees some studies sees what is scheduled for their patients.
"""

from sqlalchemy import ColumnElement, or_, select

from steckel.index.schema import patients
from steckel.index.view import View
from steckel.index.visibility import of_patients
from steckel.ris.schema import steps


def scheduled_for(view: View, now: float) -> list[ColumnElement[bool]]:
    """Return the conditions on `steps` that hold for what is seen; none for everything.

    Parameters
    ----------
    now
        Seconds since 1970, as `index.visibility.visible` takes it.
    """
    if view.is_everything:
        return []
    seen = steps.c.identity.in_(select(patients.c.identity).where(*of_patients(view, now)))
    if not _shows_any_study(view):
        return [seen]
    marked = patients.alias("marked")
    # Of one who turned out to be another, the mark is that other's too.
    of_survivors = select(marked.c.survivor_pk).where(
        marked.c.is_confidential, marked.c.survivor_pk.is_not(None)
    )
    hidden = select(patients.c.identity).where(
        or_(patients.c.is_confidential, patients.c.pk.in_(of_survivors))
    )
    return [or_(steps.c.identity.not_in(hidden), seen)]


def _shows_any_study(view: View) -> bool:
    return view.anything and (view.within is None or _shows_any_study(view.within))
