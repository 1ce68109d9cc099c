"""What all tests of a run share."""

from hypothesis import HealthCheck, settings
from tests.databases import upgraded_databases

__all__ = ["upgraded_databases"]

# Other processes run beside the tests, so how long an example takes says nothing of the code.
settings.register_profile(
    "beside others",
    parent=settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("beside others")
