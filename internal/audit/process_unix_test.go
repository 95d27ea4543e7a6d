//go:build unix

package audit_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/audit"
)

// The test binary runs itself as another process: TestMain turns into one of
// these where the environment says so.
var children = map[string]func(f *audit.File, n int) error{
	// append writes n records.
	"append": func(f *audit.File, n int) error {
		for i := range n {
			if _, err := f.Append(background, record(i)); err != nil {
				return err
			}
		}
		return nil
	},
	// forever writes until it is killed, and says how many records it has
	// been told are written.
	"forever": func(f *audit.File, _ int) error {
		for i := 0; ; i++ {
			r, err := f.Append(background, record(i))
			if err != nil {
				return err
			}
			fmt.Println(r.Seq)
		}
	},
	// full writes until n bytes are all it may write.
	"full": func(f *audit.File, n int) error {
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: uint64(n), Max: uint64(n)}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		for i := 0; ; i++ {
			if _, err := f.Append(background, record(i)); err != nil {
				fmt.Println(i, err)
				return nil
			}
		}
	},
}

func TestMain(m *testing.M) {
	child, ok := children[os.Getenv("AUDIT_CHILD")]
	if !ok {
		os.Exit(m.Run())
	}
	n, _ := strconv.Atoi(os.Getenv("AUDIT_COUNT"))
	size, _ := strconv.ParseInt(os.Getenv("AUDIT_SIZE"), 10, 64)
	f, err := audit.OpenWith(os.Getenv("AUDIT_FILE"), audit.Options{MaxSize: size})
	if err == nil {
		err = child(f, n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(t testing.TB, mode, path string, n int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AUDIT_CHILD="+mode, "AUDIT_FILE="+path, "AUDIT_COUNT="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func TestProcessesShareAFile(t *testing.T) { shareAFile(t) }

func TestProcessesRotateTogether(t *testing.T) {
	t.Setenv("AUDIT_SIZE", "5000")
	shareAFile(t)
}

func shareAFile(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var cmds []*exec.Cmd
	for range 4 {
		cmd, _ := start(t, "append", path, 200)
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	verify(t, open(t, path), 800)
}

func TestKilledProcessesLoseNothingAcknowledged(t *testing.T) { killProcesses(t) }

func TestKilledProcessesLoseNothingWhileRotating(t *testing.T) {
	t.Setenv("AUDIT_SIZE", "2000")
	killProcesses(t)
}

func killProcesses(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	f := open(t, path)
	acknowledged := uint64(0)
	for i := range 15 {
		cmd, out := start(t, "forever", path, 0)
		done, enough := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for lines := 0; out.Scan(); lines++ {
				if n, err := strconv.ParseUint(out.Text(), 10, 64); err == nil {
					acknowledged = max(acknowledged, n)
				}
				if lines == 10+i {
					close(enough)
				}
			}
		}()
		select {
		case <-enough: // and it writes on
		case <-done:
			t.Fatal("the child ended by itself")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-done
		_ = cmd.Wait() // it ends by the signal, which is the point
		acknowledged = max(acknowledged, appendN(t, f, 1)[0].Seq)
	}
	r, err := f.Verify(background, "")
	if err != nil || r.Bad != nil {
		t.Fatalf("%+v, %v", r.Bad, err)
	}
	if r.HeadSeq < acknowledged || acknowledged < 100 {
		t.Errorf("the file ends at %d, and %d was acknowledged", r.HeadSeq, acknowledged)
	}
	t.Logf("%d records, %d torn lines", r.Records, len(r.Crashes))
}

func TestAFullDiskLeavesWholeRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	cmd, out := start(t, "full", path, 5000)
	if !out.Scan() {
		t.Fatal("the child said nothing")
	}
	written, message := 0, out.Text()
	if _, err := fmt.Sscanf(message, "%d", &written); err != nil || written == 0 {
		t.Fatalf("the child said %q", message)
	}
	if want := fmt.Sprintf("%d the audit file %s can't be written: no space is left on the disk", written, path); message != want {
		t.Errorf("got %q, want %q", message, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if r := verify(t, f, written); len(r.Crashes) > 0 {
		t.Errorf("half a record is left: %+v", r.Crashes)
	}
	appendN(t, f, 1)
	verify(t, f, written+1)
}

func BenchmarkAppendBesideAnotherProcess(b *testing.B) {
	path := filepath.Join(b.TempDir(), "audit.jsonl")
	cmd, out := start(b, "forever", path, 0)
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	out.Scan()
	go func() {
		for out.Scan() {
		}
	}()
	f := open(b, path)
	for b.Loop() {
		if _, err := f.Append(background, record(1)); err != nil {
			b.Fatal(err)
		}
	}
}
