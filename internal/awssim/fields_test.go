package awssim_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/roster"
)

func TestServicesLoad(t *testing.T) {
	w, err := roster.New(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Check(); err != nil {
		t.Error(err)
	}
}

// TestFields finds for every modelled member the field of the SDK's struct
// that it is decoded into or encoded from.
func TestFields(t *testing.T) {
	names, err := model.Signing()
	if err != nil {
		t.Fatal(err)
	}
	clients := awsapitest.Clients(aws.Config{})
	for _, name := range names {
		m, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		client := clients[m.Metadata.ServiceID]
		if client == nil {
			t.Errorf("there is no client of %s", name)
			continue
		}
		f := fieldChecker{t: t, seen: make(map[reflect.Type]bool)}
		typ := reflect.TypeOf(client)
		for op, o := range m.Operations {
			method, ok := typ.MethodByName(op)
			if !ok {
				continue // newer than the SDK
			}
			if o.Input != nil {
				f.check(name+"."+op, o.Input.Shape, method.Type.In(2))
			}
			if o.Output != nil {
				f.check(name+"."+op, o.Output.Shape, method.Type.Out(0))
			}
		}
		if len(f.seen) < 5 {
			t.Errorf("%s: only %d types were checked", name, len(f.seen))
		}
	}
}

type fieldChecker struct {
	t    *testing.T
	seen map[reflect.Type]bool
}

func (f fieldChecker) check(path string, sh *model.Shape, typ reflect.Type) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && sh.Type != "blob" && sh.Type != "list" {
		typ = typ.Elem()
	}
	switch sh.Type {
	case "list":
		if typ.Kind() != reflect.Slice {
			f.t.Errorf("%s: list in %s", path, typ)
			return
		}
		f.check(path, sh.Member.Shape, typ.Elem())
	case "map":
		f.check(path, sh.Value.Shape, typ.Elem())
	case "structure":
		if typ.Kind() == reflect.Interface || sh.EventStream || sh.Document || f.seen[typ] {
			return
		}
		f.seen[typ] = true
		for name, m := range sh.Members {
			field, ok := typ.FieldByNameFunc(func(s string) bool {
				return strings.EqualFold(strings.TrimRight(s, "_"), strings.TrimRight(name, "_"))
			})
			switch {
			case m.Shape.EventStream:
			case !ok:
				f.t.Errorf("%s: %s has no field for %s", path, typ, name)
			default:
				f.check(path+"."+name, m.Shape, field.Type)
			}
		}
	}
}
