"""Programs that are known to only read, and the options and operands with which they do. Pure data.

By full names: an option that is not here asks, abbreviations too. Left out on purpose is what writes, runs, follows
links (`diff` in folders), reads a list of names from a file, or opens archives by another program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Operands = Literal["none", "text", "files", "folders", "pattern", "program"]
"""`files` are read, `folders` listed; `pattern` is a text and then files; `program` a small program and then files."""


@dataclass(frozen=True, slots=True)
class Program:
    """Options by their full names, parted by blanks: `flags` stand alone, `valued` take a value that is no path.

    `optional` may take one after `=`. `given` are the options after which no pattern is among the operands, `deep`
    those with which it reads all that lies below a folder ("*": always). `here`: without a path it works on its folder.
    `count`: `-5` is a number; `most` is how many operands there may be.
    """

    operands: Operands
    flags: str = ""
    valued: str = ""
    optional: str = ""
    given: str = ""
    deep: str = ""
    here: bool = False
    count: bool = False
    most: int = 100


_GREP = Program(
    "pattern",
    flags="-i -v -n -c -l -L -o -w -x -q -s -h -H -r -E -F -G -P -a -I --ignore-case --invert-match --line-number "
    "--count --files-with-matches --files-without-match --only-matching --word-regexp --line-regexp --quiet "
    "--no-messages --no-filename --with-filename --recursive --extended-regexp --fixed-strings --basic-regexp "
    "--perl-regexp --text",
    valued="-e -A -B -C -m --regexp --after-context --before-context --context --max-count --include --exclude "
    "--exclude-dir",
    optional="--color --colour",
    given="-e --regexp",
    deep="-r --recursive",
    count=True,
)
_SUM = Program("files", flags="-b -t --binary --text --tag")

PROGRAMS: Mapping[str, Program] = MappingProxyType(
    {
        # Said of nothing but themselves, or of the machine.
        ":": Program("text"),
        "true": Program("text"),
        "false": Program("text"),
        "echo": Program("text", flags="-n -e -E"),
        "pwd": Program("none", flags="-P -L"),
        "arch": Program("none"),
        "date": Program("text", flags="-u -R --utc --universal", valued="-d --date", most=1),
        "free": Program("none", flags="-b -k -m -g -h --human --bytes --kibi --mebi --gibi -t --total -w --wide"),
        "groups": Program("none"),
        "hostname": Program("none", flags="-s --short"),
        "id": Program("none", flags="-u -g -G -n --user --group --groups --name"),
        "nproc": Program("none", flags="--all"),
        "tty": Program("none", flags="-s"),
        "uname": Program(
            "none", flags="-a -s -n -r -v -m -p -o --all --kernel-name --nodename --kernel-release --machine"
        ),
        "uptime": Program("none", flags="-p -s --pretty --since"),
        "whoami": Program("none"),
        "basename": Program("text", flags="-a -z --multiple", valued="-s --suffix"),
        "dirname": Program("text", flags="-z"),
        "seq": Program("text", flags="-w --equal-width", valued="-s -f --separator --format"),
        "tr": Program("text", flags="-c -C -d -s -t --complement --delete --squeeze-repeats --truncate-set1"),
        "type": Program("text", flags="-t -a -p -P"),
        "which": Program("text", flags="-a --all"),
        # Lists of what is there.
        "ls": Program(
            "folders",
            flags="-a -A -l -h -1 -d -t -r -S -F -p -i -s -n -g -o -G -c -u -x -C -m -Q -q -b -X -v -k -R -U --all "
            "--almost-all --human-readable --directory --reverse --recursive --size --inode --full-time "
            "--group-directories-first --no-group --numeric-uid-gid --file-type --si",
            valued="--width --ignore --hide --time-style",
            optional="--color --classify --sort --time --format --indicator-style --quoting-style",
            deep="-R --recursive",
            here=True,
        ),
        "tree": Program(
            "folders",
            flags="-a -d -f -i -s -h -D -p -C -n -t -r -q -N -Q -F -u -g -v -J -X --dirsfirst --noreport --gitignore "
            "--prune --du --si --inodes --device",
            valued="-L -P -I --filelimit --charset",
            deep="*",
            here=True,
        ),
        "du": Program(
            "folders",
            flags="-a -b -c -h -k -m -s -S -x --all --bytes --total --human-readable --summarize --si --apparent-size "
            "--one-file-system --separate-dirs",
            valued="-d -t --max-depth --threshold --exclude",
            deep="*",
            here=True,
        ),
        "stat": Program("folders", flags="-t --terse", valued="-c --format --printf"),
        "realpath": Program(
            "folders", flags="-e -m -s -q --canonicalize-existing --canonicalize-missing --strip --no-symlinks"
        ),
        "readlink": Program(
            "folders", flags="-f -e -m -n --canonicalize --canonicalize-existing --canonicalize-missing"
        ),
        # Files, as they are or as a part or a sum of them.
        "cat": Program(
            "files",
            flags="-n -b -s -A -e -E -t -T -v -u --number --number-nonblank --squeeze-blank --show-all --show-ends "
            "--show-tabs --show-nonprinting",
        ),
        "tac": Program("files", flags="-b -r --before --regex", valued="-s --separator"),
        "head": Program("files", flags="-q -v --quiet --silent --verbose", valued="-n -c --lines --bytes", count=True),
        "tail": Program("files", flags="-q -v --quiet --silent --verbose", valued="-n -c --lines --bytes", count=True),
        "nl": Program("files", flags="-p", valued="-b -f -h -i -l -n -s -v -w"),
        "wc": Program("files", flags="-l -w -c -m -L --lines --words --bytes --chars --max-line-length"),
        "cksum": Program("files"),
        "md5sum": _SUM,
        "sha1sum": _SUM,
        "sha256sum": _SUM,
        "sha512sum": _SUM,
        "file": Program("files", flags="-b -i -k -h -N --brief --mime --mime-type --mime-encoding --no-dereference"),
        "od": Program("files", flags="-a -b -c -d -o -s -x -v", valued="-A -j -N -t"),
        "hexdump": Program("files", flags="-b -c -C -d -o -x -v", valued="-n -s"),
        "xxd": Program("files", flags="-b -e -i -p -ps -u", valued="-c -g -l -s", most=1),
        "strings": Program("files", flags="-a -f", valued="-n -t -e", count=True),
        "rev": Program("files"),
        "cut": Program(
            "files",
            flags="-s -n -z --only-delimited --complement",
            valued="-b -c -d -f --bytes --characters --delimiter --fields --output-delimiter",
        ),
        "paste": Program("files", flags="-s --serial", valued="-d --delimiters"),
        "join": Program("files", flags="-i --ignore-case --header", valued="-1 -2 -a -e -j -o -t -v"),
        "comm": Program("files", flags="-1 -2 -3 --nocheck-order", most=2),
        "column": Program("files", flags="-t -x --table", valued="-s -c -o --separator --output-separator"),
        "fold": Program("files", flags="-b -s --bytes --spaces", valued="-w --width", count=True),
        "expand": Program("files", flags="-i --initial", valued="-t --tabs"),
        "sort": Program(
            "files",
            flags="-b -d -f -g -h -i -M -n -R -r -V -c -C -s -u -z --ignore-leading-blanks --dictionary-order "
            "--ignore-case --general-numeric-sort --human-numeric-sort --month-sort --numeric-sort --reverse "
            "--version-sort --stable --unique",
            valued="-k -t --key --field-separator",
        ),
        "uniq": Program(
            "files",
            flags="-c -d -D -i -u -z --count --repeated --ignore-case --unique",
            valued="-f -s -w --skip-fields --skip-chars --check-chars",
            most=1,
        ),
        "cmp": Program("files", flags="-b -l -s --print-bytes --verbose --quiet --silent", valued="-n -i", most=2),
        # Searches.
        "grep": _GREP,
        "egrep": _GREP,
        "fgrep": _GREP,
        "rg": Program(
            "pattern",
            flags="-i -S -s -v -n -N -c -l -o -w -x -q -F -P -U -u -H -I -p -a -. --hidden --no-ignore --ignore-case "
            "--smart-case --case-sensitive --invert-match --line-number --no-line-number --count --count-matches "
            "--files-with-matches --files-without-match --only-matching --word-regexp --line-regexp --quiet "
            "--fixed-strings --pcre2 --multiline --multiline-dotall --unrestricted --with-filename --no-filename "
            "--files --heading --no-heading --json --stats --trim --text --vimgrep --column --no-messages --no-config "
            "--type-list --no-ignore-vcs --one-file-system --sort-files --byte-offset --pretty --line-buffered",
            valued="-e -A -B -C -m -g -t -T -M -d -r --regexp --after-context --before-context --context "
            "--max-count --glob --iglob --type --type-not --max-columns --max-depth --replace --color --colors --sort "
            "--sortr --max-filesize --encoding",
            given="-e --regexp --files --type-list",
            deep="*",
            here=True,
        ),
        # With a program of their own, of which only the simplest forms are known (see `judging`).
        "jq": Program(
            "program",
            flags="-r -c -e -S -M -C -s -j -a --raw-output --compact-output --exit-status --sort-keys --slurp --tab "
            "--monochrome-output --color-output --join-output --ascii-output",
            valued="--indent",
        ),
        "sed": Program("program", flags="-n -E -r --quiet --silent --regexp-extended"),
        "awk": Program("program", valued="-F"),
    }
)

FIND_VALUED = frozenset(
    {
        "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex", "-regextype", "-type",
        "-size", "-mtime", "-mmin", "-atime", "-amin", "-ctime", "-cmin", "-maxdepth", "-mindepth", "-perm", "-user",
        "-group", "-links", "-printf",
    }
)  # fmt: skip
"""Tests and actions of `find` with a value that is no path."""

FIND_FLAGS = frozenset(
    {
        "-print", "-print0", "-prune", "-o", "-or", "-a", "-and", "-not", "!", "(", ")", ",", "-empty", "-true",
        "-false", "-ls", "-depth", "-mount", "-xdev", "-quit", "-readable", "-writable", "-executable", "-nouser",
        "-nogroup",
    }
)  # fmt: skip

FIND_PATHS = frozenset({"-newer", "-anewer", "-cnewer", "-samefile"})
"""Tests of `find` with a path."""

VERSIONED = frozenset(
    {
        "bash", "clang", "cmake", "docker", "find", "gcc", "git", "grep", "jq", "make", "node", "python", "python3",
        "rg", "sed",
    }
)  # fmt: skip
"""Programs whose `--version` says nothing of a project and loads nothing of it."""

BUILTINS = frozenset({":", "true", "false", "echo", "pwd", "type", "cd", "command", "printf", "test", "["})
"""What bash is itself: nothing is looked up on the PATH."""

TESTS = frozenset({"-e", "-f", "-d", "-r", "-w", "-x", "-s", "-L", "-h"})
"""What `test` may ask of a path. Others take names of variables, whose subscripts are run."""
