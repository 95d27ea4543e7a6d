//go:build !unix

package files

import "io/fs"

// keepAccess does nothing: a new file inherits the access of its directory.
func (n *NewFile) keepAccess(fs.FileInfo) {}
