"""Where the key of a model service comes from. Never from a project's files; never logged, and in no repr."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Protocol
from urllib.parse import urlsplit

from bridge import lazy
from bridge.harness.errors import ModelProblem
from bridge.harness.isolate import isolate
from bridge.harness.models.service.endpoint import OPENAI_HOSTS, OPENAI_URL

OWN_KEY = "HARNESS_BRIDGE_API_KEY"
OPENAI_KEY = "OPENAI_API_KEY"
ENVIRONMENT_KEYS = (OWN_KEY, OPENAI_KEY)
"""The variables that a key is looked for in; the first that is set counts, of those that are for the server."""

IN_KEYRING = "the keyring of the system"

_KEYCHAIN = "bridge.harness.models.service.keychain"

KEYRING_S = 3.0
"""For the keyring of the system to answer: one that asks the person to unlock it is not waited for."""

HINT = (
    f"Set {OPENAI_KEY}, or run `harness-bridge key set`. The model `offline` needs none; "
    "another server is named by `--base-url` (`baseUrl` in an editor)."
)


class Keyring(Protocol):
    """The keyring of the system, by host."""

    def get(self, host: str) -> str | None:
        """The key for a host; None where there is none, or no keyring."""
        ...

    def put(self, host: str, key: str) -> None:
        """Keep a key. Raises ModelProblem where there is no keyring."""
        ...

    def delete(self, host: str) -> bool:
        """Forget a key; False where there was none. Raises ModelProblem where there is no keyring."""
        ...


class SystemKeyring:
    """The real one. For a call's key it is asked in a thread, and left alone where it does not answer in time."""

    def __init__(self, seconds: float = KEYRING_S) -> None:
        """Nothing is loaded yet."""
        self._seconds = seconds

    def get(self, host: str) -> str | None:
        """See `Keyring`."""
        found: list[str | None] = []

        def ask() -> None:
            with isolate("the keyring of the system"):
                found.append(lazy.load(_KEYCHAIN).get(host))

        thread = Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(self._seconds)
        return found[0] if found else None

    def put(self, host: str, key: str) -> None:
        """See `Keyring`. A person waits for it, and may be asked to unlock it."""
        lazy.load(_KEYCHAIN).put(host, key)

    def delete(self, host: str) -> bool:
        """See `Keyring`."""
        return bool(lazy.load(_KEYCHAIN).delete(host))


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and where it was found, in words: a variable's name, or the keyring."""

    text: str = field(repr=False)
    source: str


def host_of(base_url: str) -> str:
    """Under which name the keyring has a server's key: its host, with the port where the address has one."""
    url = urlsplit(base_url)
    return f"{url.hostname or ''}{f':{url.port}' if url.port else ''}"


def is_openai(base_url: str) -> bool:
    """Whether it is OpenAI's own service, which takes no call without a key."""
    return urlsplit(base_url).hostname == urlsplit(OPENAI_URL).hostname


def goes_open(base_url: str) -> bool:
    """Whether a key for it could be read on the way: it is neither encrypted nor stays on this machine."""
    url = urlsplit(base_url)
    host = url.hostname or ""
    return url.scheme != "https" and not (host in {"localhost", "::1"} or host.startswith("127."))


def variables_for(base_url: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that are set and have a key for it. That of OpenAI is sent to no server of anybody else.

    But to the host that OPENAI_BASE_URL names: that is where the person said that this key belongs.
    """
    own = f".{urlsplit(base_url).hostname}".endswith(OPENAI_HOSTS)
    with suppress(ValueError):  # an address that is none
        named = host_of(environ.get("OPENAI_BASE_URL", "").strip())
        own = own or (bool(named) and named == host_of(base_url))
    names = ENVIRONMENT_KEYS if own else (OWN_KEY,)
    return tuple(name for name in names if environ.get(name, "").strip())


def find_key(base_url: str, environ: Mapping[str, str], keyring: Keyring) -> Key | None:
    """The key for the server at `base_url`. May take as long as the keyring does: not for the event loop."""
    for name in variables_for(base_url, environ):
        return Key(environ[name].strip(), name)
    text = keyring.get(host_of(base_url)) or ""
    return Key(text, IN_KEYRING) if text else None


def needed_key(base_url: str, environ: Mapping[str, str], keyring: Keyring) -> str | None:
    """The same, for a call. Raises ModelProblem where OpenAI's service would be called without one."""
    found = find_key(base_url, environ, keyring)
    if found is None and is_openai(base_url):
        raise ModelProblem(f"there is no key for {host_of(base_url)}. {HINT}", kind="model_auth", hint=HINT)
    return found.text if found else None
