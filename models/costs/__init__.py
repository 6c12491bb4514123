"""What running a network costs: its arithmetic, counted, and the machine's pace, measured.

    any call that runs torch ─▶ network_work   ─▶ multiply-adds, weights, maps
    this machine             ─▶ matrix_product ─▶ multiply-adds a second

Nothing here decides how a network is run, and no product code depends on it.
"""
