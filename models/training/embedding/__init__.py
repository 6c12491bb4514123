"""Trains the motif embedder: crops of one mark are drawn together, all other marks apart.

crop pool ─▶ batches (look-alikes together) ─▶ augmentation ─▶ network ─▶ loss ─▶ weights
                 ▲                                                │
                 └────────── what each mark looks like ◀──────────┘
"""
