"""Images inside JSON: base64, or a URL to fetch them from where the operator has allowed that."""

import base64
import binascii
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.api.schemas.base import Input

SAMPLE_BASE64 = "iVBORw0KGgo="


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
        "",
        max_length=500,
        description="What to call it; by default its `url`, else `image-1` and so on.",
    )
    base64: Base64Image | None = Field(
        None, description="The file's bytes in base64, without line breaks."
    )
    url: str | None = Field(
        None,
        min_length=1,
        max_length=2_048,
        description="Where to fetch it, instead of `base64`. Refused unless the service has a list "
        "of hosts that images may be fetched from.",
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise PydanticCustomError(
                "image_object", 'an image is an object: {"url": "…"} or {"base64": "…"}'
            )
        return value

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.base64 is None) == (self.url is None):
            raise PydanticCustomError("image_source", "give either base64 or url")
        return self
