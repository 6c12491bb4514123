"""Runtimes: the same network on torch (CPU or CUDA) or OpenVINO (the default on x86)."""
