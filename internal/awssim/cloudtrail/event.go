package cloudtrail

import (
	"encoding/json"
	"strings"
	"time"
)

// event is an event's text, member by member.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type event struct {
	Version    string          `json:"eventVersion"`
	Identity   userIdentity    `json:"userIdentity"`
	Time       string          `json:"eventTime"`
	Source     string          `json:"eventSource"`
	Name       string          `json:"eventName"`
	Region     string          `json:"awsRegion"`
	IP         string          `json:"sourceIPAddress"`
	Agent      string          `json:"userAgent"`
	Code       string          `json:"errorCode,omitempty"`
	Message    string          `json:"errorMessage,omitempty"`
	Parameters json.RawMessage `json:"requestParameters"`
	Response   json.RawMessage `json:"responseElements"`
	Request    string          `json:"requestID"`
	ID         string          `json:"eventID"`
	ReadOnly   bool            `json:"readOnly"`
	Resources  []resource      `json:"resources,omitempty"`
	Type       string          `json:"eventType"`
	Management bool            `json:"managementEvent"`
	Recipient  string          `json:"recipientAccountId"`
	Shared     string          `json:"sharedEventID,omitempty"`
	Category   string          `json:"eventCategory"`
	TLS        tlsDetails      `json:"tlsDetails"`
}

type tlsDetails struct {
	Host string `json:"clientProvidedHostHeader"`
}

// resource is one that the event's call was for.
type resource struct {
	Account string `json:"accountId"`
	Type    string `json:"type"`
	ARN     string `json:"ARN"`
}

// text is the event as CloudTrail writes it.
func (r *record) text() (string, error) {
	e := event{
		Version: "1.11", Identity: r.identity(), Time: r.at.UTC().Format(time.RFC3339), Source: r.source, Name: r.name, Region: r.region,
		IP: r.ip, Agent: r.agent, Code: r.code, Message: r.message, Parameters: r.parameters, Response: r.response,
		Request: r.request, ID: r.id, ReadOnly: r.readOnly, Resources: r.touched(), Type: "AwsApiCall", Management: true,
		Recipient: r.recipient, Shared: r.shared, Category: "Management", TLS: tlsDetails{r.host},
	}
	text, err := json.Marshal(e)
	return string(text), err
}

// touched lists what the call was for, of the calls whose events tell it: those
// that assume roles.
func (r *record) touched() []resource {
	if r.code != "" {
		return nil
	}
	var out []resource
	for _, arn := range []string{r.role, r.provider} {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) < 6 {
			continue
		}
		kind := "AWS::IAM::Role"
		if strings.HasPrefix(parts[5], "saml-provider/") {
			kind = "AWS::IAM::SAMLProvider"
		}
		out = append(out, resource{parts[4], kind, arn})
	}
	return out
}
