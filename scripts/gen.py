"""Write the published protocol, and the page of the offline engine from its grammar. With --check, change nothing.

Exit codes: 0 all is up to date or written, 1 (--check only) something differs.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bridge.app.models import SETUP  # noqa: E402  # the root is not on the path before
from bridge.harness.models.offline.page import PAGE, page  # noqa: E402  # the root is not on the path before
from bridge.protocol.export.files import TEMPLATE, published  # noqa: E402  # the root is not on the path before

COMMAND = "make gen"


def differing(root: Path, files: dict[str, str]) -> list[str]:
    """The paths whose text on disk is not what would be written."""
    return [
        path
        for path, text in files.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the script; the exit code."""
    parser = argparse.ArgumentParser(description="Write what is generated: the protocol, and docs.")
    parser.add_argument("--check", action="store_true", help="compare only; exit with 1 where something differs")
    options = parser.parse_args(arguments)
    files = {**published((ROOT / TEMPLATE).read_text(encoding="utf-8")), PAGE: page(SETUP)}
    stale = differing(ROOT, files)
    if options.check:
        if stale:
            print(f"Out of date: {', '.join(stale)}. Run `{COMMAND}`.", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(files[path], encoding="utf-8", newline="\n")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
