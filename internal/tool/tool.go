package tool

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/caller"
)

// Info is a tool's declaration, without its types and its function.
type Info struct {
	// Name is noun.verb in lower case, such as "s3.list".
	Name string
	// Summary is one sentence without a full stop.
	Summary string
	// Description adds to the summary; it may be empty.
	Description string
	// Effect is the most that the tool does. An input with an Effect method (see
	// Effector) may say that its call does less.
	Effect Effect
	// Idempotent says that calling twice with the same input has the same effect as
	// calling once.
	Idempotent bool
	// Role is the role that a caller needs; empty means Viewer for reads, else
	// Operator.
	Role caller.Role
	// Needs lists the AWS actions, for the least-privilege policy and for the
	// statement that a denied call proposes.
	Needs []Need
	// Formats are the formats that the tags of this tool's fields may name.
	Formats Formats
	// URIs take apart URIs in fields of a format, as in rest tags.
	URIs URIs
	// Lists says for which completion the output is used: the name that fields give in
	// their complete tag, and the member of the items that is the value.
	Lists map[string]string
	// Items says in the plural what a listing lists, such as "instances", for the sentence
	// about a listing without items. Every tool whose output is a table has it.
	Items string
	// Args names the input fields that the command line takes by position.
	Args []string
	// Default makes this verb the one that runs when the command line has the noun
	// alone.
	Default bool
	// Bare omits the verb of a Default tool where a command line is written, as in
	// "hawser doctor".
	Bare bool
	// NounAliases are other names of the noun on the command line.
	NounAliases []string
	// Forms are other ways to write the command.
	Forms []Form
	// Plan names the tool that says what a call of this one would do. A noun that runs
	// this tool by Default offers it as the flag --plan.
	Plan string
	// Examples are inputs that work, each with a description.
	Examples []Example
	// Secrets names the members of the output that may hold secrets. A door masks them
	// for callers who may not see them.
	Secrets []string
	// Timeout limits the time of one call. Zero means DefaultTimeout; negative means no
	// limit, for calls whose time cannot be predicted. The guard's own limit applies,
	// too.
	Timeout time.Duration
}

// Example is one call, as a person would type it on the command line.
type Example struct {
	Does string `json:"does"`
	// Input is the call's input as JSON.
	Input string `json:"input"`
}

// Tool is a declaration with its schemas, ready for a Registry.
type Tool struct {
	Info
	// Input and Output are the JSON schemas of the two types.
	Input  *jsonschema.Schema
	Output *jsonschema.Schema
	// InputType and OutputType are the Go types.
	InputType, OutputType reflect.Type

	varies  bool                                      // some calls do less than Effect
	preview func(context.Context, *Call, any) Preview // nil where there is nothing to look at
	fields  []Field
	check   *checker
	// decode checks an input and returns it as the tool's struct, and as JSON; see
	// Normal.
	decode func(json.RawMessage) (any, json.RawMessage, error)
	run    func(context.Context, *Call, any) (any, error)
}

// Noun and Verb are the two halves of the name.
func (t *Tool) Noun() string { noun, _, _ := strings.Cut(t.Name, "."); return noun }

// Verb is the part after the dot.
func (t *Tool) Verb() string { _, verb, _ := strings.Cut(t.Name, "."); return verb }

// Fields lists the input's fields in order of declaration.
func (t *Tool) Fields() []Field { return t.fields }

// TimeLimit describes the time limit of the tool's calls if the guard sets none.
func (t *Tool) TimeLimit() string {
	switch {
	case t.Timeout < 0:
		return "none of its own"
	case t.Timeout > 0:
		return t.Timeout.String()
	default:
		return DefaultTimeout.String()
	}
}

// Func is a tool's function. It is called after the guard, with a checked input.
type Func[I, O any] func(ctx context.Context, call *Call, in I) (O, error)

// New makes a Tool of a declaration and its function. It panics on a wrong declaration,
// since that is a programming error that shows at the first start.
func New[I, O any](info Info, run Func[I, O]) *Tool {
	t := &Tool{Info: info, InputType: reflect.TypeFor[I](), OutputType: reflect.TypeFor[O]()}
	if t.Role == "" {
		t.Role = roleFor(t.Effect)
	}
	t.varies = reflect.TypeFor[I]().Implements(reflect.TypeFor[Effector]())
	t.fields = fieldsOf(reflect.TypeFor[I]())
	t.Input = inputSchema(reflect.TypeFor[I](), t.fields)
	t.Output = outputSchema(t.OutputType)
	t.Formats = t.Formats.with()
	t.check = newChecker(t.Input, t.fields, t.Formats, t.URIs)
	t.decode = func(raw json.RawMessage) (any, json.RawMessage, error) {
		var in I
		given, err := t.check.into(raw, &in)
		if err != nil {
			return nil, nil, err
		}
		return in, given, nil
	}
	t.run = func(ctx context.Context, call *Call, in any) (any, error) {
		return run(ctx, call, in.(I))
	}
	if err := t.wellFormed(); err != nil {
		panic(fmt.Sprintf("tool %q: %v", info.Name, err))
	}
	return t
}

func (t *Tool) wellFormed() error {
	switch {
	case t.Noun() == "" || t.Verb() == "":
		return fmt.Errorf("the name must be noun.verb")
	case t.Summary == "":
		return fmt.Errorf("no summary")
	case !t.Effect.Valid():
		return fmt.Errorf("unknown effect %q", t.Effect)
	}
	if t.Bare && !t.Default {
		return fmt.Errorf("the verb can be left out of Default tools only")
	}
	for _, arg := range t.Args {
		if _, ok := t.Input.Properties[arg]; !ok {
			return fmt.Errorf("argument %q is not an input field", arg)
		}
	}
	if err := cmp.Or(t.Formats.has(t.fields), t.URIs.has(t.fields)); err != nil {
		return err
	}
	if err := cmp.Or(t.checkFileTags(), t.checkEmptyTags(), t.checkForms()); err != nil {
		return err
	}
	if err := hiddenField(t.OutputType, map[reflect.Type]bool{}); err != nil {
		return err
	}
	for _, example := range t.Examples {
		if _, _, err := t.decode(json.RawMessage(example.Input)); err != nil {
			return fmt.Errorf("example %q: %w", example.Does, err)
		}
	}
	return nil
}
