package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// SecretReader fetches a Secrets Manager secret: its whole string.
type SecretReader func(ctx context.Context, arn string) (string, error)

// Resolve gives the value of a secret. Errors name the reference and never the
// value.
func Resolve(ctx context.Context, s settings.Secret, remote SecretReader) (string, error) {
	scheme, rest := s.Parts()
	var value string
	var err error
	switch scheme {
	case "env":
		value, err = fromEnv(rest)
	case "file":
		value, err = fromFile(s.Path(rest))
	case "exec":
		value, err = fromExec(ctx, s, rest)
	case "awssecret":
		value, err = fromAWS(ctx, rest, remote)
	default:
		return rest, nil
	}
	if err != nil {
		return "", err
	}
	if value == "" {
		return "", fault.New(fault.NoCredentials, "the secret at %s is empty", s).WithFix("put the value there, or correct the reference")
	}
	return value, nil
}

func fromEnv(name string) (string, error) {
	value, ok := os.LookupEnv(name)
	if !ok {
		return "", fault.New(fault.NoCredentials, "environment variable %s is not set", name).
			WithFix("set %s, or correct the env: reference in the connection", name)
	}
	return value, nil
}

func fromFile(path string) (string, error) {
	raw, err := files.ReadRegular(path, mostSecret)
	var large files.TooLarge
	if errors.As(err, &large) {
		return "", fault.New(fault.NoCredentials, "secret file %s holds more than 1 MiB", path).
			WithFix("name the file that holds the secret and nothing else")
	}
	if err != nil {
		return "", fault.Wrap(err, fault.NoCredentials, "secret file %s can't be read", path).WithCause("%v", err).
			WithFix("check that it is a regular file that this user may read")
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

func fromExec(ctx context.Context, s settings.Secret, command string) (string, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return "", fault.New(fault.Invalid, "an exec: reference names no program")
	}
	program := words[0]
	if filepath.Base(program) != program { // a bare name is looked up in PATH
		program = s.Path(program)
	}
	out, err := runProgram(ctx, "the program "+words[0]+", which should print a secret,", func(ctx context.Context) (*exec.Cmd, error) {
		return exec.CommandContext(ctx, program, words[1:]...), nil
	})
	var known *fault.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return "", err
	}
	if err != nil {
		// The program's output could hold the secret, so only its name and
		// exit state are shown.
		return "", fault.Wrap(err, fault.NoCredentials, "the program %s, which should print a secret, failed", words[0]).
			WithFix("run it by hand and check that it prints the secret and exits with 0")
	}
	return string(bytes.TrimRight(out, "\r\n")), nil
}

// fromAWS reads "ARN#key": the secret's string, or one field of its JSON.
func fromAWS(ctx context.Context, ref string, read SecretReader) (string, error) {
	secret, key, picked := strings.Cut(ref, "#")
	text, err := read(ctx, secret)
	if err != nil || !picked {
		return text, err
	}
	var fields map[string]any
	if json.Unmarshal([]byte(text), &fields) != nil {
		return "", fault.New(fault.NoCredentials, "secret %s is not a JSON object, so it has no field %q", secret, key).
			WithFix("remove #%s, or store the secret as JSON", key)
	}
	value, ok := fields[key].(string)
	if !ok {
		return "", fault.New(fault.NoCredentials, "secret %s has no text field %q", secret, key).
			WithFix("check the name after # in the awssecret: reference")
	}
	return value, nil
}

// ReadSecrets reads secrets with a configuration's credentials, in the region
// that the secret's ARN names.
func ReadSecrets(cfg aws.Config) SecretReader {
	return func(ctx context.Context, secret string) (string, error) {
		client := secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
			if a, ok := arn.Parse(secret); ok && a.Region != "" {
				o.Region = a.Region
			}
		})
		out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret})
		if err != nil {
			return "", awserr.Fault(err)
		}
		return aws.ToString(out.SecretString), nil
	}
}
