"""The workloads W1 to W7 of the compiler, each as a user would write it for every engine.

A module has a function for each engine it is measured with: ``nanograd``, ``micrograd``, ``torch`` and so on.
It builds what one builds once. It returns a call, which is timed, and a function that reads the call's result
as a number and a flat array of derivatives, which must be the same for all engines.
"""
