"""The daemon as it is without any setting: a rename over an unsaved buffer and a file on disk, by standard LSP."""

from pathlib import Path

from tests.support.bridge import Bridge
from tests.support.editor import FULL, Editor

SAVED = "def total(items):\n    return sum(items)\n"
UNSAVED = f"{SAVED}\n\nprint(total([1]))\n"
USER = "from shop import total\n\nprint(total([2]))\n"


def test_a_rename_reaches_the_unsaved_buffer_and_the_file_on_disk(tmp_path: Path) -> None:
    with Bridge(tmp_path, (), FULL, {"model": ""}) as bridge:
        (bridge.work / "shop.py").write_text(SAVED)
        (bridge.work / "user.py").write_text(USER)
        editor = Editor(bridge)
        uri = editor.open("shop.py", UNSAVED)
        editor.command("harness.prompt", text="rename total to grand_total")
        editor.hunks(uri, 2)
        for hunk in (*editor.hunks(uri, 2), *editor.hunks((bridge.work / "user.py").as_uri(), 2)):
            editor.command("harness.accept", hunkId=hunk["code"])
        assert "all 4 changes were accepted and applied" in editor.ended()
        assert editor.text(uri) == UNSAVED.replace("total", "grand_total")
        assert (bridge.work / "shop.py").read_text() == SAVED
        assert (bridge.work / "user.py").read_text() == USER.replace("total", "grand_total")
        assert "incident" not in bridge.client.log()
