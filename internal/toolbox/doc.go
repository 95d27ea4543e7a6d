// Package toolbox lists every tool. Below it is a package for each noun, with the
// declarations, inputs, outputs and functions of its tools, and package kit, which
// they share.
//
// Tools call AWS and return its errors as they are. Package kit resolves where a
// call goes and what an error means.
package toolbox
