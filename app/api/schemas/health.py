"""What the health routes say."""

from typing import Literal

from pydantic import ConfigDict, Field

from app.api.schemas.base import Output


class Alive(Output):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = Field(description="Always `ok`.")


class Ready(Output):
    """The service can assess, and with what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "model": "efficientnet-lite0-imagenet@1f0c3a5b7d9e+grid-1-0.5-0.33-o0.5-m24",
                    "index": "flat-r41-n310",
                    "registry": 41,
                    "background": "800-photos-5be0c3d2",
                }
            ]
        }
    )

    status: Literal["ready"] = Field(description="Always `ready`.")
    model: str = Field(description="The model, its weights, and the region proposer.")
    index: str = Field(description="The vector index in use.")
    registry: int = Field(description="The registry's version.")
    background: str | None = Field(
        description="The calibration background; null while there is none that fits, or no motif."
    )
