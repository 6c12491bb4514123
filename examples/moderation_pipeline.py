"""A listing event comes in, is assessed, and is acted on.

    events (JSON lines) ─▶ assess, a few at a time ─▶ actions (JSON lines)

    python examples/moderation_pipeline.py --url http://127.0.0.1:8000 < events.jsonl

An event is `{"event_id": "…", "listing": {"listing_id": "…", …}, "photos": ["1.jpg", …]}`, with
photos as files below `--photos`, or as URLs where the service fetches. `clear` is published,
`review` is held until a moderator has decided, `suspect` is blocked. What the service refuses is
held too: nothing is published unseen. The event's id is the Idempotency-Key, so an event that a
queue delivers twice is judged once. When the service cannot be had at all, the run ends with exit
code 1, and the events without an action are the ones to send again.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from touchstone_client import AsyncClient, ListingCreate, TouchstoneClientError, Verdict
from touchstone_client.errors import InvalidInputError
from touchstone_client.photos import PhotoLike

ACTIONS: dict[str, str] = {
    Verdict.CLEAR: "publish",
    Verdict.REVIEW: "hold",
    Verdict.SUSPECT: "block",
}
HOLD = "hold"


def photos_of(event: dict[str, Any], folder: Path) -> list[PhotoLike]:
    """Return an event's photos: addresses as they are, names as files of the folder."""
    names = [str(name) for name in event.get("photos", [])]
    return [name if name.startswith("https://") else folder / Path(name).name for name in names]


async def act_on(client: AsyncClient, event: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Assess one event's listing and return what is to be done."""
    try:
        listing = ListingCreate.model_validate(event["listing"])
        photos = photos_of(event, folder)
        judged = await client.create_assessment(listing, photos, idempotency_key=event["event_id"])
    except (ValueError, KeyError, OSError, InvalidInputError) as error:
        return {"event_id": event.get("event_id"), "action": HOLD, "why": [str(error)]}
    return {
        "event_id": event["event_id"],
        "listing_id": judged.listing_id,
        "action": ACTIONS.get(judged.verdict, HOLD),
        "assessment_id": judged.id,
        "score": judged.score,
        "why": [reason.code for reason in judged.reasons],
    }


async def run(client: AsyncClient, lines: Iterable[str], folder: Path, at_once: int) -> None:
    """Act on every event, a few at a time, and print what was done as it is known."""
    room = asyncio.Semaphore(at_once)

    async def one(line: str) -> None:
        async with room:
            done = await act_on(client, json.loads(line), folder)
        sys.stdout.write(f"{json.dumps(done)}\n")
        sys.stdout.flush()

    async with asyncio.TaskGroup() as tasks:
        for line in lines:
            if line.strip():
                tasks.create_task(one(line))


async def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--photos", type=Path, default=Path(), help="folder of the photos")
    parser.add_argument("--at-once", type=int, default=4, help="listings assessed at a time")
    given = parser.parse_args()
    key = os.environ.get("API_KEY")  # not an argument: other users see those
    async with AsyncClient(given.url, key) as client:
        try:
            await run(client, sys.stdin, given.photos, given.at_once)
        except ExceptionGroup as group:
            expected, others = group.split(TouchstoneClientError)
            if others or not expected:
                raise
            sys.stderr.write(f"stopped: {expected.exceptions[0]}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
