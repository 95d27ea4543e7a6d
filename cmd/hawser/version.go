package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
)

// release is set by the linker for a release build.
var release string

// version describes this build.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "development " + s.Value[:12]
		}
	}
	return "development"
}

// build is the output of hawser version.
type build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`       // the version of Go that built it
	Platform string `json:"platform"` // operating system and architecture
}

func versionCommand(p *cli.Program) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version of this program",
		Example: "  hawser version\n  hawser version -o json --query version",
		Args:    cli.AtMost(0),
		RunE: func(*cobra.Command, []string) error {
			return p.Show(build{Version: p.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH})
		},
	}
}
