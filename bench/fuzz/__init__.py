"""Fuzzing of the seal, the gate, the restorer and the ledger: `python -m bench.fuzz --minutes 30`.

`disguise.py` and `values.py` make private values and their forms, `bodies.py` requests and
`replies.py` replies; `seal.py`, `gate.py`, `restore.py`, `hidden.py` and `ledger.py` each hold one
target: what must be so for whatever is made. The tests in `tests/fuzz` run the same targets with
Hypothesis. Nothing here uses the boundary's own decoders or normal forms: a fuzzer that shares
them would share their mistakes.
"""
