package main

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// openRoot opens files.root; without one it gives nil. The directory is closed
// by the garbage collector, since calls may go on when the configuration is
// read anew.
func (h *house) openRoot() (*files.Access, error) {
	config, err := h.config()
	if err != nil || config.Files.Root == "" {
		return nil, err
	}
	root, err := h.openFiles(config.Files.Root)
	if err != nil {
		return nil, fault.From(err).At("files.root")
	}
	return root, nil
}

// openFiles opens a directory for tools, if it is not too wide.
func (h *house) openFiles(dir string) (*files.Access, error) {
	own, err := h.ownFiles()
	if err != nil {
		return nil, err
	}
	if err := files.CheckRoot(dir); err != nil {
		return nil, err
	}
	return files.Open(dir, own)
}

// userFiles are the files of the person at the command line: what lies in
// files.root where that is set, else all that the system lets them use.
func (h *house) userFiles() (*files.Access, error) {
	root, err := h.rootFiles()
	if err != nil || root != nil {
		return root, err
	}
	own, err := h.ownFiles()
	if err != nil {
		return nil, err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // then ~ stands for nothing
	}
	return files.User(home, own)
}

// agentFiles are the files of an agent: those in dir, where the flag --files
// names one, else in files.root; nil where there is neither, or where its
// profile does not allow any.
func (h *house) agentFiles(a AgentConfig, dir string) (*files.Access, error) {
	switch {
	case a.name != "" && !a.Files && dir != "":
		return nil, a.noFiles()
	case a.name != "" && !a.Files:
		return nil, nil
	case dir != "":
		given, err := h.openFiles(dir)
		if err != nil {
			return nil, fault.From(err).At("files")
		}
		return given, nil
	}
	return h.rootFiles()
}

// noFiles is the fault of giving files to an agent whose profile allows none.
func (a AgentConfig) noFiles() error {
	return fault.New(fault.Refused, "the profile %s allows no files", a.name).At("files").
		WithFix("set files: true in it")
}

// ownFiles are the files that no tool may touch: configurations, and all that
// Hawser keeps, save the exchange folders of agents.
func (h *house) ownFiles() (*files.Own, error) {
	config, err := h.config()
	if err != nil {
		return nil, err
	}
	own := &files.Own{Files: configPaths(h.flags.config, h.getenv)}
	if config.path != "" {
		own.Files = append(own.Files, config.path)
	}
	if dir := userConfigDir(h.getenv); dir != "" {
		own.Dirs = append(own.Dirs, dir)
	}
	if dir, err := stateDir(); err == nil {
		own.Dirs = append(own.Dirs, dir)
		own.Except = append(own.Except, filepath.Join(dir, exchangeName))
	}
	if log := config.Audit.File; log != "" {
		// Rotated files have the log's name with a number before its ending.
		own.Families = append(own.Families, log, strings.TrimSuffix(log, filepath.Ext(log)))
	}
	for _, w := range config.Audit.Witness {
		if w.Path != "" {
			own.Families = append(own.Families, w.Path)
		}
	}
	if place := config.Store; place != "" && !strings.Contains(place, "://") {
		own.Families = append(own.Families, place)
	}
	return own, nil
}

// exchangeName is the directory below the state directory that holds the
// exchange folders of agents.
const exchangeName = "exchange"

// exchangeDir is the exchange folder of an agent, by its profile's name.
func exchangeDir(agent string) (string, error) {
	dir, err := stateDir()
	if err != nil {
		return "", err
	}
	name := url.PathEscape(cmp.Or(agent, "agent"))
	if name[0] == '.' { // . and .. name other directories
		name = "%2E" + name[1:]
	}
	return filepath.Join(dir, exchangeName, name), nil
}
