#!/usr/bin/env bash
# Installs what a group of tasks needs and is not there yet; what is there is left alone.
#
#   scripts/install.sh build              C compiler and make, for the crates that compile C
#   scripts/install.sh python             .venv with the pinned packages of tests/peers/requirements.txt
#   scripts/install.sh peers              PostgreSQL and the programs that judge our files
#   scripts/install.sh browser            Chromium and the packages of tests/e2e
#   scripts/install.sh fhir               the validator and the profiles of tests/fhir (Node.js)
#   scripts/install.sh orthanc            Orthanc, the imaging server that `make bench` compares with
#   scripts/install.sh nextest deny       cargo-nextest, cargo-deny (built from source when missing)
#
# System packages are Debian's. Without root rights sudo is used; without either, what is missing is named.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

cargo_nextest_version=0.9.143
cargo_deny_version=0.20.2

say() { printf 'install: %s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

# packages PROGRAM:PACKAGE... installs the packages whose program is missing, in one go.
packages() {
  local missing=() pair
  for pair in "$@"; do
    case ${pair%%:*} in
      /*) compgen -G "${pair%%:*}" >/dev/null || missing+=("${pair#*:}") ;;
      *) has "${pair%%:*}" || missing+=("${pair#*:}") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local elevate=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! has sudo; then say "please install as root: apt-get install ${missing[*]}"; return 1; fi
    elevate=(sudo)
  fi
  if ! has apt-get; then say "please install: ${missing[*]} (no apt-get here)"; return 1; fi
  say "installing ${missing[*]}"
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  # No service starts on its own: the tests start what they need, on loopback, and stop it.
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# cargo_tool NAME VERSION builds a cargo subcommand unless some version of it is there.
cargo_tool() {
  has "$1" || [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/$1" ] && return 0
  say "building $1 $2 (a few minutes, once)"
  env -u CARGO_TARGET_DIR cargo install --quiet --locked "$1" --version "$2"
}

install_build() {
  has cargo || { say "Rust is not installed: see https://rustup.rs"; return 1; }
  packages cc:gcc make:make
}

install_python() {
  packages python3:python3 /usr/lib/python3*/ensurepip:python3-venv
  local wanted="$root/tests/peers/requirements.txt" mark="$root/.venv/requirements.txt"
  cmp -s "$wanted" "$mark" && return 0
  say "making .venv"
  rm -rf "$root/.venv"
  # Debian's own Python where it is: a version manager's shim may go away under the environment.
  local python=python3
  [ -x /usr/bin/python3 ] && python=/usr/bin/python3
  "$python" -m venv "$root/.venv"
  "$root/.venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
  cp "$wanted" "$mark"
}

install_peers() {
  packages '/usr/lib/postgresql/*/bin/initdb:postgresql' dcmdump:dcmtk qpdf:qpdf pdftoppm:poppler-utils \
    xorriso:xorriso genisoimage:genisoimage heif-convert:libheif-examples tesseract:tesseract-ocr unzip:unzip \
    zbarimg:zbar-tools
}

# npm_packages FOLDER installs what its lock file names.
npm_packages() {
  has node || { say "Node.js 20 or newer is not installed: see https://nodejs.org"; return 1; }
  local lock="$root/$1/package-lock.json" mark="$root/$1/node_modules/.installed-lock.json"
  cmp -s "$lock" "$mark" && return 0
  say "installing the packages of $1"
  (cd "$root/$1" && npm ci --silent --no-audit --no-fund)
  cp "$lock" "$mark"
}

install_browser() {
  packages chromium:chromium fc-match:fontconfig /usr/share/fonts/truetype/dejavu:fonts-dejavu-core
  npm_packages tests/e2e
}

install_fhir() { npm_packages tests/fhir; }
install_orthanc() { packages Orthanc:orthanc; }
install_nextest() { cargo_tool cargo-nextest "$cargo_nextest_version"; }
install_deny() { cargo_tool cargo-deny "$cargo_deny_version"; }

[ $# -gt 0 ] || { sed -n '2,13p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//'; exit 2; }
for group in "$@"; do
  case $group in
    build | python | peers | browser | fhir | orthanc | nextest | deny) "install_$group" ;;
    *) say "there is no group named $group"; exit 2 ;;
  esac
done
