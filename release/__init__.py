"""What has to be true of a release before anything is published; run by ``nox -s release-check``.

Each module looks at one thing and returns the faults it found as sentences: what is wrong, and what to do.
"""
