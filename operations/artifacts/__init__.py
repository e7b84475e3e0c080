"""The images that pipelines make: what is kept of them, who made them, who runs them, and when they may go."""
