"""What all schemas share: strict inputs, strict outputs, pages, and the shape of a problem."""

import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")


def _written(value: Any) -> Any:
    """Refuse what pydantic would take for seconds since 1970, and the description does not know."""
    if isinstance(value, str) and _DATED.match(value):
        return value
    raise PydanticCustomError("moment_text", "a moment is written like 2026-03-02T09:30:00Z")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]


class Input(BaseModel):
    """Something a caller sends; a field it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """Something a caller is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Item = TypeVar("Item", bound=Output)


class Page(Output, Generic[Item]):
    """One page of a list."""

    items: tuple[Item, ...] = Field(description="The page's items, in the list's order.")
    next_cursor: str | None = Field(
        description="Pass it as `cursor` to get the next page; null on the last page."
    )


class ProblemError(Output):
    """One field of a request that cannot be used."""

    location: str = Field(
        description="Where it is: the body, query, path or part, then the way down.",
        examples=["body/images/1/base64"],
    )
    detail: str = Field(description="What is wrong with it.", examples=["not valid base64"])
    code: str = Field(description="The same as a stable string.", examples=["base64_invalid"])


class Problem(Output):
    """An error as RFC 9457 describes it, with the code and the request's id added."""

    type: str = Field(description="Names the kind of problem; the same for the same `code`.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status, repeated.")
    detail: str = Field(description="What went wrong this time, in one sentence.")
    instance: str = Field(description="The path that was asked for.")
    code: str = Field(description="A stable string to branch on.")
    request_id: str = Field(description="The `X-Request-ID` of the answer, for the logs.")
    errors: tuple[ProblemError, ...] | None = Field(
        None, description="The fields that cannot be used; absent when the problem is another."
    )
