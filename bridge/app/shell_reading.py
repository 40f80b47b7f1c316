"""Reading shell commands on this machine: where paths lead, and which programs a command would find."""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bridge.harness.permissions.protected import is_secret
from bridge.harness.permissions.shell.reader import read_command
from bridge.harness.permissions.shell.values import Place, Reading
from bridge.harness.tools.builtin.shell import clean_environment

MAX_LOOKED_AT = 20_000
"""Names below a folder that a search reads: about 50 ms."""

PACKAGES = frozenset({".git", "node_modules", ".venv", "venv"})
"""Of others, not the person's: keys in there are for tests."""

_REMOTE_KEY = re.compile(rb"https?://[^/\s\"]+@|extraheader", re.IGNORECASE)
"""Credentials within git's own settings of a repository."""


def reader(
    root: Path, forbidden: Sequence[Path], environ: Mapping[str, str], *, trusted: bool = False
) -> Callable[[str], Reading]:
    """What a command is that runs in the workspace's folder, with the environment that the shell tool gives it."""
    path = clean_environment(environ)["PATH"]

    def which(name: str) -> Path | None:
        found = shutil.which(name, path=path)
        return Path(found) if found else None

    def read(command: str) -> Reading:
        home = Path(environ.get("HOME", "/"))
        return read_command(
            command, Place(root, root, home, trusted, _resolved, which, _secret_below, tuple(forbidden))
        )

    return read


def _secret_below(folder: Path, hidden: bool) -> str:
    """Looks at the names below it, `MAX_LOOKED_AT` of them; what is more may hold anything."""
    looked_at = 0
    for here, folders, names in os.walk(folder):
        if hidden and ".git" in folders and _holds_key(Path(here) / ".git" / "config"):
            return "git's settings below its folder hold credentials"
        folders[:] = [name for name in folders if name not in PACKAGES and (hidden or not name.startswith("."))]
        looked_at += len(folders) + len(names)
        if looked_at > MAX_LOOKED_AT:
            return "there is too much below its folder to know that no credentials are among it"
        for name in (*folders, *names):
            if (hidden or not name.startswith(".")) and is_secret(name):
                return f"{name!r} lies below {Path(here).name!r}, and holds credentials"
    return ""


def _holds_key(settings: Path) -> bool:
    """True where that can't be told."""
    try:
        return bool(_REMOTE_KEY.search(settings.read_bytes())) if settings.is_file() else False
    except OSError:
        return True


def _through_kernel(path: Path, left: int = 40) -> bool:
    """Whether it leads through links of /proc, which lead elsewhere for each process; true where it has too many."""
    for at in (*reversed(path.parents), path):
        if Path(os.path.normpath(at)).parts[1:2] == ("proc",):  # no link comes before it
            return True
        if at.is_symlink():
            rest = path.relative_to(at)
            return left == 0 or _through_kernel(at.parent / at.readlink() / rest, left - 1)
    return False


def _resolved(path: Path) -> Path:
    """Where it leads; the root of the disk, which is in no workspace, where that can't be told."""
    try:
        return Path(path.anchor) if _through_kernel(path) else path.resolve()
    except (OSError, RuntimeError):  # links that lead to themselves
        return Path(path.anchor)
