"""Detectors and the model store: they return regions, they never remove anything."""

import os

# ONNX Runtime from 1.29 on sends usage data to its maker and leaves an identifier in the user's cache, unless told not to before
# it is loaded (its Privacy.md; docs/decisions/0010). Whoever imports a detector passes through here first.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
