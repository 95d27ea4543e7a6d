package awssim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// serveAdmin answers the simulator's own paths: GET /_sim/health, GET
// /_sim/operations, GET and DELETE /_sim/counters, POST and DELETE
// /_sim/faults, and those of issuers.
func (w *World) serveAdmin(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, issuersPath) {
		w.serveIssuer(rw, r)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/health":
		writeJSON(rw, map[string]any{"status": "ok", "services": w.serviceNames(), "accounts": len(w.Accounts())})
	case "GET /_sim/operations":
		writeJSON(rw, map[string]any{"operations": w.Operations()})
	case "GET /_sim/counters":
		writeJSON(rw, map[string]any{"counters": w.Counters()})
	case "DELETE /_sim/counters":
		w.ResetCounters()
		rw.WriteHeader(http.StatusNoContent)
	case "DELETE /_sim/faults":
		w.ClearFaults()
		rw.WriteHeader(http.StatusNoContent)
	case "POST /_sim/faults":
		w.adminFaults(rw, r)
	default:
		http.Error(rw, "no such path: "+r.Method+" "+r.URL.Path, http.StatusNotFound)
	}
}

func (w *World) adminFaults(rw http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	faults, err := ParseFaults(text)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	for _, f := range faults {
		if err := w.AddFault(f); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
	}
	writeJSON(rw, map[string]any{"added": len(faults)})
}

func (w *World) serviceNames() []string {
	names := make([]string, 0, len(w.services))
	for _, s := range w.services {
		names = append(names, s.Model)
	}
	return names
}

func writeJSON(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(v) // a client that left is not a failure
}
