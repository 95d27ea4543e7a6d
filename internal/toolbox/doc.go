// Package toolbox holds every tool: one file for each noun, with its
// declarations, inputs, outputs and work. A Box joins them to the connections
// that they reach AWS through.
//
// Tools say what they want of AWS and give its errors back as they are; Box
// resolves where a call goes and what an error means, in one place each.
package toolbox
