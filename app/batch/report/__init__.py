"""The morning's page: what a night's run over a catalogue found, as one HTML file.

    OUT's run folder ⨝ catalogue ─▶ figures, the worst, shared photos ─▶ page ─▶ report.html

It streams: whatever the catalogue's length, only counts, the worst listings and the fingerprints of
a bounded number of photos are in memory.
"""
