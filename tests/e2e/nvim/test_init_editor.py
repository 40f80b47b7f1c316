"""What `init-editor nvim` prints, in a Neovim that has nothing else."""

import subprocess
import sys
from typing import Self

import pytest

from tests.e2e.nvim.scripts import TWENTY, edit, step
from tests.support.corpora import PROJECT
from tests.support.nvim import _SETUP, Neovim, Place, nvim_binary, private_env
from tests.support.nvim_rpc import NvimRpc

pytestmark = pytest.mark.nvim


class PlainNeovim(Neovim):
    """As a person starts it: what was printed lies where Neovim reads it by itself."""

    def __enter__(self) -> Self:
        printed = subprocess.run(
            [sys.executable, "-m", "bridge", "init-editor", "nvim"],
            stdout=subprocess.PIPE,
            timeout=30,
            check=True,
            cwd=PROJECT,
        )
        config = self.place.home / "nvim" / "plugin" / "harness.lua"
        config.parent.mkdir(parents=True)
        config.write_bytes(printed.stdout)
        settings = {"MODEL": "scripted", "SCRIPT": str(self.place.script), "STATE_DIR": str(self.place.state)}
        env = private_env(self.place) | {f"HARNESS_BRIDGE_{name}": value for name, value in settings.items()}
        self._rpc = NvimRpc([nvim_binary(), "--embed", "--headless"], env, self.place.work)
        self.pid = self._rpc.process.pid
        self.lua(_SETUP)
        return self


def test_a_person_can_redirect_it_ask_and_accept(place: Place) -> None:
    (place.work / ".git").mkdir()
    path = place.file("a.txt", "# agent: shout\n" + TWENTY)
    place.play(step(edit("a.txt", ("line 3\n", "LINE 3\n"))), step(say="Done."))
    with PlainNeovim(place) as nvim:
        nvim.edit(path)
        assert nvim.lua("return E2E.client().root_dir") == str(place.work)
        nvim.act("Ask agent: shout")
        nvim.hunks(1, within=10)
        nvim.go(3)
        nvim.act("Accept hunk 1/1")
        nvim.ended()
        nvim.until(lambda: "LINE 3\n" in nvim.text())
        assert nvim.says("Agent: Done.") == "Agent: Done."
