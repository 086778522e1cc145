"""The book of runs: what this machine asked, of whom, and what it cost; texts encrypted."""
