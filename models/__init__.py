"""`models/` looks: pixels in, arrays out.

    photo (H, W, 3) uint8 ─▶ RegionProposer.propose ─▶ Regions (photo + boxes)
                          ─▶ Embedder.embed        ─▶ (regions, dim) unit float32

It knows nothing of brands, listings or verdicts, nor of the index that its vectors are put in.
torch, torchvision and OpenVINO are imported below this package and nowhere else.
"""
