package awssim

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim/wire"
)

// Mount returns the World an endpoint that is no AWS API, such as Identity
// Center's for SCIM. find tells which requests are the endpoint's by giving their
// handler, else nil. It is for a service's constructor: a World that serves
// already can't be changed.
func (w *World) Mount(find func(*http.Request) http.Handler) { w.mounts = append(w.mounts, find) }

// mounted finds the endpoint that a request is for.
func (w *World) mounted(r *http.Request) http.Handler {
	for _, find := range w.mounts {
		if h := find(r); h != nil {
			return h
		}
	}
	return nil
}

// Admit does for a request to a mounted endpoint what is done for every call:
// it is counted, and latency, limits and the fault script apply to it, by an action
// such as "scim:ListUsers". The answer must be written to the returned writer. The
// error is an [*Error].
func (w *World) Admit(rw http.ResponseWriter, r *http.Request, a *Account, region, action string) (http.ResponseWriter, error) {
	prefix, operation, _ := strings.Cut(action, ":")
	c := &Call{
		World: w, Service: &Service{Model: prefix, Prefix: prefix}, Operation: operation, Account: a, Region: region,
		Request: r, ID: uuid.NewString(), Header: make(http.Header),
	}
	w.counts.add(c)
	return w.injectFaults(rw, c, &wire.Request{HTTP: r, Protocol: wire.RESTJSON, ID: c.ID})
}
