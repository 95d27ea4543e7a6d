package organizations

import "math/rand/v2"

// mint makes up identifiers, the same ones from the same seed.
type mint struct{ random *rand.Rand }

func newMint(seed uint64) mint { return mint{rand.New(rand.NewPCG(seed, 0x0a0e))} }

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"

func (m mint) text(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[m.random.IntN(len(letters))]
	}
	return string(b)
}

// accountID makes twelve digits, of which the first is not 0.
func (m mint) accountID() string {
	b := make([]byte, 12)
	for i := range b {
		b[i] = '0' + byte(m.random.IntN(10))
	}
	if b[0] == '0' {
		b[0] = '9'
	}
	return string(b)
}
