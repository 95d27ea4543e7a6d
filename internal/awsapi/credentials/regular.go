package credentials

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// refused returns the fault of a file that files.ReadRegular refuses: one that is not
// regular, or too large. It returns nil for all other errors.
func refused(err error, what string) error {
	var special files.Special
	var large files.TooLarge
	switch {
	case errors.As(err, &special):
		return fault.Wrap(err, fault.Invalid, "%s can't be read", what).WithCause("%v", err).
			WithFix("write its content to a regular file, and name that")
	case errors.As(err, &large):
		return fault.Wrap(err, fault.Invalid, "%s can't be read", what).WithCause("%v", err).
			WithFix("name the file that holds what is wanted and nothing else")
	}
	return nil
}

// checkFiles refuses files that the SDK would read by itself, and where it would wait
// for the other end of a FIFO: those that the environment and a profile name.
func checkFiles(ctx context.Context, profile string, at *awsFiles) error {
	for _, name := range []string{"AWS_CA_BUNDLE", envWebIdentityFile, envContainerTokenFile} {
		if err := checkNamed(os.Getenv(name), name); err != nil {
			return err
		}
	}
	shared, err := config.LoadSharedConfigProfile(ctx, profile, at.profile)
	if err != nil {
		return nil // the load says what is wrong with the profile
	}
	if err := checkNamed(shared.CustomCABundle, "ca_bundle of profile "+profile); err != nil {
		return err
	}
	for from := &shared; from != nil; from = from.Source {
		if err := checkNamed(from.WebIdentityTokenFile, "web_identity_token_file of profile "+from.Profile); err != nil {
			return err
		}
	}
	return nil
}

// checkNamed refuses a file that is not regular; "" is none.
func checkNamed(path, setting string) error {
	if path == "" {
		return nil
	}
	return refused(files.CheckRegular(path), "the file "+path+" ("+setting+")")
}

// profileOf is the name of the profile that the SDK loads.
func profileOf(s settings.Connection, from settings.Source) string {
	if from == settings.Profile && s.Profile != "" {
		return s.Profile
	}
	return cmp.Or(os.Getenv("AWS_PROFILE"), "default")
}
