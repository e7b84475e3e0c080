"""Measurements of whole flows on the lab, and what they share with the integration tests."""
