"""One window of a real VS Code, driven as a person does: typed keys, clicked lenses, notifications, quick picks.

What a person reads off the screen is read there; whole texts, unsaved marks and lenses out of sight come from a helper
extension. Paths are absolute or the workspace's.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.corpora import PROJECT
from tests.support.eventually import eventually
from tests.support.json_lines import CallFailed
from tests.support.nvim import DAEMON, Place
from tests.support.vscode_host import WINDOW_S, VsCodeHost, descendants

SHOTS = os.environ.get("HARNESS_BRIDGE_TEST_SHOTS")
"""The folder for pictures and figures; without it none are made."""

LENS = ".codelens-decoration a"
TOAST = ".notifications-toasts .notification-list-item"
QUICK_INPUT = ".quick-input-widget"
QUICK_FIELD = ".quick-input-widget .quick-input-box input"
QUICK_ROW = ".quick-input-list .monaco-list-row"
STATUS = ".statusbar-item"
EDITOR = ".editor-group-container.active .editor-instance"
PALETTES, PALETTE_S = 3, 5.0
"""How often the palette is opened for a command, and how long it is waited for each time, in seconds."""

DIFF = ".editor-group-container.active .editor.modified"

Row = dict[str, Any]

_LATENCY = """(() => {
  const taken = (window.harnessKeys = []);
  let pressed;
  document.addEventListener('keydown', () => { pressed ??= performance.now(); }, true);
  const lines = document.activeElement.closest('.monaco-editor').querySelector('.view-lines');
  new MutationObserver(() => {
    if (pressed === undefined) return;
    const start = pressed;
    pressed = undefined;
    requestAnimationFrame(() => setTimeout(() => taken.push(performance.now() - start)));
  }).observe(lines, { subtree: true, childList: true, characterData: true });
})()"""


def daemon_settings(place: Place) -> Row:
    """The person's settings that make the extension start this environment's daemon, with the scripted model."""
    return {
        "harnessBridge.command": list(DAEMON),
        "harnessBridge.model": "scripted",
        "harnessBridge.stateDir": str(place.state),
        "harnessBridge.env": {"HARNESS_BRIDGE_SCRIPT": str(place.script), "PYTHONPATH": str(PROJECT)},
    }


@dataclass
class VsCode:
    """A window on a workspace. A context manager: entering it opens a new window, which remembers nothing."""

    host: VsCodeHost
    place: Place
    settings: Mapping[str, Any] = field(default_factory=dict)
    pid: int = 0
    """The extension host, whose child the daemon is."""

    def __enter__(self) -> Self:
        """Open it, and wait until it can be used."""
        self.host.visit(self.place.work, {**daemon_settings(self.place), **self.settings})
        self._attach()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Leave it; the next window closes it."""
        self._helper.close()

    def reload(self) -> None:
        """As *Developer: Reload Window*: a new extension host, the editors as they were."""
        self._helper.close()
        self.host.call("reload", within=WINDOW_S)
        self._attach()

    def _attach(self) -> None:
        self.pid, self._helper = self.host.helper(after=self.pid or self.host.last_pid)
        self.host.last_pid = self.pid
        self.shows(".monaco-workbench .part.statusbar", within=WINDOW_S)

    # Files and editors.

    def path(self, file: Path | str) -> str:
        """A path as the editor has it."""
        return str(self.place.work / file)

    def open(self, file: Path | str, line: int = 0, character: int = 0) -> None:
        """Open a file, or go to a 0-based place in it, with the focus in its text."""
        self._helper.call("show", file=self.path(file), line=line, character=character)

        def there() -> bool:
            active = self.active()
            assert active["file"] == self.path(file), active
            # The extension host believes what it asked for; the status bar has it from the editor.
            assert self.status(f"Ln {line + 1}, Col {character + 1}"), self.texts(STATUS)
            return True

        eventually(there)
        self.host.call("focus", selector=f"{EDITOR} .native-edit-context, {EDITOR} textarea.inputarea")

    def active(self) -> Row:
        """The editor with the focus: file, text, dirty, version, selections, uri."""
        found = self._helper.call("active")
        assert found, "no editor is open"
        return dict(found)

    def document(self, file: Path | str) -> Row:
        """An open document: text, dirty, version, uri."""
        found = self._helper.call("document", file=self.path(file))
        assert found, f"{file} is not open"
        return dict(found)

    def text(self, file: Path | str) -> str:
        """The whole text of an open document, with its line endings."""
        return str(self.document(file)["text"])

    def is_dirty(self, file: Path | str) -> bool:
        """Whether it has unsaved changes."""
        return bool(self.document(file)["dirty"])

    def has(self, file: Path | str, text: str, within: float = 10.0) -> None:
        """Wait until this is the document's whole text."""
        self.until(lambda: _equal(self.text(file), text), within)

    def tabs(self) -> list[Row]:
        """The tabs: label, active, dirty."""
        return list(self._helper.call("tabs"))

    # The keyboard.

    def press(self, *keys: str) -> None:
        """Keys by their names, such as `Control+Z`."""
        for key in keys:
            self.host.call("press", key=key)

    def type(self, text: str) -> None:
        """Type where the focus is; a new line is the Enter key."""
        self.host.call("type", text=text)

    def undo(self) -> None:
        """One step back, by the key."""
        self.press("Control+Z")

    def redo(self) -> None:
        """One step forth, by the key."""
        self.press("Control+Y")

    def save(self) -> None:
        """Save the focused editor, by the key."""
        self.press("Control+S")

    # Commands, quick picks, input boxes.

    def command(self, title: str) -> None:
        """Choose a command in the palette, which is opened again as long as it does not offer it: it lists what is
        possible at the moment in which it opens, and what an extension tells of that comes a moment later.
        """
        for _ in range(PALETTES):
            self.press("F1")
            self.host.call("fill", selector=QUICK_FIELD, value=f">{title}")
            with suppress(CallFailed):
                self.host.call("wait", selector=QUICK_ROW, text=title, state="visible", within=PALETTE_S)
                break
            self.press("Escape")
        self.pick(title)

    def execute(self, command: str, *given: Any) -> Any:
        """Run a command by its id, without the palette; its answer."""
        return self._helper.call("execute", command=command, given=given)

    def pick(self, text: str) -> None:
        """Choose the row of the open quick pick that holds this text."""
        self.host.call("wait", selector=QUICK_ROW, text=text, state="visible")
        self.host.call("click", selector=QUICK_ROW, text=text)

    def picks(self, within: float = 10.0) -> list[str]:
        """The rows of the open quick pick."""
        self.shows(QUICK_ROW, within=within)
        return self.texts(QUICK_ROW)

    def answer(self, text: str, title: str = "") -> None:
        """Fill in the open input box that holds this title or prompt, and press Enter."""
        self.host.call("wait", selector=QUICK_INPUT, text=title, state="visible")
        self.host.call("fill", selector=QUICK_FIELD, value=text)
        self.press("Enter")

    # Lenses, notifications, the status bar.

    def lenses(self, file: Path | str = "") -> list[tuple[int, str]]:
        """Every lens of an open file (or the active document): its 0-based line, and its title without the icon."""
        uri = Path(self.path(file)).as_uri() if file else self.active()["uri"]
        return [(row["line"], _plain(row["title"])) for row in self._helper.call("lenses", uri=uri, limit=20_000)]

    def seen_lenses(self) -> list[str]:
        """The titles that are on the screen now."""
        return self.texts(LENS)

    def click_lens(self, line: int, text: str, editor: str = EDITOR) -> None:
        """Click the lens above a 0-based line whose title holds this text. Text and lens must be on the screen.

        The `editor` may be DIFF, the right side of a diff. Lenses are drawn anew while one looks: it looks again.
        """

        def clicked() -> bool:
            self.host.call("clickLens", editor=editor, line=line, text=text, within=2.0)
            return True

        eventually(clicked, 10.0)

    def notifications(self) -> list[str]:
        """The texts of the notifications on the screen."""
        return self.texts(TOAST)

    def notified(self, text: str, within: float = 10.0) -> str:
        """Wait for a notification that holds this text; the whole of it."""
        self.shows(TOAST, text, within)
        return next(each for each in self.notifications() if text in each)

    def said(self) -> list[str]:
        """The words of all notifications of this window, those that are gone too, each once."""
        return list(self.evaluate("window.harnessSaid"))

    def click_notification(self, button: str, text: str = "") -> None:
        """Click a button of the notification that holds a text."""
        self.host.call("click", selector=f"{TOAST}:has-text({_quoted(text)}) .monaco-button", text=button)

    def status(self, text: str = "") -> str:
        """The status bar's item that holds this text."""
        return next((each for each in self.texts(STATUS) if text in each), "")

    # The screen.

    def shows(self, selector: str, text: str | None = None, within: float = 10.0) -> None:
        """Wait until something that holds a text is to be seen."""
        self.host.call("wait", selector=selector, text=text, state="visible", within=within)

    def hides(self, selector: str, text: str | None = None, within: float = 10.0) -> None:
        """Wait until nothing that holds a text is to be seen there."""
        self.host.call("wait", selector=selector, text=text, state="hidden", within=within)

    def click(self, selector: str, text: str | None = None, index: int = 0) -> None:
        """Click whatever a selector finds."""
        self.host.call("click", selector=selector, text=text, index=index)

    def hover(self, selector: str) -> None:
        """Put the mouse over whatever a selector finds."""
        self.host.call("hover", selector=selector)

    def texts(self, selector: str) -> list[str]:
        """The texts of all that a selector finds, without non-breaking spaces."""
        return [_plain(text) for text in self.host.call("texts", selector=selector)]

    def count(self, selector: str) -> int:
        """How many a selector finds on the screen."""
        return int(self.host.call("count", selector=selector))

    def evaluate(self, expression: str) -> Any:
        """The value of JavaScript in the page."""
        return self.host.call("evaluate", expression=expression)

    def typing(self, text: str) -> list[float]:
        """Type; for each key the milliseconds from the press to the frame that shows it. The focus is in a text."""
        self.evaluate(_LATENCY)
        for number, letter in enumerate(text, 1):
            self.press(letter)
            self._shown_keys(number)
        return [float(taken) for taken in self.evaluate("window.harnessKeys")]

    def _shown_keys(self, count: int) -> None:
        eventually(lambda: self.evaluate(f"window.harnessKeys.length >= {count}"))

    def screenshot(self, name: str) -> None:
        """Keep a picture of the window, where HARNESS_BRIDGE_TEST_SHOTS names a folder."""
        if SHOTS:
            self.host.call("shot", path=str(_shots() / f"{name}.png"))

    def keep(self, name: str, figures: Mapping[str, float]) -> None:
        """Keep what was measured beside the pictures."""
        if SHOTS:
            (_shots() / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

    # Waiting.

    def ended(self, stop: str = "end_turn", count: int = 1, within: float = 20.0) -> None:
        """Wait until the log has so many ends of turns, the last of them so."""

        def stopped() -> bool:
            stops = [row["stop"] for row in self.place.records("TurnEnded")]
            assert len(stops) == count, f"{stops}; {self.notifications()}"
            assert stops[-1] == stop, f"{stops}; {self.notifications()}"
            return True

        eventually(stopped, within)

    def daemon_pid(self) -> int:
        """The running daemon."""

        def found() -> int:
            daemons = [pid for pid, line in descendants(self.pid).items() if line == " ".join(DAEMON)]
            assert len(daemons) == 1, descendants(self.pid)
            return daemons[0]

        return eventually(found, 20.0)

    def until(self, predicate: Callable[[], Any], within: float = 10.0) -> Any:
        """See `eventually`."""
        return eventually(predicate, within)

    def running(self, extension: str) -> bool:
        """Whether an extension has been activated."""
        return bool(self._helper.call("running", extension=extension))

    def diagnostics(self, file: Path | str) -> list[Row]:
        """The problems that are shown of a file."""
        return list(self._helper.call("diagnostics", file=self.path(file)))

    def seen(self) -> str:
        """What a person would see at a failure, in words; a picture too where the test's folder is."""
        picture = self.place.root / "failure.png"
        try:
            self.host.call("shot", path=str(picture))
            seen: Sequence[str] = (
                f"picture: {picture}",
                f"notifications: {self.said()}",
                f"lenses: {self.seen_lenses()}",
                f"status: {self.texts(STATUS)}",
                f"log: {[row['kind'] for row in self.place.log()][-30:]}",
                f"errors in the page: {self.host.call('errors')}",
            )
        except CallFailed as failed:
            seen = (f"the window is gone: {failed}",)
        return "\n".join((*seen, f"code-server: {self.host.log()}"))


def _shots() -> Path:
    folder = Path(SHOTS or "").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _equal(found: str, wanted: str) -> bool:
    assert found == wanted, f"{found!r} is not {wanted!r}"
    return True


def _plain(text: str) -> str:
    """Without icons, and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"\$\([a-z~-]+\)", "", text)).strip()


def _quoted(text: str) -> str:
    """A text inside a CSS selector."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
