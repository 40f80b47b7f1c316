"""What of git only reads, where the workspace is trusted: git runs filters and monitors that a repository configures.

Left out on purpose: what names a file to write or a program to run, `--no-index`, `--ext-diff`, `--textconv`, and the
placeholders that check signatures.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bridge.harness.permissions.shell.programs import Program

_DIFF = (
    "-p -u -s -w -b -M -C -R --patch --no-patch --stat --numstat --shortstat --summary --name-only --name-status "
    "--check --raw --minimal --patience --histogram --no-renames --ignore-all-space --ignore-space-change "
    "--ignore-blank-lines --ignore-space-at-eol --no-color --full-index --no-ext-diff --no-textconv "
    "--patch-with-stat --compact-summary "
    "-U0 -U1 -U2 -U3 -U5 -U8 -U10 -U20"
)
_DIFF_VALUED = "-S -G --diff-filter --inter-hunk-context --diff-algorithm"
_DIFF_OPTIONAL = "--unified --stat --color --word-diff --find-renames --find-copies --abbrev --color-words --dirstat"
_LOG = (
    "--oneline --graph --decorate --all --merges --no-merges --first-parent --reverse --topo-order --date-order "
    "--author-date-order --left-right --cherry-pick --no-decorate --abbrev-commit --no-abbrev-commit --follow -i -E -F "
    "--regexp-ignore-case --extended-regexp --fixed-strings --invert-grep --all-match --boundary --ancestry-path "
    "--source --no-notes --parents --children --full-history --no-walk --cc -c -m"
)
_LOG_VALUED = "-n --max-count --skip --since --until --after --before --author --committer --grep --format"
_LOG_OPTIONAL = "--pretty --decorate --branches --tags --remotes --date --no-walk"

GIT: Mapping[str, Program] = MappingProxyType(
    {
        "status": Program(
            "files",
            flags="-s -b -v -z -u -uno -uall -unormal --short --branch --porcelain --long --verbose --show-stash "
            "--ahead-behind",
            optional="--porcelain --untracked-files --ignored",
        ),
        "log": Program(
            "files",
            flags=f"{_LOG} {_DIFF}",
            valued=f"{_LOG_VALUED} {_DIFF_VALUED}",
            optional=f"{_LOG_OPTIONAL} {_DIFF_OPTIONAL}",
            count=True,
        ),
        "show": Program(
            "files",
            flags=f"{_LOG} {_DIFF}",
            valued=f"{_LOG_VALUED} {_DIFF_VALUED}",
            optional=f"{_LOG_OPTIONAL} {_DIFF_OPTIONAL}",
        ),
        "diff": Program(
            "files",
            flags=f"{_DIFF} --cached --staged --merge-base --exit-code --quiet",
            valued=_DIFF_VALUED,
            optional=_DIFF_OPTIONAL,
        ),
        "branch": Program("none", flags="-a -r -v -vv --all --remotes --verbose --show-current --list --no-color"),
        "tag": Program("text", flags="-l --list"),
        "rev-parse": Program(
            "files",
            flags="--verify --quiet -q --show-toplevel --show-prefix --show-cdup --git-dir --is-inside-work-tree "
            "--is-bare-repository --symbolic-full-name --abbrev-ref --short --absolute-git-dir",
            optional="--short --abbrev-ref",
        ),
        "rev-list": Program(
            "files",
            flags="--count --all --no-merges --merges --first-parent --left-right --reverse --topo-order --oneline",
            valued="-n --max-count --since --until --author --grep",
            optional="--branches --tags --remotes",
            count=True,
        ),
        "merge-base": Program("files", flags="-a --all --is-ancestor --fork-point --octopus"),
        "for-each-ref": Program("files", valued="--format --sort --count --contains --merged --no-merged --points-at"),
        "ls-files": Program(
            "files",
            flags="-c -d -m -o -i -s -u -z -t --cached --deleted --modified --others --ignored --stage --unmerged "
            "--exclude-standard --full-name --directory",
        ),
        "ls-tree": Program("files", flags="-r -d -t -l -z --name-only --long --full-name --full-tree"),
        "check-ignore": Program("files", flags="-v -q -n -z --verbose --quiet --non-matching"),
        "grep": Program(
            "pattern",
            flags="-n -i -l -L -c -w -v -h -H -E -F -G -P -I -a -q -o -p -W --line-number --ignore-case --count "
            "--files-with-matches --name-only --word-regexp --extended-regexp --fixed-strings --perl-regexp --cached "
            "--heading --break --show-function",
            valued="-e -A -B -C -m --max-depth",
            given="-e",
            count=True,
        ),
        "blame": Program("files", flags="-w -s -e -f -n -l -t -c --show-email --line-porcelain", valued="-L --since"),
        "describe": Program(
            "files", flags="--tags --all --long --always --dirty --contains", valued="--match", optional="--abbrev"
        ),
        "shortlog": Program("files", flags="-n -s -e --numbered --summary --email", valued="--since --until"),
    }
)

LINES = frozenset(
    {
        ("worktree", "list"), ("worktree", "list", "--porcelain"), ("remote",), ("remote", "-v"), ("stash", "list"),
    }
)  # fmt: skip
"""Commands of git that only read in just this form."""

SETTINGS = frozenset(
    {
        "user.name", "user.email", "init.defaultbranch", "core.autocrlf", "core.eol", "core.bare", "core.filemode",
        "core.ignorecase", "pull.rebase", "commit.gpgsign",
    }
)  # fmt: skip
"""Settings that hold no address, and so no credentials."""
