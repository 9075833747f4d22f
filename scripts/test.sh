#!/usr/bin/env bash
# Runs the steps of `make test`, all or those named, and says how long each took.
#
#   scripts/test.sh [format] [lint] [deny] [crates] [fhir] [browser]
#
# A step that fails does not hide the others: all run, the last line counts them, and the exit code tells. Only one
# profile is built (dev), once: the binary, the tests and the browser tests share it. Lints are checked after it, because
# a build that fails says so sooner.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

step_format() { cargo fmt --all --check; }

step_deny() {
  scripts/install.sh deny && cargo deny --locked check --hide-inclusion-graph bans licenses sources
}

step_build() { scripts/install.sh build && cargo build --locked --workspace --bins --tests; }

step_crates() {
  scripts/install.sh python peers || return 1
  # The judges that are Python packages stand in the tests' own environment.
  export CONSILIUM_PYTHON="${CONSILIUM_PYTHON:-$root/.venv/bin/python}"
  if cargo nextest --version >/dev/null 2>&1 || scripts/install.sh nextest; then
    local profile=default
    [ "${CI:-}" = true ] && profile=ci
    scripts/with-peers.sh cargo nextest run --locked --workspace --profile "$profile"
  else
    scripts/with-peers.sh cargo test --locked --workspace --bins --lib --tests
  fi
}

step_lint() { cargo clippy --locked --workspace --all-targets -- -D warnings; }

# Bundles of sample cases and of the demo case, judged by another program with the published definitions of FHIR, mCODE
# and IPS.
step_fhir() {
  scripts/install.sh build fhir || return 1
  rm -rf tests/fhir/out
  cargo run --locked --quiet --package consilium-exchange --example fhir_samples -- tests/fhir/out || return 1
  cargo build --locked --quiet --bin consilium || return 1
  local home form
  home=$(mktemp -d)
  "$target/debug/consilium" --home "$home" demo --no-open --no-serve --today 2026-11-26 >/dev/null || return 1
  for form in mcode ips fhir; do
    "$target/debug/consilium" --home "$home" export --case rosa --as "$form" -o "tests/fhir/out/demo.${form/fhir/full}.json" || return 1
  done
  rm -rf "$home"
  (cd tests/fhir && npm test --silent)
}

# The pages in a browser. Each file starts the binary with a home of its own on a free port.
step_browser() {
  scripts/install.sh browser python peers || return 1
  rm -rf tests/e2e/out
  (cd tests/e2e && CONSILIUM_BIN="${CONSILIUM_BIN:-$target/debug/consilium}" npm test --silent)
}

steps=("$@")
[ ${#steps[@]} -eq 0 ] && steps=(format deny build crates fhir browser lint)
[ "${steps[*]}" = browser ] && [ -z "${CONSILIUM_BIN:-}" ] && steps=(build browser)

passed=0 failed=0 lines=()
for step in "${steps[@]}"; do
  if ! declare -F "step_$step" >/dev/null; then echo "there is no step named $step" >&2; exit 2; fi
  printf '\n== %s\n' "$step"
  began=$SECONDS
  if "step_$step"; then outcome=passed; passed=$((passed + 1)); else outcome=FAILED; failed=$((failed + 1)); fi
  lines+=("$(printf '%-8s %-7s %4d s' "$step" "$outcome" $((SECONDS - began)))")
  # Nothing can be tested that was not built.
  [ "$step" = build ] && [ "$outcome" = FAILED ] && break
done
printf '\n'
printf '%s\n' "${lines[@]}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
