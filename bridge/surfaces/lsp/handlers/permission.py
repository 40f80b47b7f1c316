"""harness/permission/*: the open questions as records."""

from bridge.harness.ids import ApprovalId, SessionId
from bridge.protocol import permission as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.mapping.permission import approval_view


async def pending(context: Context, params: wire.ListPendingRequest) -> wire.ListPendingResponse:
    """The open questions, oldest first."""
    found = context.runtime.approvals(SessionId(params.session_id) if params.session_id else None)
    return wire.ListPendingResponse(approvals=tuple(approval_view(approval) for approval in found))


async def answer(context: Context, params: wire.AnswerPermissionRequest) -> wire.AnswerPermissionResponse:
    """The first answer wins."""
    known = ApprovalId(params.approval_id)
    asked = next((one for one in context.runtime.approvals() if one.id == known), None)
    if asked is not None and params.option_id not in {choice.id for choice in asked.choices}:
        raise invalid_params([{"path": "optionId", "message": "the question does not offer this answer"}])
    closed = await context.runtime.answer(known, params.option_id, params.reason or "")
    return wire.AnswerPermissionResponse(state=closed.state)


def shown(context: Context, params: wire.ShownNotification) -> None:
    """Somebody has it on the screen: from now on its deadline runs."""
    context.runtime.shown(ApprovalId(params.approval_id))


def routes(context: Context) -> list[Route]:
    """The routes of this resource."""
    return [
        context.request("harness/permission/pending", wire.ListPendingRequest, pending),
        context.request("harness/permission/answer", wire.AnswerPermissionRequest, answer),
        context.notification("harness/editor/shown", wire.ShownNotification, shown),
    ]
