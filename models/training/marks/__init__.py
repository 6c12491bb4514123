"""Training marks: where they come from, which side of the split they are on, and their pixels.

    packages ─▶ drawings ─▶ pictures 192 px ─▶ packs ─┐
    fonts and words ─▶ wordmarks ────────────▶ packs ─┴▶ index.json ─▶ MarkStore

`prepare_marks` makes the folder once; `MarkStore` reads it. A brand is on one side of the split in
every package, and a picture that is on the test side under another name is kept out of training.
"""
