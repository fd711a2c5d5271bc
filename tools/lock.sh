#!/usr/bin/env bash
# Writes requirements.lock from pyproject.toml: every package with its hashes, no address of any index.
#
# pip's own configuration and find-links are left out, so that no package of one machine slips in; a mirror can still be
# named with PIP_INDEX_URL. Arguments go to pip-compile (`tools/lock.sh --upgrade`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile=.venv/bin/pip-compile
if [ ! -x "$compile" ]; then
  echo "lock: set up first: make setup" >&2
  exit 1
fi
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
  echo "lock: the lock is made with Python 3.11, the oldest that we support: make distclean, then make setup PYTHON=python3.11" >&2
  exit 1
fi
env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
  "$compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
  --extra dev --output-file requirements.lock "$@" pyproject.toml

if grep -nE '://|^[[:space:]]*--(index|extra|find|trusted)' requirements.lock; then
  echo "lock: the lines above name an address; the lock may not" >&2
  exit 1
fi
