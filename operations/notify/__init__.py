"""Tells people, by Slack and e-mail, what became of a deployment or a pipeline: one message, short, and never with a secret."""
