package auth

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Access decides which requests an HTTP server accepts, whoever makes them.
type Access struct {
	// Hosts are names that a request's Host may have in addition to loopback's.
	Hosts []string
	// Origins are the web pages that may call, such as
	// "https://chat.example.com"; pages of the server itself always may.
	Origins []string
	// PagesFix completes the fix of the error for a page that may not call; empty
	// if pages cannot be configured.
	PagesFix string
}

// Check refuses a request whose Host is not this server's, that a page of another
// origin made, or whose Content-Type is not JSON. The last refuses what a page can
// send without a preflight request: forms and plain text.
//
// http.CrossOriginProtection is not used, as it lets every GET pass, and a GET opens a
// stream of the Model Context Protocol.
//
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
func (a Access) Check(r *http.Request) error {
	if !KnownHost(r.Host, a.Hosts) {
		return fault.New(fault.Refused, "the host %q is not a name of this server", r.Host).WithFix("add it with --host")
	}
	if err := a.checkOrigin(r); err != nil {
		return err
	}
	return checkContentType(r)
}

// checkOrigin refuses requests of foreign pages, by the headers that browsers
// set.
func (a Access) checkOrigin(r *http.Request) error {
	origins := r.Header.Values("Origin")
	for _, origin := range origins {
		if !a.allows(origin, r.Host) {
			return fault.New(fault.Refused, "web pages of %q may not call this server", origin).WithFix("call from a program, not from a web page%s", a.PagesFix)
		}
	}
	named := len(origins) > 0 && slices.Contains(a.Origins, origins[0])
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" && !named {
			return fault.New(fault.Refused, "web pages of another site may not call this server").WithFix("call from a program, not from a web page%s", a.PagesFix)
		}
	}
	return nil
}

// allows reports whether the pages of an origin may call: those of the host
// itself, and those of Origins. Browsers always write an origin in the same form.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (a Access) allows(origin, host string) bool {
	if slices.Contains(a.Origins, origin) {
		return true
	}
	return host != "" && (origin == "http://"+host || origin == "https://"+host)
}

// checkContentType refuses a body whose Content-Type is not JSON.
func checkContentType(r *http.Request) error {
	kinds := r.Header.Values("Content-Type")
	if len(kinds) == 0 && r.ContentLength == 0 {
		return nil // no body
	}
	if len(kinds) == 1 {
		media, parameters, err := mime.ParseMediaType(kinds[0])
		charset, named := parameters["charset"]
		switch {
		case err != nil || media != "application/json":
		case named && !strings.EqualFold(charset, "utf-8"):
			return WithStatus(http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "Content-Type names the character set %q", charset).
				At("Content-Type").WithFix("send UTF-8, as JSON is, and the header Content-Type: application/json"))
		default:
			return nil
		}
	}
	return WithStatus(http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "Content-Type is not application/json").
		At("Content-Type").WithFix("send the header Content-Type: application/json"))
}
