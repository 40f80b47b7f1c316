"""Bytes to text and back, exactly: whatever `decode` accepts, `encode` gives back byte for byte."""

import codecs
import hashlib

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.values.text import Eol, Sha, TextForm

_BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "latin-1": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


def decode(raw: bytes, path: str, mode: int | None = None) -> tuple[str, TextForm]:
    """The text with its own line ends, and its form; FileProblem("file_binary") where the bytes are no text.

    Bytes that are not UTF-8 are read as Latin-1: every byte is one character, so they survive, stay printable, can
    travel as JSON (which lone surrogates can't), and are what Neovim shows for such a file.
    """
    encoding, bom = _sniff(raw)
    body = raw[len(_BOMS[encoding]) :] if bom else raw
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise FileProblem("file_binary", path) from None
        encoding = "latin-1"
        text = body.decode(encoding)
    if "\0" in text:
        raise FileProblem("file_binary", path)
    return text, form_of(text, encoding=encoding, bom=bom, mode=mode)


def encode(text: str, form: TextForm) -> bytes:
    """The bytes of `text` in this form; ToolInputError names a character that the file's encoding can't hold."""
    try:
        body = text.encode(form.encoding)
    except UnicodeEncodeError as error:
        character = f"U+{ord(text[error.start]):04X}"
        raise ToolInputError(f"The file's encoding, {form.encoding}, can't hold the character {character}.") from None
    return _BOMS[form.encoding] + body if form.bom else body


def form_of(text: str, *, encoding: str = "utf-8", bom: bool = False, mode: int | None = None) -> TextForm:
    """The form of a text that a buffer or a model holds."""
    return TextForm(encoding, bom, _eol(text), text.endswith("\n"), mode)


def split_lines(text: str) -> list[str]:
    """Lines with their ends, split after "\\n" only: a lone CR, VT, FF, NEL or U+2028 is a character of its line."""
    *ended, rest = text.split("\n")
    lines = [line + "\n" for line in ended]
    if rest:
        lines.append(rest)
    return lines


def sha(text: str) -> Sha:
    """The hash of a text as UTF-8; lone surrogates, which JSON can carry, are hashed too."""
    return sha_bytes(text.encode("utf-8", "surrogatepass"))


def sha_bytes(raw: bytes) -> Sha:
    """The hash of a file's bytes."""
    return Sha(hashlib.sha256(raw).hexdigest())


def _sniff(raw: bytes) -> tuple[str, bool]:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if raw.startswith(_BOMS[encoding]):
            return encoding, True
    return "utf-8", False


def _eol(text: str) -> Eol:
    crlf, ends = text.count("\r\n"), text.count("\n")
    if crlf == 0:
        return "lf"
    return "crlf" if crlf == ends else "mixed"
