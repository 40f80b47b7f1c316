"""The SDK's side of the model layer: the one module that imports it. Half a second, 30 MB: reached by `bridge.lazy`.

The SDK's client makes the connection, the headers and the authentication, keeps the pool, and says what is an error.
It is given our bytes (`content=`) and gives the HTTP response back unread (`cast_to` its HTTP library's `Response`).
It never retries: the engine does, knowing what has been done with the part of an answer that came.
"""

import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import openai

from bridge.harness.errors import ModelProblem
from bridge.harness.models.service import faults
from bridge.harness.models.service.endpoint import OPENAI_HOSTS, Endpoint
from bridge.harness.models.service.wire import Answer, Call

ERROR_LIMIT = 64 * 1024
"""Bytes of an error's body that are read."""

KEPT_SECONDS = 240.0
"""How long an idle connection is kept: tools and people take their time between two calls (the library's own: 5)."""


def connect(endpoint: Endpoint, key: str) -> "SdkWire":
    """A way to the endpoint's service; nothing is sent yet. Raises `ModelProblem` for an address that is none."""
    return SdkWire(endpoint, key)


class SdkWire:
    """Implements `Wire` with the SDK's client."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        """`key` is empty where the server takes none; the SDK's own variables are never read for it."""
        self._url = endpoint.base_url
        self._key = key
        self._connect_seconds = endpoint.connect_seconds
        parts = urlsplit(endpoint.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ModelProblem(
                f"{faults.words(endpoint.base_url)!r} is no address of a model service.",
                kind="model_unavailable",
                hint="Set a base URL such as http://localhost:11434/v1.",
            )
        self._origin = _origin(httpx2.URL(endpoint.base_url))
        self._headers: dict[str, str | openai.Omit] = {}
        if not f".{parts.hostname}".endswith(OPENAI_HOSTS):
            self._headers = dict.fromkeys(_accounts_headers(), openai.Omit())
        self._headers["Authorization"] = f"Bearer {key}" if key else openai.Omit()
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",  # the SDK makes no client without one; the header above is what is sent
            base_url=endpoint.base_url,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(
                limits=httpx2.Limits(max_connections=100, keepalive_expiry=KEPT_SECONDS),
                event_hooks={"request": [self._stay], "response": [_check]},
            ),
        )

    @asynccontextmanager
    async def call(self, call: Call) -> AsyncIterator[Answer]:
        """See `Wire`."""
        response = await self._sent(call)
        try:
            yield SdkAnswer(response, call.seconds, self._url)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """See `Wire`."""
        await self._client.close()

    async def _stay(self, request: httpx2.Request) -> None:
        """Before each request, also one that a redirect asks for: the conversation goes to no other origin."""
        if _origin(request.url) != self._origin:
            raise faults.moved(str(request.url))

    async def _sent(self, call: Call) -> httpx2.Response:
        timeout = openai.Timeout(call.seconds, connect=self._connect_seconds)
        options: openai.RequestOptions = {"headers": self._headers, "timeout": timeout}
        if call.query:
            options["params"] = call.query
        try:  # `stream`: the response is handed over unread
            if call.method == "GET":
                sent = await self._client.get(call.path, cast_to=httpx2.Response, options=options, stream=True)
            else:
                sent = await self._client.post(
                    call.path, cast_to=httpx2.Response, content=call.body, options=options, stream=True
                )
        except openai.APIStatusError as error:
            head = error.body if isinstance(error.body, bytes) else b""
            refusal = faults.Refusal.of_response(error.status_code, error.response.headers, head)
            raise faults.refused(refusal, self._key) from None
        except openai.APITimeoutError as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise faults.unanswered(self._url, self._connect_seconds) from None
            raise faults.stalled(call.seconds) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__
            if isinstance(cause, httpx2.RemoteProtocolError) and "disconnected" not in str(cause):
                raise faults.not_http(self._url) from None
            raise faults.unreachable(error, self._url, self._key) from None
        return sent


class SdkAnswer:
    """Implements `Answer` with the HTTP library's response."""

    def __init__(self, response: httpx2.Response, seconds: float, url: str) -> None:
        """`seconds` is the time limit that the call was made with."""
        self._response = response
        self._seconds = seconds
        self._url = url
        self._chunks = response.aiter_bytes()
        self._begun = False

    @property
    def content_type(self) -> str:
        """See `Answer`."""
        return self._response.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """See `Answer`."""
        try:
            async for chunk in self._chunks:
                self._begun = True
                yield chunk
        except httpx2.TimeoutException:
            raise faults.stalled(self._seconds) from None
        except httpx2.RequestError as error:
            if self._begun:
                raise faults.broken("the connection was cut") from None
            raise faults.unreachable(error, self._url) from None


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _accounts_headers() -> list[str]:
    """Headers that the SDK takes from the environment for OpenAI's own service: no other server's concern."""
    custom = os.environ.get("OPENAI_CUSTOM_HEADERS", "")
    names = [name.strip() for name, colon, _ in (line.partition(":") for line in custom.split("\n")) if colon]
    return ["OpenAI-Organization", "OpenAI-Project", *names]


async def _check(response: httpx2.Response) -> None:
    """Before the SDK reads the body of an error: a bounded part of it, as the SDK's own exception."""
    if response.is_redirect or response.is_success:
        return
    head = b""
    try:
        async for chunk in response.aiter_bytes():
            head += chunk
            if len(head) > ERROR_LIMIT:
                break
    except httpx2.RequestError:
        head = head[:ERROR_LIMIT]  # the status alone says enough
    raise openai.APIStatusError(f"HTTP {response.status_code}", response=response, body=head[:ERROR_LIMIT])
