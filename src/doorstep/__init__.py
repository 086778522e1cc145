"""Doorstep: split work between home and cloud, and prove what crossed."""
