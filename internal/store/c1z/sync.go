package c1z

import (
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"time"
)

// Sync describes the sync whose data the file has.
type Sync struct {
	// ID is the format's own: a KSUID, 27 letters and digits.
	ID string
	// Ended is zero for one that never did.
	Started, Ended time.Time
}

const (
	ksuidEpoch  = 1_400_000_000 // seconds since 1970
	ksuidLength = 27
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// SyncID makes the ID of the sync that began at a time. Its random part is
// drawn from name, so that the same run always has the same ID, and IDs of
// later runs sort after it.
func SyncID(started time.Time, name string) string {
	sum := sha256.Sum256([]byte(started.UTC().Format(time.RFC3339Nano) + "\x00" + name))
	var raw [20]byte
	binary.BigEndian.PutUint32(raw[:], uint32(max(0, started.Unix()-ksuidEpoch)))
	copy(raw[4:], sum[:])
	text := make([]byte, ksuidLength)
	rest, digit := new(big.Int).SetBytes(raw[:]), new(big.Int)
	for i := ksuidLength - 1; i >= 0; i-- {
		rest.DivMod(rest, big.NewInt(62), digit)
		text[i] = base62[digit.Int64()]
	}
	return string(text)
}

// timeLayout is how the tables hold times, in UTC.
const timeLayout = "2006-01-02 15:04:05.000000000"

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }
