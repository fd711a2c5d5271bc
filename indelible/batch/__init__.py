"""Many files: one bad file never stops the others."""

from indelible.batch.executor import Executor, Outcome
from indelible.batch.local import InProcess, LocalProcesses, local_executor

__all__ = ["Executor", "InProcess", "LocalProcesses", "Outcome", "local_executor"]
