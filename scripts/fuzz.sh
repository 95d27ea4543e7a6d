#!/usr/bin/env bash
# Runs every fuzz test of the module for so long: fuzz.sh 3s
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?how long each, such as 3s}
grep -rl --include='*_test.go' '^func Fuzz' cmd internal | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | awk '{print $2}' | sort -u | while read -r name; do
    if ! out=$(go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "./$dir" 2>&1); then
      echo "$out"
      echo "FAIL $dir $name"
      exit 1
    fi
    echo "ok   $dir $name: $(echo "$out" | grep -oE 'execs: [0-9]+' | tail -n 1)"
  done
done
