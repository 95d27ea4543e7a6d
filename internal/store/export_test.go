package store

import "context"

// Alone leaves the store one connection, and sets pragmas on it: limits that
// tests reach sooner than people do.
func (s *Store) Alone(ctx context.Context, pragmas ...string) error {
	s.db.SetMaxOpenConns(1)
	for _, p := range pragmas {
		if _, err := s.db.ExecContext(ctx, "PRAGMA "+p); err != nil {
			return err
		}
	}
	return nil
}
