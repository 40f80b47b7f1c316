"""An independent client, with what real editors declare: its checks of the specification stay quiet."""

import ast
import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import LanguageClient, LspSpecificationWarning, client_capabilities, make_test_lsp_client

from tests.support.bridge import BRIDGE, Bridge
from tests.support.corpora import PROJECT
from tests.support.raw_client import PATIENCE_S
from tests.support.script import edit, step

LINES = "# agent: shout\n" + "".join(f"line {n}\n" for n in range(1, 21))
STEPS = [step(edit("a.py", ("line 3\n", "LINE 3\n"), ("line 10\n", "LINE 10\n"))), step(say="Done.")]
SHOWN = (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, types.WINDOW_SHOW_MESSAGE)


class Editor:
    """What pytest-lsp leaves to the test: documents, and answers."""

    def __init__(self, client: LanguageClient, work: Path) -> None:
        self.client = client
        self.uri = (work / "a.py").as_uri()
        self.text, self.version = LINES, 1

        def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            return self.apply(params)  # pygls marks what it is given, and a method can't be marked

        client.feature(types.WORKSPACE_APPLY_EDIT)(apply)
        client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda _: None)

    def apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        (change,) = params.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version == self.version
        lines = self.text.splitlines(keepends=True)
        for one in sorted(change.edits, key=lambda one: one.range.start.line, reverse=True):
            assert isinstance(one, types.TextEdit)
            lines[one.range.start.line : one.range.end.line] = [one.new_text]
        self.text, self.version = "".join(lines), self.version + 1
        document = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)
        whole = types.TextDocumentContentChangeWholeDocument(text=self.text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
        return types.ApplyWorkspaceEditResult(applied=True)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for the notifications that make it so."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                waits = [asyncio.ensure_future(self.client.wait_for_notification(name)) for name in SHOWN]
                _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in pending:
                    wait.cancel()


Connected = Callable[[str], Awaitable[Editor]]


@pytest_asyncio.fixture
async def connected(tmp_path: Path) -> AsyncIterator[Connected]:
    """Starts a daemon for a client with the capabilities of a named editor."""
    clients: list[LanguageClient] = []

    async def connect(profile: str) -> Editor:
        client = make_test_lsp_client()
        clients.append(client)
        folder = Bridge.prepare(tmp_path, STEPS)
        await client.start_io(*BRIDGE, cwd=PROJECT, env=dict(os.environ))
        params = types.InitializeParams(
            capabilities=client_capabilities(profile),
            root_uri=folder.work.as_uri(),
            workspace_folders=[types.WorkspaceFolder(folder.work.as_uri(), "work")],
            initialization_options=folder.options,
        )
        await client.initialize_session(params)
        return Editor(client, folder.work)

    yield connect
    for client in clients:
        await client.shutdown_session()
        await client.stop()  # type: ignore[no-untyped-call]
        assert client.error is None


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["neovim@v0.11.0", "visual_studio_code@v1.65.2", "emacs@v29.1"])
async def test_the_story_of_a_review_in_the_words_of_the_specification(
    profile: str, connected: Connected, recwarn: pytest.WarningsRecorder
) -> None:
    editor = await connected(profile)
    client, document = editor.client, types.TextDocumentIdentifier(editor.uri)
    item = types.TextDocumentItem(uri=editor.uri, language_id="python", version=1, text=LINES)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    (lens,) = await client.text_document_code_lens_async(types.CodeLensParams(document)) or ()
    assert lens.command is not None
    await _run(client, lens.command)
    await editor.until(lambda: len(client.diagnostics.get(editor.uri, ())) == 2)
    first, second = client.diagnostics[editor.uri]
    assert {first.severity, second.severity} == {types.DiagnosticSeverity.Hint}

    accept = await _action(client, document, first, "Accept hunk 1/2")
    await _run(client, accept)
    assert editor.text == LINES.replace("line 3\n", "LINE 3\n")
    await _run(client, await _action(client, document, second, "Reject hunk 2/2"))
    await editor.until(lambda: not client.diagnostics[editor.uri] and bool(client.messages))
    kinds = [[type(report).__name__ for report in reports] for reports in client.progress_reports.values()]
    assert [(k[0], k[-1]) for k in kinds] == [("WorkDoneProgressBegin", "WorkDoneProgressEnd")]
    assert [str(one.message) for one in recwarn if issubclass(one.category, LspSpecificationWarning)] == []


async def _action(
    client: LanguageClient, document: types.TextDocumentIdentifier, row: types.Diagnostic, title: str
) -> types.Command:
    only = [types.CodeActionKind.QuickFix]
    params = types.CodeActionParams(document, row.range, types.CodeActionContext([row], only=only))
    actions = await client.text_document_code_action_async(params)
    # lsprotocol takes a code action that has a command for a command: the text in place of its name is the command.
    found = ast.literal_eval(str(next(one for one in actions or () if one.title.startswith(title)).command))
    return types.Command(found["title"], found["command"], arguments=found["arguments"])


async def _run(client: LanguageClient, command: types.Command) -> None:
    params = types.ExecuteCommandParams(command.command, arguments=command.arguments)
    await client.workspace_execute_command_async(params)
