"""Write docs/images/demo.txt and demo.svg: the demo on a terminal, with seed 1 and fixed keys.

Run it after a change of what the demo shows, and look at both. A test compares them with what the demo shows.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.surfaces.terminal.capture import (  # noqa: E402  # the root is not on the path before
    CAPTURE,
    PICTURE,
    capture,
    normal,
    picture,
)
from tests.surfaces.terminal.terminal_child import plain  # noqa: E402


def main() -> int:
    """Run the script; the exit code."""
    rows = capture()
    CAPTURE.parent.mkdir(parents=True, exist_ok=True)
    for path, text in ((CAPTURE, normal(plain(rows))), (PICTURE, picture(rows))):
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
