#!/usr/bin/env bash
# Puts the shipped file into dist/ and proves that it needs nothing installed:
# only the C library is linked dynamically, and it answers its version and serves its first page in an empty environment.
set -euo pipefail
built=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$root/dist"
version=$(env -i "$built" --version | awk '{print $2}')
out="$root/dist/consilium-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)"
install -m 755 "$built" "$out"

foreign=$(ldd "$out" | awk '{print $1}' | grep -vE '^(linux-vdso|libc|libm|libgcc_s|libpthread|libdl|librt|/lib(64)?/ld-linux.*)(\.so.*)?$' || true)
if [ -n "$foreign" ]; then
  echo "dist: the file needs libraries that another machine may lack:" "$foreign" >&2
  exit 1
fi
needs=$(grep -aoE 'GLIBC_2\.[0-9]+' "$out" | sort -uV | tail -1)

empty=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$empty"' EXIT
mkfifo "$empty/output"
(cd "$empty" && exec env -i "$out" --home "$empty/home" serve --no-open --bind 127.0.0.1:0 >"$empty/output" 2>"$empty/errors") &
server=$!
# Held open to the end: the program may go on talking.
exec 3<"$empty/output"
address=
while IFS= read -r -t 60 -u 3 line; do
  case $line in "open http"*) address=${line#open }; break ;; esac
done
if [ -z "$address" ]; then
  echo "dist: the file did not start in an empty environment:" >&2
  cat "$empty/errors" >&2
  exit 1
fi
python3 - "$address" <<'PYTHON'
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
page = opener.open(sys.argv[1], timeout=30).read().decode()
assert "Consilium" in page, "the first page does not say Consilium"
PYTHON
printf 'dist: %s (%s, needs %s), started in an empty environment\n' \
  "${out#"$root/"}" "$(du -h "$out" | cut -f1)" "$needs"
