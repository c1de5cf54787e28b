"""Checks of what a learner writes: right answers pass, and a wrong one is told which mistake it looks like.

A hint is a guess that fits the numbers at every input that was tried. A typical mistake is kept as a
prediction of the wrong numbers that it leads to; the first prediction that holds is the hint.
"""
