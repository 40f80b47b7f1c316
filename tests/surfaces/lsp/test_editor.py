"""Offsets to an editor's positions, and what becomes of its answers to an edit."""

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.ids import Uri
from bridge.harness.ports.editor import DocumentEdit, EditReply
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex
from bridge.protocol.base import strict
from bridge.protocol.editor import ApplyEditorRequest, SaveEditorRequest
from bridge.surfaces.lsp.editor import LspEditor, to_range
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.peer import Peer
from tests.surfaces.lsp.fakes import FakeOutbox

URI = Uri("file:///w/a.py")
ASTRAL = "x\N{GRINNING FACE}é\r\ny\n"
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_columns_are_counted_in_the_units_of_the_encoding(encoding: Encoding, end: int) -> None:
    found = to_range(LineIndex(ASTRAL), 0, ASTRAL.index("\r"), encoding)
    assert found == {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": end}}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_end_of_the_text_is_a_position(encoding: Encoding) -> None:
    assert to_range(LineIndex(ASTRAL), len(ASTRAL), len(ASTRAL), encoding)["start"] == {"line": 2, "character": 0}
    assert to_range(LineIndex("é"), 1, 1, encoding)["start"]["line"] == 0
    assert to_range(LineIndex(""), 0, 0, encoding)["start"] == {"line": 0, "character": 0}


@given(st.text(alphabet="aé\N{GRINNING FACE}世\r\n", max_size=40), st.sampled_from(ENCODINGS), st.data())
def test_a_position_leads_back_to_its_offset(text: str, encoding: Encoding, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    index = LineIndex(text)
    line, character = index.position(offset, encoding)
    codec, width = CODECS[encoding]
    start = index.offset_of_line(line)
    if text[offset - 1 : offset + 1] == "\r\n":
        assert index.offset(line, character, encoding) == offset - 1  # inside a line end: the end of its line
    else:
        assert index.offset(line, character, encoding) == offset
        assert character == len(text[start:offset].encode(codec)) // width


async def sent(editor: LspEditor, outbox: FakeOutbox, peer: Peer, edit: DocumentEdit, reply: Response) -> Any:
    """Apply, answer; (what was sent, what came of it)."""
    came: list[EditReply] = []

    async def apply() -> None:
        came.append(await editor.apply(edit))

    async with anyio.create_task_group() as group:
        group.start_soon(apply)
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], reply.result, reply.error, reply.fault))
    return request["params"], came[0]


def parts(name: str = "", *, applies: bool = False, saves: bool = False) -> tuple[LspEditor, FakeOutbox, Peer]:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    editor = LspEditor(peer)
    editor.know(name, "utf-16", applies=applies, saves=saves)
    return editor, outbox, peer


def edit_of(text: str, change: TextChange, version: int = 4) -> DocumentEdit:
    return DocumentEdit(URI, version, text, (change,), "a label")


@pytest.mark.anyio
async def test_an_edit_is_one_versioned_document_change_in_the_clients_spelling() -> None:
    editor, outbox, peer = parts()
    editor.spell(URI, "file:///w/a%2Epy")
    params, reply = await sent(
        editor, outbox, peer, edit_of("a\nb\n", TextChange(2, 4, "B\n")), Response("", {"applied": True})
    )
    (change,) = params["edit"]["documentChanges"]
    assert set(params) == {"edit"}
    assert change["textDocument"] == {"uri": "file:///w/a%2Epy", "version": 4}
    assert change["edits"] == [
        {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}, "newText": "B\n"}
    ]
    assert reply == EditReply(applied=True)


@pytest.mark.anyio
async def test_in_a_text_of_mixed_line_ends_only_what_differs_is_replaced() -> None:
    editor, outbox, peer = parts()
    text = "a\r\nb\nc\r\n"
    params, _ = await sent(editor, outbox, peer, edit_of(text, TextChange(0, 8, "a\r\nB\nc\r\n")), Response("", None))
    (edit,) = params["edit"]["documentChanges"][0]["edits"]
    assert edit == {
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}},
        "newText": "B",
    }


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "version"), [("Neovim", 1), ("", 0), ("Other", 0)])
async def test_only_for_an_editor_that_does_not_check_version_0_it_is_raised(name: str, version: int) -> None:
    editor, outbox, peer = parts(name)
    params, _ = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n"), 0), Response("", None))
    assert params["edit"]["documentChanges"][0]["textDocument"]["version"] == version


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Response("", {"applied": False, "failureReason": "it is closed"}), "it is closed"),
        (Response("", {"applied": False}), ""),
        (Response("", {}), ""),
        (Response("", {"applied": "yes"}), ""),
        (Response("", {"applied": 1}), ""),
        (Response("", None), "the editor's answer was malformed"),
        (Response("", [True]), "the editor's answer was malformed"),
        (Response("", error={"code": -32601, "message": "no such method"}), "no such method (-32601)"),
        (Response("", fault="both a result and an error"), "malformed answer: both a result and an error (-32603)"),
    ],
)
async def test_whatever_is_no_clear_yes_is_not_applied(reply: Response, reason: str) -> None:
    editor, outbox, peer = parts()
    _, came = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n")), reply)
    assert came == EditReply(applied=False, reason=reason)


# A client that answers `harness/editor/apply` and `harness/editor/save`.


@pytest.mark.anyio
async def test_an_edit_of_ours_is_one_document_at_its_version_with_a_label_and_an_undo_group_of_its_own() -> None:
    editor, outbox, peer = parts(applies=True)
    editor.spell(URI, "file:///w/a%2Epy")
    groups = []
    for _ in range(2):
        params, reply = await sent(
            editor, outbox, peer, edit_of("a\nb\n", TextChange(2, 4, "B\n")), Response("", {"applied": True})
        )
        assert outbox.sent.pop()["method"] == "harness/editor/apply"
        with strict():
            request = ApplyEditorRequest.parse(params)
        assert (request.uri, request.version, request.label) == ("file:///w/a%2Epy", 4, "a label")
        assert params["edits"] == [
            {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}, "newText": "B\n"}
        ]
        assert reply == EditReply(applied=True)
        groups.append(request.undo_group)
    assert len(set(groups)) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("version", [0, 1, 9])
async def test_a_client_of_ours_compares_versions_as_it_has_told_them(version: int) -> None:
    editor, outbox, peer = parts("Neovim", applies=True)
    params, _ = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n"), version), Response("", None))
    assert params["version"] == version


def test_only_a_client_that_makes_undo_steps_can_have_the_policy_keep() -> None:
    assert not parts()[0].keeps
    assert not parts(saves=True)[0].keeps
    assert parts(applies=True)[0].keeps


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        ({"applied": True, "version": 5, "sha256": "0" * 64}, EditReply(applied=True)),
        ({"applied": True, "unknown": 1}, EditReply(applied=True)),
        (
            {"applied": False, "reason": "the document is at version 5"},
            EditReply(False, "the document is at version 5"),
        ),
        ({"applied": False, "version": 5}, EditReply(False, "")),
        ({"applied": False, "version": 2}, EditReply(False, "")),
    ],
)
async def test_a_clear_answer_is_taken_as_it_is(reply: Any, wanted: EditReply) -> None:
    editor, outbox, peer = parts(applies=True)
    _, came = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n")), Response("", reply))
    assert came == wanted


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Response("", {}), "malformed"),
        (Response("", None), "malformed"),
        (Response("", True), "malformed"),
        (Response("", [{"applied": True}]), "malformed"),
        (Response("", {"applied": "yes"}), "malformed"),
        (Response("", {"applied": 1}), "malformed"),
        (Response("", {"applied": True, "version": "5"}), "malformed"),
        (Response("", {"applied": True, "sha256": 5}), "malformed"),
        (Response("", {"applied": True, "reason": ["x"]}), "malformed"),
        (Response("", {"applied": True, "version": 4}), "that the version is 4"),
        (Response("", {"applied": True, "version": 0}), "that the version is 0"),
        (Response("", error={"code": -32601, "message": "no such method"}), "no such method"),
        (Response("", fault="both a result and an error"), "both a result and an error"),
    ],
)
async def test_an_answer_that_is_malformed_or_contradicts_itself_is_a_refusal(reply: Response, reason: str) -> None:
    editor, outbox, peer = parts(applies=True)
    _, came = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n")), reply)
    assert not came.applied
    assert reason in came.reason


@pytest.mark.anyio
@pytest.mark.parametrize("applies", [True, False])
async def test_an_editor_that_never_answers_is_not_waited_for_longer(applies: bool) -> None:
    outbox = FakeOutbox()
    editor = LspEditor(Peer(outbox), reply_s=0.01)
    editor.know("", "utf-16", applies=applies)
    came = await editor.apply(edit_of("a\n", TextChange(0, 2, "b\n")))
    assert came == EditReply(applied=False, reason="the editor did not answer")
    assert [m["method"] for m in outbox.sent][1:] == ["$/cancelRequest"]


@pytest.mark.anyio
async def test_documents_are_saved_in_the_clients_spelling() -> None:
    editor, outbox, peer = parts(saves=True)
    editor.spell(URI, "file:///w/a%2Epy")
    async with anyio.create_task_group() as group:
        group.start_soon(editor.save, [URI, Uri("file:///w/b.py")])
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], {"saved": ["file:///w/a%2Epy", "file:///w/b.py"]}))
    with strict():
        assert SaveEditorRequest.parse(request["params"]).uris == ("file:///w/a%2Epy", "file:///w/b.py")


@pytest.mark.anyio
@pytest.mark.parametrize(("saves", "uris"), [(False, [URI]), (True, [])])
async def test_who_can_t_save_is_not_asked_and_neither_is_anyone_for_nothing(saves: bool, uris: list[Uri]) -> None:
    editor, outbox, _ = parts(applies=True, saves=saves)
    await editor.save(uris)
    assert outbox.sent == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    "reply",
    [
        Response("", {"saved": []}),
        Response("", {"saved": "all"}),
        Response("", None),
        Response("", error={"code": 1, "message": "read-only"}),
    ],
)
async def test_what_is_not_saved_is_in_the_log_and_is_no_error(
    reply: Response, caplog: pytest.LogCaptureFixture
) -> None:
    editor, outbox, peer = parts(saves=True)
    async with anyio.create_task_group() as group:
        group.start_soon(editor.save, [URI])
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], reply.result, reply.error))
    assert URI in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "changes", "edits"),
    [
        ("a\nb\n", [TextChange(4, 4, "c\nd\n")], [((1, 1), (1, 1), "\nc\nd")]),
        ("a\r\nb\r\n", [TextChange(6, 6, "c\r\n")], [((1, 1), (1, 1), "\r\nc")]),
        ("a\nb", [TextChange(3, 3, "\nc")], [((1, 1), (1, 1), "\nc")]),
        ("a\nb\n", [TextChange(4, 4, "c")], [((2, 0), (2, 0), "c")]),
        ("", [TextChange(0, 0, "c\n")], [((0, 0), (0, 0), "c\n")]),
        ("\n", [TextChange(1, 1, "c\n")], [((0, 0), (0, 0), "\nc")]),
        ("a\nb\n", [TextChange(2, 4, "c\n")], [((1, 0), (2, 0), "c\n")]),
        (
            "a\nb\n",
            [TextChange(0, 2, "A\n"), TextChange(4, 4, "c\n")],
            [((0, 0), (1, 0), "A\n"), ((1, 1), (1, 1), "\nc")],
        ),
        (
            "a\nb\n",
            [TextChange(2, 4, "B\n"), TextChange(4, 4, "c\n")],
            [((1, 0), (2, 0), "B\n"), ((2, 0), (2, 0), "c\n")],
        ),
    ],
)
async def test_lines_after_the_last_one_are_added_at_its_end(
    text: str, changes: list[TextChange], edits: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    edit = DocumentEdit(URI, 3, text, tuple(changes), "a label")
    params, _ = await sent(LspEditor(peer), outbox, peer, edit, Response(0, result={"applied": True}))
    (change,) = params["edit"]["documentChanges"]
    assert [
        (tuple(one["range"]["start"].values()), tuple(one["range"]["end"].values()), one["newText"])
        for one in change["edits"]
    ] == edits
