"""A person at a real Neovim who does anything at any moment, and decides hunks by what the editor offers."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.nvim import Neovim

LUA = Path(__file__).with_name("nvim_typist.lua")

PLAIN_KEYS = (
    "A {}<Esc>",
    "I{} <Esc>",
    "wi{} <Esc>",
    "a{}<CR>{}<Esc>",
    "cc{}<Esc>",
    "o{}<Esc>",
    "O{}<Esc>",
    "O{}<CR>{}<Esc>",
    "o<Esc>",
    "dd",
    "2dd",
    "3dd",
    "D",
    "dw",
    "x",
    "yyp",
    "yyP",
    "yyjp",
    "2yyP",
    "ddp",
    "ddkP",
    "J",
    "==",
    ">>",
    "gg=G",
)
BLOCK_KEYS = ("3yyP", "3yyp", "3yy3jP", "3dd", "3ddP", "dd", "yyP", "A {}<Esc>", "O{}<Esc>", "Oa<CR>b<CR>c<Esc>")
"""Where lines repeat: blocks of them come and go."""

Change = tuple[int, int, list[str]]
"""Lines [first, last) become these."""


class Typist:
    """One buffer and what is done to it. Numbers that choose a line count modulo what there is."""

    def __init__(self, nvim: Neovim, path: Path, rng: random.Random, block: Sequence[str] = ()) -> None:
        """Open the file. `block`: lines that stand in it again and again."""
        self.path = path
        self._nvim = nvim
        self._rng = rng
        self._block = list(block)
        self._count = 0
        self._elsewhere: int = nvim.lua("return vim.api.nvim_list_bufs()[1]")
        nvim.edit(path)
        self.buffer: int = nvim.lua("return vim.api.nvim_get_current_buf()")
        nvim.lua("Typist.watch(...)", self.buffer)

    def act(self) -> None:
        """One thing, on a line near a hunk or anywhere."""
        rng = self._rng
        line = self._some_line()
        match rng.randrange(12):
            case 0 | 1:
                self.travel(rng.choice(["u", "u", "<C-r>"]))
            case 2:
                self.travel(rng.choice(["u", "<C-r>"]))
                self.travel(rng.choice(["u", "<C-r>"]))
            case 3:
                self.write()
            case 4:
                self.format()
            case 5:
                self.replace(*self.change(line))
            case _:
                self.keys(line, rng.choice(BLOCK_KEYS if self._block and rng.random() < 0.8 else PLAIN_KEYS))

    def keys(self, line: int, keys: str) -> None:
        """Keys on a line; each `{}` is a word that was never typed before."""
        while "{}" in keys:
            keys = keys.replace("{}", self._word(), 1)
        self._nvim.lua("Typist.keys(...)", self.buffer, line, keys)

    def paste(self, first: int, line: int) -> None:
        """Three lines from `first` on, once more above a line."""
        self._nvim.lua("Typist.keys(...)", self.buffer, first, "3yy")
        self._nvim.lua("Typist.keys(...)", self.buffer, line, "P")

    def replace(self, first: int, last: int, rows: Sequence[str]) -> None:
        """Lines [first, last) become others, as by a plugin."""
        self._nvim.lua("Typist.replace(...)", self.buffer, first, last, list(rows))

    def travel(self, key: str) -> None:
        """Undo or redo."""
        self._nvim.lua("Typist.travel(...)", self.buffer, key)

    def write(self) -> None:
        """Save."""
        self._nvim.lua("Typist.write(...)", self.buffer)

    def format(self) -> None:
        """A formatter gives back the whole text: trailing blanks go, an empty line or a block comes, lines indent."""
        tick, lines = self._read()
        at = self._rng.randrange(len(lines) + 1)
        rows: list[tuple[str, int]] = [(line.rstrip(), number) for number, line in enumerate(lines)]
        match self._rng.randrange(4):
            case 0:
                # Beside an empty line nobody could say which of the two is new.
                blank = self._word() if "" in lines[max(at - 1, 0) : at + 1] else ""
                rows[at:at] = [(line, -1) for line in self._block or [blank]]
            case 1:
                rows[at : at + 3] = [(f"  {line}", number) for line, number in rows[at : at + 3]]
            case 2 if len(rows) > 1:
                del rows[at : at + 1]
        self._nvim.lua(
            "Typist.format(...)", self.buffer, tick, [row for row, _ in rows], [number for _, number in rows]
        )

    def change(self, line: int) -> Change:
        """Lines [first, last) become these: what a plugin does, or happens around an edit."""
        match self._rng.randrange(4):
            case 0:
                return line, line + self._rng.randint(1, 3), []
            case 1:
                return line, line + 1, [self._word()]
            case _:
                return line, line, self._block or [self._word() for _ in range(self._rng.randint(1, 3))]

    def insert_by_formatter(self, line: int, rows: Sequence[str]) -> None:
        """A formatter gives back the whole text with some lines more above a line."""
        tick, lines = self._read()
        before, after = list(range(line)), list(range(line, len(lines)))
        whole = [*lines[:line], *rows, *lines[line:]]
        self._nvim.lua("Typist.format(...)", self.buffer, tick, whole, [*before, *[-1] * len(rows), *after])

    def around(self, change: Change | None = None, *, before: bool) -> None:
        """Something happens in the moment before, or right after, the next edit of the agent's."""
        change = change or self.change(self._some_line())
        table = "before" if before else "after"
        self._nvim.lua(f"local buf, change = ...; table.insert(Typist.{table}[buf], change)", self.buffer, list(change))

    # Deciding.

    def choose(self, command: str, hunk: str = "") -> None:
        """The code action of a hunk, at the line where its diagnostic is; of any hunk where the command is a file's."""
        shown = self.hunks()
        line = next((line for line, code in shown if code == hunk), shown[0][0] if shown else 0)
        self._nvim.lua("Typist.choose(...)", self.buffer, line, command, hunk)

    def command(self, command: str, token: str, *, here: bool = True, **argument: Any) -> None:
        """The command itself, from a key of the person's own. See `answered`.

        A client tells the changes of the buffer that a request comes from before it: not those of this one where the
        person is not `here`.
        """
        where = self.buffer if here else self._elsewhere
        self._nvim.lua("Typist.command(...)", where, command, argument, token)

    def answered(self, token: str) -> bool:
        """Whether that command is done."""
        return bool(self._nvim.lua("return Typist.answered[...]", token))

    def decide_while_typing(self, command: str, hunk: str, token: str) -> None:
        """In insert mode: a line is begun, the decision made, and the line typed to its end around what comes of it."""
        self._nvim.lua("Typist.go(...)", self.buffer, self._some_line())
        self._nvim.keys(f"o{self._word()} ")
        self._nvim.wait("vim.api.nvim_get_mode().mode == 'i'")
        self.command(command, token, hunkId=hunk)
        self._nvim.keys(f"{self._word()} ")
        self._nvim.until(lambda: self.answered(token), within=20)
        self._nvim.typed(f"{self._word()}<Esc>")

    # Looking.

    def hunks(self) -> list[tuple[int, str]]:
        """The hunks that are shown: line and id."""
        return [(line, code) for line, code in self._nvim.lua("return Typist.hunks(...)", self.buffer)]

    def leave(self) -> list[Any]:
        """The journal; the buffer is closed."""
        journal = list(self._nvim.lua("return Typist.take(...)", self.buffer))
        self._nvim.command(f"bwipeout! {self.buffer}")
        return journal

    def _read(self) -> tuple[int, list[str]]:
        look = "return {vim.api.nvim_buf_get_changedtick(...), vim.api.nvim_buf_get_lines(..., 0, -1, false)}"
        tick, lines = self._nvim.lua(look, self.buffer)
        return tick, list(lines)

    def _some_line(self) -> int:
        shown = self.hunks()
        if shown and self._rng.random() < 0.5:
            return max(0, self._rng.choice(shown)[0] + self._rng.randint(-2, 2))
        count = int(self._nvim.lua("return vim.api.nvim_buf_line_count(...)", self.buffer))
        return self._rng.randrange(count)

    def _word(self) -> str:
        self._count += 1
        return f"~{self._count}"
