package toolbox_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// unheard are ways to lose an answer to a request that was received.
var unheard = map[string]func(w http.ResponseWriter, r *http.Request, cancel func()){
	"the connection is cut": func(http.ResponseWriter, *http.Request, func()) { panic(http.ErrAbortHandler) },
	"half of an answer comes": func(w http.ResponseWriter, _ *http.Request, _ func()) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "<")
		panic(http.ErrAbortHandler)
	},
	"a gateway gives up": func(w http.ResponseWriter, _ *http.Request, _ func()) { w.WriteHeader(http.StatusGatewayTimeout) },
	"the caller goes away": func(_ http.ResponseWriter, r *http.Request, cancel func()) {
		cancel()
		<-r.Context().Done()
	},
}

// TestUnheardWritesMayHaveBeenDone: what was sent and not answered may have
// been carried out, whatever it is and however often it was tried.
func TestUnheardWritesMayHaveBeenDone(t *testing.T) {
	type input = map[string]any
	// A request that is lost is one whose method, path and body hold all of these.
	tests := map[string]struct {
		tool  string
		input func(*unheardRig) input
		lost  []string
		reads bool
	}{
		"invoke":         {"lambda.invoke", func(*unheardRig) input { return input{"function_name": "f", "payload": 1} }, []string{"POST /2015-03-31/functions/f/invocations"}, false},
		"queue an event": {"lambda.invoke", func(*unheardRig) input { return input{"function_name": "f", "type": "async"} }, []string{"/invocations"}, false},
		"ask to invoke":  {"lambda.invoke", func(*unheardRig) input { return input{"function_name": "f", "type": "dry-run"} }, []string{"/invocations"}, true},
		"insert":         {"rds.query", func(u *unheardRig) input { return u.query("INSERT INTO t VALUES (1)") }, []string{"POST /Execute"}, false},
		"delete rows":    {"rds.query", func(u *unheardRig) input { return u.query("DELETE FROM t") }, []string{"POST /Execute"}, false},
		"insert in sets": {"rds.query", func(u *unheardRig) input {
			q := u.query("INSERT INTO t VALUES (:a)")
			q["parameter_sets"] = []input{{"a": 1}}
			return q
		}, []string{"POST /BatchExecute"}, false},
		"select":          {"rds.query", func(u *unheardRig) input { return u.query("SELECT 1") }, []string{"POST /Execute", "SELECT"}, true},
		"begin to select": {"rds.query", func(u *unheardRig) input { return u.query("SELECT 1") }, []string{"POST /BeginTransaction"}, true},
		"stop":            {"ec2.stop", func(u *unheardRig) input { return input{"instance_ids": u.instances} }, []string{"Action=StopInstances"}, false},
		"start":           {"ec2.start", func(u *unheardRig) input { return input{"instance_ids": u.instances} }, []string{"Action=StartInstances"}, false},
		"ask to stop":     {"ec2.stop", func(u *unheardRig) input { return input{"instance_ids": u.instances, "dry_run": true} }, []string{"Action=StopInstances"}, true},
		"put":             {"s3.put", func(*unheardRig) input { return input{"bucket": "harbour", "key": "k", "body": "x"} }, []string{"PUT /harbour/k"}, false},
		"put a new one": {"s3.put", func(*unheardRig) input {
			return input{"bucket": "harbour", "key": "k", "body": "x", "if_none_match": "*"}
		}, []string{"PUT /harbour/k"}, false},
		"delete": {"s3.delete", func(*unheardRig) input { return input{"bucket": "harbour", "key": "a"} }, []string{"DELETE /harbour/a"}, false},
		"copy":   {"s3.cp", func(*unheardRig) input { return input{"from": "s3://harbour/a", "to": "s3://harbour/b"} }, []string{"PUT /harbour/b"}, false},
		"upload": {"s3.cp", func(*unheardRig) input { return input{"from": "up", "to": "s3://harbour/b"} }, []string{"PUT /harbour/b"}, false},
		"read":   {"s3.get", func(*unheardRig) input { return input{"bucket": "harbour", "key": "a"} }, []string{"GET /harbour/a"}, true},
	}
	for how, lose := range unheard {
		t.Run(how, func(t *testing.T) {
			u := newUnheardRig(t)
			for name, tt := range tests {
				t.Run(name, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					u.lost.Store(&loss{tt.lost, func(w http.ResponseWriter, r *http.Request) { lose(w, r, cancel) }})
					defer u.lost.Store(nil)
					_, err := u.Try(ctx, tt.tool, tt.input(u))
					f := fault.From(err)
					if f == nil {
						t.Fatal("no failure")
					}
					if f.OutcomeUnknown == tt.reads || strings.Contains(f.Cause, "may have been carried out") == tt.reads {
						t.Errorf("%s (%s; %s), outcome unknown: %v", f.Message, f.Cause, f.Kind, f.OutcomeUnknown)
					}
				})
			}
		})
	}
}

// loss is which requests get lost, and how.
type loss struct {
	parts []string
	how   func(http.ResponseWriter, *http.Request)
}

// unheardRig is a rig that loses requests.
type unheardRig struct {
	*toolboxtest.Rig
	sim            *simtest.Sim
	lost           atomic.Pointer[loss]
	instances      []string
	cluster, login string
}

func newUnheardRig(t *testing.T) *unheardRig {
	t.Helper()
	u := &unheardRig{sim: simtest.Start(t)}
	s := toolboxtest.HookedSettings(t, u.sim, u.hook)
	u.Rig = toolboxtest.New(t, s)
	u.Pool = awsapi.NewPool(map[string]awsapi.Settings{"default": s}, awsapi.WithBackoff(pace.Backoff{Attempts: 3, Transient: 2, Base: 1, Cap: 1}))
	toolboxtest.MakeFunction(t, u.sim, "f", "yard")
	toolboxtest.MakeBucket(t, u.Rig, "harbour")
	u.Call(t, "s3.put", map[string]any{"bucket": "harbour", "key": "a", "body": "content of a"})
	u.Write(t, "up", []byte("content"))
	u.instances = toolboxtest.RunInstances(t, u.sim, "us-east-1", 1, "web")
	u.cluster = toolboxtest.AddCluster(t, u.sim, "us-east-1", "shop", "aurora-postgresql")
	u.login = secretsmanager.Put(u.sim.World, simtest.Account, "us-east-1", "shop", "{}")
	return u
}

func (u *unheardRig) query(sql string) map[string]any {
	return map[string]any{"resource_arn": u.cluster, "secret_arn": u.login, "sql": sql}
}

// hook receives the whole request before it is lost.
func (u *unheardRig) hook(w http.ResponseWriter, r *http.Request) bool {
	lost := u.lost.Load()
	if lost == nil {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return true
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	for _, part := range lost.parts {
		if !strings.Contains(r.Method+" "+r.URL.Path+"\n"+string(body), part) {
			return false
		}
	}
	lost.how(w, r)
	return true
}

// TestALaterRefusalTellsNothingOfTheFirstRequest: the first went unheard, and
// its repetition was refused.
func TestALaterRefusalTellsNothingOfTheFirstRequest(t *testing.T) {
	u := newUnheardRig(t)
	requests := 0
	u.lost.Store(&loss{[]string{"PUT /harbour/k"}, func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests == 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
	}})
	_, err := u.Try(t.Context(), "s3.put", map[string]any{"bucket": "harbour", "key": "k", "body": "x"})
	if f := fault.From(err); requests != 2 || f == nil || f.Kind != fault.Denied || !f.OutcomeUnknown {
		t.Errorf("%d requests: %+v", requests, f)
	}
}
