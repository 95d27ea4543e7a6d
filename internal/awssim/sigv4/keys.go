package sigv4

import "sync"

// Keys derives signing keys and keeps them, since a client uses one for a day.
// The zero value is ready for use.
type Keys struct {
	mu   sync.RWMutex
	keys map[keyID][]byte
}

type keyID struct{ secret, day, region, service string }

// maxKeys bounds what is kept; past it all are derived anew.
const maxKeys = 4096

// Key gives the signing key of a secret for a signature's scope.
func (k *Keys) Key(secret string, s *Signature) []byte {
	id := keyID{secret, s.day, s.Region, s.Service}
	k.mu.RLock()
	key := k.keys[id]
	k.mu.RUnlock()
	if key != nil {
		return key
	}
	key = sum([]byte("AWS4"+secret), id.day)
	for _, part := range []string{id.region, id.service, "aws4_request"} {
		key = sum(key, part)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= maxKeys {
		k.keys = make(map[keyID][]byte)
	}
	k.keys[id] = key
	return key
}
