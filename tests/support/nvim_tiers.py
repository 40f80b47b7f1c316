"""The ways in which hunks are decided in Neovim: code actions, code lenses, and a client that shows them itself."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.nvim import Neovim, Row

WRONG = "Wrong approach: find another way"
"""One of the reasons that a stock editor offers; a client of its own may send any text."""

Decide = Callable[[Neovim, Row, str, str], None]
"""Accept or Reject a hunk, one of `Neovim.hunks` in the current buffer, with a reason or without."""


@dataclass(frozen=True)
class Tier:
    """`config` is more of init.lua, `setup` is run once the editor is there."""

    name: str
    decide: Decide
    config: str = ""
    setup: str = ""
    tells: Callable[[Neovim, float], object] = lambda nvim, within: nvim.says("Not applied", within)

    def accept(self, nvim: Neovim, hunk: Row) -> None:
        """Accept it."""
        self.decide(nvim, hunk, "Accept", "")

    def reject(self, nvim: Neovim, hunk: Row, reason: str = "") -> None:
        """Reject it."""
        self.decide(nvim, hunk, "Reject", reason)

    def not_applied(self, nvim: Neovim, within: float = 5.0) -> None:
        """Wait until the person is told that what they accepted was not applied."""
        self.tells(nvim, within)


def _by_action(nvim: Neovim, hunk: Row, verb: str, reason: str) -> None:
    nvim.go(hunk["line"])
    nvim.keys("gra")
    titles = [title for title in nvim.asked().items if title.startswith(f"{verb} hunk")]
    nvim.pick(next(title for title in titles if ("reason" in title) == bool(reason)))
    if reason:
        nvim.pick(reason)


def _by_lens(nvim: Neovim, hunk: Row, verb: str, reason: str) -> None:
    """A reason can't be given on a lens: that is the code action's."""
    if reason:
        _by_action(nvim, hunk, verb, reason)
        return

    def is_there() -> bool:
        nvim.lua("vim.lsp.codelens.refresh({bufnr = 0})")
        found = (
            "vim.tbl_map(function(one) return {one.range.start.line, one.command.title} end, vim.lsp.codelens.get(0))"
        )
        return [hunk["line"], verb] in nvim.lua(f"return {found}")

    nvim.go(hunk["line"])
    nvim.until(is_there)
    nvim.lua("vim.lsp.codelens.run()")
    assert nvim.pick(verb).kind == "codelens"


def _by_request(nvim: Neovim, hunk: Row, verb: str, reason: str) -> None:
    decision = {"hunkId": hunk["code"], "verdict": verb.lower(), **({"reason": reason} if reason else {})}
    nvim.lua("E2E.decide(...)", [decision])


def _answered(nvim: Neovim, within: float) -> None:
    """The client is answered, and tells the person itself."""
    assert nvim.wait("E2E.outcomes", within=within)[0]["outcome"] in {"stale", "absent"}


def _lua(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


ACTIONS = Tier("actions", _by_action)
LENSES = Tier("lenses", _by_lens)
CLIENT = Tier(
    "client", _by_request, config=_lua("nvim_client.lua"), setup=_lua("nvim_client_setup.lua"), tells=_answered
)
TIERS = (ACTIONS, LENSES, CLIENT)
