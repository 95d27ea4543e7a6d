package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// loginFlags are the flags of hawser login.
type loginFlags struct {
	signin.Asked
	noBrowser, device bool
}

func loginCommand(p *cli.Program) *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use: "login", Short: "Sign in to IAM Identity Center",
		Long: `Sign in to IAM Identity Center in the browser. The token is kept where the AWS SDKs
and the aws CLI look for it, so every program that uses the profile has it.

Without --profile or --sso-session it is the session of the default connection's
profile, or the only one in ~/.aws/config.`,
		Example: `  hawser login
  hawser login --profile prod-sso
  hawser login --sso-session corp --no-browser
  hawser login --device
  hawser login --start-url https://d-1234567890.awsapps.com/start --sso-region eu-central-1`,
		Args: cli.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return login(cmd.Context(), p, f) },
	}
	sessionFlags(cmd, p, &f.Asked)
	cmd.Flags().BoolVar(&f.noBrowser, "no-browser", false, "show the address instead of opening it")
	cmd.Flags().BoolVar(&f.device, "device", false, "show a code to approve in any browser, such as one on another machine")
	cmd.Flags().BoolVar(&f.device, "use-device-code", false, "the same, as the aws CLI names it")
	_ = cmd.Flags().MarkHidden("use-device-code")
	return cmd
}

// sessionFlags are the flags that name a session.
func sessionFlags(cmd *cobra.Command, p *cli.Program, asked *signin.Asked) {
	cmd.Flags().StringVar(&asked.Session, "sso-session", "", "the sso-session of ~/.aws/config")
	cmd.Flags().StringVar(&asked.StartURL, "start-url", "", "the address of the access portal, where the file has no session")
	cmd.Flags().StringVar(&asked.Region, "sso-region", "", "the region of IAM Identity Center, with --start-url")
	_ = cmd.RegisterFlagCompletionFunc("sso-session", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names, _ := signin.Names() // without names there is nothing to complete
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		session, url, profile := cmd.Flags().Changed("sso-session"), cmd.Flags().Changed("start-url"), p.Flags().AWS.Profile != ""
		if session && url || session && profile || url && profile {
			return fault.New(fault.Invalid, "--profile, --sso-session and --start-url can't be used together").
				WithCause("each of them names a session").WithFix("keep one of them")
		}
		return nil
	}
}

// signedIn is the output of hawser login.
type signedIn struct {
	Session   string    `json:"session"`
	StartURL  string    `json:"start_url"`
	Region    string    `json:"region"`
	Expires   time.Time `json:"expires"`
	Renewable bool      `json:"renewable"` // programs renew the token when it expires
	ARN       string    `json:"arn,omitempty"`
	Profiles  []string  `json:"profiles"` // those that use the session
}

func login(ctx context.Context, p *cli.Program, f loginFlags) error {
	s, err := p.App.Session(ctx, f.Asked)
	if err != nil {
		return err
	}
	local := localBrowser(runtime.GOOS, p.Getenv)
	client := signin.Client{Device: f.device || !local}
	client.Show = func(prompt signin.Prompt) error {
		if local && !f.noBrowser && !f.device {
			go openBrowser(prompt.Address)
		}
		return showPrompt(p.Console(), prompt, local && !f.noBrowser && !f.device)
	}
	done, err := p.App.SignIn(ctx, s, client)
	if err != nil {
		return err
	}
	out := signedIn{Session: s.Title(), StartURL: s.StartURL, Region: s.Region, Expires: done.Expires, Renewable: done.Renewable}
	if out.Profiles, err = signin.Profiles(s); err != nil {
		return err
	}
	if out.ARN, err = p.App.SignedInAs(ctx, s); err != nil {
		return notUsable(err, s)
	}
	if err := p.Show(out); err != nil {
		return err
	}
	p.Note(nextStep(s, out.Profiles))
	return nil
}

// showPrompt tells a person at the terminal what to do in the browser.
func showPrompt(w io.Writer, prompt signin.Prompt, opened bool) error {
	lead := "Open this address in a browser:"
	switch {
	case opened:
		lead = "The browser opens this address. If it does not, open it there yourself, or use --device:"
	case prompt.Code == "":
		lead = "Open this address in a browser on this machine, or use --device for another one:"
	}
	text := "\n" + lead + "\n\n    " + prompt.Address + "\n\n"
	if prompt.Code != "" {
		text += "Approve it there only if it shows this code:\n\n    " + prompt.Code + "\n\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// localBrowser reports whether a browser of this machine can be opened, and can reach the
// page on which this program waits.
func localBrowser(system string, getenv func(string) string) bool {
	switch system {
	case "darwin", "windows":
		return getenv("SSH_CONNECTION") == ""
	}
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != "" || getenv("WSL_DISTRO_NAME") != ""
}

// openBrowser opens an address. Nothing is said if that fails, since the address is shown.
// What the browser writes is none of this program's output.
func openBrowser(address string) {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	_ = parallel.Safely(func() error { return browser.OpenURL(address) })
}

// notUsable is the fault of a profile that has no credentials although the person is
// signed in.
func notUsable(err error, s signin.Session) error {
	f := fault.From(err)
	return f.WithCause("%s; you are signed in to %s, but profile %q can't be used", cmp.Or(f.Cause, f.Message), s.Title(), s.Profile)
}

// nextStep says how the session is used.
func nextStep(s signin.Session, profiles []string) string {
	profile := s.Profile
	if profile == "" && len(profiles) > 0 {
		profile = profiles[0]
	}
	if profile == "" {
		return "signed in; no profile uses the session yet: aws configure sso writes one"
	}
	return fmt.Sprintf("signed in; use it by: hawser whoami --profile %s", profile)
}
