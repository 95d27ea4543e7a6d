package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/config"
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
func (h *house) agentFiles(a agentProfile, dir string) (*files.Access, error) {
	switch {
	case a.Name() != "" && !a.Files && dir != "":
		return nil, a.NoFiles()
	case a.Name() != "" && !a.Files:
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

// ownFiles are the files that no tool may touch: configurations, and all that
// Hawser keeps, save the exchange folders of agents.
func (h *house) ownFiles() (*files.Own, error) {
	c, err := h.config()
	if err != nil {
		return nil, err
	}
	own := &files.Own{Files: config.Paths(h.flags.config, h.getenv)}
	if c.Path() != "" {
		own.Files = append(own.Files, c.Path())
	}
	if dir := config.UserDir(h.getenv); dir != "" {
		own.Dirs = append(own.Dirs, dir)
	}
	if dir, err := config.StateDir(); err == nil {
		own.Dirs = append(own.Dirs, dir)
		own.Except = append(own.Except, filepath.Join(dir, config.ExchangeName))
	}
	if log := c.Audit.File; log != "" {
		// Rotated files have the log's name with a number before its ending.
		own.Families = append(own.Families, log, strings.TrimSuffix(log, filepath.Ext(log)))
	}
	for _, w := range c.Audit.Witness {
		if w.Path != "" {
			own.Families = append(own.Families, w.Path)
		}
	}
	if path := c.Store; path != "" && !strings.Contains(path, "://") {
		own.Families = append(own.Families, path)
	}
	return own, nil
}
