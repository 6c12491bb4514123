"""Tests of the embedder's training, on made-up pools that take a blink."""
