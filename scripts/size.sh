#!/usr/bin/env bash
# Prints what takes the room in the program: the sections of the release's form, and
# its machine code by origin, in millions of bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/whole" ./cmd/hawser
go build -ldflags='-s -w' -o "$dir/stripped" ./cmd/hawser
printf '%7.1f stripped program\n' "$(stat -c %s "$dir/stripped" | awk '{print $1/1e6}')"
size -A "$dir/stripped" |
  awk '$1 ~ /^\./ && $1 !~ /bss$/ && $2 > 1e6 { printf "%7.1f   section %s\n", $2/1e6, $1 }'
echo "        code by origin:"
go tool nm -size "$dir/whole" | awk '
  $3 !~ /^[Tt]$/ { next }
  {
    name = $4; sub(/^type:\.[a-z]+\./, "", name)
    origin = "Go standard library"
    if (name ~ /^github\.com\/hawser\/hawser\/internal\/awssim/) origin = "hawser: simulator"
    else if (name ~ /^github\.com\/hawser\//) origin = "hawser: everything else"
    else if (name ~ /^github\.com\/aws\//) origin = "AWS SDK"
    else if (match(name, /^[a-z0-9.-]+\.[a-z]+\/[^\/.]+/)) origin = substr(name, 1, RLENGTH)
    size[origin] += $2
  }
  END { for (o in size) if (size[o] > 2e5) printf "%7.1f   %s\n", size[o]/1e6, o }' | sort -rn
