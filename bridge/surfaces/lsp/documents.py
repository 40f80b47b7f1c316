"""The open documents as the client sees them: pygls' workspace with LSP's own idea of a line.

pygls 2.1.1 splits lines as Python does, also at U+2028, form feeds and others, so every later position in such a
document is wrong; and it clamps a column beyond the end of the last line one character short. LSP's line ends are
\\n, \\r\\n and \\r.
"""

import io
from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument, Workspace
from pygls.workspace.position_codec import ServerTextPosition


class LinePositionCodec(PositionCodec):
    """Converts columns between the client's encoding and code points; columns past the end of a line are its end."""

    def position_from_client_units(self, lines: Sequence[str], position: types.Position) -> ServerTextPosition:
        """The code point column; past the last line it is the end of the document."""
        if position.line >= len(lines):
            return ServerTextPosition(max(len(lines) - 1, 0), len(lines[-1]) if lines else 0)
        line = lines[position.line].rstrip("\r\n")
        return ServerTextPosition(position.line, self._column(line, position.character))

    def _column(self, line: str, units: int) -> int:
        if line.isascii():
            return min(units, len(line))
        passed = 0
        for column, character in enumerate(line):
            if passed >= units:
                return column
            passed += self.impl.code_units_for_char(character)
        return len(line)


class LiveDocument(TextDocument):
    """A document with the lines that LSP counts; the last one, which may be empty, has no line end."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends."""
        lines = io.StringIO(self.source, newline="").readlines()
        if not lines or lines[-1].endswith(("\n", "\r")):
            lines.append("")
        return tuple(lines)

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        lines = self.lines
        span = self._position_codec.range_from_client_units(lines, change.range)
        start, end = _offset(lines, span.start), _offset(lines, span.end)
        source = self.source
        self._source = source[:start] + change.text + source[max(start, end) :]


class LiveWorkspace(Workspace):
    """pygls' workspace whose documents are LiveDocuments."""

    def __init__(
        self, root_uri: str | None, folders: Sequence[types.WorkspaceFolder], encoding: types.PositionEncodingKind | str
    ) -> None:
        super().__init__(root_uri, types.TextDocumentSyncKind.Incremental, folders, encoding)
        self._position_codec = LinePositionCodec(encoding)

    def _create_text_document(
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> LiveDocument:
        return LiveDocument(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )


def _offset(lines: Sequence[str], position: ServerTextPosition) -> int:
    return sum(map(len, lines[: position.line])) + position.character
