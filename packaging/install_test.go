package packaging

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// installDeb installs a package into an empty root, by dpkg as root, else by unpacking it,
// and returns the root.
func installDeb(t *testing.T, path string) string {
	t.Helper()
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("dpkg is not there")
	}
	root := t.TempDir()
	if os.Geteuid() != 0 {
		t.Log("not root: the package is unpacked, not installed")
		output(t, "dpkg-deb", "-x", path, root)
		return root
	}
	admin := filepath.Join(root, "var/lib/dpkg")
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(admin, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(admin, "status"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, "dpkg", "--root="+root, "--install", path)
	if status := output(t, "dpkg-query", "--admindir="+admin, "-W", "-f", "${Status} ${Version}", "hawser"); status != "install ok installed 1.2.3" {
		t.Errorf("dpkg has %q", status)
	}
	return root
}

// installRPM installs a package into an empty root, by rpm if it is there, else by
// unpacking it, and returns the root.
func installRPM(t *testing.T, path string) string {
	t.Helper()
	root := t.TempDir()
	if _, err := exec.LookPath("rpm"); err == nil {
		output(t, "rpm", "--root", root, "--install", "--nodeps", "--ignorearch", "--nosignature", path)
		return root
	}
	t.Log("rpm is not there: the package is unpacked, not installed")
	unpackRPM(t, []byte(read(t, path)), root)
	return root
}

// unpackRPM writes the files of a package as rpm2cpio and cpio would: behind the lead of 96
// bytes there are two headers, each a count of entries of 16 bytes and the length of their
// data, and then the archive.
//
// https://rpm-software-management.github.io/rpm/manual/format_v4.html
func unpackRPM(t *testing.T, rpm []byte, root string) {
	t.Helper()
	at := 96
	for range 2 {
		at = (at + 7) / 8 * 8
		if len(rpm) < at+16 || !bytes.HasPrefix(rpm[at:], []byte{0x8e, 0xad, 0xe8, 1}) {
			t.Fatalf("there is no header at %d", at)
		}
		at += 16 + 16*int(binary.BigEndian.Uint32(rpm[at+8:])) + int(binary.BigEndian.Uint32(rpm[at+12:]))
	}
	zipped, err := gzip.NewReader(bytes.NewReader(rpm[at:]))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	for name, rest := "", archive; name != "TRAILER!!!"; {
		name, rest = unpackFile(t, rest, root)
	}
}

// unpackFile writes the first file of a cpio archive in the new ASCII format, and returns
// its name and what follows it.
//
// https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html
func unpackFile(t *testing.T, archive []byte, root string) (name string, rest []byte) {
	t.Helper()
	if len(archive) < 110 || string(archive[:6]) != "070701" {
		t.Fatalf("there is no file at %.20q", archive)
	}
	field := func(n int) int {
		value, err := strconv.ParseInt(string(archive[6+8*n:14+8*n]), 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		return int(value)
	}
	mode, size, named := field(1), field(6), field(11)
	name = strings.TrimRight(string(archive[110:110+named]), "\x00")
	begin := (110 + named + 3) / 4 * 4
	end := begin + size
	if mode&0o170000 == 0o100000 {
		path := filepath.Join(root, filepath.Clean("/"+name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, archive[begin:end], os.FileMode(mode&0o777)); err != nil {
			t.Fatal(err)
		}
	}
	return name, archive[(end+3)/4*4:]
}
