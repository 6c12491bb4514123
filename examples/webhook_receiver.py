"""Receives Touchstone's webhook messages: checks them, forgets repeated ones, acts.

    WEBHOOK_SECRET=whsec_… python examples/webhook_receiver.py --port 9000

It answers at once and acts afterwards, as a receiver should: here acting is one line on standard
output. Which messages were seen is kept in memory; a real receiver keeps that in its database.
"""

import argparse
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from touchstone_client.errors import SignatureError, UnreadableAnswerError
from touchstone_client.webhooks import DecisionTold, Message, verified

LONGEST = 1_000_000  # bytes; a message is a few thousand


def action(event: Message) -> dict[str, str]:
    """Return what is to be done about an event."""
    data = event.data
    if isinstance(data, DecisionTold):
        done = {"confirmed": "take_down", "dismissed": "publish"}.get(data.decision, "hold")
        return {"listing_id": data.listing_id, "action": done, "because": data.reason}
    return {"event": event.type, "action": "none"}


class Receiver(ThreadingHTTPServer):
    """The server, with what it needs to know."""

    def __init__(self, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.secret = secret
        self.seen: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    """Takes one message."""

    server: Receiver

    def do_POST(self) -> None:
        """Check, answer, then act on what was not seen before."""
        length = min(int(self.headers.get("Content-Length", 0)), LONGEST)
        try:
            event = verified(self.server.secret, self.rfile.read(length), dict(self.headers))
        except (SignatureError, UnreadableAnswerError) as error:
            self.send_error(400, str(error))
            return
        self.send_response(204)
        self.end_headers()
        if event.id not in self.server.seen:
            self.server.seen.add(event.id)
            sys.stdout.write(f"{json.dumps(action(event))}\n")
            sys.stdout.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Leave standard error alone."""


def main() -> None:
    """Listen until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=9000)
    receiver = Receiver(parser.parse_args().port, os.environ["WEBHOOK_SECRET"])
    receiver.serve_forever()


if __name__ == "__main__":
    main()
