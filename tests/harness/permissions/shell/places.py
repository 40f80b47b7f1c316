"""A place to read commands in, without a disk: links and missing programs are given."""

import os
from collections.abc import Mapping
from pathlib import Path

from bridge.harness.permissions.shell.values import Place

ROOT = Path("/ws")
HOME = Path("/home/ada")
STATE = HOME / ".config" / "harness-bridge"


def place(
    *,
    trusted: bool = True,
    links: Mapping[str, str] | None = None,
    programs: Mapping[str, Path | None] | None = None,
    cwd: Path = ROOT,
    secrets: Mapping[str, bool] | None = None,
) -> Place:
    """`links` lead from an absolute path to another; `programs` says where some are, the rest is in /usr/bin.

    `secrets` are files with credentials, and whether they are hidden.
    """

    def resolve(path: Path) -> Path:
        at = Path("/")
        for part in path.parts[1:]:
            at = Path(os.path.normpath(at / part))
            at = Path((links or {}).get(str(at), at))
        return at

    def which(name: str) -> Path | None:
        return (programs or {}).get(name, Path("/usr/bin") / name)

    def secret_below(folder: Path, hidden: bool) -> str:
        below = (only for path, only in (secrets or {}).items() if Path(path).is_relative_to(folder))
        return "it holds credentials" if any(hidden or not only for only in below) else ""

    return Place(ROOT, cwd, HOME, trusted, resolve, which, secret_below, (STATE,))
