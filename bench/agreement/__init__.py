"""What `bench/crosscheck.py` measures: the comparer on pairs, and agreement of two models."""
