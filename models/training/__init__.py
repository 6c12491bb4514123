"""`models/training/` makes the weights that `models/` ships; nothing here runs in a service.

marks ─▶ synthetic photos ─▶ batches ─▶ network ─▶ weights file and its card
"""
