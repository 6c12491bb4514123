"""Photos come in here: bytes to upright RGB arrays within stated limits, or a refusal by name.

    files.py      a path               -> bytes, never more than the limit allows
    formats.py    the first bytes      -> which of seven formats, whatever the file is called
    containers/   the headers          -> size, frames, scans, shared bytes: what decoding costs
    heif.py       HEIF bytes           -> the primary picture, upright
    pixels.py     a picture, any mode  -> 8-bit RGB over white, turned upright
    decoding.py   strings these together into a DecodedImage (decoded.py), within limits.py

    addresses.py, outbound.py, fetching.py   a URL -> bytes, off until hosts are allowed

Nothing here knows a listing, a model or a store; what a photo means is judged elsewhere.
"""
