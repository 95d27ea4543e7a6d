package credentials_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

func TestConcurrentCallersShareOneRefresh(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	const callers = 50
	var begun, wait sync.WaitGroup
	begun.Add(callers)
	server.On("AssumeRole", func(w http.ResponseWriter, r *http.Request, form url.Values) {
		begun.Wait()
		awsapitest.Assumed(time.Hour)(w, r, form)
	})
	settings := awsapitest.Keys(server)
	settings.RoleARN = "arn:aws:iam::111122223333:role/x"
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	for range callers {
		wait.Go(func() {
			begun.Done()
			if _, err := s.Config().Credentials.Retrieve(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(server.Made("AssumeRole")); n != 1 {
		t.Errorf("%d callers opened %d sessions, want 1", callers, n)
	}
}
