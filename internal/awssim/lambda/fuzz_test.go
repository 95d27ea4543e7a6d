package lambda

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awssim"
)

func FuzzLambdaName(f *testing.F) {
	call := &awssim.Call{Account: &awssim.Account{ID: "111122223333", Partition: "aws"}, Region: "us-east-1"}
	f.Add("checkout", "")
	f.Add("checkout:live", "live")
	f.Add("111122223333:checkout", "")
	f.Add("arn:aws:lambda:us-east-1:111122223333:function:checkout:1", "")
	f.Fuzz(func(t *testing.T, name, qualifier string) {
		id, err := named(call, name, qualifier)
		if err != nil {
			return
		}
		again, err := named(call, id.arn(), aws.ToString(&id.qualifier))
		if err != nil || again != id {
			t.Errorf("%q is %+v, and by its ARN %+v: %v", name, id, again, err)
		}
	})
}
