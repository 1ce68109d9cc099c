"""Who calls, as parameters of the doors."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from steckel.errors import NotAllowed
from steckel.security.decisions import Action
from steckel.security.principal import Principal
from steckel.web.authentication import address_of


async def _caller(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


async def _caller_if_any(request: Request) -> Principal | None:
    principal: Principal | None = getattr(request.state, "principal", None)
    return principal


async def _address(request: Request) -> str:
    return address_of(request.scope)


Caller = Annotated[Principal, Depends(_caller)]
CallerIfAny = Annotated[Principal | None, Depends(_caller_if_any)]
Address = Annotated[str, Depends(_address)]


def who_may(action: Action) -> Callable[[Request], Coroutine[Any, Any, Principal]]:
    """Return the dependency that lets only those through who may do something."""

    async def require(request: Request) -> Principal:
        principal = await _caller(request)
        if not principal.may(action):
            raise NotAllowed("this account has no right to do this")
        return principal

    return require


Reading = Annotated[Principal, Depends(who_may(Action.READ))]
Deleting = Annotated[Principal, Depends(who_may(Action.DELETE))]
Caring = Annotated[Principal, Depends(who_may(Action.CARE))]
Administrator = Annotated[Principal, Depends(who_may(Action.ADMINISTER))]
Exchanging = Annotated[Principal, Depends(who_may(Action.EXCHANGE))]
Storing = Annotated[Principal, Depends(who_may(Action.STORE))]
Flagging = Annotated[Principal, Depends(who_may(Action.FLAG))]
EmergencyCaller = Annotated[Principal, Depends(who_may(Action.EMERGENCY))]

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=1024)]
