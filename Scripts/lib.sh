# shellcheck shell=bash
# What the scripts of this folder share. Sourced, not run.

# The package's folder, whatever the caller's working directory is.
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Runs its arguments as root if that needs no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 77
  fi
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE...: installs the Debian packages that are missing, or says how to and ends.
need_packages() {
  local package missing=()
  command -v dpkg-query >/dev/null || die "this is no Debian system; install what corresponds to: $*"
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  say "installing ${missing[*]}"
  local options=(-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  # The lists of a bare machine are empty, and old lists name files that are gone.
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" update -qq >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get "${options[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2; then
    return
  fi
  die "these packages are missing and could not be installed; run:
  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
}

# need_swift: ends unless Swift 6.2 or newer is on the path.
need_swift() {
  command -v swift >/dev/null || die "no swift on the PATH; install Swift 6.2 or newer from https://swift.org/install"
  local line version major minor
  line=$(swift --version 2>/dev/null)
  version=$(sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' <<<"$line" | head -n 1)
  read -r major minor <<<"$version" || true
  if [ -z "${minor:-}" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    die "Swift 6.2 or newer is needed; this is: ${line%%$'\n'*}"
  fi
}

# need_build_tools: everything that building needs beside the toolchain.
need_build_tools() {
  local packages=()
  # What is there in another way, as a newer OpenSSL under PKG_CONFIG_PATH, is as good as the package.
  if ! command -v pkg-config >/dev/null || ! pkg-config --exists 'libcrypto >= 3.0' 'sqlite3 >= 3.20'; then
    packages+=(pkg-config libssl-dev libsqlite3-dev)
  fi
  if ! command -v pkg-config >/dev/null || ! pkg-config --exists 'libqrencode >= 4.0' 'libpng >= 1.6'; then
    packages+=(pkg-config libqrencode-dev libpng-dev)
  fi
  # SwiftPM fetches the dependencies with git, over https.
  command -v git >/dev/null || packages+=(git)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)
  [ "${#packages[@]}" -eq 0 ] || need_packages "${packages[@]}"
  need_swift
}

# python_with_cryptography: the path of a Python that has the package `cryptography`, installed if need be.
python_with_cryptography() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import sys, cryptography; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  need_packages python3 python3-cryptography
  printf '/usr/bin/python3\n'
}

# How many compilers run at once: one per processor, as far as there are 1.5 GB for each.
build_jobs() {
  local processors memory
  processors=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null || true)
  if [ -n "$memory" ] && [ "$memory" -lt "$processors" ]; then processors=$memory; fi
  if [ "$processors" -lt 1 ]; then processors=1; fi
  printf '%s\n' "$processors"
}

# swift_package COMMAND ARGUMENT...: `swift COMMAND` on this package, from any folder.
swift_package() {
  local command=$1
  shift
  swift "$command" --package-path "$root" -j "$(build_jobs)" "$@"
}

# release_binary [BINARY]: BINARY, or the tool that is built here in release.
release_binary() {
  if [ -n "${1:-}" ]; then
    absolute "$1"
    return
  fi
  need_build_tools
  swift_package build -c release --product escrow >&2
  printf '%s\n' "$(swift_package build -c release --show-bin-path)/escrow"
}

# need_python_packages NAME PACKAGE...: sets `python` to an interpreter that has these packages of PyPI, in an
# environment of its own under .build.
need_python_packages() {
  local place=$root/.build/python-$1
  shift
  command -v python3 >/dev/null || need_packages python3
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then need_packages python3-venv; fi
  [ -x "$place/bin/python" ] || python3 -m venv "$place"
  "$place/bin/python" -m pip install -q --disable-pip-version-check "$@" >&2
  # shellcheck disable=SC2034 # For whoever sourced this file.
  python=$place/bin/python
}

# absolute PATH: PATH, seen from the caller's folder, without a trailing slash.
absolute() {
  case $1 in
    /*) printf '%s\n' "${1%/}" ;;
    *) printf '%s\n' "$PWD/${1%/}" ;;
  esac
}

# toolchain_tools: the folder of the toolchain's own llvm tools; another version may not read what it writes.
toolchain_tools() {
  local resources
  resources=$(swift -print-target-info | sed -nE 's/.*"runtimeResourcePath": "(.*)".*/\1/p')
  printf '%s/../../bin\n' "$resources"
}

# crosscheck_helper: the path of the library's side of the comparisons with the reference implementation, built if need be.
crosscheck_helper() {
  local helper
  helper=$(swift_package build -c release --show-bin-path)/crosscheck-helper
  # The tests build it, with flags of their own: as they do, so that nothing is compiled twice.
  if [ ! -x "$helper" ] || [ -n "$(find "$root"/{Package.swift,Sources,Tests/SpecCases,Tests/CrosscheckHelper} \
    -type f -newer "$helper" -print -quit)" ]; then
    say "building the library's side"
    swift_package test -c release --filter SpecCaseTests >&2 || return 1
    touch "$helper"
  fi
  printf '%s\n' "$helper"
}
