package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/cli"
)

// habit is a line of testdata/habits.txt: a command of another program, and what is to
// be typed instead; empty means that it works.
type habit struct{ typed, instead string }

// readHabits reads the list, and apart from it the part that is not there yet.
func readHabits(t *testing.T) (now, later []habit) {
	t.Helper()
	text, err := os.ReadFile("testdata/habits.txt")
	if err != nil {
		t.Fatal(err)
	}
	done, open, _ := strings.Cut(string(text), "\n# Not yet\n")
	return habits(done), habits(open)
}

func habits(text string) (list []habit) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		typed, instead, _ := strings.Cut(line, " => ")
		list = append(list, habit{typed, instead})
	}
	return list
}

// hawser writes a command of another program as one of Hawser.
func (h habit) hawser() string {
	program, rest, _ := strings.Cut(h.typed, " ")
	if program == "s5cmd" && rest != "version" {
		return "s3 " + rest
	}
	return rest
}

// TestHabits types what users of the aws CLI, gh and s5cmd type.
func TestHabits(t *testing.T) {
	now, later := readHabits(t)
	var companies habitCompany
	defer companies.close()
	works := 0
	for _, h := range now {
		if h.instead == "" {
			works++
		}
		t.Run(h.typed, func(t *testing.T) {
			if out, ok := h.try(t, companies.get(t)); !ok {
				t.Errorf("%s\n%s", h.hawser(), out)
			}
		})
	}
	for _, h := range later {
		t.Run(h.typed, func(t *testing.T) {
			if _, ok := h.try(t, companies.get(t)); ok {
				t.Errorf("%s does what is wanted: move it out of the last part of the list", h.hawser())
			}
		})
	}
	t.Logf("%d commands: %d work as typed, %d name what to type instead, %d are not there yet", len(now)+len(later), works, len(now)-works, len(later))
}

// habitCompany is the simulated company in which commands are typed. It is made again
// after a command that may have changed it.
type habitCompany struct{ sim *simulation }

func (c *habitCompany) get(t *testing.T) *simulation {
	t.Helper()
	if c.sim != nil && !changed(c.sim.world) {
		return c.sim
	}
	c.close()
	sim, err := startSim(context.Background(), simFlags{listen: "127.0.0.1:0", scale: 50})
	if err != nil {
		t.Fatal(err)
	}
	c.sim = sim
	habitObjects(t, sim)
	sim.world.ResetCounters()
	return sim
}

func (c *habitCompany) close() {
	if c.sim != nil {
		_ = c.sim.Close()
	}
}

// changed reports whether anything but reading operations was called since the counters
// were reset.
func changed(w *awssim.World) bool {
	for _, c := range w.Counters() {
		_, operation, _ := strings.Cut(c.Action, ":")
		reads := slices.ContainsFunc([]string{"Get", "List", "Describe", "Head", "Filter"}, func(verb string) bool {
			return strings.HasPrefix(operation, verb)
		})
		if !reads {
			return true
		}
	}
	return false
}

// try types the command in the company, and reports whether it did what the list says.
func (h habit) try(t *testing.T, sim *simulation) (string, bool) {
	t.Helper()
	t.Chdir(habitFiles(t))
	setHabitEnv(t, sim)
	expand := func(name string) string {
		return map[string]string{"INSTANCE": sim.Company.Instance, "SIM": sim.URL}[name]
	}
	var out bytes.Buffer
	lines := linesOfHawser("hawser " + os.Expand(h.hawser(), expand))
	if len(lines) != 1 {
		t.Fatalf("%s is not one command", h.hawser())
	}
	p := cli.New(cli.Streams{In: strings.NewReader("typed\n"), Out: &out, Err: &out}, os.Environ(), "1.0.0")
	words := lines[0]
	if words[0] != "--version" {
		words = append(words, "--yes")
	}
	exit := p.Run(t.Context(), words, commands(p)...)
	if _, err := os.Stat("-"); err == nil {
		return "a file called - was written", false
	}
	if h.instead == "" {
		return out.String(), exit == 0
	}
	return out.String(), exit == 1 && strings.Contains(strings.Join(strings.Fields(out.String()), " "), h.instead)
}

// habitFiles returns a directory with the local files that the commands name.
func habitFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "a", "tree/index.html": "<p>", "tree/x.tmp": "x", "tree/sub/b.html": "<b>"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// habitObjects makes the bucket and the object that the commands name in addition to
// those of the company.
func habitObjects(t *testing.T, sim *simulation) {
	t.Helper()
	client := s3.New(s3.Options{
		BaseEndpoint: &sim.URL, Region: sim.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(sim.Key.AccessKeyID, sim.Key.SecretAccessKey, ""),
	})
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("acme-empty")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("acme-web"), Key: aws.String("img/logo.svg"), Body: strings.NewReader("<svg/>")})
	if err != nil {
		t.Fatal(err)
	}
}

// setHabitEnv sets the environment of a user of the aws CLI, who has a profile called acme.
func setHabitEnv(t *testing.T, sim *simulation) {
	t.Helper()
	home := t.TempDir()
	shared := filepath.Join(home, "credentials")
	keys := "aws_access_key_id = " + sim.Key.AccessKeyID + "\naws_secret_access_key = " + sim.Key.SecretAccessKey + "\n"
	if err := os.WriteFile(shared, []byte("[default]\n"+keys+"[acme]\n"+keys), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"AWS_ENDPOINT_URL": sim.URL, "AWS_REGION": demo.Region, "AWS_SHARED_CREDENTIALS_FILE": shared,
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}
