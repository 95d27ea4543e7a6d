package app

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// openRoot opens files.root; it returns nil if that is not set. The garbage
// collector closes the directory, since calls may continue when the configuration
// is read again.
func (a *App) openRoot() (*files.Access, error) {
	config, err := a.config()
	if err != nil || config.Files.Root == "" {
		return nil, err
	}
	root, err := a.OpenFiles(config.Files.Root)
	if err != nil {
		return nil, fault.From(err).At("files.root")
	}
	return root, nil
}

// RootFiles returns the files of remote callers: those in files.root; nil if that
// is not set.
func (a *App) RootFiles() (*files.Access, error) { return a.root() }

// OpenFiles opens a directory for tools, unless it is too wide.
func (a *App) OpenFiles(dir string) (*files.Access, error) {
	own, err := a.ownFiles()
	if err != nil {
		return nil, err
	}
	if err := files.CheckRoot(dir); err != nil {
		return nil, err
	}
	return files.Open(dir, own)
}

// UserFiles returns the files of the person at the command line: those in
// files.root if that is set, else all that the system allows.
func (a *App) UserFiles() (*files.Access, error) {
	root, err := a.root()
	if err != nil || root != nil {
		return root, err
	}
	own, err := a.ownFiles()
	if err != nil {
		return nil, err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // then ~ is not expanded
	}
	return files.User(home, own)
}

// ownFiles returns the files that no tool may access: configurations, and all of
// Hawser's own files except the exchange folders of agents.
func (a *App) ownFiles() (*files.Own, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	own := &files.Own{Files: config.Paths(a.options.Flags.Config, a.options.Getenv)}
	if c.Path() != "" {
		own.Files = append(own.Files, c.Path())
	}
	if dir := config.UserDir(a.options.Getenv); dir != "" {
		own.Dirs = append(own.Dirs, dir)
	}
	if dir, err := config.StateDir(); err == nil {
		own.Dirs = append(own.Dirs, dir)
		own.Except = append(own.Except, filepath.Join(dir, config.ExchangeName))
	}
	if log := c.Audit.File; log != "" {
		// Rotated files have the log's name with a number before its extension.
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
