"""What we take from pygls and lsprotocol: the answer to `initialize` and the workspace folders; not their loop.

Nothing here writes: the protocol object has no writer, and every answer goes through the peer. Importing it costs half
a second and twenty megabytes (docs/decisions/0003), so it is loaded through the lazy seam when the client first needs
it; the front door's own answer to `initialize` is held equal to pygls' by a test.
"""

import logging
import re
from collections.abc import Generator, Iterable
from typing import Any

import cattrs
from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from bridge import __version__
from bridge.surfaces.lsp import capabilities
from bridge.surfaces.lsp.jsonrpc import RpcError, invalid_params

_log = logging.getLogger(__name__)

# lsprotocol's names are the wire's in snake case.
_SNAKE = re.compile(r"_([a-z])")


class _Protocol(LanguageServerProtocol):
    """pygls' answer to `initialize` with what it has no builder for."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        result = yield from super().lsp_initialize(params)
        result.capabilities.experimental = capabilities.experimental()
        known = params.capabilities.workspace
        if known is not None and known.text_document_content is not None and result.capabilities.workspace is not None:
            options = types.TextDocumentContentOptions(schemes=[capabilities.CONTENT_SCHEME])
            result.capabilities.workspace.text_document_content = options
        return result


class PyglsSide:
    """One client's pygls state. `initialize` first; before it there is no workspace."""

    def __init__(self) -> None:
        self._converter = strict_converter()
        self._server = LanguageServer(
            capabilities.SERVER_NAME, __version__, protocol_cls=_Protocol, converter_factory=lambda: self._converter
        )
        for command in capabilities.COMMANDS:
            self._server.command(command)(_served_elsewhere)

    @property
    def folders(self) -> tuple[str, ...]:
        """The URIs of the client's workspace folders, in the order in which they came."""
        return tuple(self._server.protocol.workspace.folders)

    def initialize(self, raw: Any, methods: Iterable[str]) -> dict[str, Any]:
        """The InitializeResult for raw InitializeParams, with the capabilities that serving these methods means.

        Params without a `capabilities` object are refused (RpcError -32602). Where another part is not of LSP's shape
        (a client newer or odder than lsprotocol), only what we rely on is taken from them.
        """
        if not isinstance(raw, dict) or not isinstance(raw.get("capabilities"), dict):
            raise invalid_params([{"path": "capabilities", "message": "an object is required"}])
        try:
            params = self.structure(types.InitializeParams, raw)
        except RpcError as error:
            _log.warning("the client's initialize params are not LSP's: %s", error.data)
            params = self.structure(types.InitializeParams, _essentials(raw))
        protocol = self._server.protocol
        options = _options()
        for method in methods:
            if method in types.METHOD_TO_TYPES and method not in protocol.fm.builtin_features:
                self._server.feature(method, options.get(method))(_served_elsewhere)
        return dict(self.unstructure(_returned(protocol.lsp_initialize(params))))

    def structure(self, type_: type[Any], raw: Any) -> Any:
        """An lsprotocol object of this type; RpcError (-32602) with field paths where the JSON is not of its shape."""
        try:
            return self._converter.structure(raw, type_)
        except (cattrs.BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise invalid_params(_field_errors(error)) from None

    def unstructure(self, value: Any) -> Any:
        """JSON for lsprotocol objects; members that are None are left out as LSP wants."""
        return self._converter.unstructure(value)

    def did_change_folders(self, raw: Any) -> None:
        """Follow the client's workspace folders; RpcError (-32602) for malformed params."""
        params: types.DidChangeWorkspaceFoldersParams = self.structure(types.DidChangeWorkspaceFoldersParams, raw)
        _returned(self._server.protocol.lsp_workspace__did_change_workspace_folders(params))


def strict_converter() -> cattrs.Converter:
    """lsprotocol's converter, without cattrs' silent coercion of scalars (`text: 5` is no str, `line: "3"` no int)."""
    converter = cattrs.Converter()
    converter.register_structure_hook(str, _a_string)
    converter.register_structure_hook(int, _an_integer)
    converter.register_structure_hook(float, _a_number)
    converter.register_structure_hook(bool, _a_boolean)
    return converters.get_converter(converter)


def _options() -> dict[str, Any]:
    """Options with which a method is announced; made anew for each client, as pygls writes into them."""
    kinds = [types.CodeActionKind(kind) for kind in capabilities.CODE_ACTION_KINDS]
    pattern = types.FileOperationPattern(glob=capabilities.FILE_GLOB)
    files = types.FileOperationRegistrationOptions(
        filters=[types.FileOperationFilter(pattern=pattern, scheme=capabilities.FILE_SCHEME)]
    )
    return {
        types.WORKSPACE_DID_RENAME_FILES: files,
        types.WORKSPACE_DID_DELETE_FILES: files,
        types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=False),
        types.TEXT_DOCUMENT_CODE_LENS: types.CodeLensOptions(resolve_provider=False),
    }


def _a_string(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("a string is required")


def _an_integer(value: Any, _: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Lua and JavaScript clients may write 3 as 3.0.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError("an integer is required")


def _a_number(value: Any, _: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise ValueError("a number is required")


def _a_boolean(value: Any, _: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false is required")


def _field_errors(error: Exception) -> list[dict[str, str]]:
    """cattrs' tree of errors as field paths and messages, such as {"path": "textDocument.uri", "message": …}."""
    found = []
    for line in cattrs.transform_error(error, path="$"):
        message, _, path = line.rpartition(" @ $")
        found.append({"path": _SNAKE.sub(_upper, path.lstrip(".")), "message": message})
    return found


def _upper(underscored: re.Match[str]) -> str:
    return underscored[1].upper()


def _returned(steps: Generator[Any, Any, Any]) -> Any:
    """Run a handler of pygls that asks for no other handler."""
    try:
        next(steps)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("pygls asked for a user's handler, and none is registered")


def _essentials(raw: dict[str, Any]) -> dict[str, Any]:
    """Of odd InitializeParams what we rely on, each member only where it is well-formed."""
    folders = raw.get("workspaceFolders")
    kept = [
        {"uri": folder["uri"], "name": folder["name"]}
        for folder in (folders if isinstance(folders, list) else [])
        if isinstance(folder, dict) and isinstance(folder.get("uri"), str) and isinstance(folder.get("name"), str)
    ]
    texts = {key: raw[key] for key in ("rootUri", "rootPath") if isinstance(raw.get(key), str)}
    encoding = capabilities.position_encoding(raw)
    workspace: dict[str, Any] = {"fileOperations": dict.fromkeys(capabilities.file_operations(raw), True)}
    if capabilities.takes_content(raw):
        workspace["textDocumentContent"] = {}
    return {
        "processId": None,
        "rootUri": None,
        "workspaceFolders": kept,
        "capabilities": {"general": {"positionEncodings": [encoding]}, "workspace": workspace},
    } | texts


def _served_elsewhere(*_: Any) -> None:
    """Registered for the capability only: the dispatcher serves the method."""
