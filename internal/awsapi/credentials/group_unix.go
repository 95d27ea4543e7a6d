//go:build unix

package credentials

import (
	"errors"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// group has a program run in a process group of its own, all of which is killed where
// the program is stopped: a shell would leave the programs behind that it started.
//
// In the foreground of a terminal it stays in Hawser's group, since it may ask there,
// for an MFA code for instance: the kernel stops a program that reads from the terminal
// in another group. Ctrl-C reaches the children there, and a time limit kills the
// program alone.
func group(cmd *exec.Cmd) {
	if foreground() {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}

// foreground reports that this process has a terminal and is in its foreground group.
func foreground() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer func() { _ = tty.Close() }() // it was only asked
	conn, err := tty.SyscallConn()
	if err != nil {
		return false
	}
	var group int
	var asked error
	err = conn.Control(func(fd uintptr) { group, asked = unix.IoctlGetInt(int(fd), unix.TIOCGPGRP) })
	return errors.Join(err, asked) == nil && group == unix.Getpgrp()
}
