package main

import (
	"os"

	"github.com/hawser/hawser/internal/tool"
)

// openRoot opens files.root; without one it gives nil. The directory is closed
// by the garbage collector, since calls may go on when the configuration is
// read anew.
func (h *house) openRoot() (*tool.Files, error) {
	config, err := h.config()
	if err != nil || config.Files.Root == "" {
		return nil, err
	}
	return tool.OpenFiles(config.Files.Root)
}

// userFiles are the files of the person at the command line: what lies in
// files.root where that is set, else all that the system lets them use.
func (h *house) userFiles() (*tool.Files, error) {
	files, err := h.rootFiles()
	if err != nil || files != nil {
		return files, err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // then ~ stands for nothing
	}
	return tool.UserFiles(home)
}
