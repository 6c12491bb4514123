"""The routes, one module for each noun. A route parses, calls one service, and shapes."""
