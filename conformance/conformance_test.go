package conformance

import (
	"flag"
	"log"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
)

// TestMain lets more judges work side by side than there are processors: most of
// their time they wait for something to be ready.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "6"); err != nil {
		log.Fatal(err)
	}
	m.Run()
}

// TestJudges is the whole of it: the simulator before its clients, the tools
// before servers, and the probe.
func TestJudges(t *testing.T) {
	c := assemble(t)
	t.Cleanup(func() { c.publish(t) })
	for _, subject := range []struct {
		name string
		test func(*testing.T)
	}{
		{"simulator", c.testSimulator},
		{"printed", c.testPrinted},
		{"models", c.testModels},
		{"tools", c.testTools},
		{"probe", c.testProbe},
		{"mcp", c.testMCP},
		{"api", c.testAPI},
		{"export", c.testExport},
		{"sync", c.testSync},
		{"sign-in", c.testSignIn},
		{"setup", c.testSetup},
	} {
		t.Run(subject.name, func(t *testing.T) {
			t.Parallel()
			subject.test(t)
		})
	}
}

// testSimulator drives the simulator by clients that no one here wrote, and
// wants every operation that it implements to have been called by one.
func (c *harness) testSimulator(t *testing.T) {
	driven := new(operations)
	t.Run("clients", func(t *testing.T) {
		// The one that takes longest comes first.
		t.Run("terraform", func(t *testing.T) { t.Parallel(); c.testTerraform(t, driven) })
		t.Run("boto3", func(t *testing.T) { t.Parallel(); c.testBoto3(t, driven) })
		t.Run("aws-cli", func(t *testing.T) { t.Parallel(); c.testCLI(t, driven) })
	})
	if t.Failed() || c.cases("boto3") == 0 {
		return
	}
	for _, name := range simulate(t, 1).Operations() {
		if !driven.has(name) {
			t.Errorf("no judge called %s", name)
		}
	}
}

// operations is a set of those that were called.
type operations struct {
	mu    sync.Mutex
	names map[string]bool
}

func (o *operations) add(w *awssim.World) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.names == nil {
		o.names = map[string]bool{}
	}
	for _, counter := range w.Counters() {
		o.names[counter.Action] = true
	}
}

func (o *operations) has(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Contains(slices.Collect(maps.Keys(o.names)), name)
}
