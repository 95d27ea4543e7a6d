package auth_test

import (
	"testing"

	"github.com/hawser/hawser/internal/auth"
)

func TestHosts(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost:8080": true, "LOCALHOST": true, "127.0.0.1:1": true, "[::1]:8080": true, "hawser.example.com": true, "hawser.example.com:443": true,
		"": false, "evil.example.com": false, "localhost.evil.com": false, "127.0.0.1.evil.com": false, "10.0.0.1:80": false, "0.0.0.0": false,
	} {
		if got := auth.KnownHost(host, []string{"hawser.example.com"}); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:0": true, "localhost:1": true, "[::1]:1": true, ":8080": false, "0.0.0.0:1": false, "192.168.1.1:1": false, "": false} {
		if got := auth.Loopback(address); got != want {
			t.Errorf("%q: %t", address, got)
		}
	}
}
