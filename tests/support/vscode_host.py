"""Real VS Code for a run of tests: one code-server, one Chromium, the extension installed as a person would.

A Node program (tests/e2e/vscode/driver) starts both, so that they end with it, and it ends with its standard input.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from tests.support.eventually import eventually
from tests.support.json_lines import JsonLines
from tests.support.vscode_install import PARTS, Installed

START_S = 30.0
# The first window of a fresh profile takes 6 to 11 s on two cores, later ones 4 s.
WINDOW_S = 45.0
END_S = 15.0
WIDTH, HEIGHT = 1440, 900
SETTINGS_OF = ("User", "Machine")

CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Chromium has no sandbox for root, which is who CI often is.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
)
SERVER_FLAGS = (
    "--auth=none",
    "--disable-getting-started-override",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-workspace-trust",
    "--ignore-last-opened",
    # A window that is gone is not waited for.
    "--reconnection-grace-time=2",
)
# Desktop behaviour (in a browser it saves by itself), nothing that comes up by itself, keys that type what they say.
QUIET: Mapping[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.autoClosingBrackets": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": {"comments": "off", "other": "off", "strings": "off"},
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.enableExperiments": False,
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


def descendants(pid: int) -> dict[int, str]:
    """The processes that come from one, with their command lines."""
    parents: dict[int, list[int]] = {}
    for each in _processes():
        with contextlib.suppress(OSError):
            after_name = Path(f"/proc/{each}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            parents.setdefault(int(after_name.split()[1]), []).append(each)
    found, fresh = {}, parents.get(pid, [])
    while fresh:
        found.update({each: command_line(each) for each in fresh})
        fresh = [child for each in fresh for child in parents.get(each, [])]
    return found


def command_line(pid: int) -> str:
    """How a process was started; empty when it is gone, or a zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class VsCodeHost:
    """A context manager; leaving it ends everything and fails where a process outlives it.

    One window at a time: each is new, and Chromium keeps nothing of the last one but its cache of the editor's code.
    """

    def __init__(self, there: Installed, extensions: Sequence[Path]) -> None:
        """`extensions` are packages (.vsix)."""
        self._there = there
        self._extensions = extensions
        self._driver: JsonLines | None = None
        self._started: dict[int, str] = {}
        self.last_pid = 0

    def __enter__(self) -> Self:
        """Start it; no window is open."""
        # A socket's path has 108 bytes at most, so not below pytest's folders.
        self.root = Path(tempfile.mkdtemp(prefix="vscode-"))
        for folder in ("home", "helper", *(f"data/{whose}" for whose in SETTINGS_OF)):
            (self.root / folder).mkdir(parents=True)
        self._url = f"http://127.0.0.1:{_free_port()}"
        self._process = self._start_driver()
        with contextlib.ExitStack() as broken:
            broken.callback(self._end)
            self._driver = self._connected(self.root / "driver.sock")
            self._serve()
            broken.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End it all, and look."""
        left = self._end()
        if error is None:
            assert not left, f"left behind: {left}"

    # What a window needs.

    def call(self, op: str, *, within: float = 30.0, **given: Any) -> Any:
        """An operation of the driver's that ends by itself, in half the time that we wait for its answer at most."""
        assert self._driver is not None, "call it inside of the with"
        return self._driver.call(op, within=within * 2, timeout=within * 1000, **given)

    def visit(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """Open a folder in a new window, with these settings of the user's."""
        # The workspace is remote to the browser: what concerns programs is read from the machine's settings there.
        for whose in SETTINGS_OF:
            path = self.root / "data" / whose / "settings.json"
            path.write_text(json.dumps({**QUIET, **settings}), encoding="utf-8")
        self._look()
        self.call("visit", url=f"{self._url}/?folder={quote(str(folder))}", within=WINDOW_S)

    def helper(self, after: int = 0) -> tuple[int, JsonLines]:
        """The helper in the current window: its process, which is not `after`, and a connection."""
        said = self.root / "helper" / "window.json"

        def connected() -> tuple[int, JsonLines]:
            try:
                there = json.loads(said.read_text(encoding="utf-8"))
                assert there["pid"] != after, "still the last window's"
                return there["pid"], JsonLines(Path(there["socket"]))
            except OSError as error:
                raise AssertionError(str(error)) from error

        return eventually(connected, WINDOW_S)

    def log(self) -> str:
        """The end of what code-server said; what has no time before it is about parts that are not built."""
        said = self.root / "server.log"
        lines = said.read_text(encoding="utf-8", errors="replace").splitlines() if said.exists() else []
        return "\n".join([line for line in lines if line.startswith("[")][-20:])

    # Starting and ending.

    def _environment(self) -> Mapping[str, str]:
        """Of the editor: it keeps nothing in the home of whoever runs the tests, and asks no marketplace."""
        home = str(self.root / "home")
        names = (
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
            "HOME",
            "TMPDIR",
        )
        own = {name: value for name, value in self._there.environment().items() if not name.startswith("VSCODE_")}
        extra = {"EXTENSIONS_GALLERY": '{"serviceUrl":""}', "HARNESS_BRIDGE_TEST_HELPER": str(self.root / "helper")}
        return {**own, **dict.fromkeys(names, home), **extra}

    def _start_driver(self) -> subprocess.Popen[bytes]:
        program = PARTS / "driver" / "driver.mjs"
        argv = [str(self._there.node), str(program), str(self.root / "driver.sock"), str(self._there.modules)]
        with (self.root / "driver.log").open("ab") as log:
            return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._environment())

    def _connected(self, path: Path) -> JsonLines:
        def connection() -> JsonLines:
            assert self._process.poll() is None, (self.root / "driver.log").read_text(encoding="utf-8")
            try:
                return JsonLines(path)
            except OSError as error:
                raise AssertionError(str(error)) from error

        return eventually(connection, START_S)

    def _serve(self) -> None:
        """Install the extensions, then start the server and the browser."""
        folders = {"config": "config.yaml", "user-data-dir": "data", "extensions-dir": "extensions"}
        common = [f"--{name}={self.root / folder}" for name, folder in folders.items()]
        # What stands in the folder when it is first looked at counts as installed.
        shutil.copytree(PARTS / "helper-extension", self.root / "extensions" / "test-helper")
        argv = [str(self._there.node), str(self._there.code_server), *common]
        subprocess.run(
            [*argv, *(word for path in self._extensions for word in ("--install-extension", str(path)))],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=START_S,
            check=True,
        )
        self.call(
            "serve",
            entry=str(self._there.code_server),
            given=[*common, *SERVER_FLAGS, f"--bind-addr={self._url.removeprefix('http://')}"],
            env=dict(self._environment()),
            log=str(self.root / "server.log"),
            url=f"{self._url}/healthz",
            within=START_S,
        )
        self.call(
            "launch",
            executable=str(self._there.chromium),
            profile=str(self.root / "profile"),
            given=CHROMIUM_FLAGS,
            width=WIDTH,
            height=HEIGHT,
            within=START_S,
        )

    def _end(self) -> list[str]:
        """Close the driver's standard input, wait, kill what is left; its command lines."""
        self._look()
        if self._driver is not None:
            self._driver.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(AssertionError):
            eventually(lambda: not self._alive(), END_S)
        left = self._alive()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)
        return list(left.values())

    def _look(self) -> None:
        """Note what runs: a window's daemon must be found when its window, and so its parent, is gone."""
        self._started.update(descendants(self._process.pid))

    def _alive(self) -> dict[int, str]:
        """Those that still run what they ran: a number may be given anew."""
        return {pid: line for pid, line in self._started.items() if line and command_line(pid) == line}
