#!/usr/bin/env bash
# Builds the release into dist: static, stripped binaries for every platform,
# archives with licence, completions and man pages, packages for Linux, the directory
# for the container image, the Homebrew formula, and checksums. GO, NFPM and DIST name
# other programs and another directory.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?the version, such as v0.1.0}
go=${GO:-go} nfpm=${NFPM:-.tools/bin/nfpm} dist=${DIST:-dist}
limit_mb=70 # see docs/performance.md
# A file's time is that of the commit, so that the same source gives the same archives.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
rm -rf "$dist"
mkdir -p "$dist/share/completions" "$dist/share/man"
"$go" build -o "$dist/share/hawser" ./cmd/hawser
for shell in bash zsh fish powershell; do
  "$dist/share/hawser" completion "$shell" > "$dist/share/completions/hawser.$shell"
done
"$dist/share/hawser" docs man "$dist/share/man"
rm "$dist/share/hawser"

# archive makes the archive of a directory, and removes the directory.
archive() {
  local name=$1 os=$2
  if [ "$os" = windows ]; then
    (cd "$dist" && python3 -m zipfile -c "$name.zip" "$name")
  else
    tar -C "$dist" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -c "$name" | gzip -n > "$dist/$name.tar.gz"
  fi
  rm -rf "${dist:?}/$name"
}

# packages makes the packages of a program for Linux. Without a tag the version is older
# than every release.
packages() {
  local binary=$1 arch=$2 number=$version packager
  [[ $number =~ ^v?[0-9]+\.[0-9]+\.[0-9]+ ]] || number=0.0.0-$number
  for packager in deb rpm; do
    BINARY=$binary ARCH=$arch SHARE=$dist/share VERSION=$number \
      "$nfpm" package -f packaging/nfpm.yaml -p "$packager" -t "$dist" > /dev/null
  done
}

for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
  os=${platform%/*} arch=${platform#*/}
  name="hawser_${version}_${os}_${arch}"
  bin=hawser; [ "$os" = windows ] && bin=hawser.exe
  mkdir -p "$dist/$name"
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch "$go" build -trimpath -ldflags "-s -w -X main.release=$version" -o "$dist/$name/$bin" ./cmd/hawser
  mb=$(( $(wc -c < "$dist/$name/$bin") / 1000000 ))
  echo "$os/$arch: $mb MB"
  [ "$mb" -le "$limit_mb" ] || { echo "larger than the $limit_mb MB that a release may be" >&2; exit 1; }
  if [ "$os" = linux ]; then
    mkdir -p "$dist/container/linux/$arch"
    cp "$dist/$name/$bin" "$dist/container/linux/$arch/"
  fi
  cp -r LICENSE README.md "$dist/share/completions" "$dist/share/man" "$dist/$name"
  archive "$name" "$os"
done
cp LICENSE "$dist/container/"

gzip -9n "$dist"/share/man/*.1
for arch in amd64 arm64; do
  packages "$dist/container/linux/$arch/hawser" "$arch"
done
rm -rf "$dist/share"

cd "$dist"
sha256sum -- *.tar.gz *.zip *.deb *.rpm > SHA256SUMS
cat SHA256SUMS
fill=(-e "s|@TAG@|$version|g" -e "s|@VERSION@|${version#v}|g")
for platform in darwin_arm64 darwin_amd64 linux_arm64 linux_amd64; do
  fill+=(-e "s|@SHA256_$platform@|$(awk -v name="hawser_${version}_$platform.tar.gz" '$2 == name { print $1 }' SHA256SUMS)|")
done
sed "${fill[@]}" "$OLDPWD/packaging/homebrew/hawser.rb" > hawser.rb
