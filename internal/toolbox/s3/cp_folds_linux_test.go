package s3

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/files"
)

// onDevice is a directory of a device.
type onDevice struct {
	fs.FileInfo
	device uint64
}

func (d onDevice) Sys() any { return &syscall.Stat_t{Dev: d.device} }

// A directory folds names as the one above it, unless it is on another device.
func TestFoldingOfAMount(t *testing.T) {
	folded := files.Folding{Case: true}
	names := newTakenNames(nil, false)
	names.folds = func(dir string) files.Folding { return files.Folding{Case: dir == "a/mount"} }
	plain, mount := &step{info: onDevice{device: 1}}, &step{info: onDevice{device: 2}, folding: folded}
	for name, tt := range map[string]struct {
		above *step
		dir   string
		info  fs.FileInfo
		want  files.Folding
	}{
		"a directory":       {plain, "a/b", onDevice{device: 1}, files.Folding{}},
		"a mount":           {plain, "a/mount", onDevice{device: 2}, folded},
		"below a mount":     {mount, "a/mount/c", onDevice{device: 2}, folded},
		"planned":           {mount, "a/mount/d", nil, folded},
		"back to the first": {mount, "a/mount/e", onDevice{device: 1}, files.Folding{}},
	} {
		if got := names.foldingOf(tt.above, tt.dir, tt.info); got != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if one, _ := names.slot(mount, "README"); one != first(names.slot(mount, "readme")) {
		t.Error("names that differ in case have two slots where case is folded")
	}
	if one, _ := names.slot(plain, "README"); one == first(names.slot(plain, "readme")) {
		t.Error("names that differ in case have one slot where case is not folded")
	}
}

func first(s slot, _ string) slot { return s }
