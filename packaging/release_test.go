// Package packaging tests the release: it makes one, and uses what is in it.
package packaging

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

const version = "v1.2.3"

// TestRelease makes a release by scripts/release.sh. Only the program for this machine is
// built, in the plain way; for other platforms there is a short text.
func TestRelease(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the release is made on Linux")
	}
	root, dist := top(t), filepath.Join(t.TempDir(), "dist")
	nfpm := filepath.Join(root, ".tools", "bin", "nfpm")
	if _, err := os.Stat(nfpm); err != nil {
		t.Skip("nfpm is not there; make packages installs it")
	}
	release := command(t, "scripts/release.sh", version)
	release.Dir = root
	release.Env = append(os.Environ(), "GO="+standIn(t), "NFPM="+nfpm, "DIST="+dist, "SOURCE_DATE_EPOCH=1780000000")
	if out, err := release.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("archives", func(t *testing.T) { checkArchives(t, dist) })
	t.Run("deb", func(t *testing.T) {
		checkInstalled(t, installDeb(t, filepath.Join(dist, "hawser_1.2.3_"+runtime.GOARCH+".deb")), "usr/share/zsh/vendor-completions/_hawser", "usr/share/doc/hawser/copyright")
	})
	t.Run("rpm", func(t *testing.T) {
		arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
		checkInstalled(t, installRPM(t, filepath.Join(dist, "hawser-1.2.3-1."+arch+".rpm")), "usr/share/zsh/site-functions/_hawser", "usr/share/licenses/hawser/LICENSE")
	})
	t.Run("formula", func(t *testing.T) { checkFormula(t, dist) })
	t.Run("container", func(t *testing.T) { checkContainerfile(t, root, filepath.Join(dist, "container")) })
}

// standIn writes a program that the release calls in place of go. For this platform it
// gives the program, which is built once.
func standIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := command(t, "go", "build", "-ldflags", "-s -w -X main.release="+version, "-o", filepath.Join(dir, "hawser"), "./cmd/hawser")
	build.Dir = top(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := fmt.Sprintf(`#!/bin/sh
while [ "$1" != -o ]; do shift; done
case "${GOOS:-%[1]s}/${GOARCH:-%[2]s}" in
%[1]s/%[2]s) cp %[3]s/hawser "$2" ;;
*) echo "hawser for $GOOS/$GOARCH" > "$2" ;;
esac
`, runtime.GOOS, runtime.GOARCH, dir)
	path := filepath.Join(dir, "go")
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func checkArchives(t *testing.T, dist string) {
	t.Helper()
	sums := read(t, filepath.Join(dist, "SHA256SUMS"))
	for _, name := range []string{
		"hawser_v1.2.3_linux_amd64.tar.gz", "hawser_v1.2.3_linux_arm64.tar.gz", "hawser_v1.2.3_darwin_amd64.tar.gz",
		"hawser_v1.2.3_darwin_arm64.tar.gz", "hawser_v1.2.3_windows_amd64.zip", "hawser_v1.2.3_windows_arm64.zip",
		"hawser_1.2.3_amd64.deb", "hawser_1.2.3_arm64.deb", "hawser-1.2.3-1.x86_64.rpm", "hawser-1.2.3-1.aarch64.rpm",
	} {
		if !strings.Contains(sums, "  "+name+"\n") {
			t.Errorf("there is no checksum of %s", name)
		}
	}
	check := command(t, "sha256sum", "--check", "--quiet", "SHA256SUMS")
	check.Dir = dist
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	list := output(t, "tar", "-tzf", filepath.Join(dist, "hawser_v1.2.3_linux_"+runtime.GOARCH+".tar.gz"))
	for _, name := range []string{"hawser", "LICENSE", "README.md", "completions/hawser.bash", "completions/hawser.zsh", "completions/hawser.fish", "man/hawser.1"} {
		if !strings.Contains(list, "hawser_v1.2.3_linux_"+runtime.GOARCH+"/"+name+"\n") {
			t.Errorf("the archive lacks %s", name)
		}
	}
}

// checkInstalled runs the program that was installed below a root, and looks for what
// belongs to it.
func checkInstalled(t *testing.T, root, zsh, licence string) {
	t.Helper()
	if got := output(t, filepath.Join(root, "usr/bin/hawser"), "--version"); !strings.Contains(got, version) {
		t.Errorf("hawser --version prints %q, want %s", got, version)
	}
	if man := output(t, "gzip", "-dc", filepath.Join(root, "usr/share/man/man1/hawser-s3-list.1.gz")); !strings.Contains(man, `.TH "HAWSER"`) {
		t.Errorf("the man page begins with %.40q", man)
	}
	bash := output(t, "bash", "--norc", "-ec", `source "$1"; complete -p hawser`, "bash", filepath.Join(root, "usr/share/bash-completion/completions/hawser"))
	if !strings.Contains(bash, "__start_hawser") {
		t.Errorf("bash completes hawser by %q", bash)
	}
	for path, begin := range map[string]string{
		zsh: "#compdef hawser", "usr/share/fish/vendor_completions.d/hawser.fish": "# fish completion for hawser",
		licence: "                                 Apache License",
	} {
		if text := strings.TrimLeft(read(t, filepath.Join(root, path)), "\n"); !strings.HasPrefix(text, begin) {
			t.Errorf("%s begins with %.40q, want %q", path, text, begin)
		}
	}
	for shell, path := range map[string]string{"zsh": zsh, "fish": "usr/share/fish/vendor_completions.d/hawser.fish"} {
		if _, err := exec.LookPath(shell); err == nil {
			output(t, shell, "-n", filepath.Join(root, path))
		}
	}
}

// checkFormula checks what can be checked of the formula without Homebrew: Ruby's syntax if
// Ruby is there, and else that its blocks end, and the address and checksum of each archive.
func checkFormula(t *testing.T, dist string) {
	t.Helper()
	path := filepath.Join(dist, "hawser.rb")
	text := read(t, path)
	if left := regexp.MustCompile(`@\w+@`).FindAllString(text, -1); left != nil {
		t.Errorf("the formula still has %v", left)
	}
	sums := read(t, filepath.Join(dist, "SHA256SUMS"))
	pairs := regexp.MustCompile(`url "https://github.com/hawser/hawser/releases/download/v1\.2\.3/(\S+)"\n\s+sha256 "([0-9a-f]{64})"`).FindAllStringSubmatch(text, -1)
	for _, pair := range pairs {
		if !strings.Contains(sums, pair[2]+"  "+pair[1]+"\n") {
			t.Errorf("%s has not the checksum %s", pair[1], pair[2])
		}
	}
	if len(pairs) != 4 {
		t.Errorf("the formula has %d archives with a checksum, want 4", len(pairs))
	}
	begun := len(regexp.MustCompile(`(?m)^\s*(class|def) |\bdo$`).FindAllString(text, -1))
	if ended := len(regexp.MustCompile(`(?m)^\s*end$`).FindAllString(text, -1)); begun != ended {
		t.Errorf("the formula begins %d blocks and ends %d", begun, ended)
	}
	if _, err := exec.LookPath("ruby"); err == nil {
		output(t, "ruby", "-c", path)
	}
}

// checkContainerfile checks that the image copies what the release has made, for each of
// its platforms, and that its user is not root.
func checkContainerfile(t *testing.T, root, context string) {
	t.Helper()
	text := read(t, filepath.Join(root, "packaging", "Containerfile"))
	copies := regexp.MustCompile(`(?m)^COPY (\S+) /\S+$`).FindAllStringSubmatch(text, -1)
	if len(copies) != 2 {
		t.Errorf("the image copies %d files, want the program and the licence", len(copies))
	}
	for _, arch := range []string{"amd64", "arm64"} {
		for _, c := range copies {
			if _, err := os.Stat(filepath.Join(context, strings.ReplaceAll(c[1], "${TARGETARCH}", arch))); err != nil {
				t.Error(err)
			}
		}
	}
	for _, line := range []string{"USER nonroot\n", "ENTRYPOINT [\"/usr/bin/hawser\"]\n"} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("the image lacks %s", line)
		}
	}
}

func top(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), name, args...)
}

// output is what a program writes. It must succeed.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := command(t, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
