package cloudtrail

import (
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
)

// record is an event as it is kept: what takes time is made when it is read.
type record struct {
	at               time.Time
	region           string
	id, request      string
	source, name     string
	readOnly         bool
	who              caller
	parameters       json.RawMessage // nil for none
	response         json.RawMessage
	code, message    string // of the error
	ip, agent, host  string
	recipient        string // account
	shared           string // id that both accounts' events have
	role, provider   string // ARNs that the call names
	resources        []named
	accountsRoleOnly bool // the caller is shown as the account that it belongs to
}

// observe records a call, in the region of the endpoint that answered it.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
func (rec *recorder) observe(o awssim.Outcome) {
	k := rec.kind(o.Service.Model, o.Operation)
	if k.data {
		return
	}
	r := &record{
		at: o.Now().Truncate(time.Second), region: o.EndpointRegion(), id: uuid.NewString(), request: o.ID,
		source: k.source, name: k.name, readOnly: k.readOnly, who: callerOf(o.Call),
		agent: o.Request.UserAgent(), ip: sourceOf(o.Call), host: o.Request.Host,
	}
	r.recipient = r.who.account
	if o.Input != nil {
		rec.describe(r, o, k)
	}
	if o.Err != nil {
		r.code, r.message = errorCode(o), o.Err.Message
	}
	if owner := r.roleOwner(); o.Err == nil && owner != "" && owner != r.recipient && rec.world.Account(owner) != nil {
		r.shared = uuid.NewString()
		other := *r
		other.id, other.recipient, other.accountsRoleOnly = uuid.NewString(), owner, true
		historyOf(rec.world, &other).add(&other)
	}
	historyOf(rec.world, r).add(r)
}

// historyOf is where an event goes.
func historyOf(w *awssim.World, r *record) *history {
	return awssim.StateOf[history](w, r.recipient, r.region)
}

// describe records the input of a call and its answer.
func (rec *recorder) describe(r *record, o awssim.Outcome, k kind) {
	style, extra := styleOf(o.Service.Model), ""
	if style == styleS3 {
		extra = fmt.Sprintf("%q:%q", "Host", r.host)
	}
	r.parameters = style.render(o.Input, extra)
	if o.Service.Model == "sts" {
		r.role, r.provider = awssim.Member(o.Input, "RoleArn"), awssim.Member(o.Input, "PrincipalArn")
	}
	r.resources = rec.resources(o.Input)
	if o.Output != nil && k.responds() {
		r.response = style.render(o.Output, "")
		r.resources = append(r.resources, rec.resources(o.Output)...)
	}
}

// sourceOf is the caller's address.
func sourceOf(c *awssim.Call) string {
	host, _, err := net.SplitHostPort(c.Request.RemoteAddr)
	if err != nil {
		return c.Request.RemoteAddr
	}
	return host
}
