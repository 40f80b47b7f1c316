"""Names that are always asked about, in every mode, and what nobody may grant. Pure data and one look-up.

Compared in Unicode NFC, case-folded, without trailing dots and spaces, without invisible characters and Windows' stream
names, on every system: file systems that fold names would otherwise open an alias. A backslash parts names too.
Protected by name, whether the file exists or not.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePath

OWN = ".harness"
"""The bridge's own settings in a workspace, which widen or narrow what tools may do: no tool writes there."""

RUNS_CODE = frozenset(
    {
        ".git", "git~1", ".hg", ".svn", ".jj", ".vscode", ".idea", ".github", ".husky", ".devcontainer", ".circleci",
        ".claude", ".cursor", ".agents", ".codex", ".gemini", "agents.md", "claude.md", "gemini.md", ".gitattributes",
        ".envrc", ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", ".gitconfig", ".gitmodules",
        ".mcp.json", ".ripgreprc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".pre-commit-config.yaml",
        "conftest.py", "sitecustomize.py", "usercustomize.py",
    }
)  # fmt: skip
"""Something runs what is written here without asking: edits always ask."""

SECRETS = frozenset(
    {
        ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".netrc", "_netrc", ".pgpass", ".htpasswd",
        ".git-credentials", "credentials", "credentials.json", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
        ".pypirc", ".npmrc", "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "service-account.json",
    }
)  # fmt: skip
"""Credentials: reads always ask."""

RUNS_CODE_SUFFIXES = frozenset({".code-workspace"})

SECRET_SUFFIXES = frozenset({".pem", ".key", ".p12", ".pfx", ".keystore", ".jks", ".kdbx"})

NOT_SECRET = frozenset({".env.example", ".env.sample", ".env.template", ".env.dist"})


@lru_cache(maxsize=1 << 14)  # a search asks of every file that it finds, and most parts of their paths are the same
def fold(name: str) -> str:
    """The form in which names are compared."""
    seen = "".join(char for char in name if unicodedata.category(char) != "Cf")
    folded = unicodedata.normalize("NFC", seen.partition("::")[0] or seen).casefold()
    return folded.rstrip(". ") or folded


def odd(path: str) -> str:
    """Of a path, a name that a person can't read for what it is: invisible, control or blank characters; or empty."""
    return next((part for part in PurePath(path).parts if any(map(_odd, part)) or part != part.strip()), "")


def own(path: str) -> str:
    """The part of the path that is the bridge's own, or an empty string."""
    return next((part for part, name in _names(path) if name == OWN), "")


def runs_code(path: str) -> str:
    """The part of the path that something would run, or an empty string."""
    for part, name in _names(path):
        if name in RUNS_CODE or PurePath(name).suffix in RUNS_CODE_SUFFIXES:
            return part
    return ""


def is_secret(path: str) -> str:
    """The part of the path that names credentials, or an empty string."""
    for part, name in _names(path):
        env_file = (name == ".env" or name.startswith(".env.")) and name not in NOT_SECRET
        if name in SECRETS or env_file:
            return part
    return PurePath(path).name if PurePath(fold(PurePath(path).name)).suffix in SECRET_SUFFIXES else ""


def _names(path: str) -> Iterator[tuple[str, str]]:
    """Each part of a path, and the form in which it is compared."""
    return ((part, fold(part)) for part in re.split(r"[/\\]", path) if part)


def _odd(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp") or (char.isspace() and char != " ")
