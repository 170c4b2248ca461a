/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.go - so many goroutines as its argument says, each eleven frames deep
 * or so, the runtime's included, for Delve: see crowd.c.
 */
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

var source, sink = make(chan int), make(chan int)
var held sync.Mutex

//go:noinline
func bottom(n int) {
	switch n % 4 {
	case 0:
		sink <- n
	case 1:
		select {
		case <-source:
		case <-sink:
		}
	case 2:
		held.Lock()
	default:
		<-source
	}
}

//go:noinline
func act(n int) { bottom(n) }

//go:noinline
func parse(n int) { act(n) }

//go:noinline
func decode(n int) { parse(n) }

//go:noinline
func fetch(n int) { decode(n) }

//go:noinline
func handle(n int) { fetch(n) }

//go:noinline
func serve(n int) { handle(n) }

//go:noinline
func worker(n int) { serve(n) }

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	held.Lock()
	for i := 0; i < n; i++ {
		// None finds another to talk to.
		go worker(4*(i/4) + 1 + 2*(i%2))
	}
	time.Sleep(time.Second)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
