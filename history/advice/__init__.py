"""Advice on a pipeline, from what it has done: each with its evidence, and with what a change would save. Pure."""
