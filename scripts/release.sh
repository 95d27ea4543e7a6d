#!/usr/bin/env bash
# Builds the release into dist: static, stripped binaries for every platform,
# archives with licence, completions and man pages, and their checksums.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?the version, such as v0.1.0}
limit_mb=50
rm -rf dist
mkdir -p dist/share/completions dist/share/man
go build -o dist/share/hawser ./cmd/hawser
for shell in bash zsh fish powershell; do
  dist/share/hawser completion "$shell" > "dist/share/completions/hawser.$shell"
done
dist/share/hawser docs man dist/share/man
rm dist/share/hawser
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
  os=${platform%/*} arch=${platform#*/}
  dir="dist/hawser_${version}_${os}_${arch}"
  bin=hawser; [ "$os" = windows ] && bin=hawser.exe
  mkdir -p "$dir"
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -trimpath -ldflags "-s -w -X main.release=$version" -o "$dir/$bin" ./cmd/hawser
  mb=$(( $(wc -c < "$dir/$bin") / 1000000 ))
  echo "$os/$arch: $mb MB"
  [ "$mb" -le "$limit_mb" ] || { echo "larger than the $limit_mb MB that a release may be" >&2; exit 1; }
  cp -r LICENSE README.md dist/share/completions dist/share/man "$dir"
  if [ "$os" = windows ]; then
    (cd dist && python3 -m zipfile -c "$(basename "$dir").zip" "$(basename "$dir")")
  else
    tar -C dist -czf "$dir.tar.gz" "$(basename "$dir")"
  fi
  rm -rf "$dir"
done
rm -rf dist/share
(cd dist && sha256sum -- *.tar.gz *.zip > SHA256SUMS && cat SHA256SUMS)
