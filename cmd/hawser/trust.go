package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

func (p *program) trustCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "trust [DIRECTORY]", Short: "Let the hawser.yaml of a project count, after showing what it would set",
		Long: `Let the hawser.yaml of a project count when you work in its directory, after
showing what it would set. A project's file can add connections and agents and
narrow the guard. It is trusted as it is now: when it changes it is not used
until you trust it again.`,
		Example: `  hawser trust
  hawser trust ../shop
  hawser trust list
  hawser trust revoke ../shop`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.trust(cmd.Context(), argument(args)) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the project files that are trusted, and whether they have changed", Args: atMost(0),
			Example: "  hawser trust list -o json",
			RunE:    func(*cobra.Command, []string) error { return p.trustList() },
		},
		&cobra.Command{
			Use: "revoke [DIRECTORY]", Short: "No longer trust the file of a project", Args: atMost(1),
			Example: "  hawser trust revoke ../shop",
			RunE:    func(_ *cobra.Command, args []string) error { return p.trustRevoke(argument(args)) },
		},
	)
	return cmd
}

// argument is the one argument of a command, by default the project's directory.
func argument(args []string) string {
	if len(args) == 0 {
		return projectDir
	}
	return args[0]
}

// trust shows what a project's file would set, asks, and records that its
// content is trusted. What is shown, checked and recorded are the same bytes.
func (p *program) trust(ctx context.Context, where string) error {
	user, err := p.ownConfig()
	if err != nil {
		return err
	}
	path, err := projectAt(where)
	if err != nil {
		return err
	}
	if sameFile(path, user.path) {
		return fault.New(fault.Invalid, "%s is your own configuration", path).WithFix("it counts as it is, and needs no trust")
	}
	content, err := readProject(path)
	if err != nil {
		return err
	}
	place, err := placeOf(path)
	if err != nil {
		return err
	}
	project, err := parseProject(path, content, user)
	if err != nil {
		return err
	}
	if err := project.wrongPattern(project.Agents, namesOf(p.house.tools)); err != nil {
		return err
	}
	fmt.Fprint(p.streams.out, trustView(place, project, user))
	yes, err := p.confirmer().Confirm(ctx, tool.Question{
		Tool: "hawser trust", Summary: "Let a project's configuration count", Effect: tool.Write, Subject: place,
		Text: "Let " + text.Visible(place) + " count until it changes?",
	})
	switch {
	case err != nil:
		return err
	case !yes:
		return fault.New(fault.Unconfirmed, "%s is not trusted", path).WithCause("the answer was no")
	}
	book, err := openTrust()
	if err != nil {
		return err
	}
	if err := book.add(place, content, time.Now()); err != nil {
		return err
	}
	p.note("trusted until it changes: " + place)
	return nil
}

// ownConfig is the configuration that counts without a project's file.
func (p *program) ownConfig() (*Config, error) {
	if path := cmp.Or(p.flags.config, p.getenv("HAWSER_CONFIG")); path != "" {
		return readConfig(path)
	}
	return userConfig(p.getenv)
}

// projectAt is the file that is meant by a directory, or by the file itself.
func projectAt(where string) (string, error) {
	info, err := os.Stat(where)
	switch {
	case err != nil:
		return "", fault.Wrap(err, fault.NotFound, "%s can't be found", where).WithCause("%v", pathReason(err)).
			WithFix("name the directory of a project, or one of %s in it", strings.Join(configNames, ", "))
	case !info.IsDir() && !slices.Contains(configNames, filepath.Base(where)):
		return "", fault.New(fault.Invalid, "a file called %s is not looked for in a project", filepath.Base(where)).
			WithFix("call it one of %s, or name it with --config", strings.Join(configNames, ", "))
	case !info.IsDir():
		return where, nil
	}
	if path := findConfig(where); path != "" {
		return path, nil
	}
	return "", fault.New(fault.NotFound, "there is no project file in %s", where).
		WithFix("name a directory with one of %s", strings.Join(configNames, ", "))
}

// pathReason is the reason within an error that repeats the path.
func pathReason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// trustRow is a trusted file as hawser trust list shows it.
type trustRow struct {
	Path  string    `json:"path" column:"FILE"`
	Since time.Time `json:"since" column:"SINCE"`
	State string    `json:"state" column:"STATE"`
}

func (p *program) trustList() error {
	book, err := openTrust()
	if err != nil {
		return err
	}
	all, err := book.read()
	if err != nil {
		return err
	}
	list := tool.List[trustRow]{Items: []trustRow{}}
	for _, t := range all {
		list.Items = append(list.Items, trustRow{t.Path, t.Since, t.state()})
	}
	return p.show(list)
}

// state tells whether the file is still what was trusted.
func (t trustedFile) state() string {
	text, err := readProject(t.Path)
	switch {
	case errors.Is(err, fault.NotFound):
		return "gone"
	case err != nil:
		return "unreadable"
	case digestOf(text) != t.SHA256:
		return "changed"
	}
	return "trusted"
}

// trustRevoke takes a file out of the record. The file itself may be gone.
func (p *program) trustRevoke(where string) error {
	book, err := openTrust()
	if err != nil {
		return err
	}
	matches, err := meant(where)
	if err != nil {
		return err
	}
	removed, err := book.remove(matches)
	if err != nil {
		return err
	}
	if len(removed) == 0 {
		return fault.New(fault.NotFound, "no file of %s is trusted", where).WithFix("hawser trust list shows those that are")
	}
	p.note("no longer trusted: " + strings.Join(removed, ", "))
	return nil
}

// meant tells which records a path stands for: the file itself, or all files in
// the directory.
func meant(where string) (func(trustedFile) bool, error) {
	abs, err := filepath.Abs(where)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the path of %s is unknown", where)
	}
	names := []string{abs}
	if place, err := placeOf(abs); err == nil {
		names = append(names, place)
	}
	if dir, err := filepath.EvalSymlinks(abs); err == nil {
		names = append(names, dir)
	}
	return func(t trustedFile) bool {
		return slices.Contains(names, t.Path) || slices.Contains(names, filepath.Dir(t.Path))
	}, nil
}
