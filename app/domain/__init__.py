"""The judge's vocabulary: brands, motifs, listings, matches, calibration and the verdict rule.

Pure values and pure functions over the standard library and numpy; no file, database, network,
model or index is touched here. `ports.py` says what this layer needs from those that touch them.
"""
