"""The stub daemon as a target of the jsonrpc corpus."""

from dataclasses import dataclass

from tests.support.jsonrpc_corpus import Target
from tests.support.raw_client import STUB, Closed, Message, RawClient, same_id


@dataclass(slots=True)
class StubQuestion:
    """`test/ask`: its result says what the daemon took as the answer."""

    client: RawClient
    asking: int | str
    request_id: int | str
    name: str

    def settled(self) -> str:
        """Wait for the result."""
        try:
            reply = self._given() or self.client.response(self.asking)
        except Closed:
            return "denied"
        return str(reply.get("result", {}).get("outcome", "denied"))

    def is_open(self) -> bool:
        """No result yet."""
        return self._given() is None

    def executions(self) -> int:
        """What the stub has counted under this question's name."""
        return int(self.client.call("test/accepted")["result"].get(self.name, 0))

    def _given(self) -> Message | None:
        replies = [m for m in self.client.seen if "method" not in m and same_id(m.get("id"), self.asking)]
        return replies[0] if replies else None


def open_question(client: RawClient) -> StubQuestion:
    """Have the stub ask, and wait for the question."""
    name = f"question {len(client.seen)}"
    asking = client.start("test/ask", {"name": name})
    return StubQuestion(client, asking, client.asked("test/question")["id"], name)


def _slow(_: RawClient, request_id: int | str) -> Message:
    return {"jsonrpc": "2.0", "id": request_id, "method": "test/slow"}


STUB_TARGET = Target(
    STUB, ping="ping", known="test/fail", slow=_slow, open_question=open_question, env={"HARNESS_BRIDGE_LOG": "debug"}
)
