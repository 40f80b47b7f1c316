"""The light front door: answer `initialize` before anything heavy is imported, then hand over.

Standard library only (a contract and a test hold that): a bare pygls server answers after some 0.4 s of imports, this
after some 20 ms. Frames that follow wait in the pipe.
"""

import os
import sys

from bridge import lazy
from bridge.surfaces.lsp import strictjson
from bridge.surfaces.lsp.capabilities import initialize_result
from bridge.surfaces.lsp.framing import FrameDecoder, FrameError, frame

if sys.platform == "win32":
    import msvcrt

SURFACE = "bridge.surfaces.lsp.surface"
READ_SIZE = 64 * 1024
# LSP: the exit code without an orderly shutdown.
EXIT_WITHOUT_SHUTDOWN = 1


class Handover:
    """What the front door leaves to the loop.

    `first` is the first frame, already answered where `answered` is set; `decoder` holds the bytes read beyond it. The
    descriptors are the client's pipes, moved away from 0 and 1: nothing else here, and no child, knows them.
    """

    __slots__ = ("answered", "decoder", "first", "in_fd", "out_fd")

    def __init__(self, in_fd: int, out_fd: int) -> None:
        self.in_fd = in_fd
        self.out_fd = out_fd
        self.decoder = FrameDecoder()
        self.first: bytes | FrameError = b""
        self.answered = False


def serve(surface: str = SURFACE) -> int:
    """Serve a client on stdin and stdout until it is done; the exit code.

    `surface` names the module whose `build(peer)` makes what is served; it is loaded after the first answer.
    """
    handover = Handover(*_claim_stdio())
    try:
        first = _first_item(handover)
        if first is None:
            return EXIT_WITHOUT_SHUTDOWN
        handover.first = first
        handover.answered = _answered(handover.out_fd, first)
    except (BrokenPipeError, ConnectionResetError):
        return EXIT_WITHOUT_SHUTDOWN
    except KeyboardInterrupt:
        return 0
    loop = lazy.load("bridge.surfaces.lsp.loop")
    return int(loop.run(handover, lazy.load(surface).build))


def _claim_stdio() -> tuple[int, int]:
    """Move the client's pipes away; 0 is then empty and 1 the error stream, so a stray print is harmless."""
    in_fd, out_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        for descriptor in (in_fd, out_fd):
            msvcrt.setmode(descriptor, os.O_BINARY)
    else:
        # A parent may hand over pipes of its own event loop.
        for descriptor in (in_fd, out_fd):
            os.set_blocking(descriptor, True)
    return in_fd, out_fd


def _first_item(handover: Handover) -> bytes | FrameError | None:
    while True:
        item = handover.decoder.take()
        if item is not None:
            return item
        data = os.read(handover.in_fd, READ_SIZE)
        if not data:
            return None
        handover.decoder.feed(data)


def _answered(out_fd: int, first: bytes | FrameError) -> bool:
    """Answer a well-formed `initialize` request; anything else is left to the loop, which knows every rule."""
    if isinstance(first, FrameError):
        return False
    try:
        message = strictjson.loads(first)
    except strictjson.BadJson:
        return False
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or message.get("method") != "initialize":
        return False
    params = message.get("params")
    known_id = type(message.get("id")) in {int, str}
    if not known_id or not isinstance(params, dict) or not isinstance(params.get("capabilities"), dict):
        return False
    reply = {"jsonrpc": "2.0", "id": message["id"], "result": initialize_result(params)}
    rest = memoryview(frame(strictjson.dumps(reply)))
    while rest:
        rest = rest[os.write(out_fd, rest) :]
    return True
