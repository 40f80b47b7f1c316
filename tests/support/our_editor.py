"""An editor of our own on a Bridge: it shows hunks by the protocol, makes our edits as undo steps, and saves."""

import hashlib
from collections.abc import Callable
from typing import Any

from bridge.protocol.base import strict
from bridge.protocol.methods import BY_NAME
from tests.support.bridge import Bridge
from tests.support.editor import Editor
from tests.support.raw_client import Message
from tests.support.wired import Wired

Manner = Callable[["OurEditor", Message], Message | None]
"""How one edit is taken: given the request's params, its answer; None where none is sent yet."""


class OurEditor(Editor):
    """Serves the daemon while it waits; what the daemon sends of ours is held to the published models."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        # Each hunk as it was last told, by its id; each update of a session; the edits, in order.
        self.views: dict[str, Message] = {}
        self.updates: list[Message] = []
        self.applies: list[Message] = []
        self.saves: list[str] = []
        # How the next edits are taken, first come first; `makes` where there is none.
        self.manners: list[Manner] = []
        self.unanswered: list[Message] = []
        self._wired = Wired(bridge)
        self._undo: list[tuple[str, str]] = []

    # The person.

    def ask(self, method: str, **params: Any) -> Any:
        """A request of ours; its result."""
        with strict():
            _params(method).parse(params)
        return self._wired.settled(method, self.response(self.bridge.client.start(method, params)))

    def decide(self, *decisions: Message) -> list[Message]:
        """Decide; the outcomes."""
        found: list[Message] = self.ask("harness/review/decide", decisions=list(decisions))["outcomes"]
        return found

    def undo(self, *hunks: str) -> list[Message]:
        """Take hunks out again; the outcomes."""
        found: list[Message] = self.ask("harness/review/undo", hunkIds=list(hunks))["outcomes"]
        return found

    def prompt(self, session: str, text: str) -> int | str:
        """Ask; the request's id."""
        return self._wired.prompt(session, text)

    def stopped(self, asking: int | str) -> str:
        """Serve until the turn's end; why it ended."""
        return str(self._wired.settled("harness/session/prompt", self.response(asking))["stopReason"])

    def new(self) -> str:
        """A session on the workspace."""
        return str(self.ask("harness/session/new", cwd=str(self.bridge.work), mcpServers=[])["sessionId"])

    def waiting(self, count: int) -> list[Message]:
        """Wait until so many hunks wait for the person; they are in the order in which they were first told."""

        def found() -> list[Message]:
            return [view for view in self.views.values() if _waits(view)]

        self.until(lambda: len(found()) == count)
        return found()

    def take_back(self, uri: str) -> None:
        """The person's undo: the last step of ours, as one step."""
        before, after = self._undo.pop()
        assert self.text(uri) == after
        self.put(uri, before)

    def put(self, uri: str, text: str) -> None:
        """The text becomes this, in one change of the lines that differ."""
        old = self.text(uri).splitlines(keepends=True)
        new = text.splitlines(keepends=True)
        start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        lines = {"start": {"line": start, "character": 0}, "end": {"line": len(old) - end, "character": 0}}
        self._change(uri, [{"range": lines, "newText": "".join(new[start : len(new) - end])}])

    # The wire.

    def until_answered(self, method: str) -> None:
        """Serve until a request without params has its answer: all that was sent before it has come."""
        self.response(self.bridge.client.start(method))

    def _serve(self, message: Message) -> None:
        method, params = str(message.get("method", "")), message.get("params") or {}
        if method.startswith("harness/"):
            self._wired.hold(message)
        match method:
            case "harness/session/update":
                self._told(params["update"])
            case "harness/editor/apply":
                self.applies.append(params)
                self.unanswered.append(message)
                self.answer_edit((self.manners.pop(0) if self.manners else makes)(self, params))
            case "harness/editor/save":
                self.saves += params["uris"]
                for uri in params["uris"]:
                    self._save(uri)
                self._wired.answer(message, saved=params["uris"])
            case _:
                super()._serve(message)

    def answer_edit(self, reply: Message | None) -> None:
        """Answer the edit that has no answer yet, as it is: right or wrong."""
        if reply is not None:
            self.bridge.client.answer(self.unanswered.pop(0), result=reply)

    def make(self, params: Message) -> Message:
        """Make an edit, as one undo step; the answer."""
        uri = params["uri"]
        before = self.text(uri)
        self._change(uri, params["edits"])
        self._undo.append((before, self.text(uri)))
        digest = hashlib.sha256(self.text(uri).encode()).hexdigest()
        return {"applied": True, "version": self.documents[uri].version, "sha256": digest}

    def _told(self, update: Message) -> None:
        self.updates.append(update)
        if update["sessionUpdate"] == "hunk_update":
            self.views[update["hunk"]["hunkId"]] = update["hunk"]

    def _save(self, uri: str) -> None:
        name = uri.removeprefix(self.bridge.work.as_uri() + "/")
        self.bridge.file(name, self.text(uri))
        self.bridge.client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def makes(editor: OurEditor, params: Message) -> Message:
    """As it should: refuse another version, else make the edit."""
    if editor.documents[params["uri"]].version != params["version"]:
        return {"applied": False, "reason": f"the document is at version {editor.documents[params['uri']].version}"}
    return editor.make(params)


def _waits(view: Message) -> bool:
    return "decision" not in view and (view["policy"] != "keep" or view["placement"] in ("present", "unverified"))


def _params(method: str) -> Any:
    return BY_NAME[method].params
