package awsapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/fault"
)

func TestCells(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("DescribeRegions", awsapitest.Text(`<DescribeRegionsResponse><regionInfo><item><regionName>us-west-2</regionName></item>`+
		`<item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>`))
	server.On("ListAccounts", awsapitest.Failing(1,
		awsapitest.Text(`{"Accounts": [{"Id": "222222222222", "Status": "ACTIVE"}, {"Id": "333333333333", "Status": "SUSPENDED"}], "NextToken": "n"}`),
		awsapitest.Text(`{"Accounts": [{"Id": "111122223333", "Status": "ACTIVE", "State": "ACTIVE"}, {"Id": "444444444444", "Status": "ACTIVE", "State": "PENDING_CLOSURE"}]}`)))
	discovered, configured := awsapitest.Keys(server), awsapitest.Keys(server)
	configured.Regions, configured.Accounts = []string{"ap-south-1"}, []string{"555555555555"}
	pool := awsapi.NewPool(map[string]awsapi.Settings{"main": discovered, "set": configured}, awsapitest.Quick())
	cell := func(connection, account, region string) awsapi.Target {
		return awsapi.Target{Connection: connection, Account: account, Region: region}
	}
	tests := map[string]struct {
		target            awsapi.Target
		regions, accounts bool
		want              []awsapi.Target
	}{
		"neither": {awsapi.Target{Connection: "main"}, false, false, []awsapi.Target{cell("main", "111122223333", "us-east-1")}},
		"all": {awsapi.Target{Connection: "main"}, true, true, []awsapi.Target{
			cell("main", "111122223333", "eu-west-1"), cell("main", "111122223333", "us-west-2"),
			cell("main", "222222222222", "eu-west-1"), cell("main", "222222222222", "us-west-2"),
		}},
		"configured": {awsapi.Target{Connection: "set"}, true, true, []awsapi.Target{cell("set", "555555555555", "ap-south-1")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := pool.Cells(t.Context(), tt.target, tt.regions, tt.accounts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCellsSayWhyTheyCannotSpread(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("ListAccounts", awsapitest.JSONError("AWSOrganizationsNotInUseException"))
	server.On("DescribeRegions", awsapitest.EC2Error(403, "UnauthorizedOperation", "no"))
	pool := awsapitest.PoolOf(awsapitest.Keys(server))
	if _, err := pool.Cells(t.Context(), awsapi.Target{}, false, true); fault.From(err).Kind != fault.NotFound {
		t.Errorf("no organization gives %v", err)
	}
	if _, err := pool.Cells(t.Context(), awsapi.Target{}, true, false); fault.From(err).Kind != fault.Denied {
		t.Errorf("a refusal gives %v", err)
	}
}
