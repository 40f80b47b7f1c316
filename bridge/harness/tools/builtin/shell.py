"""shell: a command, run by bash in the workspace's folder. There is no sandbox yet, so it asks each time."""

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.ports.process import Commands, Ran, Written
from bridge.harness.tools.contract import Context, Tool, ToolInput, touched
from bridge.harness.values.text import visible
from bridge.harness.values.tools import Outcome, Prepared, ToolSpec

DEFAULT_S = 120
MAX_S = 600

KEEP = 15_000
"""Bytes at each end of the output that the model gets: the two and what is said of them are within `RESULT_LIMIT`."""

MAX_COMMAND = 10_000
"""Characters that a person can be asked to read."""

SHELLS = (
    Path("/bin/bash"),
    Path("/usr/bin/bash"),
    Path("/usr/local/bin/bash"),
    Path("/run/current-system/sw/bin/bash"),
)
"""Where bash is looked for: by absolute names, never in a PATH that a workspace could have changed."""

PASSED = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX",
        "JAVA_HOME", "GOPATH", "CARGO_HOME", "RUSTUP_HOME", "NVM_DIR",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    }
)  # fmt: skip
"""What a command is told of our environment, beside LC_*: who and where the person is, and where toolchains are."""

SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
"""A name with one of these is not passed on, whatever else it says."""

SET: Mapping[str, str] = MappingProxyType(
    {"TERM": "dumb", "PAGER": "cat", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0"}
)
"""Nobody sits at a terminal: nothing pages, nothing asks."""

SAFE_PATH = "/usr/local/bin:/usr/bin:/bin"
"""Where there is no PATH, or none that names a folder."""

_NEW_LINE = " ⏎ "


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a command gets of this environment. Of PATH only absolute folders: `.` would be the workspace."""
    passed = {
        name: value
        for name, value in environ.items()
        if (name in PASSED or name.startswith("LC_")) and not any(word in name for word in SECRET_WORDS)
    }
    folders = [folder for folder in passed.get("PATH", "").split(os.pathsep) if Path(folder).is_absolute()]
    return {**passed, **SET, "PATH": os.pathsep.join(folders) or SAFE_PATH}


class ShellInput(ToolInput):
    """What to run."""

    command: str = Field(min_length=1, max_length=MAX_COMMAND, description="The command, as bash reads it.")
    timeout_seconds: int | None = Field(
        default=None, ge=1, le=MAX_S, description=f"Stop it after so many seconds; {DEFAULT_S} unless given."
    )


class Shell(Tool[ShellInput]):
    """A command sees the disk, not the buffers; what it does there is not under review."""

    def __init__(self, commands: Commands, environ: Mapping[str, str], shells: Sequence[Path] = SHELLS) -> None:
        """`environ` is the daemon's; commands get a part of it."""
        self._commands = commands
        self._environment = clean_environment(environ)
        self._shells = shells

    spec = ToolSpec(
        name="shell",
        description="Run a command with bash in the workspace root, such as tests, a build or git. The user is asked "
        "each time. It sees files on disk, without unsaved editor text; to change files use the edit tools. "
        "It has no input and no terminal, and each call is a shell of its own: a directory or variable that is set is "
        "gone afterwards. stdout and stderr come together; of long output you get the head and the tail. It is stopped "
        f"at timeout_seconds (at most {MAX_S}). What it leaves in the background is ended with it.",
        kind="execute",
        inputs=ShellInput,
        aliases=("bash",),
    )

    def title(self, given: ShellInput) -> str:
        """See the contract."""
        return f"Run {_shown(given.command)}"

    async def prepare(self, given: ShellInput, context: Context) -> Prepared:
        """Nothing is run. The question is the whole command, and the folder it runs in."""
        if "\0" in given.command:
            raise ToolInputError("a command can't hold a NUL character")
        shell = next((path for path in self._shells if os.access(path, os.X_OK)), None)
        if shell is None:
            raise FileProblem(
                "file_missing",
                self._shells[0],
                "commands are run by bash, and there is none here (Windows is not supported)",
                hint="Do without commands, or ask the user to run them.",
            )
        place = context.workspace.locate(".")
        argv = (str(shell), "--norc", "--noprofile", "-c", "--", given.command)
        title = f"Run in {visible(str(place.path))}: {_shown(given.command)}"
        state = (argv, place.path, given.timeout_seconds or DEFAULT_S)
        (subject,) = touched("execute", [place])
        return Prepared(title, (replace(subject, command=given.command),), state=state)

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """Run it."""
        argv, folder, seconds = prepared.state
        environment = {**self._environment, "SHELL": argv[0]}
        ran = await self._commands.run(argv, folder, environment, seconds, KEEP)
        how = _ending(ran, seconds)
        lines = [f"{how[0].upper()}{how[1:]}."]
        if ran.left:
            lines.append(f"Processes that it left in the background were ended: {ran.left}.")
        lines.append(_text(ran.output) or "[no output]")
        return Outcome("\n".join(lines), how, "ok" if ran.code == 0 else "error")


def _shown(command: str) -> str:
    """On one line; what can't be seen is escaped, and that is said: backslashes can stand in a command too."""
    lines = command.replace("\r", "\\r").split("\n")
    escaped = [visible(line) for line in lines]
    said = "" if "\n".join(escaped) == command else "(characters that can't be seen are escaped) "
    return said + _NEW_LINE.join(escaped)


def _ending(ran: Ran, seconds: int) -> str:
    if ran.code is None:
        return f"stopped at its time limit of {seconds} s"
    if ran.code >= 0:
        return f"exit code {ran.code}"
    names = {number.value: number.name for number in signal.Signals}
    return f"ended by signal {-ran.code}" + (f" ({names[-ran.code]})" if -ran.code in names else "")


def _text(output: Written) -> str:
    """As text. Bytes that are none, and controls that are no layout, become the replacement character."""
    if not output.dropped:
        return _clean((output.head + output.tail).decode("utf-8", "replace"))
    # A character that was cut in two is left out, not replaced.
    head = output.head.decode("utf-8", "replace").removesuffix("\ufffd")
    tail = (output.tail[:3].lstrip(_CONTINUATION) + output.tail[3:]).decode("utf-8", "replace")
    return f"{_clean(head)}\n[… {output.dropped} bytes left out …]\n{_clean(tail)}"


_CONTINUATION = bytes(range(0x80, 0xC0))
_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F], "\ufffd")


def _clean(text: str) -> str:
    return text.translate(_CONTROLS)
