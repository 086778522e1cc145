"""The parts of `python -m bench.draft`."""
