"""The production daemon on a model service of the tests, and a session in it."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.bridge import Bridge
from tests.support.model_answers import Request
from tests.support.model_server import ModelServer
from tests.support.raw_client import PATIENCE_S, Message
from tests.support.wired import FULL, UPDATE, Wired

KEY = "the-key-of-the-tests"
MODEL = "a-model"
PERMISSION = "harness/session/request_permission"

# What a machine may have set for other programs.
FOREIGN = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CLEAN = dict.fromkeys((*FOREIGN, *(name.lower() for name in FOREIGN)), "")


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How a turn ended, as the person sees it."""

    stop: str
    message: str


FINE = TurnEnd("end_turn", "")


class OnModel:
    """A daemon whose model is at the server; its session is new, or the one of this id.

    `env` are settings by their names without the prefix; a name with a dot before it is any other variable. At the end
    of the context all that the daemon sent was of the published protocol, it has logged no incident, and the key is
    nowhere but in the requests.
    """

    def __init__(
        self,
        folder: Path,
        server: ModelServer | None = None,
        env: Mapping[str, str] | None = None,
        *,
        session: str = "",
        options: Message | None = None,
    ) -> None:
        self.folder, self.server = folder, server
        settings = (
            {"MODEL": MODEL, "API_KEY": KEY} | ({"BASE_URL": server.base_url} if server else {}) | dict(env or {})
        )
        named = {name[1:] if name[0] == "." else f"HARNESS_BRIDGE_{name}": value for name, value in settings.items()}
        chosen = {"model": None, "script": None} | (options or {})
        self.bridge = Bridge(folder, (), FULL, chosen, CLEAN | named)
        self.client = self.bridge.client
        self.wired = Wired(self.bridge)
        self.session = session
        # The turns whose end was waited for, or is a thing of the past that is told again when the session is loaded.
        self._over = {row["turn"] for row in self.records("TurnEnded")} if session else set()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.client)  # which ends the process where the rest fails
            self.bridge.__enter__()
            if self.session:
                self.wired.call("harness/session/load", sessionId=self.session, cwd=str(self.work), mcpServers=[])
            else:
                self.session = self.wired.new()
            stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.check()
        finally:
            self.bridge.__exit__(kind, error, trace)

    def anew(self) -> Self:
        """A new session, and a server that was asked nothing: for tests that share a daemon."""
        self.client.forget()
        if self.server:
            self.server.clear()
        self.session = self.wired.new()
        return self

    @property
    def work(self) -> Path:
        """The workspace."""
        return self.bridge.work

    # The person.

    def prompt(self, text: str) -> None:
        """Ask; the turn goes on."""
        self.wired.prompt(self.session, text)

    def ask(self, text: str, within: float = PATIENCE_S) -> TurnEnd:
        """Ask, and wait for the end of the turn."""
        self.prompt(text)
        return self.ended(within)

    def ended(self, within: float = PATIENCE_S) -> TurnEnd:
        """Wait for the next end of a turn."""
        update = self.update("turn_ended", within)
        while update["turnId"] in self._over:
            update = self.update("turn_ended", within)
        self._over.add(update["turnId"])
        return TurnEnd(update["stopReason"], update.get("message", ""))

    def cancel(self) -> None:
        """Stop the turn."""
        self.wired.notify("harness/session/cancel", sessionId=self.session)

    def allow(self) -> Message:
        """Wait for a question, and say yes this once; the question."""
        question = self.wired.asked(PERMISSION)
        self.wired.answer(question, outcome={"outcome": "selected", "optionId": "allow_once"})
        return question

    def question(self) -> Message:
        """Wait for a question to the person."""
        return self.wired.asked(PERMISSION)

    def update(self, kind: str, within: float = PATIENCE_S) -> Message:
        """Wait for the next update of this kind."""
        return self.wired.update(self.session, kind, within)

    # What came of it.

    def updates(self, kind: str = "") -> list[Message]:
        """The updates that have come so far, of one kind or all."""
        rows = [m["params"] for m in self.client.seen if m.get("method") == UPDATE]
        mine = [row["update"] for row in rows if row["sessionId"] == self.session]
        return [update for update in mine if not kind or update["sessionUpdate"] == kind]

    def text(self, kind: str = "agent_message_chunk") -> str:
        """What the agent has said so far."""
        return "".join(update["content"]["text"] for update in self.updates(kind))

    def records(self, kind: str = "") -> list[Message]:
        """The data of the session's records, of one kind or all: {"kind": …, …}."""
        (path,) = self.bridge.state.glob(f"sessions/*/{self.session}.jsonl")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [row["data"] | {"kind": row["kind"]} for row in rows if not kind or row["kind"] == kind]

    def kinds(self) -> list[str]:
        """The kinds of the session's records, in order."""
        return [row["kind"] for row in self.records()]

    def runs(self) -> list[str]:
        """The calls that were done, by id, in the order of their ends."""
        return [row["call"] for row in self.records("CallEnded") if row["status"] == "ok"]

    def stderr(self) -> str:
        """What the daemon has said on stderr."""
        return self.client.log()

    def kill(self) -> None:
        """End the daemon at once."""
        self.client.process.kill()
        self.client.process.wait()

    def check(self) -> None:
        """What holds for every session, whatever was done in it."""
        if self.server:
            self.server.check()
        self.wired.audit()
        assert "incident" not in self.stderr(), self.stderr()[-3000:]
        secret = KEY.encode()
        assert KEY not in self.stderr()
        assert KEY not in json.dumps(self.client.seen)
        held = [path for path in self.folder.rglob("*") if path.is_file() and secret in path.read_bytes()]
        assert not held, f"the key is in {held}"
        for kind in ("CallOpened", "CallStarted", "CallEnded"):
            seen = [row["opened"]["call"] if "opened" in row else row["call"] for row in self.records(kind)]
            assert len(seen) == len(set(seen)), f"a call has two records of the kind {kind}"


def outputs(items: list[dict[str, Any]]) -> dict[str, str]:
    """What the model was told of its calls, by call id."""
    return {item["call_id"]: item["output"] for item in items if item.get("type") == "function_call_output"}


def spoken(items: list[dict[str, Any]], role: str = "user") -> list[str]:
    """The texts of the messages of a role in a request."""
    mine = [item for item in items if item.get("type", "message") == "message" and item.get("role") == role]
    return [part["text"] for item in mine for part in item["content"] if "text" in part]


def sent_input(request: Request) -> bytes:
    """The bytes of a request's input as they were sent, without the bracket that ends it."""
    rest = request.raw[request.raw.index(b'"input":') + len(b'"input":') :].lstrip()
    items, length = json.JSONDecoder().raw_decode(rest.decode())
    assert items == request.items
    return rest.decode()[:length].removesuffix("]").encode()
