package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

func configCommand(p *cli.Program) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Create, check and show the configuration",
		Long: `Create, check and show the configuration. hawser config show lists what counts, and
where it comes from.`,
		Example: "  hawser config init\n  hawser config validate\n  hawser config show",
		Args:    cli.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "init", Short: "Write a first configuration, in which everything is explained", Args: cli.AtMost(0),
			Example: "  hawser config init",
			RunE:    func(*cobra.Command, []string) error { return configInit(p) },
		},
		&cobra.Command{
			Use: "validate [FILE]", Short: "Check a configuration without using it", Args: cli.AtMost(1),
			Example: "  hawser config validate\n  hawser config validate ./hawser.yaml",
			RunE:    func(_ *cobra.Command, args []string) error { return configValidate(p, args) },
		},
		&cobra.Command{
			Use: "show", Aliases: []string{"list"}, Short: "List the settings that count, and where each comes from", Args: cli.AtMost(0),
			Example: "  hawser config show\n  hawser config show -o json --query \"items[?key=='default_connection'].value\"",
			RunE:    func(*cobra.Command, []string) error { return configShow(p) },
		},
	)
	return cmd
}

// firstConfig is the file that hawser config init writes. Everything in it is a comment,
// so that it changes nothing.
const firstConfig = `# The configuration of Hawser. Lines that begin with # are comments: take the # away
# to use a setting. "hawser config validate" checks the file.

# Ways to AWS. Without any, there is one called default, which finds credentials as the
# aws CLI does.
#connections:
#  prod:
#    profile: prod-sso             # a profile of ~/.aws/config
#    region: eu-central-1
#  audit:
#    profile: prod-sso
#    role_arn: arn:aws:iam::111122223333:role/Audit
#default_connection: prod

# The form of answers where -o names none: table, wide, text, json, yaml or csv.
#output: wide

# What every call may do.
#guard:
#  read_only: true                 # refuse everything that changes something
#  deny: [ec2.stop]                # never these tools
#  confirm: [write, destroy]       # ask before these effects

# What AI agents may do, by profile: hawser mcp --agent triage
#agents:
#  triage:
#    read_only: true
#    tools: [lambda.*, cloudwatch.*]
`

// configInit writes the first configuration, unless there is one.
func configInit(p *cli.Program) error {
	dir := config.UserDir(p.Getenv)
	if dir == "" {
		return fault.New(fault.Invalid, "the configuration directory is unknown").WithFix("set XDG_CONFIG_HOME or HOME to an absolute path")
	}
	own, err := config.User(p.Getenv)
	if err != nil {
		return err
	}
	if own.Path() != "" {
		return alreadyThere(own.Path())
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return notWritten(dir, err)
	}
	path := filepath.Join(dir, "hawser.yaml")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return alreadyThere(path)
	}
	if err != nil {
		return notWritten(path, err)
	}
	_, err = file.WriteString(firstConfig)
	if err := errors.Join(err, file.Close()); err != nil {
		return notWritten(path, err)
	}
	p.Note("written: " + path + "; nothing in it counts until you take a # away")
	return nil
}

func alreadyThere(path string) error {
	return fault.New(fault.Conflict, "there is a configuration already: %s", path).WithFix("edit it, or move it away")
}

func notWritten(path string, err error) error {
	return fault.Wrap(err, fault.Invalid, "%s can't be written", text.Name(path)).WithCause("%v", err).WithFix("let this user write there")
}

// configValidate reads a file, or the configuration that counts, and says that nothing
// is wrong with it.
func configValidate(p *cli.Program, args []string) error {
	c, err := checked(p, args)
	if err != nil {
		return err
	}
	if c.Path() == "" {
		p.Note("there is no configuration; the defaults count")
		return nil
	}
	p.Note(fmt.Sprintf("%s is right: %d settings", c.Path(), len(c.Settings())))
	return nil
}

func checked(p *cli.Program, args []string) (*config.Config, error) {
	if len(args) == 0 {
		return p.App.Config()
	}
	c, err := config.Read(args[0])
	if err != nil {
		return nil, err
	}
	return c, c.CheckPatterns(p.App.ToolNames())
}

// configShow lists the settings of the files, and those of the environment.
func configShow(p *cli.Program) error {
	c, err := p.App.Config()
	if err != nil {
		return err
	}
	list := tool.List[config.Setting]{Items: c.Settings()}
	for _, name := range []string{
		"HAWSER_CONFIG", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
		"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ACCESS_KEY_ID",
	} {
		if value := p.Getenv(name); value != "" {
			list.Items = append(list.Items, config.Setting{Key: name, Value: text.Name(value), From: "environment"})
		}
	}
	return p.Show(list)
}
