"""How fast the program is, and beside it the simpler ones: `qa eval speed`."""
