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
		return development
	}
	return versionOf(info)
}

// development is the version of a build that is no release.
const development = "development"

// versionOf returns the version of the module if go install built it. In a checkout, where
// Go makes a version of the commit, it returns the commit.
//
// https://pkg.go.dev/runtime/debug#Module
func versionOf(info *debug.BuildInfo) string {
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return development + " " + s.Value[:12]
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return development
}

// build is the output of hawser version.
type build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`       // the version of Go that built it
	Platform string `json:"platform"` // operating system and architecture
	// Latest is the latest release, and Status how this version compares with it; empty if
	// nobody asked.
	Latest string `json:"latest,omitempty"`
	Status string `json:"status,omitempty"`
}

func versionCommand(p *cli.Program) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use: "version", Short: "Show the version of this program",
		Long:    "Show the version of this program. Only with --check it asks, at proxy.golang.org,\nwhether there is a newer release.",
		Example: "  hawser version\n  hawser version --check\n  hawser version -o json --query version",
		Args:    cli.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := build{Version: p.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if check {
				latest, err := askLatest(cmd.Context(), latestRelease)
				if err != nil {
					return err
				}
				b.Latest, b.Status = latest, compareReleases(b.Version, latest)
			}
			return p.Show(b)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "ask whether there is a newer release")
	return cmd
}
