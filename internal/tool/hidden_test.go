package tool_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type widget struct {
	Status string `json:"status"`
}

type shownWidget struct {
	widget
	Status string `json:"-" column:"STATUS"`
}

type timedWidget struct {
	widget
	State string        `json:"-" column:"STATUS"`
	Took  time.Duration `json:"took"`
}

func declare[O any]() (said any) {
	defer func() { said = recover() }()
	tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.list", Summary: "Lists", Effect: tool.Read}, func(context.Context, *tool.Call, struct{}) (tool.List[O], error) {
		return tool.List[O]{}, nil
	})
	return nil
}

// A field for tables alone must not hide one that answers have.
func TestHiddenedFieldsAreRefused(t *testing.T) {
	if said, _ := declare[shownWidget]().(string); !strings.Contains(said, "hides") {
		t.Errorf("said %q", said)
	}
	if said := declare[timedWidget](); said != nil {
		t.Errorf("said %v", said)
	}
}
