"""A client of our own protocol that holds every message to it, strictly, both ways."""

from typing import Any

from bridge.protocol.base import strict
from bridge.protocol.errors import ResponseError
from bridge.protocol.methods import BY_NAME
from bridge.protocol.update import SessionNotification
from tests.support.bridge import Bridge
from tests.support.editor import catalogued
from tests.support.raw_client import PATIENCE_S, Message

CAPABILITIES: Message = {"experimental": {"harness": {"protocolVersion": 1, "permissions": True, "updates": True}}}
FULL: Message = {
    "experimental": {
        "harness": {
            "protocolVersion": 1,
            "permissions": True,
            "updates": True,
            "editorApply": True,
            "editorSave": True,
            "review": True,
        }
    }
}
"""What an editor of ours declares."""
UPDATE = "harness/session/update"


class Wired:
    """What it sends, and what it is sent, is of the published protocol, or the test fails."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.client = bridge.client
        # The methods whose params, and result if they have one, were seen to be right.
        self.checked: set[str] = set()

    def start(self, method: str, **params: Any) -> int | str:
        """Send a request; its id."""
        with strict():
            _params(method).parse(params)
        return self.client.start(method, params)

    def result(self, method: str, request_id: int | str) -> Any:
        """Wait for the result of a request, as JSON."""
        return self.settled(method, self.client.response(request_id))

    def settled(self, method: str, reply: Message) -> Any:
        """The result in a response, as JSON."""
        assert set(reply) == {"jsonrpc", "id", "result"}, reply
        model = BY_NAME[method].result
        assert model is not None
        with strict():
            parsed = model.parse(reply["result"])
        assert parsed.dump() == reply["result"], "what is null is left out"
        self.checked.add(method)
        return reply["result"]

    def call(self, method: str, **params: Any) -> Any:
        """Send a request and wait for its result."""
        return self.result(method, self.start(method, **params))

    def refused(self, method: str, **params: Any) -> ResponseError:
        """Send a request that is answered with an error; its params need not be right."""
        return catalogued(self.client.call(method, params))

    def notify(self, method: str, **params: Any) -> None:
        """Send a notification."""
        with strict():
            _params(method).parse(params)
        self.client.notify(method, params)
        self.checked.add(method)

    def asked(self, method: str) -> Message:
        """The next request or notification of the daemon with this method."""
        message = self.client.asked(method)
        self.hold(message)
        return message

    def answer(self, request: Message, **result: Any) -> None:
        """Answer a request of the daemon."""
        model = BY_NAME[request["method"]].result
        assert model is not None
        with strict():
            model.parse(result)
        self.client.answer(request, result=result)

    def hold(self, message: Message) -> None:
        """Check one message of the daemon that is a request or a notification of ours."""
        name = message["method"]
        row = BY_NAME[name]
        assert (row.direction, "id" in message) == ("server_to_client", row.kind == "request"), message
        with strict():
            parsed = _params(name).parse(message["params"])
        assert parsed.dump() == message["params"], "what is null is left out"
        self.checked.add(name)

    def audit(self) -> None:
        """Check every message of ours that has come so far."""
        for message in self.client.seen:
            if str(message.get("method", "")).startswith("harness/"):
                self.hold(message)

    # In words.

    def new(self) -> str:
        """A session on the workspace."""
        return str(self.call("harness/session/new", cwd=str(self.bridge.work), mcpServers=[])["sessionId"])

    def prompt(self, session: str, text: str) -> int | str:
        """Ask; the request's id."""
        return self.start("harness/session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    def stopped(self, asking: int | str) -> str:
        """Wait for the turn's end; why it ended."""
        return str(self.result("harness/session/prompt", asking)["stopReason"])

    def update(self, session: str, kind: str, within: float = PATIENCE_S) -> Message:
        """Wait for an update of a session that nobody has waited for."""
        found = self.client.wait_for(
            lambda m: (
                m.get("method") == UPDATE
                and m["params"]["sessionId"] == session
                and m["params"]["update"]["sessionUpdate"] == kind
            ),
            within,
        )
        self.hold(found)
        update: Message = found["params"]["update"]
        return update

    def hunks(self, session: str, count: int) -> list[Message]:
        """Wait for the first update of so many hunks."""
        return [self.update(session, "hunk_update")["hunk"] for _ in range(count)]

    def stream(self, session: str) -> list[SessionNotification]:
        """The updates of a session that have come so far."""
        rows = [m["params"] for m in self.client.seen if m.get("method") == UPDATE]
        with strict():
            return [SessionNotification.parse(row) for row in rows if row["sessionId"] == session]


def _params(method: str) -> Any:
    return BY_NAME[method].params
