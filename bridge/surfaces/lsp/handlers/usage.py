"""harness/usage/get and harness/model/list: what the model's service costs, and what it has."""

import anyio.to_thread

from bridge.harness.cost import wording
from bridge.harness.ids import SessionId
from bridge.protocol import usage as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.mapping.usage import model_view, usage_view

FAST = "priority"
"""The service tier that the option `fast` asks for."""


async def get(context: Context, params: wire.GetUsageRequest) -> wire.GetUsageResponse:
    """What a session has used and cost."""
    return usage_of(context, SessionId(params.session_id))


async def models(context: Context, _: wire.ListModelsRequest) -> wire.ListModelsResponse:
    """The models that are known."""
    price, known = context.runtime.price, context.runtime.models()

    def views() -> tuple[wire.ModelView, ...]:
        return tuple(model_view(info, price(info.id, ""), price(info.id, FAST)) for info in known)

    return wire.ListModelsResponse(models=await anyio.to_thread.run_sync(views))


def usage_of(context: Context, session: SessionId) -> wire.GetUsageResponse:
    """The report of a session, with its sum in words."""
    report = context.runtime.session(session).books.report()
    return usage_view(session, report, wording.session(report))


def routes(context: Context) -> list[Route]:
    """The routes of this resource."""
    return [
        context.request("harness/usage/get", wire.GetUsageRequest, get),
        context.request("harness/model/list", wire.ListModelsRequest, models),
    ]
