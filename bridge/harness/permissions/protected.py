"""Names that are always asked about, in every mode, and what nobody may grant. Pure data and one look-up.

Compared in Unicode NFC, case-folded, without trailing dots and spaces, on every system: file systems that fold names
would otherwise open an alias. Protected by name, whether the file exists or not.
"""

import unicodedata
from pathlib import PurePath

RUNS_CODE = frozenset(
    {
        ".git", ".hg", ".svn", ".harness", ".vscode", ".idea", ".github", ".husky",
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
        ".pypirc", ".npmrc", "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml",
    }
)  # fmt: skip
"""Credentials: reads always ask."""

SECRET_SUFFIXES = frozenset({".pem", ".key", ".p12", ".pfx", ".keystore", ".jks", ".kdbx"})

NOT_SECRET = frozenset({".env.example", ".env.sample", ".env.template", ".env.dist"})


def fold(name: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFC", name).casefold().rstrip(". ")


def runs_code(path: str) -> str:
    """The part of the path that something would run, or an empty string."""
    return next((part for part in PurePath(path).parts if fold(part) in RUNS_CODE), "")


def is_secret(path: str) -> str:
    """The part of the path that names credentials, or an empty string."""
    for part in PurePath(path).parts:
        name = fold(part)
        env_file = (name == ".env" or name.startswith(".env.")) and name not in NOT_SECRET
        if name in SECRETS or env_file:
            return part
    return PurePath(path).name if fold(PurePath(path).suffix) in SECRET_SUFFIXES else ""
