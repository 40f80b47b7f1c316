"""refactor and find_usages: from a call to what the worker is asked, and from its answer to a draft or a text."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bridge.app.process import LocalProcess
from bridge.harness.errors import BridgeError, FileProblem, Stale, ToolInputError
from bridge.harness.ports.process import Child, Completed
from bridge.harness.refactoring.values import (
    Answer,
    Ask,
    Changed,
    ChangedFile,
    ChangeSignature,
    Extract,
    FindSymbol,
    Found,
    Inline,
    LineNote,
    Move,
    OrganiseImports,
    Parameter,
    Point,
    Refused,
    Rename,
    Request,
    Selection,
    Skipped,
    Symbol,
    Usages,
)
from bridge.harness.refactoring.wire import Reply, decode, encode
from bridge.harness.tools.builtin.find_usages import FindUsages, FindUsagesInput
from bridge.harness.tools.builtin.refactor import Refactor, RefactorInput
from bridge.harness.tools.refactorer import Refactorer
from bridge.harness.tools.search import Ripgrep
from bridge.harness.values.text import Sha
from bridge.harness.values.tools import Prepared
from bridge.harness.workspace.text import sha
from tests.harness.tools.desk import Desk

pytestmark = pytest.mark.anyio


class Answering:
    """A process port, and its child: gives the answer that it was made with, and keeps what was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Ask] = []
        self.ended = False

    async def run(self, argv: Sequence[str], cwd: Path, stdin: bytes = b"", limit: int = 4 << 20) -> Completed:
        return await LocalProcess().run(argv, cwd, stdin, limit)

    async def start(self, argv: Sequence[str], cwd: Path, limit: int = 0) -> Child:
        return self

    async def ask(self, line: bytes) -> bytes:
        request = decode(Request, line)
        self.asked.append(request.ask)
        return encode(Reply(request.id, self.answer))

    async def end(self) -> None:
        self.ended = True


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "ws").mkdir()
    desk = Desk(tmp_path / "ws")
    desk.write("a.py", "one = 1\r\ntwo = one\r\n")
    desk.write("b.py", "from a import one\n")
    return desk


async def refactor(desk: Desk, answer: Answer, **args: Any) -> Prepared:
    process = Answering(answer)
    tool = Refactor(Refactorer(process, Ripgrep(process)))
    return await tool.prepare(RefactorInput.model_validate(args), desk.context)


async def asked(desk: Desk, **args: Any) -> Ask:
    """What the worker is asked."""
    process = Answering(Refused("no"))
    tool = Refactor(Refactorer(process, Ripgrep(process)))
    with pytest.raises(ToolInputError, match=r"^no$"):
        await tool.prepare(RefactorInput.model_validate(args), desk.context)
    return process.asked[0]


def changed(*files: ChangedFile, **more: Any) -> Changed:
    return Changed("Rename `one` to `uno`", files, **more)


def edit_of(desk: Desk, name: str, new: str, **more: Any) -> ChangedFile:
    return ChangedFile(name, sha((desk.root / name).read_bytes().decode()), new, **more)


@pytest.mark.parametrize(
    ("args", "ask"),
    [
        ({"action": "rename", "symbol": "one", "new_name": "uno"}, Rename(Symbol(name="one"), "uno")),
        (
            {"action": "rename", "path": "./a.py", "line": 1, "new_name": "uno", "docs": False},
            Rename(Symbol("a.py", Point(1, 1)), "uno", docs=False),
        ),
        ({"action": "rename", "path": "a.py", "new_name": "c"}, Rename(Symbol("a.py"), "c")),
        (
            {"action": "inline", "path": "a.py", "line": 2, "column": 7, "symbol": "one"},
            Inline(Symbol("a.py", Point(2, 7), "one")),
        ),
        (
            {"action": "extract_variable", "path": "a.py", "line": 2, "column": 7, "end_line": 2, "end_column": 10},
            Extract(Selection("a.py", Point(2, 7), Point(2, 10)), "variable"),
        ),
        (
            {"action": "extract_function", "path": "a.py", "line": 1, "end_line": 2, "new_name": "f"},
            Extract(Selection("a.py", Point(1, 1), Point(2, 10)), "function", "f"),
        ),
        ({"action": "move", "symbol": "one", "to": "pkg.c"}, Move(Symbol(name="one"), "pkg.c")),
        ({"action": "move", "symbol": "one", "to": "./pkg/c.py"}, Move(Symbol(name="one"), "pkg/c.py")),
        (
            {
                "action": "change_signature",
                "symbol": "f",
                "parameters": [{"name": "a", "was": "b"}, {"name": "c", "default": "1", "value": "2"}],
            },
            ChangeSignature(Symbol(name="f"), (Parameter("a", "b"), Parameter("c", "", None, "1", "2"))),
        ),
        ({"action": "organise_imports", "path": "a.py"}, OrganiseImports("a.py")),
    ],
)
async def test_a_call_becomes_what_the_worker_understands(desk: Desk, args: dict[str, Any], ask: Ask) -> None:
    assert await asked(desk, **args) == ask


async def test_a_file_uri_is_a_path(desk: Desk) -> None:
    uri = (desk.root / "a.py").as_uri()
    assert await asked(desk, action="organise_imports", path=uri) == OrganiseImports("a.py")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"action": "rename", "symbol": "one"}, "new_name is needed"),
        ({"action": "rename", "new_name": "x"}, "say which name"),
        ({"action": "inline", "line": 3, "symbol": "one"}, "a line needs the path"),
        ({"action": "move", "symbol": "one", "to": " "}, "to is needed"),
        ({"action": "move", "symbol": "one", "to": "../c.py"}, "outside the workspace"),
        ({"action": "change_signature", "symbol": "f"}, "needs parameters"),
        ({"action": "organise_imports"}, "path is needed"),
        ({"action": "organise_imports", "path": "../a.py"}, "outside the workspace"),
        ({"action": "extract_function", "path": "a.py"}, "say which code"),
        ({"action": "extract_function", "path": "a.py", "line": 9}, "the selection is empty"),
        ({"action": "extract_variable", "path": "a.py", "line": 2, "column": 4, "end_column": 4}, "is empty"),
    ],
)
async def test_what_is_missing_is_said(desk: Desk, args: dict[str, Any], words: str) -> None:
    with pytest.raises(BridgeError, match=words):
        await refactor(desk, Refused("not asked"), **args)


RENAME = {"action": "rename", "symbol": "one", "new_name": "uno"}


async def test_an_answer_becomes_one_draft_for_all_files(desk: Desk) -> None:
    note = LineNote(2, "the type of `box` is not known")
    answer = changed(
        edit_of(desk, "a.py", "uno = 1\r\ntwo = uno\r\n", notes=(note,)),
        edit_of(desk, "b.py", "from a import uno\n"),
        ChangedFile("new/c.py", Sha(""), "x = 1\n"),
        remarks=("1 place was not changed, look: c.md:3",),
        skipped=(Skipped("bad.py", "it does not parse (line 3)"),),
    )
    prepared = await refactor(desk, answer, **RENAME)
    assert prepared.draft is not None
    draft = prepared.draft
    assert (prepared.title, draft.title, draft.atomic) == (answer.title, answer.title, True)
    assert draft.remarks == (
        "1 place was not changed, look: c.md:3",
        "not looked into: bad.py: it does not parse (line 3)",
    )
    assert [(one.op, Path(one.uri).name, one.old, one.new) for one in draft.files] == [
        ("edit", "a.py", "one = 1\r\ntwo = one\r\n", "uno = 1\r\ntwo = uno\r\n"),
        ("edit", "b.py", "from a import one\n", "from a import uno\n"),
        ("create", "c.py", "", "x = 1\n"),
    ]
    assert (draft.files[0].notes, draft.files[1].notes) == ((note,), ())
    assert draft.files[0].form.eol == "crlf"
    assert [(one.kind, Path(one.value).name, one.inside) for one in prepared.subjects] == [
        ("edit", "a.py", True),
        ("edit", "b.py", True),
        ("create", "c.py", True),
    ]


async def test_a_file_that_moves_is_made_anew_and_deleted(desk: Desk) -> None:
    desk.write("old.py", b"\xef\xbb\xbfx = 1\r\n")
    answer = changed(ChangedFile("old.py", sha("x = 1\r\n"), "x = 2\r\n", moved_to="new.py"))
    prepared = await refactor(desk, answer, **RENAME)
    assert prepared.draft is not None
    made, gone = prepared.draft.files
    assert (made.op, Path(made.uri).name, made.old, made.new) == ("create", "new.py", "", "x = 2\r\n")
    assert made.form == gone.form
    assert made.form.bom
    assert (gone.op, Path(gone.uri).name, gone.old, gone.new) == ("delete", "old.py", "x = 1\r\n", "")
    assert [one.kind for one in prepared.subjects] == ["create", "delete"]


async def test_what_changed_meanwhile_is_stale_and_computed_again(desk: Desk) -> None:
    answer = changed(edit_of(desk, "b.py", "from a import uno\n"))
    desk.open("b.py", "from a import one, two\n")
    with pytest.raises(Stale, match=r"b\.py changed while"):
        await refactor(desk, answer, **RENAME)


async def test_the_text_is_that_of_the_buffer_with_pending_work(desk: Desk) -> None:
    desk.open("b.py", "from a import one  # open\n")
    desk.workspace.see_pending(lambda _, text: text + "# pending\n", tuple)
    seen = "from a import one  # open\n# pending\n"
    prepared = await refactor(desk, changed(ChangedFile("b.py", sha(seen), "x\n")), **RENAME)
    assert prepared.draft is not None
    (file,) = prepared.draft.files
    assert (file.base, file.old, file.new) == ("from a import one  # open\n", seen, "x\n")
    assert file.source.version == 1


@pytest.mark.parametrize("path", ["../out.py", "/elsewhere/out.py"])
async def test_nothing_outside_the_workspace_is_drafted(desk: Desk, path: str) -> None:
    for answer in (ChangedFile(path, Sha(""), "x"), edit_of(desk, "a.py", "x", moved_to=path)):
        with pytest.raises(FileProblem, match="outside the workspace"):
            await refactor(desk, changed(answer), **RENAME)


async def test_a_new_file_does_not_replace_one_that_is_there(desk: Desk) -> None:
    with pytest.raises(ToolInputError, match=r"b\.py is there already"):
        await refactor(desk, changed(ChangedFile("b.py", Sha(""), "x")), **RENAME)


async def test_no_change_is_said_with_the_remarks(desk: Desk) -> None:
    same = edit_of(desk, "b.py", "from a import one\n")
    with pytest.raises(ToolInputError, match=r"there is nothing to change\nlook at c.md"):
        await refactor(desk, changed(same, remarks=("look at c.md",)), **RENAME)


async def test_a_refusal_comes_with_its_candidates(desk: Desk) -> None:
    rows = (
        Found("src/a.py", Point(12, 5), "function", "shop.a.total", "def total(items):"),
        Found("b.py", Point(1, 1), "module", "b", "from a import one"),
    )
    with pytest.raises(ToolInputError) as refused:
        await refactor(desk, Refused("Which?", rows), **RENAME)
    assert refused.value.hint == ""
    assert str(refused.value) == (
        "Which?\nCandidates:\nsrc/a.py:12:5: function shop.a.total: def total(items):\n"
        "b.py:1:1: module b: from a import one"
    )


USAGES = Usages(
    (Found("src/a.py", Point(12, 5), "function", "shop.a.total", "def total(items):"),),
    (
        Found("src/a.py", Point(1, 20), "mention", "total", '"""Has total."""', "docstring"),
        Found("src/b.py", Point(3, 15), "import", "total", "from a import total"),
        Found("src/b.py", Point(9, 11), "use", "total", "return total(x)"),
        Found("src/c.py", Point(4, 9), "uncertain", "total", "box.total()", "the type of `box` is not known"),
    ),
    (Skipped("src/bad.py", "it does not parse (line 3)"),),
)
TEXT = """\
[definitions]
src/a.py:12:5: function shop.a.total: def total(items):
[usages]
src/b.py:3:15: import: from a import total
src/b.py:9:11: use: return total(x)
[uncertain]
src/c.py:4:9: use: box.total()   (the type of `box` is not known)
[mentions]
src/a.py:1:20: docstring: \"\"\"Has total.\"\"\"
[not looked into]
src/bad.py: it does not parse (line 3)"""


@pytest.mark.parametrize(("answer", "text"), [(USAGES, TEXT), (Usages(()), "[definitions]\nnone")])
async def test_usages_are_told_by_section(desk: Desk, answer: Usages, text: str) -> None:
    process = Answering(answer)
    tool = FindUsages(Refactorer(process, Ripgrep(process)))
    given = FindUsagesInput(symbol="total", usages=True)
    prepared = await tool.prepare(given, desk.context)
    assert [(one.kind, one.value) for one in prepared.subjects] == [("read", str(desk.root))]
    assert process.asked == []
    outcome = await tool.commit(prepared, desk.context)
    assert outcome.model == text
    assert process.asked == [FindSymbol(Symbol(name="total"), usages=True)]


async def test_no_name_of_a_file_and_no_line_of_code_is_more_than_a_row(desk: Desk) -> None:
    odd = "a\n[usages]\nb\x1b[2J\udcff.py"
    answer = Usages(
        (Found(odd, Point(1, 1), "module", "m", "x = 1\r# \u202e\u2028"),), (), (Skipped(odd, "it\nfails"),)
    )
    process = Answering(answer)
    tool = FindUsages(Refactorer(process, Ripgrep(process)))
    prepared = await tool.prepare(FindUsagesInput(symbol="m\n[x]"), desk.context)
    assert prepared.title == "Finding `m\\n[x]`"
    shown = "a\\n[usages]\\nb\\x1b[2J\\udcff.py"
    assert (await tool.commit(prepared, desk.context)).model.splitlines() == [
        "[definitions]",
        f"{shown}:1:1: module m: x = 1\\r# \\u202e\\u2028",
        "[not looked into]",
        f"{shown}: it\\nfails",
    ]
    with pytest.raises(ToolInputError) as refused:
        await refactor(desk, Refused("No\nNote: yes", answer.definitions), **RENAME)
    assert len(str(refused.value).splitlines()) == 3


async def test_titles_and_remarks_are_one_line_each(desk: Desk) -> None:
    file = edit_of(desk, "b.py", "from a import uno\n")
    answer = Changed("Rename\n`one`", (file,), ("look\nat c",), (Skipped("a\nb.py", "it does not parse"),))
    prepared = await refactor(desk, answer, **RENAME)
    assert prepared.draft is not None
    assert prepared.title == prepared.draft.title == "Rename\\n`one`"
    assert prepared.draft.remarks == ("look\\nat c", "not looked into: a\\nb.py: it does not parse")


async def test_a_search_needs_a_name_or_a_place(desk: Desk) -> None:
    with pytest.raises(ToolInputError, match="give symbol, or path and line"):
        await desk.prepare("find_usages", path="a.py")


@pytest.fixture
async def real(desk: Desk) -> AsyncIterator[Desk]:
    """With the worker that ships."""
    try:
        yield desk
    finally:
        await desk.refactorer.close()


async def test_the_real_worker_finds_in_buffers_before_files(real: Desk) -> None:
    assert await real.run("find_usages", symbol="one") == "[definitions]\na.py:1:1: variable a.one: one = 1"
    real.open("a.py", "\r\ndef one(): ...\r\n")
    assert await real.run("find_usages", symbol="one") == "[definitions]\na.py:2:5: function a.one: def one(): ..."
    with pytest.raises(ToolInputError, match=r"`onne` is not defined .* Perhaps `one`\?"):
        await real.run("find_usages", symbol="onne")


async def test_the_real_worker_renames_over_files_and_keeps_their_line_ends(real: Desk) -> None:
    prepared = await real.prepare("refactor", action="rename", symbol="one", new_name="uno")
    assert prepared.draft is not None
    assert {Path(file.uri).name: file.new for file in prepared.draft.files} == {
        "a.py": "uno = 1\r\ntwo = uno\r\n",
        "b.py": "from a import uno\n",
    }
