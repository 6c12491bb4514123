"""How each kind of file is put together, read from its headers without any decoder.

Decoders cannot be asked in time what decoding will cost: libwebp allocates its canvas on opening,
a GIF grows with each frame, a JPEG does not say how many scans it has, and the items of a HEIF
may all be the same megabytes. So the parts are walked here first, in plain Python, as Pillow,
libjpeg and libheif would walk them. The walks allocate nothing, trust no length, stop at the limit
of parts, and do not judge whether the pixels themselves are sound.
"""
