package toolbox_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// onSim is a rig whose connection reaches a simulated AWS.
func onSim(t *testing.T, opts ...awssim.Options) (*rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t, opts...)
	return newRig(t, simSettings(sim)), sim
}
