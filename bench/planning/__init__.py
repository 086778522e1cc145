"""Plan-then-Ground, judged: what crosses, hostile planners, and data of any size."""
