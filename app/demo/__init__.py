"""The demo: invented goods with well-known marks on them, photographed, assessed and reported.

    starter.py     the brands of the starter registry
    listings.py    sample listings: seller's words, photos, and where a mark truly is
      goods.py     one function a photo, from the parts below
        backdrops.py · garments.py · footwear.py · turned.py · metal.py · wares.py · patterns.py
        canvas.py  light, prints, shadows, exposure     outlines.py  shapes     fields.py  noise
    report.py      any run's listings and assessments as one HTML file

Photos are computed, never downloaded or stored; nothing here needs a network.
"""
