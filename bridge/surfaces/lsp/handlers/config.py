"""harness/session/set_config_option: what a person can set while a session is open."""

from bridge.app.session import Session
from bridge.harness.ids import SessionId
from bridge.harness.values.proposals import ReviewPolicy
from bridge.protocol import config as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.mapping.config import POLICIES, REVIEW_POLICY, config_options

METHOD = "harness/session/set_config_option"


def options(context: Context, session: Session) -> tuple[wire.SessionConfigOption, ...]:
    """All options of a session, as this client can set them."""
    return config_options(session.policy, keeps=context.editor.keeps)


async def set_option(
    context: Context, params: wire.SetSessionConfigOptionRequest
) -> wire.SetSessionConfigOptionResponse:
    """Set the one option that there is; it holds for what is proposed from now on."""
    session = context.runtime.session(SessionId(params.session_id))
    await session.set_policy(_policy(params))
    return wire.SetSessionConfigOptionResponse(config_options=options(context, session))


def _policy(params: wire.SetSessionConfigOptionRequest) -> ReviewPolicy:
    if params.config_id != REVIEW_POLICY:
        raise invalid_params([{"path": "configId", "message": f"the only option is `{REVIEW_POLICY}`"}])
    if params.value not in POLICIES:
        raise invalid_params([{"path": "value", "message": f"it is one of {', '.join(POLICIES)}"}])
    return POLICIES[params.value]


def routes(context: Context) -> list[Route]:
    """The route of this resource."""
    return [context.request(METHOD, wire.SetSessionConfigOptionRequest, set_option, lambda p: p.session_id)]
