"""Keys in the keyring of the system: the one module that imports `keyring`. Every call may take seconds."""

import keyring
from keyring.errors import KeyringError, PasswordDeleteError

from bridge.harness.errors import ModelProblem

SERVICE = "harness-bridge"
"""Under which name the keyring has our keys; the user is the server's host."""


def get(host: str) -> str | None:
    """The key for a host; None where there is none, or no keyring."""
    try:
        return keyring.get_password(SERVICE, host)
    except KeyringError:
        return None


def put(host: str, key: str) -> None:
    """Keep a key, instead of the former one. Raises ModelProblem."""
    try:
        keyring.set_password(SERVICE, host, key)
    except KeyringError as error:
        raise _unusable(error) from None


def delete(host: str) -> bool:
    """Forget a key; False where there was none. Raises ModelProblem."""
    try:
        if keyring.get_password(SERVICE, host) is None:
            return False
        keyring.delete_password(SERVICE, host)
    except PasswordDeleteError:
        return False
    except KeyringError as error:
        raise _unusable(error) from None
    return True


def _unusable(error: KeyringError) -> ModelProblem:
    """The first sentence of what the keyring says; it goes on with what to install."""
    said = str(error).partition(". ")[0].strip().rstrip(".") or type(error).__name__
    hint = "Put the key into OPENAI_API_KEY instead, or set up a keyring on this system."
    return ModelProblem(f"The keyring of the system can't be used: {said}. {hint}", kind="model_auth", hint=hint)
