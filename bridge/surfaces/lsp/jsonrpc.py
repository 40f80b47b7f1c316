"""JSON-RPC 2.0 envelopes as values: what a body is, decided once, before anything acts on it."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bridge.protocol.errors import BY_CODE, MAX_FIELD_PROBLEMS
from bridge.surfaces.lsp import strictjson

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
# LSP's own.
SERVER_NOT_INITIALIZED = -32002
REQUEST_CANCELLED = -32800
REQUEST_FAILED = -32803

Id = int | str


class RpcError(Exception):
    """An error that is sent to the client as it stands: code, a plain sentence, data (JSON) or None."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def to_wire(self) -> dict[str, Any]:
        """The `error` member of a response; `data` has the kind and the hint of the published catalogue."""
        row = BY_CODE.get(self.code)
        known = {} if row is None else {"kind": row.kind, "hint": row.hint}
        data = known | self.data if isinstance(self.data, dict) else known or self.data
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        return body | {"data": data} if data else body


def invalid_params(errors: list[dict[str, str]]) -> RpcError:
    """-32602; `data.errors` lists {"path": dotted field path, "message": what is wrong with it}, at most 20."""
    where = errors[0]["path"] if errors else ""
    return RpcError(INVALID_PARAMS, f"Invalid params: {where}".rstrip(": "), {"errors": errors[:MAX_FIELD_PROBLEMS]})


def wrong_fields(error: ValidationError, *prefix: str) -> RpcError:
    """-32602 for what a model refused, field by field; `prefix` is where the model stands in the params."""
    rows = error.errors(include_url=False, include_context=False, include_input=False)
    return invalid_params(
        [{"path": ".".join(str(part) for part in (*prefix, *row["loc"])), "message": row["msg"]} for row in rows]
    )


@dataclass(frozen=True, slots=True)
class Request:
    """A question of the client; `params` is as it came (dict, list or None)."""

    id: Id
    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Notification:
    """A message of the client that wants no answer."""

    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Response:
    """The client's answer to one of our requests, or what was meant as one.

    `id` is None where it can't be told which; `error` is None for a result, `fault` says what is malformed.
    """

    id: Id | None
    result: Any = None
    error: Any = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Invalid:
    """No message at all: to be answered with this error and id."""

    id: Id | None
    code: int
    message: str


Message = Request | Notification | Response | Invalid


def parse(body: bytes) -> Message:
    """Read one body; never raises. Batches are no part of LSP's base protocol and are Invalid."""
    try:
        value = strictjson.loads(body)
    except strictjson.BadJson as error:
        return Invalid(None, PARSE_ERROR, f"Parse error: {error}")
    if isinstance(value, list):
        return Invalid(None, INVALID_REQUEST, "Batches are not supported")
    if not isinstance(value, dict):
        return Invalid(None, INVALID_REQUEST, "A message is an object")
    if "method" in value:
        return _call(value)
    if "result" in value or "error" in value:
        return _response(value)
    return Invalid(_valid_id(value), INVALID_REQUEST, "A message has a method, a result or an error")


def _valid_id(value: dict[str, Any]) -> Id | None:
    """The id where it is a string or an integer; LSP allows no other, and a bool is no integer in JSON."""
    candidate = value.get("id")
    return candidate if isinstance(candidate, (int, str)) and not isinstance(candidate, bool) else None


def _call(value: dict[str, Any]) -> Request | Notification | Invalid:
    call_id = _valid_id(value)
    method, params = value["method"], value.get("params")
    if "id" in value and call_id is None:
        return Invalid(None, INVALID_REQUEST, "An id is a string or an integer")
    if value.get("jsonrpc") != "2.0":
        return Invalid(call_id, INVALID_REQUEST, 'jsonrpc is not "2.0"')
    if not isinstance(method, str):
        return Invalid(call_id, INVALID_REQUEST, "A method is a string")
    if params is not None and not isinstance(params, (dict, list)):
        return Invalid(call_id, INVALID_REQUEST, "Params are an object or an array")
    return Notification(method, params) if call_id is None else Request(call_id, method, params)


def _response(value: dict[str, Any]) -> Response:
    call_id, error = _valid_id(value), value.get("error")
    if value.get("jsonrpc") != "2.0":
        return Response(call_id, fault='jsonrpc is not "2.0"')
    if error is not None and "result" in value and value["result"] is not None:
        return Response(call_id, fault="both a result and an error")
    if error is not None:
        return Response(call_id, error=error, fault=_error_fault(error))
    if "result" not in value:
        return Response(call_id, fault="neither a result nor an error")
    return Response(call_id, result=value["result"])


def _error_fault(error: Any) -> str:
    if isinstance(error, dict) and type(error.get("code")) is int and isinstance(error.get("message"), str):
        return ""
    return "the error is not {code, message}"
