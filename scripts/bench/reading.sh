#!/usr/bin/env bash
# Measures the reader on the labelled sentences of its tests, and on real de-identified pathology reports, which are not
# part of this repository:
#
#   CONSILIUM_CORPORA=FOLDER scripts/bench/reading.sh [--half tune|report] [--disagreements FIELD] [--sentences FILE]
#
# Without the folder only the sentences are measured, and the last line says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cargo run --locked --quiet --release --package consilium-reading --example benchmark -- "$@"
