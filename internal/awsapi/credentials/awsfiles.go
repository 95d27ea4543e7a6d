package credentials

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// awsFiles are the user's config and credentials files, in a form in which the
// SDK reads them as the aws CLI reads the originals.
type awsFiles struct {
	original [2]string // config, credentials
	read     [2]string // what the SDK is to read
	scratch  string    // the directory of rewritten ones, or ""
}

// mostAWSFile is how large one of them may be, in bytes.
const mostAWSFile = 16 << 20

// openAWSFiles finds the files and rewrites those that the SDK reads otherwise
// than the aws CLI. Close removes what was written. The error is Invalid for a
// file that is not UTF-8 or begins with a byte order mark, which neither reads, and for
// one that is not a regular file.
func openAWSFiles() (*awsFiles, error) {
	f := &awsFiles{original: [2]string(awsFileNames())}
	f.read = f.original
	for i, name := range f.original {
		text, err := files.ReadRegular(name, mostAWSFile)
		if refused := refused(err, "the AWS file "+name); refused != nil {
			return nil, errors.Join(refused, f.Close())
		}
		if err != nil {
			continue // the SDK says what is wrong, or goes without
		}
		if err := cmp.Or(checkEncoding(name, text), checkLines(name, string(text))); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		rewritten := asCLIReads(string(text), i == 0)
		if rewritten == string(text) {
			continue
		}
		if f.read[i], err = f.write(filepath.Base(name), rewritten); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// awsFileNames returns the names of the user's config and credentials files.
func awsFileNames() []string {
	names := []string{config.DefaultSharedConfigFilename(), config.DefaultSharedCredentialsFilename()}
	env, err := config.NewEnvConfig()
	if err != nil {
		return names
	}
	return []string{cmp.Or(env.SharedConfigFile, names[0]), cmp.Or(env.SharedCredentialsFile, names[1])}
}

// write puts a rewritten file where only this user can read it, for as long as
// the SDK needs to load it.
func (f *awsFiles) write(name, text string) (string, error) {
	if f.scratch == "" {
		dir, err := os.MkdirTemp("", "hawser-aws-")
		if err != nil {
			return "", fault.Wrap(err, fault.Internal, "the AWS files can't be rewritten for the SDK").WithFix("free space in %s", os.TempDir())
		}
		f.scratch = dir
	}
	path := filepath.Join(f.scratch, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fault.Wrap(err, fault.Internal, "the AWS files can't be rewritten for the SDK").WithFix("free space in %s", os.TempDir())
	}
	return path, nil
}

// Close removes what was written.
func (f *awsFiles) Close() error {
	if f.scratch == "" {
		return nil
	}
	if err := os.RemoveAll(f.scratch); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Internal, "%s can't be removed", f.scratch)
	}
	return nil
}

// options point the SDK's load at the files. Those that do not exist are left
// to the SDK, which passes over its own default and not over a given one.
func (f *awsFiles) options() []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	if f.read[0] != f.original[0] {
		options = append(options, config.WithSharedConfigFiles(f.read[:1]))
	}
	if f.read[1] != f.original[1] {
		options = append(options, config.WithSharedCredentialsFiles(f.read[1:]))
	}
	return options
}

// profile points the SDK's reading of one profile at the files.
func (f *awsFiles) profile(o *config.LoadSharedConfigOptions) {
	o.ConfigFiles, o.CredentialsFiles = f.read[:1], f.read[1:]
}

// SharedProfile reads a profile of the shared AWS files, as the SDK does. Errors are
// the SDK's, and those of files that can't be read.
func SharedProfile(ctx context.Context, name string) (config.SharedConfig, error) {
	files, err := openAWSFiles()
	if err != nil {
		return config.SharedConfig{}, err
	}
	defer func() { _ = files.Close() }() // the profile has been read
	return config.LoadSharedConfigProfile(ctx, name, files.profile)
}

// SharedConfigFile returns the name of the user's config file, and its text as the SDK
// is to read it. A file that does not exist has no text.
func SharedConfigFile() (name, text string, err error) {
	name = awsFileNames()[0]
	content, err := files.ReadRegular(name, mostAWSFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, "", nil
	case err != nil:
		if special := refused(err, "the AWS file "+name); special != nil {
			return name, "", special
		}
		return name, "", fault.Wrap(err, fault.Invalid, "the AWS file %s can't be read", name).WithCause("%v", err).WithFix("let this user read it")
	}
	if err := cmp.Or(checkEncoding(name, content), checkLines(name, string(content))); err != nil {
		return name, "", err
	}
	return name, asCLIReads(string(content), true), nil
}

// checkEncoding refuses the encodings of editors that neither the SDK nor the
// aws CLI reads.
func checkEncoding(name string, text []byte) error {
	const utf8Mark = "\xef\xbb\xbf"
	var what string
	switch {
	case bytes.HasPrefix(text, []byte(utf8Mark)):
		what = "it begins with a byte order mark"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		what = "it is in UTF-16"
	default:
		return nil
	}
	e := fault.New(fault.Invalid, "the AWS file can't be read").WithCause("%s, so its first line is not a section", what).
		WithFix("save it as UTF-8 without a byte order mark")
	e.File, e.Line = name, 1
	return e
}

// checkLines refuses lines that the aws CLI can't read and that the SDK passes
// over, so that a profile silently lacks them: settings before the first section,
// and lines that are not settings. Indented lines belong to the one above.
func checkLines(name, text string) error {
	section := false
	for i, line := range strings.Split(text, "\n") {
		body := strings.TrimSpace(line)
		wrong, fix := "", ""
		switch {
		case body == "", strings.ContainsAny(body[:1], "#;"):
		case body[0] == '[':
			section = true
		case !section:
			wrong, fix = "the line is before the first section", "write the profile's name in brackets above it, such as [default]"
		case strings.ContainsAny(line[:1], " \t"):
		case !strings.ContainsAny(body, "=:"):
			wrong, fix = "the line has no =", "write it as NAME = VALUE, or remove it"
		}
		if wrong != "" {
			e := fault.New(fault.Invalid, "the AWS file can't be read").WithCause("%s", wrong).WithFix("%s", fix)
			e.File, e.Line = name, i+1
			return e
		}
	}
	return nil
}

// asCLIReads rewrites the lines of a config or credentials file that the SDK
// reads otherwise than the aws CLI: names of sections in quotes, which only the
// config file may have, and values of credential_process that begin and end
// with a quote, which the SDK takes for one quoted value.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
func asCLIReads(text string, sections bool) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		body := strings.TrimRight(line, "\r")
		switch {
		case sections && strings.HasPrefix(strings.TrimLeft(body, " \t"), "["):
			body = plainSection(body)
		default:
			body = plainProcess(body)
		}
		lines[i] = body + line[len(strings.TrimRight(line, "\r")):]
	}
	return strings.Join(lines, "\n")
}

// plainSection takes the quotes off a section's name: [profile 'my dev'].
func plainSection(line string) string {
	before, after, ok := strings.Cut(line, "[")
	name, rest, closed := strings.Cut(after, "]")
	if !ok || !closed || !strings.ContainsAny(name, `"'\`) {
		return line
	}
	words, err := shellWords(name)
	if err != nil || len(words) != 2 || strings.ContainsAny(words[1], "[]#;") {
		return line
	}
	return before + "[" + words[0] + " " + words[1] + "]" + rest
}

// plainProcess returns a credential_process whose value is quoted at both ends a
// form that the SDK hands to the shell as it is: the words that the aws CLI would
// start, each in quotes.
func plainProcess(line string) string {
	name, value, ok := strings.Cut(line, "=")
	value = strings.TrimSpace(value)
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "credential_process") || len(value) < 2 || runtime.GOOS == "windows" {
		return line
	}
	if first, last := value[0], value[len(value)-1]; first != last || first != '"' && first != '\'' {
		return line
	}
	words, err := shellWords(value)
	if err != nil || len(words) == 0 {
		return line
	}
	for i, word := range words {
		words[i] = quotedForShell(word)
	}
	return name + "= exec " + strings.Join(words, " ")
}

// quotedForShell puts a word into single quotes. What the SDK would take for a
// comment is taken apart.
func quotedForShell(word string) string {
	word = strings.ReplaceAll(word, "'", `'\''`)
	for _, comment := range []string{" #", " ;", "\t#", "\t;"} {
		word = strings.ReplaceAll(word, comment, comment[:1]+"''"+comment[1:])
	}
	return "'" + word + "'"
}
