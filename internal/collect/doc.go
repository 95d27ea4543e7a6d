// Package collect reads AWS into the snapshot of package snapshot, with as few
// calls as it takes: first the calls that bring much at once, and where those
// are denied the List and Get calls that a smaller policy allows. What could
// not be read is a gap with its reason; it takes nothing away from what was
// read before.
package collect
