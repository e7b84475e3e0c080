"""What an update of each stack would do, as one report: for a terminal, a pull request's comment, or a program.

``run`` previews the stacks, ``collect`` reads the engine's events, ``examine`` judges them, ``text``, ``markdown`` and
``schema`` say it, ``comment`` brings it to the pull request.
"""
