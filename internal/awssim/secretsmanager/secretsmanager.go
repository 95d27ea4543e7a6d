// Package secretsmanager simulates as much of AWS Secrets Manager as reading takes.
package secretsmanager

import (
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
)

// Service holds secrets that the Go side puts there.
func Service(*awssim.World) *awssim.Service {
	return &awssim.Service{
		Model: "secretsmanager",
		Handlers: map[string]awssim.Handler{
			"GetSecretValue": awssim.Op(getSecretValue),
			"ListSecrets":    awssim.Op(listSecrets),
		},
		Needs: needsOf, InvalidToken: awssim.TokenAs("InvalidNextTokenException", "The NextToken value is invalid."),
	}
}

// secretStore is an account's secrets in a region.
type secretStore struct {
	mu      sync.Mutex
	secrets map[string]*secret // by name
}

type secret struct {
	name, arn, version, value string
	created                   time.Time
}

// Put stores a text, or a new version of it, and gives the secret's ARN.
func Put(w *awssim.World, account, region, name, value string) string {
	s := &secret{name: name, value: value}
	st := awssim.StateOf[secretStore](w, account, region)
	st.mu.Lock()
	defer st.mu.Unlock()
	s.arn = w.Account(account).ARN("secretsmanager", region, "secret:"+s.name+"-"+awssim.UniqueID("")[:6])
	s.created, s.version = w.Clock.Now(), uuid.NewString()
	if old := st.secrets[s.name]; old != nil {
		s.arn = old.arn
	}
	if st.secrets == nil {
		st.secrets = make(map[string]*secret)
	}
	st.secrets[s.name] = s
	return s.arn
}

// find looks a secret up by name, ARN, or ARN without its random end.
func (st *secretStore) find(id string) *secret {
	st.mu.Lock()
	defer st.mu.Unlock()
	if s := st.secrets[id]; s != nil {
		return s
	}
	for _, s := range st.secrets {
		if id == s.arn || id == s.arn[:len(s.arn)-len("-abcdef")] {
			return s
		}
	}
	return nil
}

// secretOf finds the secret that a call names, in the caller's account: secrets
// here have no resource policies, so that other accounts' are out of reach.
func secretOf(c *awssim.Call, id string) *secret {
	return awssim.StateOf[secretStore](c.World, c.Account.ID, c.Region).find(id)
}

// Exists tells whether a call may name a secret.
func Exists(c *awssim.Call, id string) bool { return secretOf(c, id) != nil }

// foreign tells whether an id is an ARN of another account.
func foreign(c *awssim.Call, id string) bool {
	p := strings.SplitN(id, ":", 6)
	return len(p) == 6 && p[4] != c.Account.ID
}

// needsOf follows
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	get, ok := in.(*secretsmanager.GetSecretValueInput)
	if !ok {
		return nil
	}
	resource := aws.ToString(get.SecretId)
	if s := secretOf(c, resource); s != nil {
		resource = s.arn
	}
	ctx := reference.Context{"secretsmanager:secretid": {aws.ToString(get.SecretId)}}
	for key, value := range map[string]*string{"secretsmanager:versionid": get.VersionId, "secretsmanager:versionstage": get.VersionStage} {
		if value != nil {
			ctx[key] = []string{*value}
		}
	}
	return []awssim.Need{{Action: "secretsmanager:GetSecretValue", Resource: resource, Context: ctx}}
}

// getSecretValue follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func getSecretValue(c *awssim.Call, in *secretsmanager.GetSecretValueInput) (*secretsmanager.GetSecretValueOutput, error) {
	id := aws.ToString(in.SecretId)
	if foreign(c, id) {
		return nil, awssim.Errorf("AccessDeniedException", "User: %s is not authorized to perform: secretsmanager:GetSecretValue on resource: %s because no resource-based policy allows the secretsmanager:GetSecretValue action", c.Principal.ARN, id)
	}
	s := secretOf(c, id)
	if s == nil {
		return nil, awssim.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	}
	if v := aws.ToString(in.VersionStage); v != "" && v != "AWSCURRENT" {
		return nil, awssim.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: %s", v)
	}
	if v := aws.ToString(in.VersionId); v != "" && v != s.version {
		return nil, awssim.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for VersionId: %s", v)
	}
	return &secretsmanager.GetSecretValueOutput{
		ARN: aws.String(s.arn), Name: aws.String(s.name), VersionId: aws.String(s.version), SecretString: aws.String(s.value),
		CreatedDate: aws.Time(s.created), VersionStages: []string{"AWSCURRENT"},
	}, nil
}
