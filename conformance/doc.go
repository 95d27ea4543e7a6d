// Package conformance puts Hawser before judges that no one here wrote: the
// aws CLI, boto3 and Terraform as clients of the simulator; moto's server and
// versitygw as servers for the tools; and a probe that runs the same
// operations against the simulator and moto and wants every difference
// explained. Exported files are read back by programs that know nothing of
// Hawser.
//
// The judges come from the package registries by `make judges`, at pinned
// versions. Without them the tests are skipped and say so; with CI=true or
// HAWSER_JUDGES=require that is a failure. What was judged, and what was not
// for want of a judge, is told at the end of the run.
package conformance
