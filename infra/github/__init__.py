"""The GitHub client: one server, one way to sign in, and the patience that its limits ask for."""

from infra.github.client import Clock, GitHub, api_root
from infra.github.credentials import App, Credentials, Token
from infra.github.errors import FORBIDDEN, NOT_FOUND, GitHubError

__all__ = ["FORBIDDEN", "NOT_FOUND", "App", "Clock", "Credentials", "GitHub", "GitHubError", "Token", "api_root"]
