"""Where a model is, and how it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.harness.values.model import ModelInfo

OPENAI_URL = "https://api.openai.com/v1"

OPENAI_HOSTS = (".openai.com", ".azure.com")
"""How the hosts end that may be told what belongs to an account at OpenAI."""


def no_key() -> str | None:
    """The key of a server that takes none."""
    return None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at a service.

    `model` is the service's own name of it. `key` is asked at the first call, in a thread, and again after the service
    has refused it; None: the server takes none. `store`: the provider keeps responses, and a call sends only what is
    new. `background`: the call goes on at the service when we are gone (this needs storing). `hosted_tools` are the
    service's built-in tools that are switched on, as raw tool objects. A stream that says nothing for `idle_seconds`
    has stalled; a connection that is not there after `connect_seconds` is given up.
    """

    model: str
    info: ModelInfo
    base_url: str = OPENAI_URL
    key: Callable[[], str | None] = no_key
    store: bool = False
    background: bool = False
    hosted_tools: tuple[Mapping[str, Any], ...] = ()
    idle_seconds: float = 300.0
    connect_seconds: float = 5.0
