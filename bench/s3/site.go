package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	user      = "bench"
	word      = "only on this machine"
	smallSize = 64 << 10
)

// site is where the measurements happen: a directory with what is sent and
// fetched, and a server.
type site struct {
	workload workload
	dir      string
	endpoint string
	server   *exec.Cmd
	runs     int
}

func newSite(ctx context.Context, p workload) (*site, error) {
	dir, err := os.MkdirTemp(p.dir, "hawser-bench-s3-")
	if err != nil {
		return nil, err
	}
	s := &site{workload: p, dir: dir}
	if err := errors.Join(s.fill(), s.serve(ctx)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *site) close() {
	if s.server != nil {
		_ = s.server.Process.Kill()
		_ = s.server.Wait()
	}
	_ = os.RemoveAll(s.dir)
}

// fill writes what is to be sent: small/ and big/.
func (s *site) fill() error {
	random := rand.NewChaCha8([32]byte{7})
	write := func(name string, size int64) error {
		file, err := os.Create(filepath.Join(s.dir, name))
		if err != nil {
			return err
		}
		block := make([]byte, smallSize)
		for ; size > 0; size -= smallSize {
			_, _ = random.Read(block)
			if _, err := file.Write(block); err != nil {
				return err
			}
		}
		return file.Close()
	}
	for _, dir := range []string{"small", "big", "server"} {
		if err := os.Mkdir(filepath.Join(s.dir, dir), 0o755); err != nil {
			return err
		}
	}
	for i := range s.workload.small {
		if err := write(fmt.Sprintf("small/object-%04d", i), smallSize); err != nil {
			return err
		}
	}
	return write("big/object", int64(s.workload.big)<<20)
}

// serve starts versitygw and makes the bucket. It must be told to keep
// connections alive; else what is measured is how fast they open.
func (s *site) serve(ctx context.Context) error {
	program := filepath.Join(".judges", "bin", "versitygw")
	if _, err := os.Stat(program); err != nil {
		if program, err = exec.LookPath("versitygw"); err != nil {
			return errors.New("versitygw is neither in .judges/bin nor on PATH: make judges installs it")
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	_ = l.Close()
	s.endpoint = "http://" + address
	s.server = exec.CommandContext(ctx, program, "--access", user, "--secret", word, "--region", "us-east-1",
		"--port", address, "--health", "/health", "--quiet", "--keep-alive", "posix", filepath.Join(s.dir, "server"))
	if err := s.server.Start(); err != nil {
		return err
	}
	for range 100 {
		if s.healthy(ctx) {
			_, err := bareClient(s.endpoint).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket()})
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("versitygw does not answer")
}

func (s *site) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.endpoint+"/health", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil
}

// sizeOf is "small" or "big".
func sizeOf(work string) string {
	_, size, _ := strings.Cut(work, "-")
	return size
}

// mib is how much one kind of work moves.
func (s *site) mib(work string) float64 {
	if sizeOf(work) == "big" {
		return float64(s.workload.big)
	}
	return float64(s.workload.small) * smallSize / (1 << 20)
}

// once does the work with one program in a process of its own.
func (s *site) once(ctx context.Context, program, work string) (sample, error) {
	s.runs++
	out := filepath.Join(s.dir, "out", strconv.Itoa(s.runs))
	if err := os.MkdirAll(out, 0o755); err != nil {
		return sample{}, err
	}
	defer func() { _ = os.RemoveAll(out) }()
	cmd, err := s.command(ctx, program, work, out)
	if err != nil {
		return sample{}, err
	}
	if strings.HasPrefix(work, "put") { // none finds what another put
		if err := empty(ctx, s.endpoint, prefix(sizeOf(work))); err != nil {
			return sample{}, err
		}
	}
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+user, "AWS_SECRET_ACCESS_KEY="+word,
		"AWS_REGION=us-east-1", "AWS_CONFIG_FILE=/dev/null", "AWS_CA_BUNDLE=", "AWS_EC2_METADATA_DISABLED=true")
	start := time.Now()
	text, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return sample{}, err
	}
	one := sample{seconds: time.Since(start).Seconds()}
	if program != "aws" {
		if one.seconds, err = strconv.ParseFloat(strings.TrimSpace(string(text)), 64); err != nil {
			return sample{}, err
		}
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		one.resident = float64(usage.Maxrss) / 1024 // Linux gives KiB
	}
	return one, s.check(work, out)
}

// command is the process that does the work. What is fetched is what was put
// before.
func (s *site) command(ctx context.Context, program, work, out string) (*exec.Cmd, error) {
	size := sizeOf(work)
	local := filepath.Join(s.dir, size)
	if strings.HasPrefix(work, "get") {
		local = out
	}
	if program == "aws" {
		return s.awsCommand(ctx, work, local, size), nil
	}
	self, err := os.Executable()
	return exec.CommandContext(ctx, self, program, work, s.endpoint, local, prefix(size)), err
}

// prefix is where the objects of a size are, whichever program put them.
func prefix(size string) string { return size + "/" }

func (s *site) awsCommand(ctx context.Context, work, local, size string) *exec.Cmd {
	from, to := local, "s3://"+*bucket()+"/"+prefix(size)
	if strings.HasPrefix(work, "get") {
		from, to = to, local
	}
	return exec.CommandContext(ctx, "aws", "--endpoint-url", s.endpoint, "s3", "cp", "--recursive", "--only-show-errors", from, to)
}

// check makes sure that the work was done: what was fetched has the right
// sizes.
func (s *site) check(work, out string) error {
	if strings.HasPrefix(work, "put") {
		return nil
	}
	var total int64
	err := filepath.WalkDir(out, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if want := int64(s.mib(work) * (1 << 20)); err == nil && total != want {
		err = fmt.Errorf("%d bytes were fetched, want %d", total, want)
	}
	return err
}
