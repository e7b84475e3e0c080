"""SonarQube's web API: signing in, paging, waiting for a server that starts."""

from infra.sonarqube.client import Login, SonarQube
from infra.sonarqube.errors import SonarError

__all__ = ["Login", "SonarError", "SonarQube"]
