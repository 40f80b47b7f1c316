"""The order of writes of the real daemon, as the system saw them: the log, its sync, then the wire (design rule 5)."""

import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.harness.session.log import read_log
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, CallEnded, Prompt, SessionOpened, TurnEnded
from tests.app.desk import settings, workspace
from tests.support.raw_client import RawClient

STRACE = shutil.which("strace")
CALL = re.compile(r"(?P<pid>\d+) +(?P<name>write|fsync)\(\d+<(?P<path>[^>]*)>(?P<rest>.*)")
RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?:write|fsync) resumed>.* = (?P<result>-?\d+)")
NUMBER = re.compile(r'\\"seq\\":(\d+)')


@dataclass
class Order:
    """The line of the trace by which each record was written, was synced, and began to be told."""

    written: dict[int, int] = field(default_factory=dict)
    synced: dict[int, int] = field(default_factory=dict)
    told: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, trace: Iterable[str]) -> "Order":
        order, begun = cls(), dict[str, tuple[str, list[int]]]()
        for at, line in enumerate(trace):
            if (call := CALL.match(line)) is not None:
                numbers = [int(number) for number in NUMBER.findall(call["rest"])]
                if call["path"].startswith("pipe:"):  # the daemon keeps its output under a number of its own
                    order.told.update({number: at for number in numbers if number not in order.told})
                elif not call["path"].endswith(".jsonl"):
                    continue
                elif call["rest"].endswith("<unfinished ...>"):
                    begun[call["pid"]] = (call["name"], numbers)
                else:
                    order.done(call["name"], numbers, at)
            elif (resumed := RESUMED.match(line)) is not None and resumed["pid"] in begun:
                order.done(*begun.pop(resumed["pid"]), at)
        return order

    def done(self, name: str, numbers: Iterable[int], at: int) -> None:
        if name == "write":
            self.written.update(dict.fromkeys(numbers, at))
        else:
            self.synced.update({number: at for number in self.written if number not in self.synced})


def session(base: Path, trace: Path) -> Path:
    """A turn with a question, through the real daemon under strace; the session's log."""
    root = workspace(base)
    chosen = settings(base)
    quiet = (str(STRACE), "-f", "-y", "-qq", "--signal=none", "-s", "1000000", "-e", "trace=write,fsync")
    with RawClient((*quiet, "-o", str(trace), sys.executable, "-m", "bridge")) as client:
        client.call(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "capabilities": {
                    "experimental": {"harness": {"protocolVersion": 1, "permissions": True, "updates": True}}
                },
                "initializationOptions": {
                    "model": "scripted",
                    "script": str(chosen.script),
                    "stateDir": str(chosen.state_dir),
                },
            },
            within=30,
        )
        client.notify("initialized", {})
        made = client.call("harness/session/new", {"cwd": str(root), "mcpServers": []}, within=30)
        prompt = {"sessionId": made["result"]["sessionId"], "prompt": [{"type": "text", "text": "read it"}]}
        asking = client.start("harness/session/prompt", prompt)
        question = client.asked("harness/session/request_permission", within=30)
        client.answer(question, result={"outcome": {"outcome": "selected", "optionId": "allow_once"}})
        assert client.response(asking, within=30)["result"]["stopReason"] == "end_turn"
        client.call("shutdown")
        client.notify("exit")
        client.exit_code()
    (log,) = (chosen.state_dir / "sessions").glob("*/*.jsonl")
    return log


@pytest.mark.slow
@pytest.mark.skipif(STRACE is None, reason="strace is not installed: the order of writes was not looked at")
def test_every_record_is_in_the_log_and_a_durable_one_synced_before_it_is_told(
    tmp_path: Path,
) -> None:
    trace = tmp_path / "trace"
    records = read_log(session(tmp_path, trace)).records
    with trace.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        order = Order.of(lines)
    assert set(order.written) == {record.seq for record in records}
    told = [record for record in records if record.seq in order.told]
    for record in told:
        assert order.written[record.seq] < order.told[record.seq], record
        if record.event.durable:
            assert order.synced[record.seq] < order.told[record.seq], record
    kinds = {type(record.event) for record in records}
    assert kinds >= {SessionOpened, Prompt, ApprovalOpened, ApprovalClosed, CallEnded, TurnEnded}
    durable = {type(record.event) for record in told if record.event.durable}
    assert len(durable) >= 3, "the trace was read, and the wire tells of durable events"
