"""Content blocks: what a prompt and a message are made of. ACP's union, complete."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag
from typing_extensions import TypeAliasType

from bridge.protocol.base import AcpWire, Many

Role = TypeAliasType(
    "Role",
    Annotated[Literal["assistant", "user"], Field(description="Whom a content block is meant for.")],
)


class Annotations(AcpWire):
    """Hints on how a content block is used or shown."""

    audience: Many[Role] | None = Field(default=None, description="Whom the content is meant for.")
    last_modified: str | None = Field(default=None, description="When the source last changed, ISO 8601.")
    priority: float | None = Field(default=None, description="Importance, from 0 to 1.")


class TextContent(AcpWire):
    """Text, plain or Markdown."""

    type: Literal["text"] = Field(default="text", description="The tag.")
    text: str = Field(description="The text.")
    annotations: Annotations | None = Field(default=None, description="How the content is used or shown.")


class ImageContent(AcpWire):
    """An image. Taken in a prompt only if the server's `promptCapabilities.image` is true."""

    type: Literal["image"] = Field(default="image", description="The tag.")
    data: str = Field(description="The image, base64.")
    mime_type: str = Field(description="Such as `image/png`.")
    uri: str | None = Field(default=None, description="Where the image comes from.")
    annotations: Annotations | None = Field(default=None, description="How the content is used or shown.")


class AudioContent(AcpWire):
    """Sound. Taken in a prompt only if the server's `promptCapabilities.audio` is true."""

    type: Literal["audio"] = Field(default="audio", description="The tag.")
    data: str = Field(description="The sound, base64.")
    mime_type: str = Field(description="Such as `audio/wav`.")
    annotations: Annotations | None = Field(default=None, description="How the content is used or shown.")


class ResourceLink(AcpWire):
    """A reference to something the agent can read, such as a file."""

    type: Literal["resource_link"] = Field(default="resource_link", description="The tag.")
    uri: str = Field(description="What is meant, usually a `file:` URI.")
    name: str = Field(description="A short name to show.")
    title: str | None = Field(default=None, description="A longer name to show.")
    description: str | None = Field(default=None, description="What it is.")
    mime_type: str | None = Field(default=None, description="Such as `text/x-python`.")
    size: int | None = Field(default=None, description="Its size in bytes.")
    annotations: Annotations | None = Field(default=None, description="How the content is used or shown.")


class TextResourceContents(AcpWire):
    """The text of a resource."""

    uri: str = Field(description="Which resource.")
    text: str = Field(description="Its text.")
    mime_type: str | None = Field(default=None, description="Such as `text/x-python`.")


class BlobResourceContents(AcpWire):
    """The bytes of a resource."""

    uri: str = Field(description="Which resource.")
    blob: str = Field(description="Its bytes, base64.")
    mime_type: str | None = Field(default=None, description="Such as `application/pdf`.")


def _resource_tag(value: object) -> str | None:
    """ACP gives the two no tag; the field that only one of them has tells them apart."""
    if isinstance(value, TextResourceContents) or (isinstance(value, dict) and "text" in value):
        return "text"
    if isinstance(value, BlobResourceContents) or (isinstance(value, dict) and "blob" in value):
        return "blob"
    return None


EmbeddedResourceResource = TypeAliasType(
    "EmbeddedResourceResource",
    Annotated[
        Annotated[TextResourceContents, Tag("text")] | Annotated[BlobResourceContents, Tag("blob")],
        Field(description="Text or bytes. Told apart by the field `text` or `blob`: ACP gives them no tag."),
        Discriminator(_resource_tag),
    ],
)


class EmbeddedResource(AcpWire):
    """A resource with its contents. Taken in a prompt only if `promptCapabilities.embeddedContext` is true."""

    type: Literal["resource"] = Field(default="resource", description="The tag.")
    resource: EmbeddedResourceResource = Field(description="The contents.")
    annotations: Annotations | None = Field(default=None, description="How the content is used or shown.")


ContentBlock = TypeAliasType(
    "ContentBlock",
    Annotated[
        TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource,
        Field(discriminator="type", description="A piece of a prompt or of a message; `type` says which."),
    ],
)
