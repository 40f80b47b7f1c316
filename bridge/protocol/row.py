"""What a row of THE table says. The rows stand beside their models, one resource a file; `methods` joins them."""

from dataclasses import dataclass
from typing import Literal

from bridge.protocol.base import Wire

Direction = Literal["client_to_server", "server_to_client"]
Kind = Literal["request", "notification"]
Scope = Literal["none", "session", "workspace", "global"]
Stability = Literal["stable", "experimental"]


@dataclass(frozen=True, slots=True)
class Method:
    """One message of the protocol.

    `scope` is what handling is ordered by: messages with the same scope and the same key (the session id; the
    workspace; nothing) are handled one after the other, in the order of arrival. `none` is handled at once, beside
    whatever else runs. `params` and `result` are None where the message carries none (a notification has no result).
    """

    name: str
    direction: Direction
    kind: Kind
    params: type[Wire] | None
    result: type[Wire] | None
    scope: Scope
    stability: Stability
    doc: str
