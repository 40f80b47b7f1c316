"""What this machine has: Python, programs, sandboxes, the terminal."""

import ctypes
import errno
import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge import __version__
from bridge.app.doctor import Around, Check, Finding, first_line, output
from bridge.surfaces.terminal.init_editor import PROGRAM

LANDLOCK_CREATE_RULESET = 444
"""The system call's number, the same on every architecture that Linux runs on but Alpha (linux/syscalls)."""

_BWRAP_S = 1.5
"""For each of its two runs: one after the other they take no longer than everything may."""

_SEATBELT = "/usr/bin/sandbox-exec"
_NO_COMMANDS = "none is used: the agent's commands run as you do, each after you allowed it"
_NUMBER = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where the rows are printed."""

    is_one: bool
    coloured: bool
    columns: int
    rows: int


def machine(terminal: Terminal, command: tuple[str, ...]) -> Mapping[str, Check]:
    """The checks. `command` starts this very program."""

    async def package(around: Around) -> Finding:
        on_path = around.which(PROGRAM)
        seen = f"harness-bridge {__version__}, Python {platform.python_version()} at {sys.executable}"
        if command == (PROGRAM,):
            return Finding("", "ok", f"{seen}; on the PATH")
        where = f"the PATH leads to another one, {on_path}" if on_path else "not on the PATH"
        mend = f"Add {Path(command[0]).parent} to the PATH; init-editor prints the absolute path meanwhile."
        return Finding("", "warning", f"{seen}; {where}", mend)

    async def screen(_: Around) -> Finding:
        if not terminal.is_one:
            return Finding("", "ok", "the output is no terminal: no colours, and `run` asks nothing")
        colours = "in colour" if terminal.coloured else "without colours (NO_COLOR, or TERM=dumb)"
        return Finding("", "ok", f"{terminal.columns} columns, {terminal.rows} rows, {colours}")

    return {"package": package, "git": git, "sandbox": sandbox, "file names": file_names, "terminal": screen}


async def git(around: Around) -> Finding:
    """Not needed: editors tell a project by it."""
    program = around.which("git")
    done = await output([program, "--version"]) if program else None
    if done is None or done.code != 0:
        mend = "Install git: most editors find a project's folder by its .git."
        return Finding("", "missing", f"{program} does not run" if program else "not on the PATH; not needed", mend)
    here = any((folder / ".git").exists() for folder in (around.cwd, *around.cwd.parents))
    seen = _number(first_line(done))
    if here:
        return Finding("", "ok", f"{seen}; the workspace is in a repository")
    return Finding(
        "", "warning", f"{seen}; the workspace is in no repository", "git init, so that editors find its root"
    )


async def sandbox(around: Around) -> Finding:
    """What a sandbox could be made of here."""
    found = [part for part in (await _bubblewrap(around), _landlock(), _seatbelt()) if part]
    if found:
        return Finding("", "ok", f"{', '.join(found)}; {_NO_COMMANDS}")
    return Finding("", "missing", f"nothing that this platform could make one of; {_NO_COMMANDS}")


async def file_names(_: Around) -> Finding:
    """Whether names that are not ASCII can be told and shown."""
    encoding = sys.getfilesystemencoding()
    if encoding.lower().replace("-", "") == "utf8":
        return Finding("", "ok", "in UTF-8")
    return Finding("", "warning", f"in {encoding}: others than ASCII may be misread", "export LC_ALL=C.UTF-8")


async def _bubblewrap(around: Around) -> str:
    program = around.which("bwrap")
    if program is None:
        return ""
    told = await output([program, "--version"], limit=_BWRAP_S)
    nothing = ("--unshare-all", "--ro-bind", "/", "/", "--", sys.executable, "-I", "-S", "-c", "")
    tried = await output([program, *nothing], limit=_BWRAP_S)
    number = _number(first_line(told)) if told is not None else "(unknown)"
    return f"bubblewrap {number}{'' if tried is not None and tried.code == 0 else ', which does not work here'}"


def _landlock() -> str:
    """Asks the kernel for the version of its interface (landlock(7)); nothing is restricted by that."""
    if sys.platform != "linux":
        return ""
    system_call = ctypes.CDLL(None, use_errno=True).syscall
    system_call.restype = ctypes.c_long
    version = system_call(ctypes.c_long(LANDLOCK_CREATE_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version > 0:
        return f"Landlock ABI {version}"
    return "Landlock, switched off" if ctypes.get_errno() == errno.EOPNOTSUPP else ""


def _seatbelt() -> str:
    return "Seatbelt" if sys.platform == "darwin" and os.access(_SEATBELT, os.X_OK) else ""


def _number(text: str) -> str:
    found = _NUMBER.search(text)
    return found[0] if found else text
