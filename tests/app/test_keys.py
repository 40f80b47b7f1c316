"""Where keys come from, and that they go nowhere else."""

import threading
import time
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from bridge.app.keys import IN_KEYRING, Key, SystemKeyring, find_key, goes_open, host_of, needed_key
from bridge.harness.errors import ModelProblem
from bridge.harness.models.service.endpoint import OPENAI_URL

SECRET = "not-for-eyes"
LOCAL = "http://127.0.0.1:8080/v1"


class FakeKeyring:
    """Keys by host; `asked` are the hosts that were asked for."""

    def __init__(self, **keys: str) -> None:
        self.keys = dict(keys)
        self.asked: list[str] = []

    def get(self, host: str) -> str | None:
        self.asked.append(host)
        return self.keys.get(host)

    def put(self, host: str, key: str) -> None:
        self.keys[host] = key

    def delete(self, host: str) -> bool:
        return self.keys.pop(host, None) is not None


def test_the_first_that_is_set_counts() -> None:
    ring = FakeKeyring(**{"api.openai.com": "ring"})
    both = {"HARNESS_BRIDGE_API_KEY": "own", "OPENAI_API_KEY": "theirs"}
    assert find_key(OPENAI_URL, both, ring) == Key("own", "HARNESS_BRIDGE_API_KEY")
    assert find_key(OPENAI_URL, {"OPENAI_API_KEY": "theirs\n"}, ring) == Key("theirs", "OPENAI_API_KEY")
    assert ring.asked == []
    assert find_key(OPENAI_URL, {"OPENAI_API_KEY": " "}, ring) == Key("ring", "the keyring of the system")
    assert find_key(LOCAL, {}, ring) is None
    assert ring.asked == ["api.openai.com", "127.0.0.1:8080"]


@pytest.mark.parametrize(
    ("url", "named", "taken"),
    [
        ("https://eu.api.openai.com/v1", "", True),
        ("https://ours.openai.azure.com/openai/v1", "", True),
        ("https://models.example/v1", "https://models.example/other", True),
        ("https://models.example/v1", "", False),
        ("https://models.example:8443/v1", "https://models.example/v1", False),
        ("https://models.example/v1", "http://[", False),
        ("https://notopenai.com/v1", "", False),
        ("https://api.openai.com.models.example/v1", "", False),
        ("", "", False),
    ],
)
def test_openais_key_goes_to_openai_and_where_its_address_says(url: str, named: str, taken: bool) -> None:
    environ = {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": named}
    assert find_key(url, environ, FakeKeyring()) == (Key(SECRET, "OPENAI_API_KEY") if taken else None)
    ring = FakeKeyring(**{host_of(url): "ring"})
    assert find_key(url, environ, ring) == Key(*((SECRET, "OPENAI_API_KEY") if taken else ("ring", IN_KEYRING)))
    assert find_key(url, environ | {"HARNESS_BRIDGE_API_KEY": "own"}, ring) == Key("own", "HARNESS_BRIDGE_API_KEY")


def test_openai_is_not_called_without_a_key_and_others_may_be() -> None:
    with pytest.raises(ModelProblem, match="there is no key for api") as problem:
        needed_key(OPENAI_URL, {}, FakeKeyring())
    assert (problem.value.kind, problem.value.fault) == ("model_auth", "setup")
    assert "harness-bridge key set" in problem.value.hint
    assert needed_key(LOCAL, {}, FakeKeyring()) is None
    assert needed_key(OPENAI_URL, {"OPENAI_API_KEY": SECRET}, FakeKeyring()) == SECRET


def test_a_key_has_no_repr() -> None:
    assert SECRET not in repr(Key(SECRET, "somewhere"))


def test_the_name_of_a_server_in_the_keyring() -> None:
    assert host_of("https://Models.Example/v1") == "models.example"
    assert host_of("http://[::1]:8080/v1") == "::1:8080"


@pytest.mark.parametrize(
    ("url", "open_"),
    [(OPENAI_URL, False), (LOCAL, False), ("http://localhost/v1", False), ("http://models.example/v1", True)],
)
def test_what_goes_unencrypted(url: str, open_: bool) -> None:
    assert goes_open(url) is open_


class Backend(KeyringBackend):
    """A keyring in memory. `error` is raised instead; `gate` is waited for."""

    priority = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.gate: threading.Event | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.gate:
            self.gate.wait(20)
        if self.error:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error:
            raise self.error
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def backend() -> Iterator[Backend]:
    """The library's keyring is this one for the test."""
    before, ours = keyring.get_keyring(), Backend()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def test_the_keyring_of_the_system(backend: Backend) -> None:
    system = SystemKeyring()
    assert system.get("models.example") is None
    system.put("models.example", SECRET)
    assert backend.kept == {("harness-bridge", "models.example"): SECRET}
    assert system.get("models.example") == SECRET
    assert system.delete("models.example")
    assert not system.delete("models.example")


@pytest.mark.parametrize("error", [NoKeyringError("no backend"), KeyringLocked("locked"), OSError("a bus broke")])
def test_a_keyring_that_fails_is_none(error: Exception, backend: Backend) -> None:
    backend.error = error
    assert SystemKeyring().get("models.example") is None


def test_where_nothing_can_be_kept_it_is_said(backend: Backend) -> None:
    backend.error = NoKeyringError("No recommended backend was available. Install one.")
    for act in (lambda: SystemKeyring().put("h", SECRET), lambda: SystemKeyring().delete("h")):
        with pytest.raises(ModelProblem, match="No recommended backend was available") as problem:
            act()
        assert SECRET not in str(problem.value)


def test_a_keyring_that_does_not_answer_is_not_waited_for(backend: Backend) -> None:
    backend.gate = threading.Event()
    since = time.monotonic()
    assert SystemKeyring(0.1).get("models.example") is None
    assert time.monotonic() - since < 5
    backend.gate.set()
