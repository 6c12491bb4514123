"""The demo: invented goods with well-known marks on them, photographed, assessed and reported.

    story.py           the run: registry, listings, verdicts, report
    starter.py         the brands of the starter registry
    goods.py           sample listings: seller's words, photos, and where a mark truly is
      photographs.py   one function a photo, from the parts below
        backdrops.py · garments.py · footwear.py · turned.py · metal.py · wares.py · patterns.py
        canvas.py  prints, shadows, exposure   outlines.py  shapes   fields.py  noise and light
    report.py          any run's listings and assessments as one HTML file (report_views.py)

Photos are computed, never downloaded or stored; nothing here needs a network.
"""
