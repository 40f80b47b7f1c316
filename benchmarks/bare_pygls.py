"""The yardstick: a pygls server with nothing behind it, as its documentation shows one."""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")


@server.feature("bare/new")
def new(_server: LanguageServer, _params: object) -> dict[str, str]:
    """A request of one's own."""
    return {"sessionId": "1"}


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def code_action(_server: LanguageServer, _params: types.CodeActionParams) -> list[types.CodeAction]:
    """A code action."""
    return [types.CodeAction(title="nothing")]


if __name__ == "__main__":
    server.start_io()
