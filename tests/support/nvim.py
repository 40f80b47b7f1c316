"""A real, stock Neovim with the real daemon, driven from a test: it types keys, looks at what stands, and waits.

Nothing of ours runs in the editor but its configuration, and a `vim.ui.select` that asks the test.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.corpora import PROJECT
from tests.support.eventually import eventually
from tests.support.nvim_rpc import NvimError, NvimRpc

DAEMON = (sys.executable, "-P", "-m", "bridge")
QUIT_S = 10.0

_SETUP = (Path(__file__).parent / "nvim_setup.lua").read_text(encoding="utf-8")

Row = dict[str, Any]


def nvim_binary() -> str:
    """Neovim as the development dependencies bring it, else the system's."""
    beside = Path(sys.executable).with_name("nvim")
    return str(beside) if beside.exists() else shutil.which("nvim") or "nvim"


def alive(pid: int) -> bool:
    """Whether a process is there, and has not ended as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z")


@dataclass(frozen=True)
class Place:
    """The folders of one test: the workspace, the bridge's state, and a home for the editor."""

    root: Path

    def __post_init__(self) -> None:
        for folder in (self.work, self.state, self.home):
            folder.mkdir(exist_ok=True)

    @property
    def work(self) -> Path:
        """The workspace."""
        return self.root / "work"

    @property
    def state(self) -> Path:
        """The daemon's state folder."""
        return self.root / "state"

    @property
    def home(self) -> Path:
        """Everything that Neovim itself keeps."""
        return self.root / "home"

    @property
    def script(self) -> Path:
        """What the scripted model plays."""
        return self.root / "script.json"

    def file(self, name: str, content: str | bytes) -> Path:
        """A file of the workspace."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def play(self, *steps: Mapping[str, Any], when: str = "") -> None:
        """One turn that answers any prompt with these steps."""
        self.script.write_text(json.dumps({"turns": [{"when": when, "steps": steps}]}), encoding="utf-8")

    def log(self) -> list[Row]:
        """The records of all session logs, oldest session first; a torn last line is left out."""
        rows = []
        for path in sorted(self.state.glob("sessions/*/*.jsonl")):
            whole = path.read_bytes().rpartition(b"\n")[0]
            rows += [json.loads(line) for line in whole.split(b"\n") if line]
        return rows

    def records(self, kind: str) -> list[Row]:
        """The data of all records of a kind."""
        return [row["data"] for row in self.log() if row["kind"] == kind]

    def results(self) -> list[str]:
        """What the model was told of its calls."""
        return [row["output"] for row in self.records("CallEnded")]


def private_env(place: Place) -> dict[str, str]:
    """The environment of an editor that keeps nothing in the home of whoever runs the tests."""
    folders = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "HOME")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("NVIM", "VIM"))}
    return {**own, **dict.fromkeys(folders, str(place.home)), "NVIM_LOG_FILE": os.devnull}


def configuration(place: Place, daemon: Sequence[str]) -> str:
    """An init.lua as a person would write it, for this workspace."""
    cmd = ", ".join(f"[==[{word}]==]" for word in daemon)
    return f"""
vim.lsp.config('harness', {{
  cmd = {{ {cmd} }},
  cmd_env = {{ PYTHONPATH = [==[{PROJECT}]==] }},
  root_dir = [==[{place.work}]==],
  init_options = {{ model = 'scripted', script = [==[{place.script}]==], stateDir = [==[{place.state}]==] }},
}})
vim.lsp.enable('harness')
"""


@dataclass(frozen=True)
class Asked:
    """What `vim.ui.select` was given."""

    number: int
    kind: str
    prompt: str
    items: tuple[str, ...]


@dataclass
class Neovim:
    """One editor. A context manager; leaving it ends the editor and what it started.

    `config` is more of init.lua; `setup` is Lua that is run once it is there.
    """

    place: Place
    config: str = ""
    setup: str = ""
    daemon: Sequence[str] = DAEMON
    offered: list[tuple[str, ...]] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Start it, with the daemon configured and nothing open."""
        init = self.place.home / "init.lua"
        init.write_text(configuration(self.place, self.daemon) + self.config, encoding="utf-8")
        argv = [nvim_binary(), "--embed", "--headless", "--clean", "-u", str(init)]
        self._rpc = NvimRpc(argv, private_env(self.place), self.place.work)
        self.pid = self._rpc.process.pid
        self.lua(_SETUP + self.setup)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End the editor; what it leaves behind is killed."""
        log = self.place.home / "nvim" / "lsp.log"
        if error is not None and log.exists():
            error.add_note(log.read_text(encoding="utf-8", errors="replace")[-4000:])
        children = self.children()
        self._rpc.end()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    # The process.

    def kill(self) -> None:
        """As `kill -9`."""
        self._rpc.end()

    def quit(self) -> None:
        """`:qa!`, and wait for the end of the process."""
        with contextlib.suppress(NvimError):
            self.command("qa!")
        self._rpc.process.wait(QUIT_S)

    def children(self) -> tuple[int, ...]:
        """The processes that the editor started: the daemon."""
        try:
            return tuple(self._rpc.call("nvim_get_proc_children", self.pid))
        except NvimError:
            return ()

    def daemon_pid(self) -> int:
        """The running daemon."""
        return eventually(lambda: next(iter(self.children()), None))

    # Talking to it.

    def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua and answer with its result."""
        return self._rpc.call("nvim_exec_lua", code, arguments)

    def wait(self, condition: str, *arguments: Any, within: float = 5.0) -> Any:
        """Until a Lua expression is true; its value."""
        return eventually(lambda: self.lua(f"return {condition}", *arguments), within)

    def command(self, text: str) -> None:
        """An ex command."""
        self._rpc.call("nvim_command", text)

    def keys(self, text: str) -> None:
        """Type, as a person does: mappings count, and the editor handles them in its own time."""
        self._rpc.call("nvim_input", text)

    def typed(self, text: str) -> None:
        """Type and wait until the editor has handled it all, and is in normal mode again."""
        self.lua("E2E.fed = false")
        self.keys(text + "<Cmd>lua E2E.fed = true<CR>")
        self.wait("E2E.fed")

    # Buffers.

    def edit(self, path: Path | str, attached: bool = True) -> None:
        """Open a file in the window, and wait for the language client."""
        self.command(f"edit {path}")
        if attached:
            self.wait("#vim.lsp.get_clients({bufnr = 0, name = 'harness'}) > 0 and E2E.ready()", within=10)

    def text(self, path: Path | str = "") -> str:
        """The buffer's text as a language client sends it."""
        return str(self.lua("return E2E.text(...)", str(path)))

    def lines(self, path: Path | str = "") -> list[str]:
        """The buffer's lines."""
        return list(self.lua("return vim.api.nvim_buf_get_lines(E2E.buf(...), 0, -1, false)", str(path)))

    def insert(self, line: int, *lines: str) -> None:
        """Insert lines above a 0-based line, as one change."""
        self.lua("local at, rows = ...; vim.api.nvim_buf_set_lines(0, at, at, false, rows)", line, list(lines))

    def go(self, line: int, column: int = 0) -> None:
        """Put the cursor on a 0-based line."""
        self._rpc.call("nvim_win_set_cursor", 0, (line + 1, column))

    def at(self) -> tuple[str, int]:
        """The current file's name, and the cursor's 0-based line."""
        name, line = self.lua("return {vim.fn.expand('%:t'), vim.fn.line('.') - 1}")
        return str(name), int(line)

    # What the language client shows and asks.

    def diagnostics(self, path: Path | str = "") -> list[Row]:
        """The harness's diagnostics of a buffer, in order."""
        return list(self.lua("return E2E.diagnostics(...)", str(path)))

    def hunks(self, count: int, path: Path | str = "", within: float = 5.0) -> list[Row]:
        """Wait until so many hunks are shown in a buffer."""

        def shown() -> bool:
            found = self.diagnostics(path)
            assert len(found) == count, f"{[row['message'] for row in found]}; {self.messages()}"
            return True

        eventually(shown, within)
        return self.diagnostics(path)

    def asked(self, within: float = 5.0) -> Asked:
        """Wait for an open question or menu."""
        row = self.wait("E2E.asked()", within=within)
        return Asked(row["number"], row["kind"], row["prompt"], tuple(row["items"]))

    def pick(self, title: str | None, within: float = 5.0) -> Asked:
        """Answer the open question with the one item that begins so; None puts it away."""
        asked = self.asked(within)
        self.offered.append(asked.items)
        index = 0
        if title is not None:
            fitting = [title] if title in asked.items else [item for item in asked.items if item.startswith(title)]
            assert len(fitting) == 1, f"{title!r} is {len(fitting)} of {asked.items}"
            index = asked.items.index(fitting[0]) + 1
        self.lua("E2E.pick(...)", asked.number, index)
        return asked

    def actions(self) -> tuple[str, ...]:
        """What `gra` offers here; nothing is chosen."""
        self.keys("gra")
        return self.pick(None).items

    def act(self, title: str) -> tuple[str, ...]:
        """`gra`, then the action that begins so; everything that was offered."""
        self.keys("gra")
        return self.pick(title).items

    def run(self, command: str, **argument: Any) -> None:
        """A command of the daemon's, through the client and without its answer."""
        self.lua("E2E.run(...)", command, argument)

    def messages(self) -> str:
        """`:messages`."""
        return str(self.lua("return vim.api.nvim_exec2('messages', {output = true}).output"))

    def says(self, text: str, within: float = 5.0) -> str:
        """Wait for a message to the person that holds this text; that line."""

        def line() -> str:
            found = [row for row in self.messages().splitlines() if text in row]
            assert found, self.messages()
            return found[-1]

        return eventually(line, within)

    def progress(self) -> list[Row]:
        """The `LspProgress` events so far."""
        return list(self.lua("return E2E.progress"))

    def ended(self, stop: str = "end_turn", count: int = 1, within: float = 10.0) -> None:
        """Wait until the log has so many ends of turns, the last of them so."""

        def stopped() -> bool:
            stops = [row["stop"] for row in self.place.records("TurnEnded")]
            assert len(stops) == count, f"{stops}; {self.messages()}"
            assert stops[-1] == stop, f"{stops}; {self.messages()}"
            return True

        eventually(stopped, within)

    def placed(self, count: int) -> None:
        """Wait until it is known of so many hunks what stands."""
        eventually(lambda: len(self.place.records("Placed")) == count)

    def until(self, predicate: Callable[[], Any], within: float = 5.0) -> Any:
        """See `eventually`."""
        return eventually(predicate, within)

    def pick_later(self) -> None:
        """Leave the open question; the editor forgets that it was asked."""
        self.lua("E2E.waiting = {}")
