"""LSP's framing (base protocol 0.9): bytes in, bodies out. Pure; standard library without `typing`.

Strict in what could be read two ways (lengths, encodings), tolerant in what could not: header names in any case,
unknown headers, a bare newline for CRLF, a repeated header with the same value.
"""

# Headers of real clients take less than 100 bytes.
MAX_HEADER = 8 * 1024
# The largest document that an editor may open with us; design.md asks for an error and a living daemon beyond it.
MAX_BODY = 16 * 1024 * 1024
# A body over MAX_BODY is refused and read past without being kept, so that the stream stays in step; no real client
# sends more than this in one message, so beyond it the length itself is taken for garbage.
MAX_SKIPPED = 1024 * 1024 * 1024


class FrameError:
    """A frame that is not delivered. `fatal`: the stream can't be trusted any more and must be closed."""

    __slots__ = ("fatal", "message")

    def __init__(self, message: str, fatal: bool = True) -> None:
        self.message = message
        self.fatal = fatal


class FrameDecoder:
    """Feed it what was read, then take items until there is none. After a fatal error nothing more comes out."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None
        self._skip = 0
        self._broken = False

    def feed(self, data: bytes) -> None:
        """Add bytes in the order in which they came, in pieces of any size."""
        passed = min(self._skip, len(data))
        self._skip -= passed
        if not self._broken:
            self._buffer += data[passed:]

    def take(self) -> bytes | FrameError | None:
        """The next body or error; None until more bytes are fed."""
        try:
            return self._take()
        except _HeaderFault as fault:
            self._broken = True
            self._buffer.clear()
            return FrameError(str(fault))

    def _take(self) -> bytes | FrameError | None:
        if self._length is None:
            headers = self._header_block()
            if headers is None:
                return None
            length = _content_length(headers)
            if length > MAX_BODY:
                return self._refuse(length)
            self._length = length
        if len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        self._length = None
        return body

    def _header_block(self) -> dict[bytes, bytes] | None:
        headers: dict[bytes, bytes] = {}
        start = 0
        while (end := self._buffer.find(b"\n", start, MAX_HEADER)) >= 0:
            line = bytes(self._buffer[start:end]).removesuffix(b"\r")
            start = end + 1
            if not line:
                del self._buffer[:start]
                return headers
            _add_header(headers, line)
        if len(self._buffer) >= MAX_HEADER:
            raise _HeaderFault(f"no end of the headers within {MAX_HEADER} bytes")
        return None

    def _refuse(self, length: int) -> FrameError:
        if length > MAX_SKIPPED:
            raise _HeaderFault(f"Content-Length is over {MAX_SKIPPED} bytes")
        passed = min(length, len(self._buffer))
        del self._buffer[:passed]
        self._skip = length - passed
        return FrameError(f"the message is over {MAX_BODY} bytes and was not read", fatal=False)


def frame(body: bytes) -> bytes:
    """The body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class _HeaderFault(Exception):
    """These headers give no trustworthy length."""


def _add_header(headers: dict[bytes, bytes], line: bytes) -> None:
    name, colon, value = line.partition(b":")
    name = name.strip(b" \t").lower()
    if not colon or not name or not name.isascii():
        raise _HeaderFault("a header line is not `Name: value`")
    value = value.strip(b" \t")
    if headers.setdefault(name, value) != value:
        raise _HeaderFault("a header is given twice with different values")


def _content_length(headers: dict[bytes, bytes]) -> int:
    charset = _charset(headers.get(b"content-type", b""))
    if charset not in {b"utf-8", b"utf8"}:
        raise _HeaderFault("the only charset is utf-8")
    digits = headers.get(b"content-length")
    if digits is None:
        raise _HeaderFault("Content-Length is missing")
    # int() alone would take "+44", "4_4" and other scripts' digits; 19 digits are more than any length.
    if not digits.isdigit() or len(digits) > 19:
        raise _HeaderFault("Content-Length is not a plain number of bytes")
    return int(digits)


def _charset(content_type: bytes) -> bytes:
    for parameter in content_type.split(b";")[1:]:
        name, _, value = parameter.partition(b"=")
        if name.strip().lower() == b"charset":
            return value.strip().strip(b'"').lower()
    return b"utf-8"
