"""Unsaved text with characters beyond the basic plane, in each position encoding, as the agent reads it."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge import Bridge

UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


@pytest.mark.parametrize("encoding", sorted(UNITS))
def test_edits_behind_astral_characters_land_where_the_editor_means_them(encoding: str, tmp_path: Path) -> None:
    text = "x = '\N{GRINNING FACE}é'; y\nlast\n"
    character = len(text[: text.index("y")].encode(UNITS[encoding])) // WIDTH[encoding]
    spot = {"line": 0, "character": character}
    capabilities = {"general": {"positionEncodings": [encoding]}}
    read = {"calls": [{"tool": "read_file", "args": {"path": "a.py"}}]}
    with Bridge(tmp_path, [read, {"say": "done"}], capabilities) as bridge:
        uri = bridge.open("a.py", text)
        for version in (2, 3):
            bridge.change(uri, version, {"range": {"start": spot, "end": spot}, "text": str(version)})
        bridge.run("read it")
        assert bridge.outputs() == ["1\tx = '\N{GRINNING FACE}é'; 32y\n2\tlast\n"]


@pytest.mark.parametrize("encoding", sorted(UNITS))
def test_an_accepted_hunk_replaces_whole_lines_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    text = "\N{GRINNING FACE} = 1\nb = 2"
    edit = {"path": "a.py", "edits": [{"old_text": "b = 2", "new_text": "\N{GRINNING FACE}b = 3"}]}
    script: list[Any] = [{"calls": [{"tool": "edit_file", "args": edit}]}, {"say": "done"}]
    with Bridge(tmp_path, script, {"general": {"positionEncodings": [encoding]}}) as bridge:
        uri = bridge.open("a.py", text)
        bridge.prompt("do it")
        (hunk,) = bridge.hunks(uri)
        asking = bridge.accept(hunk)
        request: dict[str, Any] = bridge.client.asked("workspace/applyEdit")
        (change,) = request["params"]["edit"]["documentChanges"][0]["edits"]
        assert change["range"] == {
            "start": {"line": 1, "character": 0},
            "end": {"line": 1, "character": len("b = 2")},
        }
        bridge.change(uri, 2, {"text": "\N{GRINNING FACE} = 1\n\N{GRINNING FACE}b = 3"})
        bridge.client.answer(request, result={"applied": True})
        outcome = bridge.client.response(asking)["result"]["outcomes"][0]["outcome"]
        assert outcome == "present"
