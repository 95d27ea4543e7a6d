package s3

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// takenNames are the names in a destination's directories that are taken by this copy. A
// directory is known by its device and inode, so that a link, a mount or another
// spelling that leads to it makes no second one.
type takenNames struct {
	files   *files.Access // nil where the destination does not exist yet
	dryRun  bool
	folds   func(dir string) files.Folding // finds out how a directory folds names
	numbers files.Directories

	parents []*step             // the directories from the destination to the last name's
	planned map[slot]int        // numbers of directories that a dry run does not make
	dirs    map[slot]string     // names of directories, with the first object below
	taken   map[slot]spelledDir // names of files
	spelled map[slot]string     // file names as they are spelled, where the key is another
	paths   []string            // of the directories of files, as they were spelled
}

// step is a directory on the way to a name.
type step struct {
	element string
	number  int
	folding files.Folding
	info    fs.FileInfo // nil where it does not exist
	spelled spelledDir
}

// spelledDir is an index in takenNames.paths.
type spelledDir uint32

// slot is a name in a directory, as a digest: copies may have millions of them.
type slot [16]byte

// nameTakenError is the failure of a name whose slot another one has.
type nameTakenError struct{ first, why string }

func (r *nameTakenError) Error() string { return r.first + ": " + r.why }

func newTakenNames(at *files.Access, dryRun bool) *takenNames {
	t := &takenNames{
		files: at, dryRun: dryRun, planned: map[slot]int{}, dirs: map[slot]string{},
		taken: map[slot]spelledDir{}, spelled: map[slot]string{},
		folds: func(string) files.Folding { return files.Folding{} },
	}
	if at != nil {
		t.folds = func(dir string) files.Folding { return at.Folding(dir, dryRun) }
	}
	return t
}

// take takes the slot of a name for its object, and makes its directory, unless this
// is a dry run. It returns the directory, nil if it does not exist. The error is a
// nameTakenError if an earlier name has the slot.
func (t *takenNames) take(name string) (fs.FileInfo, error) {
	dir, err := t.enter(name)
	if err != nil {
		return nil, err
	}
	base := path.Base(name)
	at, key := t.slot(dir, base)
	if first, ok := t.taken[at]; ok {
		return nil, &nameTakenError{t.name(first, at, key), "both names lead to it"}
	}
	if first, ok := t.dirs[at]; ok {
		return nil, &nameTakenError{first, "the first needs a directory where the second is a file"}
	}
	t.taken[at] = dir.spelled
	if key != base {
		t.spelled[at] = base
	}
	return dir.info, nil
}

// slot gives the slot of a name in a directory, and the name's key.
func (t *takenNames) slot(dir *step, element string) (slot, string) {
	key := dir.folding.Key(element)
	text := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(key)), uint64(dir.number))
	sum := sha256.Sum256(append(text, key...))
	return slot(sum[:16]), key
}

// name gives the name of the object that has a slot.
func (t *takenNames) name(dir spelledDir, at slot, key string) string {
	base, ok := t.spelled[at]
	if !ok {
		base = key
	}
	return path.Join(t.paths[dir], base)
}

// enter gives the directory of an object's name. Names of one directory follow each
// other, so that those that lead to the last one are kept.
func (t *takenNames) enter(name string) (*step, error) {
	if len(t.parents) == 0 {
		root, err := t.root()
		if err != nil {
			return nil, err
		}
		t.parents = []*step{root}
	}
	elements := strings.Split(name, "/")
	elements = elements[:len(elements)-1]
	depth := 0
	for depth < len(elements) && depth+1 < len(t.parents) && t.parents[depth+1].element == elements[depth] {
		depth++
	}
	t.parents = t.parents[:depth+1]
	for ; depth < len(elements); depth++ {
		next, err := t.descend(name, elements[:depth+1])
		if err != nil {
			return nil, err
		}
		t.parents = append(t.parents, next)
	}
	return t.parents[len(t.parents)-1], nil
}

// root gives the destination itself.
func (t *takenNames) root() (*step, error) {
	if t.files == nil {
		return t.spell(&step{number: t.numbers.New(), folding: t.folds(".")}, ""), nil
	}
	info, err := t.files.Stat(".")
	if err != nil {
		return nil, err
	}
	return t.spell(&step{number: t.numbers.Number(info), info: info, folding: t.folds(".")}, ""), nil
}

// descend goes on from the last directory to the one that elements lead to.
func (t *takenNames) descend(name string, elements []string) (*step, error) {
	last, element := t.parents[len(t.parents)-1], elements[len(elements)-1]
	at, key := t.slot(last, element)
	if first, ok := t.taken[at]; ok {
		return nil, &nameTakenError{t.name(first, at, key), "the first is a file where the second needs a directory"}
	}
	dir := path.Join(elements...)
	next := &step{element: element}
	var err error
	if next.info, err = t.directory(dir); err != nil {
		return nil, err
	}
	next.folding = t.foldingOf(last, dir, next.info)
	if next.info != nil {
		next.number = t.numbers.Number(next.info)
	} else {
		next.number = t.numberOf(at)
	}
	if _, ok := t.dirs[at]; !ok {
		t.dirs[at] = name
	}
	return t.spell(next, dir), nil
}

// foldingOf gives how a directory folds names: as the one above it, unless another file
// system is mounted there.
func (t *takenNames) foldingOf(above *step, dir string, info fs.FileInfo) files.Folding {
	if info == nil || above.info == nil || files.SameDevice(above.info, info) {
		return above.folding
	}
	return t.folds(dir)
}

// directory makes a directory; a dry run only looks for it. It gives nil for none.
func (t *takenNames) directory(name string) (fs.FileInfo, error) {
	if t.files == nil {
		return nil, nil
	}
	if !t.dryRun {
		if err := t.files.MkdirAll(name); err != nil {
			return nil, err
		}
	}
	info, err := t.files.Stat(name)
	switch {
	case t.dryRun && errors.Is(err, fault.NotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fault.New(fault.Conflict, "%q exists and is not a directory", name).WithFix("move it elsewhere")
	}
	return info, nil
}

// numberOf gives the number of a directory that does not exist.
func (t *takenNames) numberOf(at slot) int {
	number, ok := t.planned[at]
	if !ok {
		number = t.numbers.New()
		t.planned[at] = number
	}
	return number
}

// spell keeps the path of a directory.
func (t *takenNames) spell(dir *step, path string) *step {
	dir.spelled = spelledDir(len(t.paths))
	t.paths = append(t.paths, path)
	return dir
}
