"""What all models share: strict in what is sent, patient with what is received.

A misspelt field is refused before it is sent. A field or an enum's value that a newer service adds
is no reason for an older client to fail.
"""

from pydantic import BaseModel, ConfigDict


class Sent(BaseModel):
    """Something the API is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Received(BaseModel):
    """Something the API answers with."""

    model_config = ConfigDict(extra="ignore", frozen=True)
