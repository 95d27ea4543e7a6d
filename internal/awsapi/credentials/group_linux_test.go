package credentials_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// A program may ask on the terminal in whose foreground Hawser is.
func TestAProgramAsksOnTheTerminal(t *testing.T) {
	const question = "code?"
	master, terminal := pseudoTerminal(t)
	go func() {
		for shown := bufio.NewReader(master); ; {
			if text, err := shown.ReadString('?'); err != nil {
				return
			} else if strings.HasSuffix(text, question) {
				_, _ = master.WriteString("123456\n")
			}
		}
	}()
	if !inSession(t, terminal) {
		return
	}
	ask := "printf '" + question + "' >/dev/tty; read -r code </dev/tty; test \"$code\" = 123456 || exit 1\n"
	for name, tt := range map[string]struct {
		settings awsapi.Settings
		want     string
	}{
		"credential_process": {awsapi.Settings{Profile: "p"}, "ASIAPROCESS"},
		"exec:":              {awsapi.Settings{AccessKeyID: settings.NewSecret("exec:./id"), SecretAccessKey: settings.NewSecret("s")}, "AKIAEXEC"},
	} {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			file := program(t, "process", ask+"cat <<'END'\n"+jsonCredentials("ASIAPROCESS")+"\nEND\n")
			tt.settings.AccessKeyID = tt.settings.AccessKeyID.In(filepath.Dir(program(t, "id", ask+"echo AKIAEXEC\n")))
			profiles(t, "[profile p]\ncredential_process = "+file+"\n")
			tt.settings.Endpoint, tt.settings.Region = awsapitest.NewServer(t).URL, "us-east-1"
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if creds, err := awsapitest.RetrieveIn(ctx, tt.settings); err != nil || creds.AccessKeyID != tt.want {
				t.Errorf("%q, %v", creds.AccessKeyID, err)
			}
		})
	}
	t.Run("timeout", func(t *testing.T) {
		awsapitest.Clean(t)
		begun := filepath.Join(t.TempDir(), "begun")
		profiles(t, "[profile p]\ncredential_process = "+program(t, "process", ": >'"+begun+"'\nexec sleep 300\n")+"\n")
		s := awsapi.Settings{Profile: "p", Endpoint: awsapitest.NewServer(t).URL, Region: "us-east-1"}
		if _, err := awsapitest.RetrieveIn(untilFile(t, begun), s); !errors.Is(err, fault.Timeout) {
			t.Errorf("%+v", err)
		}
	})
}

// pseudoTerminal opens both ends of a new terminal.
func pseudoTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return master, terminal
}
