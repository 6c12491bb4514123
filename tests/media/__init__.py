"""Tests of app.media: decoding within limits, and refusals by name."""
