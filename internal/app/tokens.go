package app

import (
	"path/filepath"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/idempotency"
)

// Tokens returns the bearer tokens of hawser serve and hawser mcp.
func (a *App) Tokens() (*auth.Tokens, error) {
	dir, err := config.StateDir()
	if err != nil {
		return nil, err
	}
	return auth.OpenTokens(filepath.Join(dir, "tokens.json"), nil), nil
}

// ReadableTokens returns the tokens for a server, and fails if they can't be
// read, so that no server starts that could admit nobody.
func (a *App) ReadableTokens() (*auth.Tokens, error) {
	tokens, err := a.Tokens()
	if err != nil {
		return nil, err
	}
	_, err = tokens.List()
	return tokens, err
}

// Keys remembers calls by their Idempotency-Key.
func (a *App) Keys() (*idempotency.Folder, error) {
	dir, err := config.StateDir()
	if err != nil {
		return nil, err
	}
	return idempotency.OpenFolder(filepath.Join(dir, "idempotency"), nil), nil
}
