"""Images inside JSON: a name and base64. A URL is refused in words, since none is ever fetched."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.api.schemas.base import Input

SAMPLE_BASE64 = "iVBORw0KGgo="
URL_SCHEMES = ("http://", "https://", "ftp://", "data:", "s3://", "file://")


def refuse_url(text: str) -> str:
    """Return the text unless it is a URL."""
    if text.strip().lower().startswith(URL_SCHEMES):
        raise PydanticCustomError(
            "url_fetching_off", "URL fetching is off; send the image itself, as a file or as base64"
        )
    return text


def _decode(value: Any) -> bytes:
    if not isinstance(value, str):
        raise PydanticCustomError("base64_invalid", "base64 is a string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PydanticCustomError("base64_invalid", "not valid base64") from error


Base64Image = Annotated[
    bytes,
    PlainValidator(_decode),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class ImageCreate(Input):
    """One image file inside JSON."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "2.jpg", "base64": SAMPLE_BASE64}]}
    )

    name: str = Field(
        "", max_length=500, description="What to call it; `image-1` and so on by default."
    )
    base64: Base64Image = Field(description="The file's bytes in base64, without line breaks.")

    @model_validator(mode="before")
    @classmethod
    def _refuse_urls(cls, value: Any) -> Any:
        if isinstance(value, str):
            refuse_url(value)
        elif isinstance(value, dict) and isinstance(value.get("url"), str):
            refuse_url("http://")  # whatever the URL says, the answer is the same
        return value
