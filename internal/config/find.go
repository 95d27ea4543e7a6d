package config

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// fileNames returns the names looked for in a directory, in this order.
func fileNames() []string { return []string{"hawser.yaml", "hawser.yml", "hawser.json"} }

// ProjectDir is where a project's configuration is looked for: the working
// directory alone, not those above it.
const ProjectDir = "."

// UserDir returns the directory of the user's own configuration; "" where the
// user has none. A relative XDG_CONFIG_HOME is ignored, as its specification
// says: it would name a directory of whoever made the working directory.
//
// https://specifications.freedesktop.org/basedir-spec/latest/
func UserDir(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hawser")
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return ""
		}
		return filepath.Join(dir, "hawser")
	}
	home := getenv("HOME")
	if !filepath.IsAbs(home) {
		home = accountHome()
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".config", "hawser")
}

// accountHome is the home directory that the system has for the user, so that a guard
// is not lost with a variable; "" if there is none.
func accountHome() string {
	if who, err := user.Current(); err == nil && filepath.IsAbs(who.HomeDir) {
		return who.HomeDir
	}
	return ""
}

// find returns the first configuration file in a directory; "" where there is
// none. A name that can't be looked at counts as there, so that it is told and
// never passed over.
func find(dir string) string {
	return first(dir, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular() || err != nil && !files.Missing(err)
	})
}

// first returns the first of the names in a directory that a function takes; ""
// for none.
func first(dir string, takes func(path string) bool) string {
	if dir == "" {
		return ""
	}
	for _, name := range fileNames() {
		if path := filepath.Join(dir, name); takes(path) {
			return path
		}
	}
	return ""
}

// findOwn returns the user's own configuration file; "" where there is none. A
// name that is there and leads to no regular file is an error, since the guard in
// the file would be lost in silence otherwise: a link whose target is gone, a
// directory.
func findOwn(dir string) (string, error) {
	if dir == "" || !named(dir) {
		return "", nil
	}
	if _, err := os.Stat(dir); err != nil {
		return "", leadsNowhere(dir)
	}
	path := first(dir, named)
	if path == "" {
		return "", nil
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", leadsNowhere(path)
	}
	return path, onlyOne(path)
}

// onlyOne refuses a directory with another configuration beside the first: which of
// the two counts would be a guess, and the other's limits would be lost in silence. A
// link to the first is no other.
func onlyOne(path string) error {
	other := first(filepath.Dir(path), func(other string) bool {
		return filepath.Base(other) != filepath.Base(path) && named(other) && !SameFile(path, other)
	})
	if other == "" {
		return nil
	}
	return fault.New(fault.Invalid, "there are two configurations, %s and %s", path, other).
		WithFix("keep one, and move what you need of the other into it")
}

// named reports whether there is anything of a name, be it a link that leads
// nowhere.
func named(path string) bool {
	_, err := os.Lstat(path)
	return err == nil || !files.Missing(err)
}

func leadsNowhere(path string) error {
	return fault.New(fault.Invalid, "the configuration %s cannot be read: it is not a regular file, or a link whose target is gone", path).
		WithFix("put the file back, or remove the name to use no configuration")
}

// SameFile reports whether two paths lead to one file.
func SameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// TrustedPath returns the path by which a project file is trusted: absolute, with
// the symbolic links of its directory resolved. The file's own name is kept, so
// that a link in another directory to a trusted file is not trusted with it.
func TrustedPath(path string) (string, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", fault.Wrap(err, fault.NotFound, "the directory of %s can't be found", path).WithCause("%v", pathReason(err)).
			WithFix("name a directory that exists")
	}
	return filepath.Join(dir, filepath.Base(path)), nil
}

// ReadProject reads a project file whole, which must be a regular file and no larger
// than maxConfig.
func ReadProject(path string) ([]byte, error) {
	text, err := files.ReadRegular(path, maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.NotFound, "there is no file %s", path).WithFix("name a project's file that exists")
	case err != nil:
		return nil, unreadable(err, path)
	}
	return text, nil
}

// unreadable returns the fault of a file of configuration that files.ReadRegular does
// not read.
func unreadable(err error, what string) *fault.Error {
	f := fault.Wrap(err, fault.Invalid, "%s can't be read", what).WithCause("%v", pathReason(err))
	var special files.Special
	var large files.TooLarge
	switch {
	case errors.As(err, &special) && special == files.Directory:
		return f.WithFix("name the file in it, such as hawser.yaml")
	case errors.As(err, &special):
		return f.WithFix("write its content to a regular file, and name that")
	case errors.As(err, &large):
		return f.WithFix("name a configuration; they have some hundred lines, and at most 1 MiB is read")
	case errors.Is(err, syscall.ELOOP):
		return f.WithCause("it is a symbolic link that leads back to itself").WithFix("let the link lead to a file")
	case errors.Is(err, fs.ErrPermission):
		return f.WithCause("this user may not read it").WithFix("let this user read the file and enter its directories, as with chmod u+r")
	}
	return f.WithFix("let this user read it")
}

// ProjectFile returns the file that is meant by a directory, or by the file
// itself.
func ProjectFile(where string) (string, error) {
	info, err := os.Stat(where)
	switch {
	case err != nil:
		return "", fault.Wrap(err, fault.NotFound, "%s can't be found", where).WithCause("%v", pathReason(err)).
			WithFix("name the directory of a project, or one of %s in it", strings.Join(fileNames(), ", "))
	case !info.IsDir() && !slices.Contains(fileNames(), filepath.Base(where)):
		return "", fault.New(fault.Invalid, "a file called %s is not looked for in a project", filepath.Base(where)).
			WithFix("call it one of %s, or name it with --config", strings.Join(fileNames(), ", "))
	case !info.IsDir():
		return where, nil
	}
	if path := find(where); path != "" {
		return path, onlyOne(path)
	}
	return "", fault.New(fault.NotFound, "there is no project file in %s", where).
		WithFix("name a directory with one of %s", strings.Join(fileNames(), ", "))
}

// pathReason returns the reason within an error that repeats the path.
func pathReason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
