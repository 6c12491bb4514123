"""Pages of A4 on which texts, rows, bars and pictures follow each other downwards.

Everything that is placed asks for its room first, so that a heading never stands alone at the foot
of a page and a picture is never cut. The same calls give the same bytes: the only date is the one
handed in, and no clock, no random number and no path of this machine gets into the file.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos
from PIL import Image

from app.media.case_file.fonts import FAMILY, Writing

Colour = tuple[int, int, int]
INK: Final[Colour] = (29, 35, 40)
QUIET: Final[Colour] = (92, 100, 108)
LINE: Final[Colour] = (214, 212, 206)
ACCENT: Final[Colour] = (28, 93, 153)
_MARGIN: Final = 18.0  # mm
_LABEL: Final = 44.0
_BODY: Final = 9.5  # points
_LEADING: Final = 0.5  # mm of line height for each point of type


class Sheet:
    """Writes one document from its first page to its last."""

    def __init__(self, title: str, footer: str, created_at: datetime) -> None:
        self.writing = Writing()
        self._pdf = _Pages(footer, created_at)
        self._fallbacks: list[str] = []
        plain = self.writing.fonts[0]
        self._pdf.add_font(FAMILY, "", plain.path)
        self._pdf.set_text_shaping(True)
        self._pdf.set_title(title)
        self._pdf.set_lang("en")
        self._pdf.add_page()

    @property
    def width(self) -> float:
        """The width between the margins, in millimetres."""
        return float(self._pdf.epw)

    def output(self) -> bytes:
        """Return the finished document."""
        return bytes(self._pdf.output())

    def space(self, height: float = 3.0) -> None:
        """Leave some room."""
        self._pdf.ln(height)

    def heading(self, text: str, *, size: float = 13.0, keep: float = 22.0) -> None:
        """Write a heading that stays with the next `keep` millimetres."""
        self._room(keep)
        self._pdf.ln(2.5)
        with self._bold(size):
            self._write(text, size)
        self._pdf.ln(1.2)

    def text(
        self, text: str, *, size: float = _BODY, colour: Colour = INK, bold: bool = False
    ) -> None:
        """Write a paragraph over the whole width."""
        with self._coloured(colour):
            if bold:
                with self._bold(size):
                    self._write(text, size)
            else:
                self._write(text, size)
        self._pdf.ln(0.8)

    def rows(self, pairs: Sequence[tuple[str, str]], *, size: float = _BODY) -> None:
        """Write names on the left and their values on the right; empty values are left out."""
        for name, value in pairs:
            if value:
                self._row(name, value, size)
        self._pdf.ln(1.0)

    def bar(self, name: str, share: float, value: str) -> None:
        """Draw a bar from 0 to 1 with its name before and its value behind it."""
        self._room(7)
        pdf, high = self._pdf, 5.4
        y, left = pdf.get_y(), pdf.l_margin
        self._at(left, y, 78, name, _BODY)
        start, wide = left + 80, self.width - 80 - 34
        pdf.set_fill_color(*LINE)
        pdf.rect(start, y + 1.3, wide, 2.6, style="F")
        if share > 0:
            pdf.set_fill_color(*ACCENT)
            pdf.rect(start, y + 1.3, wide * min(share, 1.0), 2.6, style="F")
        self._at(start + wide + 3, y, 31, value, _BODY)
        pdf.set_xy(left, y + high)

    def picture(
        self, data: bytes, alternative: str, *, width: float | None = None, height: float = 120.0
    ) -> None:
        """Place a picture as large as width and height allow, never above its own size by much."""
        with Image.open(io.BytesIO(data)) as image:
            across, down = image.size
        limit = self.width if width is None else width
        scale = min(limit / across, height / down, 0.5)
        wide, high = across * scale, down * scale
        self._room(high + 3)
        pdf = self._pdf
        pdf.image(io.BytesIO(data), pdf.l_margin, pdf.get_y(), wide, high, alt_text=alternative)
        pdf.set_draw_color(*LINE)
        pdf.rect(pdf.l_margin, pdf.get_y(), wide, high)
        pdf.set_y(pdf.get_y() + high + 1.5)

    def _row(self, name: str, value: str, size: float) -> None:
        pdf, high = self._pdf, size * _LEADING
        self._room(high + 1)
        y, page = pdf.get_y(), pdf.page
        with self._coloured(QUIET):
            self._at(pdf.l_margin, y, _LABEL - 2, name, size)
        below, first_page = pdf.get_y(), pdf.page == page
        pdf.set_xy(pdf.l_margin + _LABEL, y)
        self._write(value, size, self.width - _LABEL, left=pdf.l_margin + _LABEL)
        if first_page and pdf.page == page:
            pdf.set_y(max(pdf.get_y(), below))
        pdf.ln(0.5)

    def _at(self, x: float, y: float, wide: float, text: str, size: float) -> None:
        self._pdf.set_xy(x, y)
        self._write(text, size, wide, left=x)

    def _write(
        self, text: str, size: float, wide: float = 0.0, *, left: float | None = None
    ) -> None:
        """Write at the pen, wrapped; lines after a page break begin at the same place."""
        shown = self._fitted(text)
        pdf = self._pdf
        pdf.set_font(FAMILY, size=size)
        margin = pdf.l_margin
        if left is not None:
            pdf.set_left_margin(left)
            pdf.set_x(left)
        pdf.multi_cell(wide, size * _LEADING, shown, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_left_margin(margin)
        pdf.set_x(margin)

    def _fitted(self, text: str) -> str:
        """Return the text as it can be written, after opening the fonts it takes."""
        shown, fonts = self.writing.prepared(text)
        fresh = [font for font in fonts if font.name not in self._fallbacks]
        for font in fresh:
            self._pdf.add_font(font.name, "", font.path)
            self._fallbacks.append(font.name)
        if fresh:
            self._pdf.set_fallback_fonts(self._fallbacks, exact_match=False)
        return shown

    def _room(self, height: float) -> None:
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    @contextmanager
    def _coloured(self, colour: Colour) -> Iterator[None]:
        self._pdf.set_text_color(*colour)
        yield
        self._pdf.set_text_color(*INK)

    @contextmanager
    def _bold(self, size: float) -> Iterator[None]:
        """Thicken the letters: making a bold cut of the variable font takes two seconds."""
        with self._pdf.local_context(
            text_mode=TextMode.FILL_STROKE, line_width=size * 0.006, draw_color=INK
        ):
            yield


class _Pages(FPDF):
    """The page itself: A4, its margins, and the line at its foot."""

    def __init__(self, footer: str, created_at: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        self._footer = footer
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.c_margin = 0.0  # so that texts and pictures begin at the same edge
        self.set_auto_page_break(True, margin=22)
        self.set_creation_date(created_at)
        self.set_creator("Touchstone")
        self.set_text_color(*INK)

    def footer(self) -> None:
        """Write the case, its hash and the page's number; called by the library."""
        self.set_y(-15)
        self.set_draw_color(*LINE)
        self.line(self.l_margin, self.get_y() - 1.5, self.w - self.r_margin, self.get_y() - 1.5)
        self.set_font(FAMILY, size=6.5)
        self.set_text_color(*QUIET)
        self.cell(self.epw - 24, 4, self._footer, align="L")
        self.cell(24, 4, f"page {self.page_no()} of {{nb}}", align="R")
        self.set_text_color(*INK)
