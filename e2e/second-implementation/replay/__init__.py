"""One module for each group of vector files: from a case to (expected, computed) pairs."""
