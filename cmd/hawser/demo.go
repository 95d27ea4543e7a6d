package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
)

// demoStep is one command of the tour.
type demoStep struct {
	why  string
	args []string
}

// demoTour shows the main uses of Hawser as commands.
func demoTour(made *demo.Company) []demoStep {
	return []demoStep{
		{"Which connections are there, and does this one work?", []string{"connections"}},
		{"", []string{"doctor"}},
		{"What is in S3? Write an object, and read it back.", []string{"s3", "list"}},
		{"", []string{"s3", "put", demo.Bucket, "notes/hello.txt", "--body", "Moored at last."}},
		{"", []string{"s3", "get", demo.Bucket, "notes/hello.txt"}},
		{"", []string{"s3", "list", demo.Bucket, "--prefix", "notes/"}},
		{"Which instances run? Stop one, which needs a yes.", []string{"ec2", "list", "--state", "running"}},
		{"", []string{"ec2", "stop", made.Instance, "--wait", "--yes"}},
		{"Why does this function fail?", []string{"lambda", "get-logs", demo.Function, "--filter", "ERROR", "--since", "1h"}},
		{"Ask the database; parameters are bound, never spliced.", []string{
			"rds", "query", "--resource-arn", made.Cluster, "--secret-arn", made.Secret, "--database", "shop",
			"--sql", "SELECT customer, total FROM orders WHERE total > :min ORDER BY total DESC", "--parameters", `{"min": 100}`,
		}},
		{"Who is who in a company of twelve accounts? One lets nobody in, and is named.", []string{"sync", "--connection", "acme"}},
		{"What does one person hold, everywhere?", []string{"who", "radia.perlman"}},
		{"Which keys were not used for a year?", []string{"keys", "list", "--active", "--unused", "365d", "--limit", "5"}},
		{"What was done, and is the record whole?", []string{"audit", "list", "--limit", "4"}},
		{"", []string{"audit", "verify"}},
	}
}

func demoCommand(p *cli.Program) *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Walk through the main job on a simulated AWS",
		Long: "Start the embedded simulated AWS and run the main job on it, each command with its\noutput. On a terminal it then stays up until Ctrl-C, so that you can try more.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), p) },
	}
}

func runDemo(ctx context.Context, p *cli.Program) (err error) {
	sim, err := startSim(ctx, simFlags{listen: "127.0.0.1:0", scale: 20})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	acme, err := startSim(ctx, simFlags{listen: "127.0.0.1:0", scale: 20, org: "acme"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, acme.Close()) }()
	dir, err := demoDir(sim, acme)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Fprintf(p.Streams.Out, "A simulated AWS is up at %s. Nothing outside this machine is contacted.\n", sim.URL)
	for _, step := range demoTour(sim.Company) {
		if err := runStep(ctx, p, dir, step); err != nil {
			return err
		}
	}
	if err := demoAgent(ctx, p, dir, sim.Company); err != nil {
		return err
	}
	fmt.Fprintln(p.Streams.Out, "\n# Point your own agent at it: hawser mcp install claude-code --read-only (docs/agents.md)")
	if !p.Streams.OutTTY {
		return nil
	}
	invite(p, dir, sim.Company)
	<-ctx.Done()
	return nil
}

// demoDir makes a home directory with a configuration for two simulated AWS: a
// small company's account, and the organization acme.
func demoDir(sim, acme *simulation) (string, error) {
	dir, err := os.MkdirTemp("", "hawser-demo-")
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "no temporary directory can be made").WithCause("%v", err)
	}
	config := fmt.Sprintf(`connections:
  demo:
    source: keys
    access_key_id: %s
    secret_access_key: file:%s
    region: %s
    endpoint: %s
  acme:
    source: keys
    access_key_id: %s
    secret_access_key: file:%s
    region: %s
    endpoint: %s
    member_role: OrganizationAccountAccessRole
default_connection: demo
store: %s
audit:
  file: %s
`+demoAgentProfile, sim.Key.AccessKeyID, filepath.Join(dir, "secret"), sim.Region, sim.URL,
		acme.Key.AccessKeyID, filepath.Join(dir, "acme-secret"), acme.Region, acme.URL,
		filepath.Join(dir, "hawser.db"), filepath.Join(dir, "audit.jsonl"))
	for name, text := range map[string]string{
		"hawser.yaml": config, "secret": sim.Key.SecretAccessKey, "acme-secret": acme.Key.SecretAccessKey,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", fault.Wrap(err, fault.Internal, "the demo's files cannot be written").WithCause("%v", err)
		}
	}
	return dir, nil
}

// runStep shows one command and runs it, as its own process with an empty
// environment, as a person would.
func runStep(ctx context.Context, p *cli.Program, dir string, step demoStep) error {
	if step.why != "" {
		fmt.Fprintf(p.Streams.Out, "\n# %s\n", step.why)
	}
	line := "$ hawser"
	for _, arg := range step.args {
		line += " " + cli.Quote(arg)
	}
	fmt.Fprintln(p.Streams.Out, line)
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the program cannot find itself").WithCause("%v", err)
	}
	cmd := exec.CommandContext(ctx, self, step.args...)
	cmd.Dir = dir
	cmd.Env = demoEnv(dir)
	out := &lineEnder{w: p.Streams.Out}
	cmd.Stdout, cmd.Stderr = out, p.Streams.Err
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == fault.Partial.ExitCode() {
		err = nil // some of it could not be read, which the step is meant to show
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a step of the demo failed").WithCause("%v", err)
	}
	return out.end()
}

// demoEnv returns an environment without variables that could select another
// configuration.
func demoEnv(dir string) []string {
	return []string{"HOME=" + dir, "HAWSER_CONFIG=" + filepath.Join(dir, "hawser.yaml"), "PATH=" + os.Getenv("PATH"), "TERM=" + os.Getenv("TERM"), "NO_COLOR=" + os.Getenv("NO_COLOR")}
}

// lineEnder adds a newline to an output that does not end with one, because a
// shell's prompt would follow on the same line.
type lineEnder struct {
	w    io.Writer
	last byte
}

func (l *lineEnder) Write(b []byte) (int, error) {
	if len(b) > 0 {
		l.last = b[len(b)-1]
	}
	return l.w.Write(b)
}

func (l *lineEnder) end() error {
	if l.last == '\n' || l.last == 0 {
		return nil
	}
	_, err := l.w.Write([]byte("\n"))
	return err
}

func invite(p *cli.Program, dir string, made *demo.Company) {
	fmt.Fprintf(p.Streams.Out, `
The simulated AWS stays up until Ctrl-C. In another terminal:

  export HAWSER_CONFIG=%s
  hawser tools
  hawser ec2 describe %s
  hawser cloudwatch get-metrics --help
  hawser lambda get-logs %s --follow
  hawser s3 cp . s3://%s/home/ --dry-run
`, filepath.Join(dir, "hawser.yaml"), made.Instance, demo.Function, demo.Bucket)
}
