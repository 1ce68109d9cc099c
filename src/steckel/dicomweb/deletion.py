"""DELETE on studies, series and instances, for those who may."""

from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from steckel.dicomweb.addresses import target_of
from steckel.dicomweb.ports import Deleter, name_of

_log = structlog.get_logger(__name__)


class DeleteTransaction:
    """Deletes what an address names."""

    def __init__(self, deleter: Deleter) -> None:
        self._deleter = deleter

    async def delete(self, request: Request) -> Response:
        """Delete it and all that is under it.

        Raises
        ------
        NotFound
            There is no such thing.
        """
        target = target_of(request)
        if target.instance:
            await run_in_threadpool(
                self._deleter.delete_instance, target.study, target.series, target.instance
            )
        elif target.series:
            await run_in_threadpool(self._deleter.delete_series, target.study, target.series)
        else:
            await run_in_threadpool(self._deleter.delete_study, target.study)
        _log.info("deleted", path=target.path, by=name_of(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)
