package awsapi_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

func TestNewRegionsCanBeNamed(t *testing.T) {
	awsapitest.Clean(t)
	settings := awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIA"), SecretAccessKey: settings.NewSecret("x"), Region: "xx-new-1",
		AllowRoot: true, Account: "111122223333",
	}
	if len(settings.Problems()) != 1 {
		t.Errorf("an unknown region is a problem: %v", settings.Problems())
	}
	settings.ExtraRegions = []string{"xx-new-1"}
	if found := settings.Problems(); len(found) != 0 {
		t.Errorf("extra_regions names it: %v", found)
	}
	if s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{}); err != nil || s.Region != "xx-new-1" {
		t.Errorf("%+v, %v", s, err)
	}
}
