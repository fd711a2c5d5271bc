"""From a file, anyone's, to findings. Never imports the redactor: a shared blind spot verifies nothing."""
