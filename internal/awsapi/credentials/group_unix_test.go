//go:build unix

package credentials_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// A program that is waited for no more is killed with its children, before the call
// ends: the process that made the call may end next. That is so where Hawser has no
// terminal, or not its foreground.
func TestChildrenOfAStoppedProgramAreKilled(t *testing.T) {
	if !inSession(t, nil) {
		return
	}
	const role = "[profile role]\nsource_profile = p\nrole_arn = arn:aws:iam::111122223333:role/one\n"
	onTop := settings.Role{RoleARN: "arn:aws:iam::111122223333:role/two"}
	for name, s := range map[string]awsapi.Settings{
		"credential_process":             {Profile: "p"},
		"a role with credential_process": {Profile: "role"},
		"a role of the connection":       {Profile: "p", Role: onTop},
		"exec:":                          {AccessKeyID: settings.NewSecret("exec:./parent"), SecretAccessKey: settings.NewSecret("s")},
	} {
		for how, until := range map[string]func(*testing.T, string) context.Context{"timeout": untilFile, "Ctrl-C": canceledAt} {
			t.Run(name+" "+how, func(t *testing.T) {
				awsapitest.Clean(t)
				dir := t.TempDir()
				alive, begun := filepath.Join(dir, "alive"), filepath.Join(dir, "begun")
				if err := syscall.Mkfifo(alive, 0o600); err != nil {
					t.Fatal(err)
				}
				reader, err := os.OpenFile(alive, os.O_RDONLY|syscall.O_NONBLOCK, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = reader.Close() }()
				file := program(t, "parent", "(exec >'"+alive+"'; : >'"+begun+"'; exec sleep 300 2>/dev/null) &\nwait\n")
				profiles(t, "[profile p]\ncredential_process = "+file+"\n"+role)
				s.AccessKeyID = s.AccessKeyID.In(filepath.Dir(file))
				s.Endpoint, s.Region = awsapitest.NewServer(t).URL, "us-east-1"
				if _, err := awsapitest.RetrieveIn(until(t, begun), s); !errors.Is(err, fault.Timeout) && !errors.Is(err, fault.Canceled) {
					t.Errorf("%+v", err)
				}
				// The end of the file is the end of the child, which alone writes to it.
				if err := reader.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if _, err := reader.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("the child lives on: %v", err)
				}
			})
		}
	}
}

// inSession runs a test in a process with a session of its own: in that process it gives
// true, and in the other one false when that has ended. The terminal, if any, becomes the
// controlling terminal of the session.
func inSession(t *testing.T, terminal *os.File) bool {
	t.Helper()
	const inside = "HAWSER_TEST_SESSION"
	if os.Getenv(inside) == t.Name() {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), inside+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if terminal != nil {
		cmd.Stdin, cmd.SysProcAttr.Setctty = terminal, true // its file descriptor is 0
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return false
}

// canceledAt returns a context that is canceled when a file exists.
func canceledAt(t *testing.T, path string) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	context.AfterFunc(untilFile(t, path), cancel)
	return ctx
}
