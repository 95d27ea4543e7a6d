package roster_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// code is the source of the simulator, as far as it matters for the question which
// members of an input a handler reads.
type code struct {
	uses map[types.Object]*use    // by function and by variable of a package
	of   map[string][]*types.Func // methods by name, for calls through an interface
	runs map[*types.Named]*use    // by the type of an operation's input

	documents map[string]*use // what Service.Document uses, by package
}

// use is what a piece of code uses.
type use struct {
	names  map[types.Object]bool // functions and variables of packages
	fields map[*types.Var]bool   // that it reads
	texts  map[string]bool       // its literals and constants
	passed map[string]bool       // those that it passes to a function
	begins map[string]bool       // those to which it adds
	whole  map[types.Type]bool   // types of which it calls generic functions
	copies []copied              // by Adopt
}

// copied is a call of Adopt, which copies the fields that two structs share.
type copied struct{ into, from types.Type }

func newUse() *use {
	return &use{
		names: map[types.Object]bool{}, fields: map[*types.Var]bool{}, texts: map[string]bool{}, passed: map[string]bool{},
		begins: map[string]bool{}, whole: map[types.Type]bool{},
	}
}

// readCode parses the simulator's packages.
func readCode(t *testing.T) *code {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, "../...")
	if err != nil {
		t.Fatal(err)
	}
	all := &code{uses: map[types.Object]*use{}, of: map[string][]*types.Func{}, runs: map[*types.Named]*use{}, documents: map[string]*use{}}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Error(e)
		}
		if !strings.HasSuffix(p.PkgPath, "test") {
			all.add(p)
		}
	}
	return all
}

func (all *code) add(p *packages.Package) {
	for _, file := range p.Syntax {
		for _, d := range file.Decls {
			all.declare(p.TypesInfo, d)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				all.handler(p.TypesInfo, n, n)
			case *ast.KeyValueExpr:
				all.pair(p, n)
			}
			return true
		})
	}
}

// pair notes what stands under a name in a literal: a handler that another one wraps,
// and Service.Document, which handles the documents of every operation of its package.
func (all *code) pair(p *packages.Package, pair *ast.KeyValueExpr) {
	if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Document" {
		all.documents[p.PkgPath] = newUse()
		all.documents[p.PkgPath].add(p.TypesInfo, pair.Value)
	}
	if outer, ok := pair.Value.(*ast.CallExpr); ok && len(outer.Args) == 1 {
		if inner, ok := outer.Args[0].(*ast.CallExpr); ok {
			all.handler(p.TypesInfo, inner, outer)
		}
	}
}

// declare notes what a declaration uses.
func (all *code) declare(info *types.Info, d ast.Decl) {
	if f, ok := d.(*ast.FuncDecl); ok {
		o := info.Defs[f.Name].(*types.Func)
		all.uses[o] = newUse()
		all.uses[o].add(info, f)
		if f.Recv != nil {
			all.of[f.Name.Name] = append(all.of[f.Name.Name], o)
		}
		return
	}
	for _, s := range d.(*ast.GenDecl).Specs {
		if v, ok := s.(*ast.ValueSpec); ok {
			u := newUse()
			for _, value := range v.Values {
				u.add(info, value)
			}
			for _, name := range v.Names {
				all.uses[info.Defs[name]] = u
			}
		}
	}
}

// handler notes what makes an operation's handler: the call of a generic function, such
// as awssim.Op, one of whose types is an operation's input. It uses what stands in whole.
func (all *code) handler(info *types.Info, call, whole *ast.CallExpr) {
	args := info.Instances[nameOf(call.Fun)].TypeArgs
	for i := range args.Len() {
		input, ok := args.At(i).(*types.Named)
		if !ok || !strings.HasSuffix(input.Obj().Name(), "Input") || input.Obj().Pkg() == nil || !strings.Contains(input.Obj().Pkg().Path(), "aws-sdk-go") {
			continue
		}
		if all.runs[input] == nil {
			all.runs[input] = newUse()
		}
		all.runs[input].add(info, whole)
	}
}

// nameOf is the name of a function that is called, whose types may be given.
func nameOf(fun ast.Expr) *ast.Ident {
	switch f := fun.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return nameOf(f.X)
	case *ast.IndexListExpr:
		return nameOf(f.X)
	}
	return nil
}

// add notes what is used in a node.
func (u *use) add(info *types.Info, n ast.Node) {
	written, before := map[ast.Expr]bool{}, len(u.passed)
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				written[left] = n.Tok == token.ASSIGN
			}
		case *ast.BasicLit:
			u.texts[text(info, n)] = true
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				u.begins[text(info, n.X)] = true
			}
		case *ast.CallExpr:
			u.call(info, n)
		case *ast.Ident:
			u.name(info, n)
		case *ast.SelectorExpr:
			if s := info.Selections[n]; s != nil && s.Kind() == types.FieldVal && !written[n] {
				u.fields[s.Obj().(*types.Var).Origin()] = true
			}
		}
		return true
	})
	if _, any := u.passed[unnamed]; any && before < len(u.passed) {
		delete(u.passed, unnamed)
		maps.Copy(u.passed, u.texts)
	}
}

func (u *use) name(info *types.Info, name *ast.Ident) {
	switch o := info.Uses[name].(type) {
	case *types.Func:
		u.names[o.Origin()] = true
	case *types.Const:
		u.texts[text(info, name)] = true
	case *types.Var:
		if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
			u.names[o] = true
		}
	}
	args := info.Instances[name].TypeArgs
	for i := range args.Len() {
		u.whole[args.At(i)] = true
	}
}

// unnamed among the texts that are passed stands for a member whose name is a variable:
// each text of the function may be it.
const unnamed = "\x00"

func (u *use) call(info *types.Info, call *ast.CallExpr) {
	name := nameOf(call.Fun)
	if name == nil {
		return
	}
	for _, arg := range call.Args {
		if s := text(info, arg); s != "" {
			u.passed[s] = true
		} else if (name.Name == "Member" || name.Name == "FieldByName") && types.Identical(info.TypeOf(arg), types.Typ[types.String]) {
			u.passed[unnamed] = true
		}
	}
	if name.Name == "Adopt" {
		u.copies = append(u.copies, copied{info.TypeOf(call.Args[0]), info.TypeOf(call.Args[1])})
	}
}

// text is the value of a constant text, else empty.
func text(info *types.Info, e ast.Expr) string {
	if v := info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return ""
}

// reached is all that a handler uses, directly and through what it calls.
func (all *code) reached(input *types.Named, documents *use) *use {
	sum, seen := newUse(), map[*use]bool{}
	var visit func(*use)
	visit = func(u *use) {
		if u == nil || seen[u] {
			return
		}
		seen[u] = true
		sum.join(u)
		for o := range u.names {
			visit(all.uses[o])
			for _, method := range all.behind(o) {
				visit(all.uses[method])
			}
		}
	}
	visit(all.runs[input])
	visit(documents)
	return sum
}

// behind are the methods that the call of an interface's method may mean.
func (all *code) behind(o types.Object) []*types.Func {
	f, ok := o.(*types.Func)
	if !ok {
		return nil
	}
	if r := f.Signature().Recv(); r == nil || !types.IsInterface(r.Type()) {
		return nil
	}
	return all.of[f.Name()]
}

func (u *use) join(other *use) {
	maps.Copy(u.fields, other.fields)
	maps.Copy(u.passed, other.passed)
	maps.Copy(u.begins, other.begins)
	maps.Copy(u.whole, other.whole)
	maps.Copy(u.texts, other.texts)
	u.copies = append(u.copies, other.copies...)
}

// adopts reports whether Adopt copies a field of a type.
func (u *use) adopts(owner types.Type, field *types.Var) bool {
	for _, c := range u.copies {
		if from := pointed(c.from); !types.IsInterface(from) && !types.Identical(from, owner) {
			continue
		}
		into, ok := pointed(c.into).Underlying().(*types.Struct)
		for i := 0; ok && i < into.NumFields(); i++ {
			if to := into.Field(i); to.Name() == field.Name() && types.Identical(to.Type(), field.Type()) {
				return true
			}
		}
	}
	return false
}

// pointed is the type behind a pointer.
func pointed(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
