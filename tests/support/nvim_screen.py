"""What a person sees: Neovim in a terminal, which is another Neovim's `:terminal`, read line by line."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from tests.support.eventually import eventually
from tests.support.nvim import DAEMON, Place, configuration, nvim_binary, private_env
from tests.support.nvim_rpc import NvimRpc

COLUMNS, LINES = 100, 30


class Screen:
    """A stock Neovim with nothing but the configuration of the daemon, in a terminal of 100 columns and 30 lines."""

    def __init__(self, place: Place, file: str, config: str = "") -> None:
        """`file` is opened, by its path in the workspace. `config` is more of init.lua."""
        self._place = place
        self._file = file
        self._config = config

    def __enter__(self) -> Self:
        """Start it, and wait until the daemon has the file."""
        init, attached = self._place.home / "screen.lua", self._place.home / "attached"
        tell = f"vim.api.nvim_create_autocmd('LspAttach', {{command = 'call writefile([], \"{attached}\")'}})\n"
        init.write_text(configuration(self._place, DAEMON) + self._config + tell, encoding="utf-8")
        env = {**private_env(self._place), "TERM": "xterm-256color"}
        self._rpc = NvimRpc([nvim_binary(), "--embed", "--headless", "--clean"], env, self._place.work)
        argv = [nvim_binary(), "--clean", "-u", str(init), self._file]
        self._lua(f"vim.o.columns, vim.o.lines, vim.o.laststatus, vim.o.cmdheight = {COLUMNS}, {LINES + 1}, 0, 1")
        self._job = self._lua("return vim.fn.jobstart(..., {term = true})", argv)
        eventually(attached.exists, 10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End both."""
        if error is not None:
            error.add_note(self.text())
        self._lua("vim.fn.jobstop(...); vim.fn.jobwait({...}, 2000)", self._job)
        self._rpc.end()

    def keys(self, text: str) -> None:
        """Type raw characters."""
        self._lua("vim.fn.chansend(...)", self._job, text)

    def text(self) -> str:
        """The screen now, without blanks at the ends of its lines."""
        lines = self._lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)")[-LINES:]
        return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"

    def shows(self, *texts: str, within: float = 10.0) -> str:
        """Wait until all of them are on the screen, and it stands still; the screen."""
        return eventually(self._still(texts), within)

    def _still(self, texts: tuple[str, ...]) -> Callable[[], str]:
        last = ""

        def look() -> str:
            nonlocal last
            now = self.text()
            before, last = last, now
            assert not [text for text in texts if text not in now], now
            assert now == before, now
            return now

        return look

    def _lua(self, code: str, *arguments: object) -> Any:
        return self._rpc.call("nvim_exec_lua", code, arguments)
