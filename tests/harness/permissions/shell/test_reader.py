"""Commands read, never run: what is known to only read is allowed, and every way to make it something else asks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.permissions.shell.reader import read_command
from bridge.harness.values.policy import Effect
from tests.harness.permissions.shell.places import ROOT, place


def effect(text: str, **around: object) -> Effect:
    return read_command(text, place(**around)).effect  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "ls",
        "ls -la src",
        "ls -- -odd-name",
        "cat a.txt 'b c.txt' \"d e.txt\" f\\ g.txt",
        "cat caf\u00e9.txt",
        "head -n 5 a.txt | sort -k2,2 | uniq -c",
        "ls; pwd && echo ok || echo no",
        "ls\npwd\n",
        "ls # what is there",
        "# a remark\nls",
        'grep -rn "a b" src 2>/dev/null | head -5',
        "grep -rn -e TODO -e FIXME .",
        "grep 'x; touch m' a.txt",
        'grep "ends$" a.txt',
        "rg -n 'a|b' src tests",
        "rg --files src",
        "find . -type f -name '*.py' -not -path './.venv/*' -print",
        "find src \\( -name a -o -name b \\) -print0",
        "wc -l < a.txt",
        "cat a.txt >/dev/null 2>&1",
        "(cd src && cat a.txt); cat b.txt",
        "cd src && cat ../a.txt",
        "cd src; cat a.txt",
        "cd src && cd deep && cat ../../a.txt",
        "[ -f a.txt ] && echo yes",
        "test -d src",
        "printf '%s\\n' a b",
        "printf '%5.1f%%' 3",
        "timeout 5 grep x a.txt",
        "time -p ls",
        "nice -n 10 du -sh src",
        "command -v node",
        "sed -n '1,5p' a.txt",
        "sed 's/a/b/g' a.txt",
        "awk -F: '{print $1, $2}' a.txt",
        "jq '.a | map(.b) | length' a.json",
        "node --version",
        "date '+%Y'",
        "git status -sb",
        "git log --oneline -5 -- src/a.py",
        "git diff HEAD~1 --stat",
        "git show HEAD:src/a.py",
        "git --no-pager log -p",
        "git grep -n '/path' src",
        "git tag -l 'v1.*'",
        "ls \\\n  src \\\n  tests",
    ],
)
def test_what_only_reads_the_workspace_is_allowed(text: str) -> None:
    reading = read_command(text, place())
    assert (reading.effect, reading.whole) == ("allow", True), reading.why


@pytest.mark.parametrize(
    "text",
    [
        # Not one word, or not the word it seems.
        "ls $X",
        "ls ${X}",
        "ls $'a'",
        'ls $"a"',
        "ls `pwd`",
        "ls $(pwd)",
        "ls <(pwd)",
        "ls *",
        "ls ?",
        "ls [ab]",
        "ls {a,b}",
        "ls ~",
        "ls a=~",
        "ls a:~/b",
        "ls $((1))",
        'ls "$(pwd)"',
        'ls "a`pwd`"',
        "cat a.txt\\",
        "ec\\\nho a",
        "ls 'a\\\nb'",
        "ls # \\\npwd",
        # Redirections.
        "ls > a.txt",
        "ls >> a.txt",
        "ls >| a.txt",
        "ls &> a.txt",
        "ls 2> a.txt",
        "ls >&a.txt",
        "ls 3>/dev/null",
        "ls > /dev/null/../x",
        "ls >! a.txt",
        "cat <> a.txt",
        "cat << E\nx\nE",
        "cat <<'E'\nx\nE",
        "cat <<< x",
        "cat < ../a.txt",
        "cat < .env",
        "{ ls; } < a.txt",
        # Structure.
        "ls &",
        "ls |& cat",
        "! ls",
        "{ ls; }",
        "if ls; then pwd; fi",
        "for x in a; do ls; done",
        "while ls; do pwd; done",
        "case a in a) ls;; esac",
        "f() { ls; }",
        "function f { ls; }",
        "[[ -f a ]]",
        "((1))",
        "coproc ls",
        "select x in a; do ls; done",
        "X=1 ls",
        "X=1",
        "a[0]=1 ls",
        "X+=1 ls",
        "ls;;",
        "ls ||",
        "| ls",
        "ls 'a",
        "",
        " \n\t",
        "#",
        # Characters.
        "ls\r",
        "ls\x00",
        "ls\x0bpwd",
        "ls \x1b[2K",
        "ls\u00a0-l",
        "ls a\u200bb",
        "ls \u202ea",
        "ls \u3164",
        "ls \u2014l",
        "ls caf\u0065\u0301",
        "ls \u00e0",  # its last byte is a blank to some shells
        "\ufeffls",
        "ls \ud800",
        # The shell itself.
        "export X=1; ls",
        "alias ls=cat; ls",
        "set -x; ls",
        "shopt -s extglob; ls",
        "source a.sh",
        ". a.sh",
        "eval ls",
        "exec ls",
        "trap ls EXIT",
        "builtin ls",
        "pushd src && ls",
        "unset PATH; ls",
        "read x",
        "hash -p a ls",
        # Wrappers and other shells.
        "bash -c ls",
        "sh a.sh",
        "env ls",
        "xargs ls",
        "nohup ls",
        "sudo ls",
        "command ls",
        "timeout -k 1 5 ls",
        "timeout 5 cd src",
        "timeout 5 bash -c ls",
        "time cd src",
        "nice -5 ls",
        "find . -exec ls ';'",
        "./ls",
        "/bin/ls",
        "\\ls -Z",
    ],
)
def test_what_may_be_more_than_it_seems_asks(text: str) -> None:
    assert effect(text) == "ask"


@pytest.mark.parametrize(
    "text",
    [
        "sort -o a.txt b.txt",
        "sort '-o' a.txt",
        "sort -no a.txt",
        "sort --outp=a.txt b.txt",
        "sort --files0-from=a.txt",
        "uniq a.txt b.txt",
        "xxd a.bin b.hex",
        "tree -o a.txt",
        "tree -l",
        "find . -delete",
        "find . -fprint a",
        "find . -name",
        "find -L .",
        "rg --pre x y",
        "rg -z x",
        "rg --files -L",
        "grep -f a.txt b.txt",
        "grep -R x .",
        "date -s now",
        "date 01010101",
        "hostname other",
        "tail -f a.txt",
        "od -w a.bin",  # what follows may be no value but a file
        "ls -w a",
        "date '+%999999999Y'",
        "printf '%999999999d'",
        "wc --files0-from=a.txt",
        "md5sum -c a.txt",
        "printf -v x y",
        "printf '%n' x",
        "printf '%*d' 1 2",
        "printf '\\x41'",
        "test -v x",
        "[ a -eq 1 ]",
        "[ -f a -a -f b ]",
        "sed -i s/a/b/ a.txt",
        "sed s/a/b/w a.txt",
        "sed s/a/b/e a.txt",
        "sed 1d a.txt",
        "sed 1p a.txt",
        "awk '{print > \"x\"}' a.txt",
        "awk '{print}' x=1",
        "jq env a.json",
        "jq '$ENV' a.json",
        "jq '..env' a.json",
        "jq 'import \"a\" as b; .' a.json",
        "jq '\"\\(env)\"' a.json",
        "diff -r a b",
        "node -v x",
        "python --version -c x",
        "less a.txt",
        "unknown",
        "echoctl",
    ],
)
def test_programs_are_known_by_their_options_and_operands(text: str) -> None:
    assert effect(text) == "ask"


@pytest.mark.parametrize(
    "text",
    [
        "git -c a=b status",
        "git -C src status",
        "git -p log",
        "git --git-dir=x log",
        "git log --output=x",
        "git log --outp=x",
        "git log --format=%G?",
        "git log --show-signature",
        "git log --ext-diff",
        "git diff --no-index a b",
        "git diff ../a b",
        "git diff -Ox",
        "git diff -U a",
        "git diff --unified /etc/passwd /dev/null",
        "git show HEAD:.env",
        "git show -- .env",
        "git grep -O x",
        "git branch new",
        "git branch -d old",
        "git branch --list x",
        "git tag v1",
        "git tag -d v1",
        "git remote add a b",
        "git remote update",
        "git stash",
        "git stash pop",
        "git config a b",
        "git config --get remote.origin.url",
        "git config --list",
        "git worktree add x",
        "git status 'a' && git fetch",
        "git",
        "cd src && git status",
    ],
)
def test_of_git_only_what_reads_is_known(text: str) -> None:
    assert effect(text) == "ask"


@pytest.mark.parametrize("text", ["git status", "git log", "git remote -v", "git diff --stat"])
def test_git_needs_trust_because_it_runs_what_a_repository_configures(text: str) -> None:
    assert effect(text) == "allow"
    assert effect(text, trusted=False) == "ask"


def test_its_version_needs_no_trust() -> None:
    assert effect("git --version", trusted=False) == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "cat /etc/passwd",
        "cat ../a",
        "cat src/../../a",
        "ls ..",
        "ls /",
        "grep -r x /",
        "find / -name x",
        "cat .env",
        "cat .ENV.local",
        "cat certs/server.key",
        "cat .git/config",
        "ls .GIT",
        "cat -- /etc/passwd",
        "rg x ..",
        "stat /dev/null",
    ],
)
def test_what_lies_outside_or_is_secret_asks(text: str) -> None:
    assert effect(text) == "ask"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cd src && cat ../a", "allow"),
        ("cd src; cat ../a", "ask"),  # the cd may have failed
        ("cd src || cat ../a", "ask"),
        ("cd src && cd deep && cat ../../a", "allow"),
        ("cd src && cd deep || cat ../a", "ask"),
        ("cd src && ls | cat ../a", "allow"),
        ("cd src | cat ../a", "ask"),
        ("(cd src) && cat ../a", "ask"),
        ("(cd src && cat ../a)", "allow"),
        ("cd src && (cd deep && cat ../../a) && cat ../a", "allow"),
        ("cd", "ask"),
        ("cd -", "ask"),
        ("cd ..", "ask"),
        ("cd /", "ask"),
        ("cd -P src", "ask"),
        ("cd -- src", "ask"),
        ("cd src deep", "ask"),
        ("cd ''", "ask"),
        ("cd $X && ls", "ask"),
        ("cd .git && cat config", "ask"),
    ],
)
def test_the_folder_is_followed(text: str, expected: Effect) -> None:
    assert effect(text) == expected


def test_links_are_judged_by_where_they_lead() -> None:
    links = {"/ws/out": "/etc", "/ws/in": "/ws/src", "/ws/notes": "/ws/.env"}
    assert effect("cat out/passwd", links=links) == "ask"
    assert effect("cat notes", links=links) == "ask"
    assert effect("cat in/a", links=links) == "allow"
    assert effect("cd in && ls", links=links) == "ask", "where `..` leads from there is another folder"
    assert effect("cd out && ls", links=links) == "ask"


def test_a_program_of_the_workspace_is_not_the_one_that_is_known() -> None:
    assert effect("ls", programs={"ls": ROOT / "bin" / "ls"}) == "ask"
    assert effect("ls", programs={"ls": Path("/usr/bin/ls")}, links={"/usr/bin/ls": "/ws/ls"}) == "ask"
    assert effect("ls", programs={"ls": None}) == "ask"
    assert effect("timeout 1 echo x", programs={"echo": ROOT / "echo"}) == "ask"
    assert effect("echo x", programs={"echo": ROOT / "echo"}) == "allow", "bash is its own echo"
    assert effect("ls | time cat", programs={"time": ROOT / "time"}) == "ask"
    assert effect("time ls", programs={"time": None}) == "allow", "a word of the shell"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grep -r x .", "ask"),
        ("grep -r x src", "allow"),
        ("grep x a.txt", "allow"),
        ("rg x", "ask"),  # an ignore file can name hidden files
        ("rg --hidden x", "ask"),
        ("rg -uu x", "ask"),
        ("rg -g '.*' x", "ask"),
        ("rg x src", "allow"),
        ("rg x certs", "ask"),
        ("cd certs && rg x", "ask"),
        ("find . -name x", "allow"),
        ("ls -R", "allow"),
    ],
)
def test_a_search_asks_where_credentials_lie_below(text: str, expected: Effect) -> None:
    hidden = {"/ws/.env": True}
    seen = {"/ws/certs/server.pem": False}
    assert effect(text, secrets=seen if "certs" in text else hidden) == expected


def test_what_is_touched_is_told() -> None:
    reading = read_command("cat a.txt; grep -r x src; ls; wc -l < b.txt", place())
    told = [(one.kind, str(one.path), one.below) for one in reading.touched]
    assert told == [
        ("read", "/ws/a.txt", False),
        ("read", "/ws/src", True),
        ("list", "/ws", False),
        ("read", "/ws/b.txt", False),
    ]


def test_members_are_told_one_by_one_with_the_reason() -> None:
    reading = read_command("ls -l && make x | head", place())
    assert [(member.words, member.effect) for member in reading.members] == [
        (("ls", "-l"), "allow"),
        (("make", "x"), "ask"),
        (("head",), "allow"),
    ]
    assert reading.whole
    assert reading.effect == "ask"
    assert "make" in reading.why


def test_what_is_too_long_or_too_deep_asks() -> None:
    assert effect("ls " + "a" * 5000) == "ask"
    assert effect("ls;" * 100) == "ask"
    assert effect("(" * 30 + "ls" + ")" * 30) == "ask"


@pytest.mark.parametrize("padding", [" " * 300, "\t" * 300, "\n" * 300, " # " + "x" * 300 + "\n"])
def test_padding_hides_nothing(padding: str) -> None:
    assert effect(f"ls{padding}; touch m") == "ask"


PIECES = st.sampled_from(
    [
        "ls",
        "cat",
        "a",
        "-n",
        " ",
        " ",
        "|",
        "&&",
        "||",
        ";",
        "\n",
        "'",
        '"',
        "\\",
        "$",
        "(",
        ")",
        "{",
        "}",
        "`",
        "<",
        ">",
        "2>&1",
        ">/dev/null",
        "#",
        "&",
        "!",
        "=",
        "*",
        "~",
        "[",
        "]",
        "-f",
        "cd",
        "src",
        "\t",
        "touch",
        "git",
        "log",
        "<<E",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_follows_is_read_whatever_stands_before(text: str) -> None:
    reading = read_command(text, place())
    assert reading.why
    assert read_command(f"{text}\ntouch m", place()).effect != "allow"
    assert read_command(f"touch m\n{text}", place()).effect != "allow"
    if reading.effect == "allow":
        assert all(member.words[0] in {"ls", "cat", "cd", "git", "["} for member in reading.members)
