package files

import (
	"bufio"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// CheckRoot refuses a directory that is too wide to be given to tools: the top
// of a file system, a person's home directory, or a directory above one.
// Symbolic links are followed. The error is of kind Invalid or NotFound.
func CheckRoot(dir string) error {
	real, err := filepath.Abs(dir)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "the files directory %q cannot be opened", dir).
			WithCause("%v", reason(err)).WithFix("name a directory that exists")
	}
	if real == filepath.Dir(real) {
		return tooWide(dir, "it is the top of the file system")
	}
	for _, home := range homes() {
		for above := home; ; above = filepath.Dir(above) {
			if same, err := sameDir(real, above); err != nil {
				return err
			} else if same {
				return tooWide(dir, "it is the home directory "+home+", or above it")
			}
			if above == filepath.Dir(above) {
				break
			}
		}
	}
	for _, parent := range []string{"/home", "/Users", os.Getenv("SystemDrive") + `\Users`} {
		if same, err := sameDir(filepath.Dir(real), parent); err != nil {
			return err
		} else if same {
			return tooWide(dir, "home directories are in "+parent)
		}
	}
	return nil
}

func tooWide(dir, why string) error {
	return fault.New(fault.Invalid, "the files directory %q holds too much", dir).WithCause("%s", why).
		WithFix("create a directory for the files that tools may use, and name it")
}

// sameDir reports whether two paths lead to one directory.
func sameDir(a, b string) (bool, error) {
	first, err := stat(a)
	if first == nil || err != nil {
		return false, err
	}
	second, err := stat(b)
	if second == nil || err != nil {
		return false, nil // a home directory that this user can't look into is another one
	}
	return os.SameFile(first, second), nil
}

// homes lists the home directories of the people of this machine, each as it
// is named and as it is with its links resolved.
func homes() []string {
	var found []string
	if home, err := os.UserHomeDir(); err == nil {
		found = append(found, home)
	}
	if u, err := user.Current(); err == nil {
		found = append(found, u.HomeDir)
	}
	if file, err := os.Open("/etc/passwd"); err == nil {
		found = append(found, passwdHomes(file)...)
		_ = file.Close() // it was only read
	}
	for _, home := range found {
		if real, err := filepath.EvalSymlinks(home); err == nil {
			found = append(found, real)
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(home string) bool {
		return !filepath.IsAbs(home) || home == filepath.Dir(home)
	})
}

// passwdHomes gives the home directories in a passwd(5) file of those who can
// log in; others, such as daemons, have directories there that are none.
func passwdHomes(r io.Reader) []string {
	var found []string
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 7 && !strings.HasSuffix(fields[6], "/nologin") && !strings.HasSuffix(fields[6], "/false") && !strings.HasSuffix(fields[6], "/sync") {
			found = append(found, fields[5])
		}
		if err != nil {
			return found
		}
	}
}
