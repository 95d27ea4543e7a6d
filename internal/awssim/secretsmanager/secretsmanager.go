// Package secretsmanager simulates as much of AWS Secrets Manager as reading takes,
// and the tags of secrets.
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
		Model: "secretsmanager", ReservedTag: reservedTag,
		Handlers: map[string]awssim.Handler{
			"DescribeSecret": awssim.Op(describeSecret),
			"GetSecretValue": awssim.Op(getSecretValue),
			"ListSecrets":    awssim.Op(listSecrets),
			"TagResource":    awssim.Op(tagResource),
			"UntagResource":  awssim.Op(untagResource),
		},
		Needs: needsOf, InvalidToken: awssim.TokenAs("InvalidNextTokenException", "The NextToken value is invalid."),
	}
}

// secretStore is an account's secrets in a region.
type secretStore struct {
	mu      sync.Mutex
	secrets map[string]*secret // by name
}

// secret is one version of a secret. It is not changed: other tags are another value.
type secret struct {
	name, arn, version, value string
	created                   time.Time
	tags                      map[string]string
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
		s.arn, s.tags = old.arn, old.tags
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

// Exists reports whether a call may name a secret.
func Exists(c *awssim.Call, id string) bool { return secretOf(c, id) != nil }

// foreign reports whether an id is an ARN of another account.
func foreign(c *awssim.Call, id string) bool {
	p := strings.SplitN(id, ":", 6)
	return len(p) == 6 && p[4] != c.Account.ID
}

// needsOf follows
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	id := awssim.Member(in, "SecretId")
	if id == "" {
		return nil
	}
	need := needFor(c, c.Operation, id)
	for _, key := range []string{"VersionId", "VersionStage"} {
		if value := awssim.Member(in, key); value != "" {
			need.Context["secretsmanager:"+strings.ToLower(key)] = []string{value}
		}
	}
	return []awssim.Need{need}
}

// ReadNeed is the permission to read a secret, for services that read it for a caller.
func ReadNeed(c *awssim.Call, id string) awssim.Need { return needFor(c, "GetSecretValue", id) }

// needFor is the permission on a secret, which is named by its whole ARN where it is there.
func needFor(c *awssim.Call, operation, id string) awssim.Need {
	resource, ctx := id, reference.Context{"secretsmanager:secretid": {id}}
	if s := secretOf(c, id); s != nil {
		resource = s.arn
		awssim.ResourceTags(ctx, s.tags, "secretsmanager:resourcetag/")
	}
	return awssim.Need{Action: "secretsmanager:" + operation, Resource: resource, Context: ctx}
}

// named finds the secret of a call, which must be there and in the caller's account.
func named(c *awssim.Call, id string) (*secret, error) {
	if foreign(c, id) {
		return nil, awssim.Errorf("AccessDeniedException", "User: %s is not authorized to perform: secretsmanager:%s on resource: %s because no resource-based policy allows the secretsmanager:%s action",
			c.Principal.ARN, c.Operation, id, c.Operation)
	}
	if s := secretOf(c, id); s != nil {
		return s, nil
	}
	return nil, awssim.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// getSecretValue follows
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func getSecretValue(c *awssim.Call, in *secretsmanager.GetSecretValueInput) (*secretsmanager.GetSecretValueOutput, error) {
	s, err := named(c, aws.ToString(in.SecretId))
	if err != nil {
		return nil, err
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
