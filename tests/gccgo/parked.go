/* SPDX-License-Identifier: BSD-2-Clause */
//
// parked.go - goroutines of gccgo in each state, for the inspector to look at:
// some are deeper than the 4 MiB of their first segments. When all are at their
// places it prints "ready", and waits until it is killed.
package main

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// So many calls of descend take more than 4 MiB, which tests/parity/gccgo.py
// knows as well.
const deep = 20000

var (
	ready   sync.WaitGroup
	pending = make(chan int)
	held    sync.Mutex
	spins   int64
)

//go:noinline
func descend(n int, bottom func()) int {
	var pad [40]int

	pad[n%40] = n
	if n == 0 {
		bottom()
		return 0
	}
	return descend(n-1, bottom) + pad[(n+1)%40]
}

//go:noinline
func receive() {
	ready.Done()
	<-pending
}

func spin() {
	ready.Done()
	for {
		atomic.AddInt64(&spins, 1)
	}
}

// blocked is in a system call for good.
func blocked() {
	var ends [2]int
	var b [1]byte

	if syscall.Pipe(ends[:]) != nil {
		os.Exit(1)
	}
	ready.Done()
	syscall.Read(ends[0], b[:])
}

func lock() {
	ready.Done()
	held.Lock()
}

func choose(other chan int) {
	ready.Done()
	select {
	case <-pending:
	case other <- 1:
	}
}

func rest() {
	ready.Done()
	time.Sleep(time.Hour)
}

func begin(f func()) {
	ready.Add(1)
	go f()
}

func main() {
	// The one that spins leaves a processor to the others.
	runtime.GOMAXPROCS(4)
	held.Lock()
	begin(receive)
	begin(func() { descend(deep, receive) })
	begin(func() { descend(100, receive) })
	begin(func() { descend(deep, blocked) })
	begin(func() { descend(deep, spin) })
	begin(lock)
	begin(func() { choose(make(chan int)) })
	begin(rest)
	begin(func() {
		ready.Done()
		select {}
	})
	ready.Wait()
	// Those that have said that they are ready are about to wait.
	time.Sleep(200 * time.Millisecond)
	os.Stdout.WriteString("ready\n")
	<-make(chan int)
}
