"""The built-in deny list: a small set of commands that no rule, mode or answer allows.

By the wide reading, whether or not a text parses. What destroys the machine or the home folder, hands the machine to
somebody else, runs what was downloaded or hidden, or touches the bridge's own state and settings.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bridge.harness.permissions.protected import fold, is_secret, own
from bridge.harness.permissions.shell.scan import SHELLS
from bridge.harness.permissions.shell.values import Found, Place

_DISK = re.compile(r"(?:of=)?/dev/(?:(?:sd|hd|vd|xvd)[a-z]|nvme\d|mmcblk\d|disk\d|rdisk\d|mapper/|dm-\d|md\d)")
_DISK_PROGRAMS = frozenset(
    {"dd", "shred", "wipefs", "parted", "fdisk", "sfdisk", "sgdisk", "mkswap", "tee", "cp", "blkdiscard", "cryptsetup"}
)
_RECURSIVE = re.compile(r"-[a-zA-Z]*[rR][a-zA-Z]*|--r(?:ecursive)?|--rec[a-z]*")
_STOPS = frozenset({"reboot", "halt", "poweroff", "shutdown"})
_DOWNLOADS = frozenset({"curl", "wget", "fetch", "aria2c"})
_DECODES = frozenset({"base64", "base32", "xxd", "uudecode", "rev", "tr", "nc", "ncat", "netcat"})
_LISTENS = frozenset({"nc", "ncat", "netcat", "socat", "telnet"})
_SENDS = _LISTENS | _DOWNLOADS
_LOOKS_FOR = frozenset({"grep", "rg", "sed", "awk", "echo", "printf", "jq"})
"""Their operands are texts more often than files."""
_WRITERS = frozenset({"cp", "mv", "ln", "tee", "rm", "install", "touch", "truncate", "dd", "chmod", "rsync", "mkdir"})
_SYSTEM_FILES = re.compile(r"/etc/(?:ld\.so\.preload|passwd|shadow|sudoers(?:\.d/.*)?|crontab|cron\.[a-z]+/.*)")
_SYSTEM_PROGRAMS = re.compile(r"/(?:usr/(?:local/)?)?s?bin/")
_SETUID = re.compile(r"[ugoa]*\+[rwx]*s[rwx]*|0?[4-7][0-7]{3}")
_BOMB = re.compile(r"(?<![^\s(){};|&])([^\s(){};|&]{1,64})\s*\(\s*\)\s*\{\s*\1\s*\|\s*\1\s*&\s*\}")
_NETWORK = re.compile(r"/dev/(?:tcp|udp)/")
_SENT = re.compile(r"(?:[^=]*=)?@(.+)", re.DOTALL)
_WRITES = frozenset({">", ">>", ">|", "&>", "&>>", ">&", "<>"})


def denial(found: Sequence[Found], bare: str, place: Place) -> str:
    """Why a text is denied for good; empty where it is not."""
    if _BOMB.search(bare):
        return "it starts itself without end"
    return next(_denials(found, place), "")


def _denials(found: Sequence[Found], place: Place) -> Iterator[str]:
    moved = any(one.program in ("cd", "pushd", "popd") for one in found)
    pipelines: dict[int, list[Found]] = defaultdict(list)
    for one in found:
        pipelines[one.pipeline].append(one)
        yield from filter(None, (judged(one) for judged in (_destroys, _stops, _weakens, _plants, _runs_hidden)))
        yield from filter(None, [_removes(one, place, moved)])
    yield from filter(None, map(_piped, pipelines.values()))
    yield from filter(None, [_own_state(found, place)])
    network = any(_NETWORK.match(target) for one in found for _, target in one.redirects)
    if network and any(_runs_input(one) for one in found):
        yield "it hands a shell to another machine"


def _removes(one: Found, place: Place, moved: bool) -> str:
    """Whole trees: the root, the home folder or one above it; by `rm -r` also the workspace.

    Where the shell has `moved` to another folder, a relative name says nothing.
    """
    names = [word for word in one.words[1:] if not word.startswith("-")]
    options = [word for word in one.words[1:] if word.startswith("-")]
    root = place.home
    match one.program:
        case "rm" if any(_RECURSIVE.fullmatch(word) for word in options):
            doomed, root = names, place.root
        case "find" if "-delete" in options:
            doomed = names[:1]
        case "mv":
            doomed = names[:1]
        case "rsync" if any(word.startswith("--del") for word in options):
            doomed = names[-1:]
        case "chmod" | "chown" | "chgrp" if any(_RECURSIVE.fullmatch(word) for word in options):
            doomed = names[1:]
        case _:
            return ""
    for name in doomed:
        where = _whole(name, place, moved)
        if where is not None and (place.home.is_relative_to(where) or root.is_relative_to(where)):
            return f"{one.program} of {name} is never run"
    return ""


def _whole(name: str, place: Place, moved: bool) -> Path | None:
    """The folder that a name means, by itself or by all that is in it; None where that is not known."""
    path = _expanded(name, place)
    if path.startswith("$") or path == "./*" or (moved and not path.startswith("/")):
        return None
    where = os.path.normpath(place.cwd / (path.removesuffix("/*") or "/"))
    return Path(where.replace("//", "/"))


def _expanded(name: str, place: Place) -> str:
    return re.sub(r"^(?:~|\$HOME)(?=/|$)", lambda _: str(place.home), name)


def _destroys(one: Found) -> str:
    on_disk = any(_DISK.match(word) for word in one.words[1:])
    if (one.program.startswith("mkfs") or one.program in _DISK_PROGRAMS) and on_disk:
        return "it overwrites a disk"
    if any(operator in _WRITES and _DISK.match(target) for operator, target in one.redirects):
        return "it overwrites a disk"
    return ""


def _stops(one: Found) -> str:
    runlevel = one.program in ("init", "telinit") and one.words[1:2] in (("0",), ("6",))
    by_system = one.program == "systemctl" and bool({"poweroff", "reboot", "halt"} & set(one.words[1:3]))
    return "it stops the machine" if one.program in _STOPS or runlevel or by_system else ""


def _weakens(one: Found) -> str:
    setuid = one.program == "chmod" and any(_SETUID.fullmatch(word) for word in one.words[1:])
    if setuid and any(_SYSTEM_PROGRAMS.match(word) for word in one.words[1:]):
        return "it gives a program of the system the rights of its owner"
    if any(_SYSTEM_FILES.fullmatch(target) for target in _written(one)):
        return "it changes who may do what on this machine"
    return ""


def _plants(one: Found) -> str:
    if any(target.endswith(".ssh/authorized_keys") for target in _written(one)):
        return "it lets somebody else log in"
    if one.program == "crontab" and "-" in one.words[1:]:
        return "it plants a job that runs later"
    return ""


def _written(one: Found) -> Iterator[str]:
    """What a command writes to, as far as that is told from its words."""
    yield from (target for operator, target in one.redirects if operator in _WRITES)
    if one.program in _WRITERS or (one.program == "sed" and any(word.startswith("-i") for word in one.words)):
        yield from (word for word in one.words[1:] if not word.startswith("-"))


def _runs_hidden(one: Found) -> str:
    """A shell over what a substitution downloads or decodes; a shell at the end of a connection."""
    if one.program in SHELLS | {"eval", "source", "."} and (_DOWNLOADS | _DECODES - {"tr"}) & set(one.holds):
        return "it runs what it downloads or decodes"
    if one.program in ("nc", "ncat", "netcat") and any(
        re.fullmatch(r"-[a-z]*[ec]|--exec|--sh-exec", word) for word in one.words
    ):
        return "it hands a shell to another machine"
    return ""


def _own_state(found: Sequence[Found], place: Place) -> str:
    """The bridge's own: its folders to all, its settings in a workspace to writers."""
    targets = {target for one in found for operator, target in one.redirects if not operator.startswith("<<")}
    for name in targets | {word for one in found for word in one.words[1:]}:
        path = Path(os.path.normpath(place.cwd / _expanded(name, place)))
        if any(_within(path, folder) for folder in place.forbidden):
            return "the bridge's own state is not for commands"
    if part := next((part for one in found for name in _written(one) if (part := own(name))), ""):
        return f"{part} holds the bridge's own settings, which no command may write"
    return ""


def _within(path: Path, folder: Path) -> bool:
    names = [fold(part) for part in folder.parts]
    return [fold(part) for part in path.parts[: len(names)]] == names


def _piped(line: Sequence[Found]) -> str:
    """Pipelines that run what they download or decode, or send what is secret."""
    shells = [at for at, one in enumerate(line) if _runs_input(one)]
    if shells and any(_is_source(one) for one in line[: shells[-1]]):
        return "it runs what it downloads or decodes"
    if shells and any(one.program in _LISTENS for one in line):
        return "it hands a shell to another machine"
    senders = [one for one in line if one.program in _SENDS]
    others = [one for one in line if one.program not in _SENDS | _LOOKS_FOR]
    piped = any(one.program in ("env", "printenv") or any(map(is_secret, one.words[1:])) for one in others)
    sent = any(
        is_secret(given[1]) for one in senders for word in one.words[1:] if (given := _SENT.fullmatch(word)) is not None
    )
    return "it sends credentials away" if senders and (piped or sent) else ""


def _runs_input(one: Found) -> bool:
    """A shell that runs what it reads: it is given no script."""
    if one.program not in SHELLS:
        return False
    return "-s" in one.words or all(word.startswith("-") and word != "-c" for word in one.words[1:])


def _is_source(one: Found) -> bool:
    hidden = one.program in ("printf", "echo") and any("\\x" in word or "\\0" in word for word in one.words)
    return hidden or one.program in _DOWNLOADS | _DECODES
