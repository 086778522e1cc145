"""The parts of Draft-then-Refine: its events, the race of draft and cloud, the judge, the job."""
