"""Private folders."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder and every missing one above it, all 0700; `mkdir(parents=True)` would see to the last one only."""
    if folder.is_dir():
        return
    make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
