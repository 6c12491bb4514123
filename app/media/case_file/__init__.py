"""A case file: everything that one verdict rests on, as pages of A4 that can be handed over.

    values (`content.py`) ─▶ sections (`sections.py`) ─▶ sheet (`sheet.py`) ─▶ PDF bytes
                                                            ▲
                                     fonts for every script (`fonts.py`)

It says what was seen and how rare that is, names the registered mark, and asks for a review. It
never says what goods are, or what anybody meant.
"""
