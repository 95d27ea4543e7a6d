package app

import (
	"context"
	"os"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awsapi/signin"
)

// Session finds the session of IAM Identity Center that a person means. Without a name it
// is that of the default connection's profile.
func (a *App) Session(ctx context.Context, asked signin.Asked) (signin.Session, error) {
	s, err := a.defaultSettings()
	if err != nil {
		return signin.Session{}, err
	}
	asked.Profile, asked.Named = a.options.Flags.AWS.Profile, true
	if asked.Profile == "" {
		asked.Profile, asked.Named = s.Profile, false
	}
	if asked.Profile == "" {
		asked.Profile = ambientProfile()
	}
	return signin.Find(ctx, asked)
}

// defaultSettings returns the settings of the default connection.
func (a *App) defaultSettings() (settings.Connection, error) {
	c, err := a.config()
	if err != nil {
		return settings.Connection{}, err
	}
	return c.Connections[c.Default()], nil
}

// ambientProfile is the profile of a connection that names none.
func ambientProfile() string {
	if name := os.Getenv("AWS_PROFILE"); name != "" {
		return name
	}
	return "default"
}

// SignIn signs a person in to a session. How a person is asked is set in the client; its
// configuration is that of the default connection.
func (a *App) SignIn(ctx context.Context, s signin.Session, client signin.Client) (signin.SignedIn, error) {
	pool, err := a.pool()
	if err != nil {
		return signin.SignedIn{}, err
	}
	if client.Config, err = pool.Unsigned(ctx, s.Region); err != nil {
		return signin.SignedIn{}, err
	}
	return client.SignIn(ctx, s)
}

// SignedInAs returns the ARN of the default connection, whose profile signs in to s. It is
// "" if the connection's credentials do not come from the session.
func (a *App) SignedInAs(ctx context.Context, s signin.Session) (string, error) {
	own, err := a.defaultSettings()
	if from := credentials.SourceOf(own); err != nil || s.Profile == "" || from != settings.Profile && from != settings.Ambient {
		return "", err
	}
	pool, err := a.pool()
	if err != nil {
		return "", err
	}
	session, err := pool.Session(ctx, awsapi.Target{})
	if err != nil {
		return "", err
	}
	identity, err := session.Identity(ctx)
	return identity.ARN, err
}

// Leaver returns what signs out by way of the default connection.
func (a *App) Leaver() (signin.Leaver, error) {
	pool, err := a.pool()
	if err != nil {
		return signin.Leaver{}, err
	}
	return signin.Leaver{Config: pool.Unsigned}, nil
}
