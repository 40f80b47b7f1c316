"""The workspace folders of a client."""

from pathlib import Path
from typing import Any

import pytest

from bridge.surfaces.lsp.folders import Folders
from bridge.surfaces.lsp.jsonrpc import RpcError

A, B, INNER = Path("/w/a"), Path("/w/b"), Path("/w/a/inner")


def folders(*paths: Path, **others: Any) -> Folders:
    rows = [{"uri": path.as_uri(), "name": path.name} for path in paths]
    return Folders({"capabilities": {}, "workspaceFolders": rows, **others})


def test_a_file_belongs_to_the_innermost_folder_that_holds_it() -> None:
    found = folders(A, B, INNER)
    assert found.holding(INNER / "x.py") == INNER
    assert found.holding(A / "x.py") == A
    assert found.holding(B / "deep" / "x.py") == B


def test_a_name_that_begins_like_a_folders_is_not_in_it() -> None:
    assert folders(A, B).holding(Path("/w/bc/x.py")) == A


def test_a_file_outside_of_all_and_no_file_at_all_belong_to_the_first() -> None:
    found = folders(B, A)
    assert found.first == B
    assert found.holding(Path("/elsewhere/x.py")) == B
    assert found.holding(None) == B


def test_without_folders_a_file_belongs_to_its_own() -> None:
    assert folders().holding(Path("/elsewhere/x.py")) == Path("/elsewhere")
    assert folders().holding(None) is None


@pytest.mark.parametrize(
    ("initialize", "first"),
    [
        ({"rootUri": "file:///w/a"}, A),
        ({"rootUri": "file:///w/a", "workspaceFolders": None}, A),
        ({"rootUri": "file:///w/a", "workspaceFolders": []}, A),
        ({"rootUri": "file:///w/a", "workspaceFolders": [{"uri": "file:///w/b"}]}, B),
        ({"rootPath": "/w/a"}, A),
        ({"rootPath": "w/a"}, None),
        ({"rootUri": None, "rootPath": None}, None),
        ({"rootUri": "file:///w/%61/"}, A),
        ({"rootUri": "untitled:x"}, None),
        ({"rootUri": "untitled:x", "rootPath": "/w/a"}, A),
        ({"rootUri": "file://["}, None),
        ({"workspaceFolders": [{"uri": "http://["}, {"uri": "file:///w/b"}]}, B),
        ({"workspaceFolders": [None, "x", 3, {}, {"uri": 3}, {"uri": "file:///w/b"}]}, B),
        ({"workspaceFolders": {"uri": "file:///w/b"}}, None),
        ({"rootUri": 3, "rootPath": ["/w/a"]}, None),
    ],
)
def test_the_first_folder_is_the_first_that_can_be_read(initialize: dict[str, Any], first: Path | None) -> None:
    assert Folders(initialize).first == first


def event(added: list[Path], removed: list[Path]) -> dict[str, Any]:
    rows = {
        "added": [{"uri": path.as_uri(), "name": path.name} for path in added],
        "removed": [{"uri": path.as_uri(), "name": path.name} for path in removed],
    }
    return {"event": rows}


@pytest.mark.anyio
async def test_folders_come_and_go() -> None:
    found = folders(A)
    await found.change(event([B], []))
    assert found.holding(B / "x.py") == B
    await found.change(event([], [A]))
    assert found.first == B
    assert found.holding(A / "x.py") == B


@pytest.mark.anyio
async def test_a_malformed_change_is_refused_and_changes_nothing() -> None:
    found = folders(A)
    for raw in ({}, {"event": None}, {"event": {"added": "x", "removed": []}}):
        with pytest.raises(RpcError):
            await found.change(raw)
    assert found.first == A
