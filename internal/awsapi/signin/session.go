package signin

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/fault"
)

// defaultScope is what a token is good for where the session does not say it: the
// accounts and roles of the person.
const defaultScope = "sso:account:access"

// Session is what a person signs in to.
type Session struct {
	// Name is that of the sso-session section; empty for a start URL alone, as profiles
	// of the older form have it.
	Name     string
	StartURL string
	Region   string
	Scopes   []string
	// Profile is the profile that led to it, or "".
	Profile string
}

// key is what the cache file's name is made of.
func (s Session) key() string { return cmp.Or(s.Name, s.StartURL) }

// Title names the session for a person.
func (s Session) Title() string { return s.key() }

// Asked says which session is wanted. The first of its parts that is set counts, and
// Profile only if it leads to a session or was Named.
type Asked struct {
	Session          string // a section of ~/.aws/config
	StartURL, Region string // no section at all
	Profile          string
	Named            bool // the person named the profile
}

// Find returns the session that is wanted: the one that was named, or the one of the
// profile, or the only one of the config file.
func Find(ctx context.Context, asked Asked) (Session, error) {
	file, text, err := credentials.SharedConfigFile()
	if err != nil {
		return Session{}, err
	}
	all := configured{file, sections(text)}
	switch {
	case asked.StartURL != "" || asked.Region != "":
		return all.checked(Session{StartURL: asked.StartURL, Region: asked.Region})
	case asked.Session != "":
		return all.named(asked.Session)
	}
	if asked.Profile != "" {
		s, found, err := all.ofProfile(ctx, asked.Profile)
		if err != nil && !asked.Named && errors.As(err, new(config.SharedConfigProfileNotExistError)) {
			err = nil
		}
		if found || err != nil {
			return s, err
		}
		if asked.Named {
			return Session{}, fault.New(fault.Invalid, "profile %q does not sign in to IAM Identity Center", asked.Profile).At("profile").
				WithCause("it has no sso_session and no sso_start_url in %s", file).WithFix("%s", all.fix())
		}
	}
	if names := all.names(); len(names) == 1 {
		return all.named(names[0])
	}
	return Session{}, all.undecided()
}

// configured is what the config file has.
type configured struct {
	file     string
	sections []section
}

// names lists the sessions, sorted.
func (c configured) names() []string {
	var names []string
	for _, s := range c.sections {
		if s.kind == "sso-session" {
			names = append(names, s.name)
		}
	}
	slices.Sort(names)
	return names
}

// named returns a session of the config file.
func (c configured) named(name string) (Session, error) {
	for _, s := range c.sections {
		if s.kind == "sso-session" && s.name == name {
			return c.checked(Session{
				Name: name, StartURL: s.settings["sso_start_url"], Region: s.settings["sso_region"], Scopes: scopes(s.settings["sso_registration_scopes"]),
			})
		}
	}
	e := fault.New(fault.Invalid, "there is no sso-session %q in %s", name, c.file).At("sso-session").WithFix("%s", c.fix())
	if near := fault.Nearest(name, c.names()); near != "" {
		e = e.WithCause("did you mean %q?", near)
	}
	return Session{}, e
}

// ofProfile returns the session of a profile, or of the profile that it takes its
// credentials from.
func (c configured) ofProfile(ctx context.Context, name string) (s Session, found bool, err error) {
	shared, err := credentials.SharedProfile(ctx, name)
	if err != nil {
		return Session{}, false, profileFault(err, name)
	}
	for from := &shared; from != nil; from = from.Source {
		switch {
		case from.SSOSessionName != "":
			s, err = c.named(strings.TrimSpace(from.SSOSessionName))
		case from.SSOStartURL != "":
			s, err = c.checked(Session{StartURL: from.SSOStartURL, Region: from.SSORegion})
		default:
			continue
		}
		s.Profile = name
		return s, err == nil, err
	}
	return Session{}, false, nil
}

// profileFault explains why a profile can't be read.
func profileFault(err error, name string) error {
	var known *fault.Error
	var missing config.SharedConfigProfileNotExistError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &missing):
		return fault.Wrap(err, fault.NoCredentials, "there is no AWS profile %q", name).At("profile").
			WithFix("add [profile %s] to ~/.aws/config, or name another one", name)
	}
	return fault.Wrap(err, fault.Invalid, "the AWS profile %q can't be used", name).At("profile").WithCause("%v", err).WithFix("correct it in ~/.aws/config")
}

// scopes takes the setting sso_registration_scopes apart.
func scopes(text string) []string {
	var all []string
	for _, scope := range strings.Split(text, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			all = append(all, scope)
		}
	}
	if len(all) == 0 {
		return []string{defaultScope}
	}
	return all
}

// checked refuses a session that lacks something.
func (c configured) checked(s Session) (Session, error) {
	where := "give --start-url and --sso-region together"
	if s.Name != "" {
		where = "correct [sso-session " + s.Name + "] in " + c.file
	}
	u, err := url.Parse(s.StartURL)
	switch {
	case s.Region == "" || s.StartURL == "":
		return s, fault.New(fault.Invalid, "the session lacks its %s", cmp.Or(missing(s.StartURL, "sso_start_url"), "sso_region")).WithFix("%s", where)
	case err != nil || u.Scheme != "https" && !local(u) || u.Host == "":
		return s, fault.New(fault.Invalid, "the start URL %q is not an https address", s.StartURL).WithFix("%s; it is such as https://d-1234567890.awsapps.com/start", where)
	}
	return s, nil
}

// missing returns the name of a setting that has no value.
func missing(value, name string) string {
	if value == "" {
		return name
	}
	return ""
}

// fix says how to name a session.
func (c configured) fix() string {
	if names := c.names(); len(names) > 0 {
		return "give --sso-session with one of: " + strings.Join(names, ", ")
	}
	return "give --start-url and --sso-region, which the page of the access portal shows under Access keys"
}

// undecided is the fault of a session that was not named.
func (c configured) undecided() error {
	if len(c.names()) == 0 {
		return fault.New(fault.Invalid, "there is nothing to sign in to").WithCause("%s has no sso-session, and no profile names one", c.file).WithFix("%s", c.fix())
	}
	return fault.New(fault.Invalid, "there are %d sessions to sign in to", len(c.names())).WithFix("%s; or give --profile", c.fix())
}

// Profiles lists the profiles that use a session, sorted.
func Profiles(s Session) ([]string, error) {
	_, text, err := credentials.SharedConfigFile()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, section := range sections(text) {
		used := section.settings["sso_session"] == s.Name
		if s.Name == "" {
			used = section.settings["sso_start_url"] == s.StartURL
		}
		if used && section.kind == "profile" {
			names = append(names, section.name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Names lists the sessions of the config file, sorted.
func Names() ([]string, error) {
	file, text, err := credentials.SharedConfigFile()
	return configured{file, sections(text)}.names(), err
}
