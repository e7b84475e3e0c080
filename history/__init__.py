"""What a pipeline has done: collected from GitHub, ledgers and SonarQube, kept, and summed up as figures."""
