"""What is done for whoever reviews a pull request: labels, size, owners and the checklist."""
