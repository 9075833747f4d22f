#!/usr/bin/env bash
# Runs a command beside a throwaway PostgreSQL cluster and S3 server (tests/peers/peers.py).
#
#   scripts/with-peers.sh cargo nextest run -p consilium-vault
#   scripts/with-peers.sh env | grep CONSILIUM_TEST
#
# CONSILIUM_TEST_POSTGRES and CONSILIUM_TEST_S3 hold the addresses; both servers are gone when the command ends.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exec python3 "$root/tests/peers/peers.py" "$@"
