package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config/configtest"
)

// run runs a command line in an environment, with what is typed, and gives the exit
// code. Both streams are written to out.
func run(t *testing.T, env []string, typed string, out io.Writer, args ...string) int {
	t.Helper()
	p := cli.New(cli.Streams{In: strings.NewReader(typed), Out: out, Err: out}, env, "")
	return p.Run(t.Context(), args, commands(p)...)
}

// wholeTree is the root of all commands of a program.
func wholeTree(p *cli.Program) *cobra.Command { return p.Root(commands(p)...) }

// TestApproveIsNoFlag: only the user's own configuration can confirm calls in advance.
func TestApproveIsNoFlag(t *testing.T) {
	home := configtest.New(t)
	for _, line := range []string{"mcp", "mcp inspect", "mcp install cursor"} {
		var out strings.Builder
		if exit := run(t, home.Env(), "", &out, append(strings.Fields(line), "--approve", "*")...); exit != 1 || !strings.Contains(out.String(), "unknown flag: --approve") {
			t.Errorf("%s: exit %d, %s", line, exit, out.String())
		}
	}
}

// TestOwnArgumentsAreUTF8 gives other bytes to commands that are not tools.
func TestOwnArgumentsAreUTF8(t *testing.T) {
	for _, line := range [][]string{{"token", "create", "a\xff"}, {"token", "create", "a", "--for", "\xff"}} {
		var said strings.Builder
		env := []string{"XDG_CONFIG_HOME=" + t.TempDir(), "XDG_STATE_HOME=" + t.TempDir()}
		if code := run(t, env, "", &said, line...); code != 1 || !strings.Contains(said.String(), "UTF-8") {
			t.Errorf("%q: %d\n%s", line, code, said.String())
		}
	}
}

// TestCodesGoToTheConsole: one-time codes go to the terminal that the program was
// started from.
func TestCodesGoToTheConsole(t *testing.T) {
	var terminal, stderr strings.Builder
	device := func() (io.WriteCloser, error) { return nopCloser{&terminal}, nil }
	p := cli.New(cli.Streams{Err: &stderr, Device: device}, nil, "")
	if _, err := io.WriteString(agentOptions(p, mcpFlags{}).Terminal, "ABCD-EFGH"); err != nil || terminal.String() != "ABCD-EFGH" || stderr.Len() != 0 {
		t.Errorf("%q on the terminal, %q on standard error, %v", terminal.String(), stderr.String(), err)
	}
}
