package auth

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// KnownHost reports whether a request's Host is this server's name: one of names,
// or a name of this machine. This stops web pages whose own domain name resolves
// to this machine (DNS rebinding).
func KnownHost(host string, names []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return loopback(name) || slices.Contains(names, host) || slices.Contains(names, name)
}

// Loopback reports whether an address to listen on is reached from this machine
// alone.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && loopback(host)
}

// loopback reports whether a name or address is reached from this machine alone.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}
