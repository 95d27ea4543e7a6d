package awssim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/wire"
	"github.com/hawser/hawser/internal/policy"
)

// authorize lets the call pass if the caller's policies, and those of what it
// acts upon, allow what it needs. A caller without any may do all that its
// account may.
func (c *Call) authorize(in any) error {
	if c.Principal == nil || c.Service.Model == "sts" && c.Operation == "GetCallerIdentity" {
		return nil
	}
	for _, need := range c.needs(in) {
		if err := c.Permit(need); err != nil {
			return err
		}
	}
	return nil
}

// Permit answers access denied where the policies do not allow a need. It is for
// what an operation needs besides what its service's Needs say.
func (c *Call) Permit(need Need) error {
	own := c.Principal.documents()
	foreign := need.Owner != "" && need.Owner != c.Account.ID
	if len(own.identity) == 0 && own.boundary == nil && own.session == nil && need.Policy == nil && !foreign {
		return nil
	}
	req := reference.Request{
		Principal: c.Principal.asPolicy(), Action: need.Action, Resource: need.Resource,
		Context: c.conditions(need.Context),
	}
	if why := own.refuse(req, need.Policy, foreign); why != "" {
		return c.denied(need, why)
	}
	return nil
}

func (c *Call) needs(in any) []Need {
	if c.Service.Needs != nil {
		if n := c.Service.Needs(c, in); n != nil {
			return n
		}
	}
	return []Need{{Action: c.Service.Prefix + ":" + c.Operation}}
}

// documents are the policies that decide for a principal: nil for none.
type documents struct {
	identity          []*policy.Document
	boundary, session *policy.Document
}

// refuse says why the policies and the resource's own refuse a request, in AWS's
// words; empty where they allow it. A foreign resource, of another account, must
// be allowed from both sides, one's own from one of them. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (own documents) refuse(req reference.Request, resource *policy.Document, foreign bool) string {
	var shared reference.Outcome
	if resource != nil {
		shared = reference.Evaluate(resource, req).Outcome
	}
	if shared == reference.Denied {
		return "with an explicit deny in a resource-based policy"
	}
	allowed := len(own.identity) == 0
	for _, d := range own.identity {
		switch reference.Evaluate(d, req).Outcome {
		case reference.Denied:
			return "with an explicit deny in an identity-based policy"
		case reference.Allowed:
			allowed = true
		}
	}
	if why := limit(req, own.session, "session policy", false); why != "" {
		return why
	}
	if why := limit(req, own.boundary, "permissions boundary", !foreign && shared == reference.Allowed); why != "" {
		return why
	}
	switch {
	case foreign && shared != reference.Allowed:
		return "because no resource-based policy allows the " + req.Action + " action"
	case !allowed && (foreign || shared != reference.Allowed):
		return "because no identity-based policy allows the " + req.Action + " action"
	}
	return ""
}

// limit says why a policy that only limits refuses a request; empty where it
// allows it, or there is none. What is spared only must not be denied.
func limit(req reference.Request, doc *policy.Document, kind string, spared bool) string {
	if doc == nil {
		return ""
	}
	switch outcome := reference.Evaluate(doc, req).Outcome; {
	case outcome == reference.Denied:
		return "with an explicit deny in a " + kind
	case outcome == reference.NotMatched && !spared:
		return "because no " + kind + " allows the " + req.Action + " action"
	}
	return ""
}

// denied is the service's answer to a call that is not allowed. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func (c *Call) denied(need Need, why string) *Error {
	resource := need.Resource
	switch {
	case resource == "" && c.protocol == wire.EC2:
		resource = c.Account.ARN("ec2", c.Region, "*")
	case resource == "":
		resource = "*"
	}
	if c.protocol == wire.RESTXML {
		resource = strconv.Quote(resource)
	}
	text := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", c.Principal.ARN, need.Action, resource, why)
	if c.protocol == wire.EC2 {
		text = "You are not authorized to perform this operation. " + text + ". Encoded authorization failure message: " + c.encodeFailure(need, why)
	}
	return c.Service.refuse(c.protocol, accessDenied, text)
}

// failure is what sts:DecodeAuthorizationMessage tells of a refused call.
type failure struct {
	Allowed      bool           `json:"allowed"`
	ExplicitDeny bool           `json:"explicitDeny"`
	Context      failureContext `json:"context"`
}

type failureContext struct {
	Principal map[string]string `json:"principal"`
	Action    string            `json:"action"`
	Resource  string            `json:"resource"`
}

const failurePrefix = "sim-"

func (c *Call) encodeFailure(need Need, why string) string {
	text, _ := json.Marshal(failure{ // strings and booleans always marshal
		ExplicitDeny: strings.Contains(why, "explicit deny"),
		Context: failureContext{
			Principal: map[string]string{"id": c.Principal.ID, "arn": c.Principal.ARN},
			Action:    need.Action, Resource: need.Resource,
		},
	})
	return failurePrefix + base64.RawURLEncoding.EncodeToString(text)
}

// asPolicy gives the principal in the words of package policy.
func (p *Principal) asPolicy() reference.Principal {
	out := reference.Principal{ARN: p.ARN, ID: p.ID, Account: p.Account.ID, Type: p.Type}
	if p.Role != nil {
		out.Issuer = p.Role.ARN
	}
	if p.Type == reference.FederatedUser && p.User != nil {
		_, out.Issuer, _ = p.User.Identity()
	}
	return out
}

// conditions are the keys that every request has, with the call's own added.
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (c *Call) conditions(more reference.Context) reference.Context {
	now := c.Now()
	ctx := reference.Context{
		"aws:requestedregion": {c.Region},
		"aws:currenttime":     {now.Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(now.Unix(), 10)},
		"aws:securetransport": {strconv.FormatBool(c.Request.TLS != nil)},
		"aws:useragent":       {c.Request.UserAgent()},
	}
	if host, _, err := net.SplitHostPort(c.Request.RemoteAddr); err == nil {
		ctx["aws:sourceip"] = []string{host}
	}
	if c.Principal != nil {
		c.Principal.conditions(ctx)
	}
	for k, v := range more {
		ctx[strings.ToLower(k)] = v
	}
	return ctx
}

func (p *Principal) conditions(ctx reference.Context) {
	ctx["aws:principalarn"] = []string{p.ARN}
	if p.Role != nil {
		ctx["aws:principalarn"] = []string{p.Role.ARN}
	}
	ctx["aws:principalaccount"] = []string{p.Account.ID}
	ctx["aws:principaltype"] = []string{string(p.Type)}
	ctx["aws:userid"] = []string{p.ID}
	if p.User != nil && p.Type == reference.User {
		ctx["aws:username"] = []string{p.ARN[strings.LastIndex(p.ARN, "/")+1:]}
	}
	if p.SourceIdentity != "" {
		ctx["aws:sourceidentity"] = []string{p.SourceIdentity}
	}
	if p.MFA {
		ctx["aws:multifactorauthpresent"] = []string{"true"}
	}
	for k, v := range p.Tags {
		ctx["aws:principaltag/"+strings.ToLower(k)] = []string{v}
	}
}
