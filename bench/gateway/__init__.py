"""The benchmark of the gateway: ratios to a plain pass-through, correctness, soak, kill."""
