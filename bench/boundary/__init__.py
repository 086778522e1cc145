"""The benchmark of the boundary: ours and other tools on the same rows, in one run."""
