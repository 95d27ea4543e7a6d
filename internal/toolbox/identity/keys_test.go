package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A key that is asked about is read of AWS, in whichever account it is.
func TestKeysGet(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	member := sim.AddAccount("444455556666", "member")
	admin, err := member.AWSManaged("AdministratorAccess")
	if err != nil {
		t.Fatal(err)
	}
	role, err := member.AddRole("OrganizationAccountAccessRole", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
		"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	role.Attach(admin)
	key := member.AddUser("ada").NewKey()
	key.Age(time.Now().AddDate(0, 0, -100), awssim.KeyUse{At: time.Now().AddDate(0, 0, -3), Region: "eu-west-1", Service: "s3"})
	key.Deactivate()
	result, err := r.Try(t.Context(), "keys.get", map[string]string{"key": key.AccessKeyID})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"owner":"arn:aws:iam::444455556666:user/ada"`, `"account":"444455556666"`, `"active":false`, `"days":100`, `"service":"s3"`, `"as_of"`} {
		if !strings.Contains(string(result.JSON), want) {
			t.Errorf("no %s in %s", want, result.JSON)
		}
	}
	if strings.Contains(string(result.JSON), key.SecretAccessKey) {
		t.Error("it tells the secret")
	}
	for name, kind := range map[string]fault.Kind{"AKIAIOSFODNN7EXAMPLE": fault.Invalid, "ada": fault.Invalid} {
		if _, err := r.Try(t.Context(), "keys.get", map[string]string{"key": name}); !errors.Is(err, kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
