"""Catalogue scoring: a file of listings in, a file of assessments out.

    reader ─▶ executor ( stage ) ─▶ partial file ─▶ writer ─▶ OUT

`app.batch.scoring.score_catalog` is the one door. Each arrow is a small role of its own, so another
file format or another executor is one more class beside the first.
"""
