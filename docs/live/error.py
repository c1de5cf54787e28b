"""An error

Errors say what was asked, what is wrong with it, and what to do. Here a result has no real value, and
``detect_anomaly`` stops where it arises. Without it the result is nan.
"""

from nanograd.engine import ScalarValue, detect_anomaly

x = ScalarValue(1.5)

with detect_anomaly():
    p = 1.0 - x
    out = p.log() + x
    out.backward()
