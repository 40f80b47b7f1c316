import json
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp

from bridge.surfaces.lsp.capabilities import COMMANDS, initialize_result
from bridge.surfaces.lsp.jsonrpc import RpcError
from bridge.surfaces.lsp.peer import Peer
from bridge.surfaces.lsp.pygls_side import PyglsSide
from bridge.surfaces.lsp.surface import build
from tests.support.corpora import corpus_path, ran
from tests.surfaces.lsp.fakes import FakeOutbox

CORPUS = "lsp-client-capabilities"
PROFILES = sorted(corpus_path(CORPUS).glob("*_v*.json")) + sorted(
    Path(pytest_lsp.__file__).with_name("clients").glob("*.json")
)
FILES = {"filters": [{"scheme": "file", "pattern": {"glob": "**/*"}}]}
BOTH = {"didRename": FILES, "didDelete": FILES}
METHODS = tuple(build(Peer(FakeOutbox())).routes)
"""What the production surface serves."""


def lean(value: Any) -> Any:
    """Without what says "no": false, null, and objects of nothing else."""
    if isinstance(value, dict):
        kept = {key: lean(member) for key, member in value.items()}
        return {
            key: member for key, member in kept.items() if member is not None and member is not False and member != {}
        }
    return value


def both(params: dict[str, Any]) -> tuple[Any, Any]:
    return lean(initialize_result(params)), lean(PyglsSide().initialize(params, METHODS))


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_early_answer_is_the_one_that_pygls_gives(path: Path) -> None:
    profile = json.loads(path.read_text(encoding="utf-8"))
    early, late = both({"processId": None, "rootUri": "file:///w", **profile})
    assert early == late
    if path.parent.name == CORPUS:
        ran(CORPUS, path.name)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-16", "utf-8"], "utf-16"),
        (["utf-32"], "utf-32"),
        (["utf-7", "utf-32", "utf-8"], "utf-32"),
        (["utf-7"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
        ("utf-8", "utf-16"),
        ([5, {}, "utf-8"], "utf-8"),
    ],
)
def test_the_position_encoding_is_the_first_of_the_clients_that_we_speak(offered: Any, chosen: str) -> None:
    early, late = both(
        {"processId": None, "rootUri": None, "capabilities": {"general": {"positionEncodings": offered}}}
    )
    assert early["capabilities"]["positionEncoding"] == chosen
    assert early == late


@pytest.mark.parametrize(
    "params",
    [
        {"capabilities": {"general": 5}},
        {"capabilities": {"textDocument": {"codeAction": "yes"}}, "processId": "x", "rootUri": 5},
        {"capabilities": {"workspace": {"symbol": {"symbolKind": {"valueSet": [99]}}}}, "processId": None},
        {"capabilities": {}, "workspaceFolders": [{"uri": 5}, {"uri": "file:///w", "name": "w"}], "rootUri": None},
        {"capabilities": {}, "trace": "loud", "processId": -1, "rootUri": "file:///w"},
    ],
)
def test_odd_params_are_answered_alike_and_keep_what_is_sound_in_them(params: dict[str, Any]) -> None:
    early, late = both(params)
    assert early == late


@pytest.mark.parametrize(
    ("workspace", "announced"),
    [
        ({}, {}),
        ({"textDocumentContent": {}}, {"textDocumentContent": {"schemes": ["harness"]}}),
        ({"textDocumentContent": {"dynamicRegistration": True}}, {"textDocumentContent": {"schemes": ["harness"]}}),
        ({"textDocumentContent": None}, {}),
        ({"textDocumentContent": True}, {}),
        ({"textDocumentContent": {"dynamicRegistration": "often"}}, {"textDocumentContent": {"schemes": ["harness"]}}),
        ({"fileOperations": {"didRename": True}}, {"fileOperations": {"didRename": FILES}}),
        ({"fileOperations": {"didRename": True, "didDelete": True, "willRename": True}}, {"fileOperations": BOTH}),
        ({"fileOperations": {"didRename": "yes", "didDelete": True}}, {"fileOperations": {"didDelete": FILES}}),
        ({"fileOperations": {"willRename": True, "didCreate": True}}, {}),
        ({"fileOperations": []}, {}),
    ],
)
def test_what_a_client_can_tell_and_open_in_its_workspace_is_announced_to_it(
    workspace: dict[str, Any], announced: dict[str, Any]
) -> None:
    early, late = both({"processId": None, "rootUri": None, "capabilities": {"workspace": workspace}})
    folders = {"workspaceFolders": {"supported": True, "changeNotifications": True}}
    assert early["capabilities"]["workspace"] == folders | announced
    assert early == late


def test_what_is_asked_for_in_a_document_is_announced_to_everyone() -> None:
    announced = initialize_result({"capabilities": {}})["capabilities"]
    side = PyglsSide().initialize({"capabilities": {}}, METHODS)["capabilities"]
    for provider in ("codeActionProvider", "codeLensProvider", "inlayHintProvider"):
        assert announced[provider] == side[provider]  # type: ignore[index]  # it is an object of objects


def test_sound_folders_survive_odd_params() -> None:
    side = PyglsSide()
    folders = [{"uri": "file:///w", "name": "w"}, {"uri": 5}]
    side.initialize({"capabilities": {}, "workspaceFolders": folders}, METHODS)
    assert side.folders == ("file:///w",)


@pytest.mark.parametrize("params", [None, [], {}, {"capabilities": None}, {"capabilities": []}])
def test_params_without_capabilities_are_refused(params: Any) -> None:
    with pytest.raises(RpcError) as refused:
        PyglsSide().initialize(params, METHODS)
    assert refused.value.code == -32602


def test_the_commands_are_announced_in_the_order_of_the_list() -> None:
    announced = PyglsSide().initialize({"capabilities": {}}, METHODS)["capabilities"]["executeCommandProvider"]
    assert announced == {"commands": list(COMMANDS)}


def test_folders_follow_the_clients_changes_and_two_clients_share_none() -> None:
    first, second = PyglsSide(), PyglsSide()
    for side in (first, second):
        side.initialize({"capabilities": {}, "workspaceFolders": [{"uri": "file:///a", "name": "a"}]}, METHODS)
    added, removed = {"uri": "file:///b", "name": "b"}, {"uri": "file:///a", "name": "a"}
    first.did_change_folders({"event": {"added": [added], "removed": [removed]}})
    assert first.folders == ("file:///b",)
    assert second.folders == ("file:///a",)


@pytest.mark.parametrize("event", [None, {}, {"added": 5, "removed": []}, {"added": [{"uri": 5}], "removed": []}])
def test_a_malformed_change_of_folders_is_refused(event: Any) -> None:
    side = PyglsSide()
    side.initialize({"capabilities": {}}, METHODS)
    with pytest.raises(RpcError):
        side.did_change_folders({"event": event})
