"""The daemon with a stub behind its wire: `python -m tests.support.stub_daemon`. Light, like the command itself."""

import sys

from bridge.surfaces.lsp import frontdoor

if __name__ == "__main__":
    sys.exit(frontdoor.serve("tests.support.stub_surface"))
