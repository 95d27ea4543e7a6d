package cloudtrail_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestCallers compares userIdentity of each sort of caller.
func TestCallers(t *testing.T) {
	sim := start(t)
	federated, err := sts.NewFromConfig(sim.Config()).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("bob"), Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := sts.NewFromConfig(sim.Config()).GetSessionToken(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	root := "arn:aws:iam::" + simtest.Account + ":root"
	for _, tt := range []struct {
		name    string
		key     *awssim.Credential
		members map[string]any
	}{
		{"root", sim.Account.RootKey(), map[string]any{"userIdentity.type": "Root", "userIdentity.arn": root, "userIdentity.principalId": simtest.Account, "userIdentity.userName": nil}},
		{"federated user", &awssim.Credential{AccessKeyID: *federated.Credentials.AccessKeyId, SecretAccessKey: *federated.Credentials.SecretAccessKey, SessionToken: *federated.Credentials.SessionToken}, map[string]any{
			"userIdentity.type": "FederatedUser", "userIdentity.arn": *federated.FederatedUser.Arn, "userIdentity.principalId": simtest.Account + ":bob",
			"userIdentity.sessionContext.sessionIssuer.type": "IAMUser", "userIdentity.sessionContext.sessionIssuer.userName": "admin",
		}},
		{"user's session", &awssim.Credential{AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: *session.Credentials.SecretAccessKey, SessionToken: *session.Credentials.SessionToken}, map[string]any{
			"userIdentity.type": "IAMUser", "userIdentity.userName": "admin", "userIdentity.accessKeyId": *session.Credentials.AccessKeyId,
			"userIdentity.sessionContext.sessionIssuer": nil, "userIdentity.sessionContext.attributes.mfaAuthenticated": "false",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := sim.ConfigFor(tt.key)
			if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			_, text := lookup(t, sim.Config(), "GetCallerIdentity")
			want(t, text, tt.members)
			want(t, text, map[string]any{"userIdentity.accountId": simtest.Account, "eventSource": "sts.amazonaws.com", "readOnly": true, "requestParameters": nil, "responseElements": nil})
		})
	}
}
