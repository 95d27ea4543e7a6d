package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/acme"
	"github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/awssim/roster"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// mostFaults is how large a fault script may be, in bytes.
const mostFaults = 16 << 20

// longestTime is the longest duration that a flag takes: a year.
const longestTime = 8760 * time.Hour

// mostThings is the largest number of one kind that a flag takes.
const mostThings = 100_000

// simFlags are the flags of hawser sim.
type simFlags struct {
	listen  string
	open    bool // other machines may connect
	latency time.Duration
	scale   float64
	faults  string
	limits  bool
	events  time.Duration // time until CloudTrail shows an event
	empty   bool
	org     string
	size    acme.Size
	pages   string
	skew    time.Duration
	unknown time.Duration // how long new keys and roles are
}

func simCommand(p *cli.Program) *cobra.Command {
	var f simFlags
	cmd := &cobra.Command{
		Use: "sim", Short: "Serve a simulated AWS on this machine",
		Long: `Serve a simulated AWS over HTTP: the real wire protocols with signatures
checked, several accounts, AssumeRole, paging, errors, rate limits, latency and
faults. Point any AWS client at it with AWS_ENDPOINT_URL.`,
		Example: "  hawser sim\n  hawser sim --org acme\n  hawser sim --accounts 100 --users 100 --seed 7\n  hawser sim --latency 30ms\n  hawser sim --faults faults.json\n  hawser sim --limits",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := exclusive(cmd, "empty", "org", "accounts"); err != nil {
				return err
			}
			return serveSim(cmd.Context(), p, f)
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:4566", "the address to listen on: loopback, unless --allow-other-machines is set")
	cmd.Flags().BoolVar(&f.open, "allow-other-machines", false, "let --listen name an address that other machines reach")
	cmd.Flags().DurationVar(&f.latency, "latency", 0, "how long every call takes")
	cmd.Flags().Float64Var(&f.scale, "scale", 1, "how much faster simulated time passes")
	cmd.Flags().StringVar(&f.faults, "faults", "", "a file with a fault script (JSON)")
	cmd.Flags().StringVar(&f.pages, "pages", "full", "how listings are cut: full, short, or empty (the first page has nothing but a token)")
	cmd.Flags().DurationVar(&f.skew, "skew", 0, "by how much the simulated AWS's clock differs")
	cmd.Flags().DurationVar(&f.unknown, "propagation", 0, "how long new access keys, roles and instance profiles are unknown outside IAM")
	cmd.Flags().BoolVar(&f.limits, "limits", false, "throttle calls past AWS's published rates")
	cmd.Flags().DurationVar(&f.events, "event-delay", cloudtrail.UsualDelay, "how long after a call CloudTrail shows its event, in simulated time")
	cmd.Flags().BoolVar(&f.empty, "empty", false, "begin with an empty account instead of the demo company")
	cmd.Flags().StringVar(&f.org, "org", "", "begin with an organization: acme, a company of 12 accounts")
	cli.Bound(cmd.Flags(), "scale", &f.scale, 0.001, 1_000_000)
	cli.Bound(cmd.Flags(), "latency", &f.latency, 0, longestTime)
	cli.Bound(cmd.Flags(), "propagation", &f.unknown, 0, longestTime)
	cli.Bound(cmd.Flags(), "event-delay", &f.events, 0, longestTime)
	cli.Bound(cmd.Flags(), "skew", &f.skew, -longestTime, longestTime)
	sizeFlags(cmd.Flags(), &f.size)
	return cmd
}

// exclusive refuses more than one of the flags.
func exclusive(cmd *cobra.Command, flags ...string) error {
	var given []string
	for _, name := range flags {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return fault.New(fault.Invalid, "%s can't be used together", strings.Join(given, " and ")).WithFix("give one of them")
}

// sizeFlags are the flags for the size of an organization.
func sizeFlags(flags *pflag.FlagSet, size *acme.Size) {
	for _, n := range []struct {
		value          *int
		name           string
		initial, least int
		usage          string
	}{
		{&size.Accounts, "accounts", 0, 1, "begin with an organization of so many accounts"},
		{&size.Users, "users", 10, 0, "IAM users in each of the accounts"},
		{&size.Groups, "groups", 2, 0, "IAM groups in each of the accounts"},
		{&size.Roles, "roles", 15, 0, "IAM roles in each of the accounts"},
		{&size.Keys, "keys", 6, 0, "access keys in each of the accounts"},
		{&size.People, "people", 150, 0, "users in Identity Center"},
		{&size.Teams, "teams", 25, 0, "groups in Identity Center"},
		{&size.PermissionSets, "permission-sets", 20, 0, "permission sets"},
		{&size.Assignments, "assignments", 200, 0, "assignments of permission sets to groups in accounts"},
	} {
		flags.IntVar(n.value, n.name, n.initial, n.usage)
		cli.Bound(flags, n.name, n.value, n.least, mostThings)
	}
	flags.Uint64Var(&size.Seed, "seed", 1, "what an organization's identifiers are drawn from")
}

func serveSim(ctx context.Context, p *cli.Program, f simFlags) (err error) {
	if !f.open && !auth.Loopback(f.listen) {
		return fault.New(fault.Refused, "other machines can reach %s", f.listen).At("listen").
			WithCause("the simulated AWS listens on loopback only, unless it is told otherwise").
			WithFix("listen on 127.0.0.1, or say --allow-other-machines")
	}
	sim, err := startSim(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	if _, err := io.WriteString(p.Streams.Out, sim.settings()); err != nil {
		return err
	}
	fmt.Fprintln(p.Streams.Err, "The simulated AWS is up; Ctrl-C ends it. Paste the lines above into another shell.")
	<-ctx.Done()
	return nil
}

// settings returns what a shell needs, so that every AWS client calls the simulation. The
// aws CLI 1 and boto3 read AWS_DEFAULT_REGION, the others AWS_REGION. A session token or
// a profile of the shell would be used together with the key, or in its place.
//
// https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-envvars.html
func (s *simulation) settings() string {
	var out strings.Builder
	out.WriteString("unset AWS_PROFILE AWS_SESSION_TOKEN\n")
	values := [][2]string{
		{"AWS_ENDPOINT_URL", s.URL},
		{"AWS_ACCESS_KEY_ID", s.Key.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", s.Key.SecretAccessKey},
		{"AWS_REGION", s.Region},
		{"AWS_DEFAULT_REGION", s.Region},
	}
	if s.Company != nil {
		values = append(values, [][2]string{
			{"DEMO_INSTANCE", s.Company.Instance}, {"DEMO_CLUSTER", s.Company.Cluster}, {"DEMO_SECRET", s.Company.Secret},
		}...)
	}
	if s.Organization != nil {
		values = append(values, [][2]string{
			{"SCIM_ENDPOINT", s.URL + "/" + s.Organization.Center.Tenant + "/scim/v2/"}, {"SCIM_TOKEN", s.Organization.SCIMToken},
		}...)
	}
	for _, v := range values {
		fmt.Fprintf(&out, "export %s=%s\n", v[0], v[1])
	}
	return out.String()
}

// simulation is a running simulated AWS and an access key for it.
type simulation struct {
	URL     string
	Key     *awssim.Credential
	Region  string
	Company *demo.Company // nil for an empty one, and for an organization
	// Organization is nil if the simulation has none.
	Organization *acme.Company
	world        *awssim.World
	server       *awssim.Server
}

func (s *simulation) Close() error {
	s.world.Close()
	return s.server.Close()
}

func startSim(ctx context.Context, f simFlags) (*simulation, error) {
	options, err := simOptions(f)
	if err != nil {
		return nil, err
	}
	world, err := roster.New(awssim.Options{})
	if err != nil {
		return nil, err
	}
	cloudtrail.SetDelay(world, f.events)
	s := &simulation{world: world, Region: demo.Region}
	if err := s.populate(ctx, f); err != nil {
		return nil, err
	}
	server, err := world.Listen(f.listen)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the simulator cannot listen on %s", f.listen).
			WithCause("%v", err).WithFix("choose another address with --listen")
	}
	s.URL, s.server = server.URL, server
	if !f.empty && s.Organization == nil {
		if s.Company, err = demo.Fill(ctx, world, s.URL, s.Key); err != nil {
			return nil, errors.Join(unmade(err, "the demo company"), s.Close())
		}
	}
	// Nothing of this may slow down or disturb what is made above.
	if err := world.Behave(options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// unmade is the failure to make what the simulator begins with.
func unmade(err error, what string) error {
	if errors.Is(err, context.Canceled) {
		return fault.Wrap(err, fault.Canceled, "interrupted before %s was made", what)
	}
	return fault.Wrap(err, fault.Internal, "%s cannot be made", what).WithCause("%v", err)
}

// populate makes the accounts: those of the demo company, or an organization.
func (s *simulation) populate(ctx context.Context, f simFlags) (err error) {
	switch {
	case f.org == "acme":
		s.Organization, err = acme.Build(s.world)
	case f.org != "":
		return fault.New(fault.Invalid, "there is no organization %q to begin with", f.org).WithFix("use --org acme, or --accounts for one of any size")
	case f.size.Accounts > 0:
		s.Organization, err = acme.Generate(ctx, s.world, f.size)
	default:
		s.Key, err = demo.Accounts(s.world)
		return err
	}
	if err != nil {
		return unmade(err, "the organization")
	}
	s.Key, s.Region = s.Organization.Operator, acme.Region
	return nil
}

// publishedLimits are the same rates that Hawser's own client keeps to.
func publishedLimits() map[string]awssim.Limit {
	limits := make(map[string]awssim.Limit)
	for action, l := range pace.PublishedLimits() {
		limits[action] = awssim.Limit{Rate: float64(l.Rate), Burst: l.Burst, Shared: l.Shared}
	}
	return limits
}

// simOptions converts the flags into a World's options.
func simOptions(f simFlags) (awssim.Options, error) {
	o := awssim.Options{Scale: f.scale, Propagation: f.unknown, Skew: f.skew}
	if f.limits {
		o.Limits = publishedLimits()
	}
	switch f.pages {
	case "", "full":
	case "short":
		o.Pages = awssim.ShortPages
	case "empty":
		o.Pages = awssim.EmptyPages
	default:
		return o, fault.New(fault.Invalid, "%q is not a kind of pages", f.pages).At("pages").WithFix("use full, short or empty")
	}
	if f.latency > 0 {
		o.Latency = map[string]time.Duration{"*": f.latency}
	}
	if f.faults == "" {
		return o, nil
	}
	text, err := files.ReadRegular(f.faults, mostFaults)
	if errors.Is(err, fs.ErrNotExist) {
		return o, fault.Wrap(err, fault.NotFound, "the fault script %s does not exist", f.faults).WithFix("correct --faults, or leave it out")
	}
	if err != nil {
		return o, fault.Wrap(err, fault.Invalid, "the fault script %s can't be read", f.faults).WithCause("%v", err).
			WithFix("name a regular file that this user may read")
	}
	if o.Faults, err = awssim.ParseFaults(text); err != nil {
		return o, fault.Wrap(err, fault.Invalid, "the fault script is wrong").WithCause("%v", err).
			WithFix("see docs/simulator.md for its form")
	}
	return o, nil
}
