"""What `init-editor emacs` prints, in a real Emacs with Eglot, and with lsp-mode."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpora import PROJECT
from tests.support.nvim import Place, private_env
from tests.support.script import edit, step

pytestmark = pytest.mark.slow

PROBE = Path(__file__).with_name("probe.el")
TEXT = "# agent: rename it\ndef total(items):\n    return sum(items)\n"


def emacs_with(client: str) -> str:
    """Emacs; the test is skipped where it, or its client, is not installed."""
    program = shutil.which("emacs")
    if program is None:
        pytest.skip("there is no emacs (on Debian: emacs-nox elpa-eglot elpa-lsp-mode)")
    look = f"(progn (package-initialize) (kill-emacs (if (locate-library {client!r}) 0 1)))".replace("'", '"')
    if subprocess.run([program, "--batch", "--eval", look], capture_output=True, timeout=30, check=False).returncode:
        pytest.skip(f"this emacs has no {client} (on Debian: elpa-{client})")
    return program


@pytest.mark.parametrize("client", ["eglot", "lsp-mode"])
def test_a_person_can_ask_and_accept(client: str, tmp_path: Path) -> None:
    emacs, place = emacs_with(client), Place(tmp_path)
    printed = subprocess.run(
        [sys.executable, "-m", "bridge", "init-editor", "emacs"],
        stdout=subprocess.PIPE,
        timeout=30,
        check=True,
        cwd=PROJECT,
    )
    (place.home / "harness.el").write_bytes(printed.stdout)
    (place.work / ".git").mkdir()
    path = place.file("shop.py", TEXT)
    place.play(step(edit("shop.py", ("def total(", "def grand_total("))), step(say="Done."))
    settings = {"MODEL": "scripted", "SCRIPT": str(place.script), "STATE_DIR": str(place.state)}
    done = subprocess.run(
        [emacs, "--batch", "-l", str(PROBE), client, str(place.home / "harness.el"), str(path)],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        cwd=place.work,
        env=os.environ | private_env(place) | {f"HARNESS_BRIDGE_{name}": value for name, value in settings.items()},
    )
    assert done.returncode == 0, done.stderr
    first, _, rest = done.stdout.partition("\n")
    assert first.startswith("offered: Ask agent: rename it")
    assert rest == TEXT.replace("total", "grand_total")
