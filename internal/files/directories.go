package files

import (
	"io/fs"
	"os"
)

// Directories numbers directories from 0, each once, by whatever path it is reached:
// they are told apart by device and inode. The zero value holds none.
type Directories struct {
	byIdentity map[identity]int
	seen       []fs.FileInfo // those without an identity
	count      int
}

// Number gives the number of a directory. A new one gets the next.
func (d *Directories) Number(info fs.FileInfo) int {
	id, ok := identify(info)
	if !ok {
		return d.compare(info)
	}
	number, known := d.byIdentity[id]
	if !known {
		if d.byIdentity == nil {
			d.byIdentity = map[identity]int{}
		}
		number = d.New()
		d.byIdentity[id] = number
	}
	return number
}

// compare finds a directory where the system's numbers are not at hand.
func (d *Directories) compare(info fs.FileInfo) int {
	for number, before := range d.seen {
		if before != nil && os.SameFile(before, info) {
			return number
		}
	}
	number := d.New()
	for len(d.seen) <= number {
		d.seen = append(d.seen, nil)
	}
	d.seen[number] = info
	return number
}

// New gives the next number to a directory that does not exist yet.
func (d *Directories) New() int {
	d.count++
	return d.count - 1
}

// SameDevice reports whether two files are on one file system, as far as the system
// tells.
func SameDevice(a, b fs.FileInfo) bool {
	one, ok := identify(a)
	other, also := identify(b)
	return !ok || !also || one.device == other.device
}
