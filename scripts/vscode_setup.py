"""Get ready to test the extension in a real VS Code: download the editor once, package the extension.

Exit codes: 0 ready, or not possible here (the tests then say why they are skipped); 1 not possible although CI is set.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.vscode_install import Missing, install, package  # noqa: E402  # the root is not on the path before


def main() -> int:
    """Run the script; the exit code."""
    try:
        package(install())
    except Missing as reason:
        print(f"VS Code can't be tested here: {reason}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
