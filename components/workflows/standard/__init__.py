"""The pipeline of the story: ci, cd, security, quality, release, rollback, preview and drift."""

from components.workflows.standard.options import ENVIRONMENTS, Commands, PipelineOptions
from components.workflows.standard.pipeline import own, standard

__all__ = ["ENVIRONMENTS", "Commands", "PipelineOptions", "own", "standard"]
