package identitycenter

import (
	"fmt"
	"math/rand/v2"
)

// mint makes up identifiers, the same ones from the same seed.
type mint struct{ random *rand.Rand }

func newMint(seed uint64) mint { return mint{rand.New(rand.NewPCG(seed, 0x1dc))} }

// hex makes n lower-case hexadecimal digits; n is at most 16.
func (m mint) hex(n int) string { return fmt.Sprintf("%016x", m.random.Uint64())[:n] }

// uuid makes a random UUID.
func (m mint) uuid() string {
	a, b := m.random.Uint64(), m.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%x%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, 8+b>>62, b>>48&0xfff, b&0xffffffffffff)
}
