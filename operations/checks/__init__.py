"""Reads the reports that tests and scanners leave, sums them up, and says whether they pass."""
