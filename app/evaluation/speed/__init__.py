"""Measures where a photo's time goes, against what the machine could do and against rivals.

    photos, registry ─▶ contestants ─▶ interleaved rounds ─▶ medians
    what each stage must do, counted ─▶ floors on the rates measured beside them ─▶ report

The product is timed through the very classes that serve it. Nothing is judged fast or slow here,
and no figure is ever a test: times belong to one machine and to what else ran on it.
"""
