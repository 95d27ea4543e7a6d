package audit

import (
	"cmp"
	"context"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Verify reads all files of the log, line by line, and checks the chain against
// itself, the head file and the witnesses. It changes nothing. If pin is not
// empty, it is the hash of a record that must be in the log: a head that was
// kept elsewhere. A broken chain is not an error but a Report with Bad set; errors
// are those of reading.
func (f *File) Verify(ctx context.Context, pin string) (Report, error) {
	// Before the view is taken, so that what is witnessed is already written.
	witnesses, heads := f.recall(ctx)
	view, err := f.look(ctx)
	if err != nil {
		return Report{}, err
	}
	defer view.close()
	v := newVerifier(pin)
	v.heads, v.beside = heads, view.head
	v.report.Witnesses = witnesses
	foreign := view.foreign
	for _, p := range view.parts {
		// Entries with the number of an earlier file; without a file that is written, all.
		for len(foreign) > 0 && (p.file != nil || foreign[0].first < p.first) {
			v.foreign(foreign[0])
			foreign = foreign[1:]
		}
		if v.report.Bad != nil {
			break
		}
		if err := v.part(ctx, p); err != nil {
			return Report{}, readFault(err, p.path)
		}
	}
	for _, s := range foreign {
		v.foreign(s)
	}
	v.finish()
	v.finishBeside(view)
	return v.done(), nil
}

// recall reads the heads that witnesses hold, in the order of their numbers, and
// what is noted of those that they took.
func (f *File) recall(ctx context.Context) (found []Witnessed, heads []witnessedHead) {
	// Before the witnesses are asked, so that they already hold what is noted.
	took, err := f.givenFile().read()
	for _, witness := range f.options.Witnesses {
		w, kept := ask(ctx, witness, took[f.logName()][witness.Name()])
		if err != nil && w.Problem == "" && !w.WriteOnly {
			w.Problem = fault.From(err).Error()
		}
		if w.Lost != "" {
			w.NotedIn = f.givenFile().path
		}
		for _, h := range kept {
			heads = append(heads, witnessedHead{h, w.Name})
		}
		found = append(found, w)
	}
	slices.SortFunc(heads, func(a, b witnessedHead) int { return cmp.Compare(a.Seq, b.Seq) })
	return found, heads
}

// ask reads the heads that one witness holds.
func ask(ctx context.Context, witness Witness, took given) (Witnessed, []Head) {
	w := Witnessed{Name: witness.Name()}
	recaller, ok := witness.(Recaller)
	if !ok {
		w.WriteOnly = true
		return w, nil
	}
	kept, err := recaller.Heads(ctx)
	if err != nil {
		w.Problem = fault.From(err).Error()
	} else {
		w.Lost = took.lost(kept)
	}
	for _, h := range kept {
		w.Heads, w.Newest = w.Heads+1, max(w.Newest, h.Seq)
	}
	return w, kept
}
