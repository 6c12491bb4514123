"""Catalogues in the background: a queue that wakes workers up, and the worker.

    queue ─▶ worker ─▶ runner: claim ─▶ `score_catalog`, resuming ─▶ page ─▶ finished

A job is scored by the same function as a catalogue on the command line, into a folder of its own.
Whatever ends a worker, kill -9 included, the next one goes on with the rows that are not done.
"""
