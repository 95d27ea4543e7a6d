package auth

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Access says which requests a server on HTTP takes at all, whoever makes them.
// Both doors on HTTP check by it.
type Access struct {
	// Hosts are the names that a request's Host may bear besides loopback's.
	Hosts []string
	// Origins are the web pages that may call, such as
	// "https://chat.example.com"; pages of the server itself always may.
	Origins []string
	// PagesFix goes on with the sentence that tells what to do where a page may not
	// call; empty where pages cannot be named.
	PagesFix string
}

// Check refuses a request that was led here by a name that is not this
// server's, that a page of another origin made, or whose body is not said to be
// JSON. The last keeps out what a page can send without asking first: forms and
// plain text. http.CrossOriginProtection is not used, as it lets every GET pass,
// and a GET opens a stream of the Model Context Protocol.
//
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
func (a Access) Check(r *http.Request) error {
	if !KnownHost(r.Host, a.Hosts) {
		return fault.New(fault.Refused, "the host %q is not this server's", r.Host).WithFix("name it with --host")
	}
	if err := a.sameOrigin(r); err != nil {
		return err
	}
	return saidToBeJSON(r)
}

// sameOrigin refuses requests of foreign pages, by what browsers say of them.
//
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
func (a Access) sameOrigin(r *http.Request) error {
	origins := r.Header.Values("Origin")
	for _, origin := range origins {
		if !a.welcomes(origin, r.Host) {
			return fault.New(fault.Refused, "pages of %q may not call", origin).WithFix("call from a program, not from a web page%s", a.PagesFix)
		}
	}
	named := len(origins) > 0 && slices.Contains(a.Origins, origins[0])
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" && !named {
			return fault.New(fault.Refused, "pages of another site may not call").WithFix("call from a program, not from a web page%s", a.PagesFix)
		}
	}
	return nil
}

// welcomes tells whether a page may call: one of this very address, or a named
// one.
func (a Access) welcomes(origin, host string) bool {
	if slices.Contains(a.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && host != "" && u.Host == host
}

// saidToBeJSON refuses a body of another type than JSON, or of none.
func saidToBeJSON(r *http.Request) error {
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
			return WithStatus(http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "the body is said to be in the character set %q", charset).
				At("Content-Type").WithFix("send UTF-8, as JSON is, and the header Content-Type: application/json"))
		default:
			return nil
		}
	}
	return WithStatus(http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "the body is not said to be JSON").
		At("Content-Type").WithFix("send the header Content-Type: application/json"))
}
