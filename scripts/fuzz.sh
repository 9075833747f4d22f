#!/usr/bin/env bash
# Runs every fuzz target of the workspace for some seconds each: scripts/fuzz.sh [SECONDS]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
seconds=${1:-60}
found=0
for manifest in "$root"/crates/*/fuzz/Cargo.toml; do
  [ -e "$manifest" ] || continue
  cd "$(dirname "$manifest")/.."
  for target in $(cargo fuzz list); do
    found=$((found + 1))
    echo "== $target"
    # The nightly switches are what cargo-fuzz needs; a stable compiler takes them with this variable.
    # What is found is kept beside the seeds, which stay as they are.
    mkdir -p "fuzz/corpus/$target"
    RUSTC_BOOTSTRAP=1 cargo fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- -max_total_time="$seconds" -rss_limit_mb=2048
  done
done
[ "$found" -gt 0 ] || echo "fuzz: there are no fuzz targets yet"
