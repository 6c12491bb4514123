"""Which format is it? Decided by the first bytes alone; a name or a content type has no say.

Seven formats are accepted: those that shops, phones and screenshots produce. TIFF, SVG, PSD and
raw camera files are refused: marketplaces convert them long before a listing is shown, and their
decoders are the ones with the most history of faults.
"""

from enum import StrEnum


class ImageFormat(StrEnum):
    """An accepted format. `heif` covers HEIC, its only coding that is decoded."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    AVIF = "avif"
    HEIF = "heif"


_SIGNATURES = (
    (b"\xff\xd8\xff", ImageFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", ImageFormat.PNG),
    (b"GIF87a", ImageFormat.GIF),
    (b"GIF89a", ImageFormat.GIF),
)
_BMP_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEVC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
)


def sniff_format(data: bytes) -> ImageFormat | None:
    """The format that the bytes open with, or None for anything that is not on the list.

    >>> sniff_format(b"GIF89a and so on")
    <ImageFormat.GIF: 'gif'>
    >>> sniff_format(b"<svg xmlns=") is None
    True
    """
    for signature, image_format in _SIGNATURES:
        if data.startswith(signature):
            return image_format
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageFormat.WEBP
    # two letters are a weak signature, so the size of the header that follows must fit as well
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return ImageFormat.BMP
    if data[4:8] == b"ftyp":
        return _format_of_brands(data)
    return None


def _format_of_brands(data: bytes) -> ImageFormat | None:
    """AVIF and HEIF share one container; the brands in its first box tell them apart."""
    end = min(int.from_bytes(data[:4], "big"), len(data), 512)
    # the four bytes after the major brand are a version number
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return ImageFormat.AVIF
    return ImageFormat.HEIF if brands & _HEVC_BRANDS else None
