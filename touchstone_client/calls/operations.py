"""Calls of the group operations.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from touchstone_client.calling import AsyncSender, Call, Sender, plain
from touchstone_client.models import Alive, Ready


class OperationsCalls(Sender):
    """Calls of the group operations, one after the other."""

    def get_liveness(self) -> Alive:
        """Is the process alive.

        Answer, whatever else may be wrong.
        """
        return self._send(Call("GET", "/health/live", Alive.model_validate_json))

    def get_readiness(self) -> Ready:
        """Can it assess.

        Get hold of a gallery that fits the model and the registry, as an assessment would.

        While one is being made, or the process is about to end, the answer is that it is not
        ready.
        """
        return self._send(Call("GET", "/health/ready", Ready.model_validate_json))

    def get_metrics(self) -> str:
        """Get figures for Prometheus.

        Return every figure in Prometheus's text format.
        """
        return self._send(Call("GET", "/metrics", plain))


class AsyncOperationsCalls(AsyncSender):
    """Calls of the group operations, without waiting."""

    async def get_liveness(self) -> Alive:
        """Is the process alive.

        Answer, whatever else may be wrong.
        """
        return await self._send(Call("GET", "/health/live", Alive.model_validate_json))

    async def get_readiness(self) -> Ready:
        """Can it assess.

        Get hold of a gallery that fits the model and the registry, as an assessment would.

        While one is being made, or the process is about to end, the answer is that it is not
        ready.
        """
        return await self._send(Call("GET", "/health/ready", Ready.model_validate_json))

    async def get_metrics(self) -> str:
        """Get figures for Prometheus.

        Return every figure in Prometheus's text format.
        """
        return await self._send(Call("GET", "/metrics", plain))
