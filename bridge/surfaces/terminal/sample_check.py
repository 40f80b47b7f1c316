"""What must stand after the demo, computed from the sample and the accepted changes alone; and whether it does."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bridge.surfaces.terminal.sample import Change, Sample


@dataclass(frozen=True, slots=True)
class Observed:
    """What stands: the buffer of the open file, and every file on the disk by its path."""

    buffer: str
    disk: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    holds: bool
    text: str


def start_of(sample: Sample) -> str:
    """The open file with what the person typed."""
    lines = sample.files[sample.opened].decode().splitlines(keepends=True)
    return "".join([*lines[: sample.at], sample.typed, *lines[sample.at :]])


def with_changes(sample: Sample, path: str, text: str, accepted: Collection[Change]) -> str:
    """The text of a file with these changes made. Each stands at exactly one place."""
    for change in accepted:
        if change.path == path:
            old, new = (_ends(sample, path, change.anchor + part) for part in (change.old, change.new))
            if text.count(old) != 1:
                raise ValueError(f"{path} has {text.count(old)} places for {old!r}")
            text = text.replace(old, new)
    return text


def match(sample: Sample, path: str, old: str, new: str) -> Change | None:
    """The planned change that a proposed hunk is; None: the model never asked for it."""
    for change in sample.changes:
        if (change.path, _ends(sample, path, change.old), _ends(sample, path, change.new)) == (path, old, new):
            return change
    return None


def check(sample: Sample, accepted: Collection[Change], seen: Observed) -> Iterator[Finding]:
    """Everything that the demo promises, looked at."""
    wanted = with_changes(sample, sample.opened, start_of(sample), accepted)
    yield Finding(seen.buffer == wanted, f"the open buffer {sample.opened} is exactly what was accepted")
    yield Finding(sample.typed in seen.buffer, "the line that was typed and never saved is still there")
    on_disk = {
        path: raw if path == sample.opened else with_changes(sample, path, raw.decode(), accepted).encode()
        for path, raw in sample.files.items()
    }
    written = [path for path, raw in on_disk.items() if raw != sample.files[path]]
    crlf = " (CRLF line ends kept)" if sample.crlf.intersection(written) else ""
    files = ", ".join(written) or "no file was to be written"
    yield Finding(all(seen.disk.get(path) == on_disk[path] for path in written), f"bytes on disk: {files}{crlf}")
    rest = {path: raw for path, raw in seen.disk.items() if path not in written}
    untouched = {path: raw for path, raw in sample.files.items() if path not in written}
    yield Finding(rest == untouched, f"the other {len(untouched)} files have their old bytes, and none came or went")
    refused = [change for change in sample.changes if change not in accepted]
    texts = [seen.buffer.encode(), *seen.disk.values()]
    nowhere = not any(_ends(sample, one.path, one.new).encode() in text for one in refused for text in texts)
    yield Finding(nowhere, f"nothing of the {len(refused)} changes that were not accepted stands anywhere")


def _ends(sample: Sample, path: str, text: str) -> str:
    return text.replace("\n", "\r\n") if path in sample.crlf else text
