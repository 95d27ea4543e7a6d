#!/usr/bin/env bash
# Runs every fuzz test of the module for so long: fuzz.sh 3s, or fuzz.sh 2m guided.
#
# Guided by coverage, inputs are found that chance would not find, at the cost of a
# build of everything with counters, the SDK too, and of up to a hundred times fewer
# inputs a second. That pays in minutes; in seconds, chance and the seeds go further.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?how long each, such as 3s}
build=(go test -c)
[ "${2:-}" != guided ] || build+=(-fuzz .)
module=$(go list -m)
corpus=$(go env GOCACHE)/fuzz
binaries=$(mktemp -d)
trap 'rm -rf "$binaries"' EXIT

# A worker that is busy when the time ends is reported as a failure of the test,
# though it found nothing (golang/go#75804, fixed in Go 1.27): such a run is repeated.
fuzz() {
  for _ in 1 2 3; do
    if out=$(cd "$1" && "$binary" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$time" -test.fuzzcachedir "$corpus/$module/$1" 2>&1); then return 0; fi
    if grep -q 'Failing input written' <<<"$out" || ! grep -q '^ *context deadline exceeded$' <<<"$out"; then return 1; fi
  done
  return 1
}

# A package is linked once, not for each of its tests.
grep -rl --include='*_test.go' '^func Fuzz' cmd internal | xargs -n1 dirname | sort -u | while read -r dir; do
  binary=$binaries/${dir//\//-}
  echo "     $dir is built"
  "${build[@]}" -o "$binary" "./$dir"
  grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | awk '{print $2}' | sort -u | while read -r name; do
    echo "     $dir $name runs for $time"
    if ! fuzz "$dir" "$name"; then
      echo "$out"
      echo "FAIL $dir $name"
      exit 1
    fi
    echo "ok   $dir $name: $(grep -oE 'execs: .*' <<<"$out" | tail -n 1)"
  done
done
