"""The networks: what torch computes, layer by layer."""
