"""Runs a repository's workflows on this machine: the same files, the same scripts, through act, on the lab."""
