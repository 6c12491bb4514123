"""The HTTP API: every route parses, calls one service, and shapes the answer.

    request ─▶ middleware.py   an id, a figure for the metrics, a limit on the body
            ─▶ access.py       who is asking, may they, how often: keys, scopes, rates.py
            ─▶ doorman.py      is there room? if not, 429 before the body is read
            ─▶ idempotency.py  a write that was sent before gets its first answer
            ─▶ bodies.py       multipart or JSON, read whole or refused
            ─▶ uploads.py      typed by schemas/: listings, images, references
            ─▶ routes/         one call of a service
            ─▶ errands.py      work with photos: a queue, a deadline, a caller who may leave
            ─▶ schemas/        the answer, or problems.py: RFC 9457 problem JSON

Nothing here judges, stores or decodes; settings arrive as values in `ApiOptions`. Blocking work
runs in worker threads: routes are plain functions, or hand their work to `errands.py`, and the one
coroutine that reads a body hands its bytes on before anything is parsed.
"""

from app.api.application import ApiOptions, RoomOptions, close, install, leave

__all__ = ["ApiOptions", "RoomOptions", "close", "install", "leave"]
