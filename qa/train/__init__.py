"""Training of the extractive reader: data, windows, negatives, model, loop, export."""
