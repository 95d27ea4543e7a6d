package c1z

import (
	"bytes"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hawser/hawser/internal/fault"
)

// FuzzRead damages a good file, packed or unpacked, and gives it to a Reader:
// that must end, within its bounds, with rows or with an Invalid.
func FuzzRead(f *testing.F) {
	whole := file(f)
	inside, err := unzstd(whole[len(magic):])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), uint32(0), []byte(nil), true)
	f.Add(uint32(5), uint32(40), []byte{0xff}, false)
	f.Add(uint32(100), uint32(0), []byte{13, 0, 0, 0, 1}, true)    // a page's header
	f.Add(uint32(16), uint32(0), []byte{0, 1}, true)               // the size of pages
	f.Add(uint32(4096*2), uint32(4096), []byte{2, 0, 0, 0}, true)  // a page gone
	f.Add(uint32(3900), uint32(0), []byte("WITH RECURSIVE"), true) // a table's text
	f.Fuzz(func(t *testing.T, at, cut uint32, patch []byte, raw bool) {
		data := whole
		if raw {
			data = append([]byte(magic), zstdOf(t, damage(inside, at, cut, patch))...)
		} else {
			data = damage(data, at, cut, patch)
		}
		r, err := Read(t.Context(), bytes.NewReader(data), t.TempDir(), Bounds{File: 1 << 20, Message: 1 << 16})
		if err != nil {
			mustBeInvalid(t, err)
			return
		}
		for _, err := range r.Grants(t.Context()) {
			mustBeInvalid(t, err)
		}
		for _, err := range r.Resources(t.Context()) {
			mustBeInvalid(t, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// damage writes patch over data at an offset, and cuts bytes off its end.
func damage(data []byte, at, cut uint32, patch []byte) []byte {
	data = bytes.Clone(data[:len(data)-int(cut)%len(data)])
	copy(data[int(at)%len(data):], patch)
	return data
}

func mustBeInvalid(t *testing.T, err error) {
	t.Helper()
	if err != nil && fault.From(err).Kind != fault.Invalid {
		t.Fatalf("%s: %v", fault.From(err).Kind, err)
	}
}

// FuzzMessages holds decoding against encoding: what was understood once is
// written and understood the same again.
func FuzzMessages(f *testing.F) {
	user := Resource{Ref: Ref{"iam_user", "ada"}, User: &User{Emails: []string{"a@example.com", "b@example.com"}, Profile: Profile{"a": []any{1.0, "x", nil, map[string]any{}}}}}
	grant := Grant{ID: "g", Entitlement: Entitlement{ID: "e", Resource: user, GrantableTo: []ResourceType{{ID: "t", Traits: []Trait{TraitUser}}}}, Principal: user, Sources: []Source{{"e", true}}}
	seed, err := encodeGrant(grant)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(seed))
	f.Add([]byte{0x2a, 0x04, 0x0a, 0x02, 0x12, 0x00})
	f.Add(bytes.Repeat([]byte{0x0a}, 300))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := decodeGrant(data)
		if err != nil {
			return
		}
		once, err := encodeGrant(g)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeGrant(once)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := encodeGrant(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v: %x became %x", err, once, twice)
		}
	})
}

// file is a small whole file.
func file(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	started := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	w, err := New(t.Context(), &out, t.TempDir(), Sync{ID: SyncID(started, ""), Started: started})
	if err != nil {
		t.Fatal(err)
	}
	group := Resource{Ref: Ref{"group", "g"}, DisplayName: "g", Group: &Group{}}
	for _, err := range []error{
		w.ResourceType(ResourceType{ID: "group"}), w.Resource(group), w.Entitlement(Entitlement{Resource: group, Slug: "member"}),
		w.Grant(Grant{Entitlement: Entitlement{Resource: group, Slug: "member"}, Principal: group}), w.Close(started),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func zstdOf(t testing.TB, data []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(data, nil)
}

func unzstd(data []byte) ([]byte, error) {
	z, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	return z.DecodeAll(data, nil)
}

// TestBombsAreBounded gives a file of a few hundred bytes that would unpack to
// a gigabyte, and one that asks for a window of its own size.
func TestBombsAreBounded(t *testing.T) {
	zeros := bytes.Repeat(zstdOf(t, make([]byte, 64<<20)), 16)
	_, err := Read(t.Context(), bytes.NewReader(append([]byte(magic), zeros...)), t.TempDir(), Bounds{File: 1 << 20})
	if fault.From(err).Kind != fault.Invalid {
		t.Errorf("got %v", err)
	}
	// A frame header that claims a window of 2 GiB.
	greedy := append([]byte(magic), 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00)
	if _, err := Read(t.Context(), bytes.NewReader(greedy), t.TempDir(), Bounds{}); fault.From(err).Kind != fault.Invalid {
		t.Errorf("got %v", err)
	}
}
