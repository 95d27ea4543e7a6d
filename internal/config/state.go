package config

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/hawser/hawser/internal/fault"
)

// StateDir is where the user's programs keep what must outlive them.
func StateDir() (string, error) {
	// A relative one is ignored, as its specification says: it would name a
	// directory of whoever made the working directory.
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hawser"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "the home directory is unknown").
			WithCause("%v", err).WithFix("set HOME, or audit.file in hawser.yaml")
	}
	if runtime.GOOS == "linux" {
		return filepath.Join(home, ".local", "state", "hawser"), nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "the user's directory is unknown").WithFix("set audit.file in hawser.yaml")
	}
	return filepath.Join(dir, "hawser"), nil
}

// ExchangeName is the directory below the state directory that holds the
// exchange folders of agents.
const ExchangeName = "exchange"

// ExchangeDir returns the exchange folder of an agent, by its profile's name.
func ExchangeDir(agent string) (string, error) {
	dir, err := StateDir()
	if err != nil {
		return "", err
	}
	name := url.PathEscape(cmp.Or(agent, "agent"))
	if name[0] == '.' { // . and .. name other directories
		name = "%2E" + name[1:]
	}
	return filepath.Join(dir, ExchangeName, name), nil
}
