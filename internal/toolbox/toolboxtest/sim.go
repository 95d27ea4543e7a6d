package toolboxtest

import (
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// InstallFault installs a fault.
func InstallFault(t testing.TB, sim *simtest.Sim, f awssim.Fault) {
	t.Helper()
	if err := sim.AddFault(f); err != nil {
		t.Fatal(err)
	}
}

// SimSettings returns a connection to the simulator as its administrator.
func SimSettings(sim *simtest.Sim) awsapi.Settings {
	s := FakeSettings(sim.URL)
	s.AccessKeyID, s.SecretAccessKey = settings.NewSecret(sim.Key.AccessKeyID), settings.NewSecret(sim.Key.SecretAccessKey)
	s.Account = simtest.Account
	return s
}

// OnSim returns a rig whose connection reaches a simulated AWS.
func OnSim(t testing.TB, opts ...awssim.Options) (*Rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t, opts...)
	return New(t, SimSettings(sim)), sim
}
