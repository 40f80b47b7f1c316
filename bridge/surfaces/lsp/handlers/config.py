"""harness/session/set_config_option: what a person can set while a session is open."""

from bridge.app.session import Session
from bridge.harness.ids import SessionId
from bridge.harness.values.events import OptionName
from bridge.harness.values.proposals import ReviewPolicy
from bridge.protocol import config as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.mapping.config import OPTIONS, POLICIES, REVIEW_POLICY, chosen, config_options, option_value

METHOD = "harness/session/set_config_option"


def options(context: Context, session: Session) -> tuple[wire.SessionConfigOption, ...]:
    """All options of a session, as this client can set them."""
    return config_options(chosen(session), keeps=context.editor.keeps)


async def set_option(
    context: Context, params: wire.SetSessionConfigOptionRequest
) -> wire.SetSessionConfigOptionResponse:
    """Set an option; it holds from the next proposal, or the next model call on."""
    session = context.runtime.session(SessionId(params.session_id))
    if params.config_id == REVIEW_POLICY:
        await session.set_policy(_policy(params))
    else:
        await context.runtime.set_option(session.id, *_option(params))
    return wire.SetSessionConfigOptionResponse(config_options=options(context, session))


def _policy(params: wire.SetSessionConfigOptionRequest) -> ReviewPolicy:
    if params.value not in POLICIES:
        raise invalid_params([{"path": "value", "message": f"it is one of {', '.join(POLICIES)}"}])
    return POLICIES[params.value]


def _option(params: wire.SetSessionConfigOptionRequest) -> tuple[OptionName, str]:
    if params.config_id not in OPTIONS:
        known = ", ".join((REVIEW_POLICY, *OPTIONS))
        raise invalid_params([{"path": "configId", "message": f"it is one of {known}"}])
    option = OPTIONS[params.config_id]
    try:
        return option, option_value(option, params.value)
    except ValueError as error:
        raise invalid_params([{"path": "value", "message": str(error)}]) from None


def routes(context: Context) -> list[Route]:
    """The route of this resource."""
    return [context.request(METHOD, wire.SetSessionConfigOptionRequest, set_option, lambda p: p.session_id)]
