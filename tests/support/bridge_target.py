"""The production daemon as a target of the jsonrpc corpus: questions are reads outside the workspace."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.jsonrpc_corpus import Target
from tests.support.raw_client import Closed, Message, RawClient, same_id

BRIDGE = (sys.executable, "-m", "bridge")
PERMISSION = "harness/session/request_permission"
CAPABILITIES: Message = {"experimental": {"harness": {"protocolVersion": 1, "permissions": True, "updates": True}}}


@dataclass(slots=True)
class OutsideRead:
    """A turn that waits for a yes to read one file outside the workspace."""

    client: RawClient
    asking: int | str
    request_id: int | str
    log: Path

    def settled(self) -> str:
        """Wait for the turn's end; what the tool call was told."""
        try:
            self.client.response(self.asking)
        except Closed:
            return "denied"
        return "allowed" if self.executions() else "denied"

    def is_open(self) -> bool:
        """The turn has not ended."""
        return not any("method" not in m and same_id(m.get("id"), self.asking) for m in self.client.seen)

    def executions(self) -> int:
        """How often the file was read: calls that ended well, in the session's log."""
        rows = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return sum(row["kind"] == "CallEnded" and row["data"]["status"] == "ok" for row in rows)


class BridgeTarget:
    """Makes the folders and the script, and the Target on them."""

    def __init__(self, folder: Path) -> None:
        """Everything lies below `folder`."""
        self._state, self._work = folder / "state", folder / "work"
        self._work.mkdir(parents=True)
        outside = folder / "outside.txt"
        outside.write_text("outside\n", encoding="utf-8")
        script = folder / "script.json"
        read = {"calls": [{"tool": "read_file", "args": {"path": str(outside)}}]}
        turns = [{"when": "read", "steps": [read, {"say": "done"}]}, {"when": "hold", "steps": [{"hold": True}]}]
        script.write_text(json.dumps({"turns": turns}), encoding="utf-8")
        self.target = Target(
            BRIDGE,
            ping="harness/permission/pending",
            known="harness/session/prompt",
            slow=self._slow,
            open_question=self._open_question,
            env={
                "HARNESS_BRIDGE_LOG": "debug",
                "HARNESS_BRIDGE_MODEL": "scripted",
                "HARNESS_BRIDGE_SCRIPT": str(script),
                "HARNESS_BRIDGE_STATE_DIR": str(self._state),
            },
            capabilities=CAPABILITIES,
        )

    def prompt(self, session: str, text: str) -> Message:
        """The params of a prompt."""
        return {"sessionId": session, "prompt": [{"type": "text", "text": text}]}

    def new_session(self, client: RawClient) -> str:
        """A session in the workspace."""
        result = client.call("harness/session/new", {"cwd": str(self._work), "mcpServers": []})["result"]
        return str(result["sessionId"])

    def log_of(self, session: str) -> Path:
        """The session's log."""
        return next(self._state.glob(f"sessions/*/{session}.jsonl"))

    def _slow(self, client: RawClient, request_id: int | str) -> Message:
        params = self.prompt(self.new_session(client), "hold")
        return {"jsonrpc": "2.0", "id": request_id, "method": "harness/session/prompt", "params": params}

    def _open_question(self, client: RawClient) -> OutsideRead:
        session = self.new_session(client)
        asking = client.start("harness/session/prompt", self.prompt(session, "read"))
        return OutsideRead(client, asking, client.asked(PERMISSION)["id"], self.log_of(session))
