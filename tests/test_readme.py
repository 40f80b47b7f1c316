"""What README.md tells a person to type works as it says."""

import re
from pathlib import Path

import pytest

from bridge.harness.models.offline.reading import Understood, read
from tests.support.bridge import Bridge
from tests.support.corpora import PROJECT
from tests.support.editor import FULL, Editor

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def said() -> list[str]:
    """What stands in the first column of the table of requests."""
    table = README.split("| say | and get |")[1].split("\n\n")[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    return [words for cell in first for words in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("words", said())
def test_each_request_of_the_table_is_understood(words: str) -> None:
    assert isinstance(read(words), Understood)


def test_the_comment_in_the_file_that_is_shown_brings_two_hunks(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    with Bridge(tmp_path, (), FULL, {"model": ""}) as bridge:
        editor = Editor(bridge)
        bridge.file("hello.py", found[1])
        uri = editor.open("hello.py", found[1])
        editor.act(editor.actions(uri, 0)["Ask agent: rename hello to greet"])
        assert len(editor.hunks(uri, 2)) == 2
        editor.act(editor.actions(uri, 1)["Accept all in file (2 hunks)"])
        assert editor.text(uri) == found[1].replace("def hello", "def greet").replace("\nhello()", "\ngreet()")


def test_the_pictures_that_are_shown_are_there() -> None:
    for path in re.findall(r"\]\(([^)]+\.(?:svg|png|md))\)", README):
        assert (PROJECT / path).exists(), path
