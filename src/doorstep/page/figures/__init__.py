"""Figures of this machine's runs, out of the book: the numbers that views and charts show."""
