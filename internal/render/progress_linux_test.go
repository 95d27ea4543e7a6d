package render_test

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/tool"
)

// terminal opens a terminal of some columns: what is written into the second file is
// read from the first.
func terminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = slave.Close() })
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// The bar of a sync stays when its total becomes known only later, and its line fits a
// terminal of 80 columns as one of 160.
func TestProgressOfASync(t *testing.T) {
	for _, columns := range []uint16{80, 160} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			master, slave := terminal(t, columns)
			lines := make(chan string, 1000)
			go func() {
				defer close(lines)
				for in := bufio.NewScanner(master); in.Scan(); {
					lines <- strings.TrimRight(escapes.ReplaceAllString(in.Text(), ""), "\r")
				}
			}()
			p := render.NewProgress(render.Streams{Err: slave, ErrTTY: true}, render.ProgressBars)
			report := func(r tool.Progress, want string) {
				t.Helper()
				r.Subject, r.Unit = "sync acme", "accounts"
				p.Report(r)
				for late := time.After(time.Minute); ; {
					select {
					case line := <-lines:
						if utf8.RuneCountInString(line) > int(columns) {
							t.Errorf("it is too wide: %q", line)
						}
						if strings.HasSuffix(strings.TrimSpace(line), want) {
							if !strings.HasPrefix(line, "sync acme") || strings.Count(line, "[") != 1 {
								t.Errorf("%q", line)
							}
							t.Log(line)
							return
						}
					case <-late:
						t.Fatalf("no %q", want)
					}
				}
			}
			report(tool.Progress{Calls: 7}, "| 7 calls")
			report(tool.Progress{Done: 2, Total: 2, Calls: 20}, "2 of 2 accounts, 20 calls")
			report(tool.Progress{Done: 3, Total: 2000, Calls: 12_345, Left: 83 * time.Second}, "3 of 2000 accounts, 12345 calls, 1m23s left")
			report(tool.Progress{Done: 1999, Total: 2000, Calls: 22_345, Left: time.Millisecond}, "1999 of 2000 accounts, 22345 calls, 1s left")
			p.Close()
		})
	}
}
