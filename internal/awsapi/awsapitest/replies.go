package awsapitest

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// What the server answers.

func S3Error(status int, code, message string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amz-Request-Id", "req-1")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Error><Code>%s</Code><Message>%s</Message><RequestId>req-1</RequestId></Error>`, code, message)
	}
}

func EC2Error(status int, code, message string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>req-1</RequestID></Response>`, code, message)
	}
}

func LambdaError(status int, code, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amzn-Errortype", code)
		w.Header().Set("X-Amzn-Requestid", "req-1")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// Late answers with a date that is off.
func Late(by time.Duration, a Reply) Reply {
	return func(w http.ResponseWriter, r *http.Request, form url.Values) {
		w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		a(w, r, form)
	}
}

func Elsewhere(region string, a Reply) Reply {
	return func(w http.ResponseWriter, r *http.Request, form url.Values) {
		w.Header().Set("X-Amz-Bucket-Region", region)
		a(w, r, form)
	}
}

func StatusOnly(status int) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amz-Request-Id", "req-1")
		w.WriteHeader(status)
	}
}

// Reset breaks the connection without an answer.
func Reset(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// Truncated promises more than it gives.
func Truncated(w http.ResponseWriter, _ *http.Request, _ url.Values) {
	w.Header().Set("Content-Length", "500")
	fmt.Fprint(w, "<GetCallerIdentityResponse>")
}

// Whole answers with success and a complete body that is not what was asked.
func Whole(contentType, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

// HTMLStatus answers as proxies do.
func HTMLStatus(status int) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><h1>No</h1></html>")
	}
}

func JSONError(code string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"__type": %q, "message": "no"}`, code)
	}
}

// Failing answers the first n calls with one answer and the others with another.
func Failing(n int32, bad, good Reply) Reply {
	var calls atomic.Int32
	return func(w http.ResponseWriter, r *http.Request, form url.Values) {
		if calls.Add(1) <= n {
			bad(w, r, form)
			return
		}
		good(w, r, form)
	}
}

// Text answers with a body, as AWS does: with the request's id.
func Text(body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ url.Values) {
		w.Header().Set("X-Amzn-Requestid", "req-1")
		fmt.Fprint(w, body)
	}
}
