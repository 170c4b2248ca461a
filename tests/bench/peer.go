/* SPDX-License-Identifier: BSD-2-Clause */

// peer.go - the works of seam*.c in Go, for gc and for gccgo.
package main

import (
	"fmt"
	"math"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// As in bench.h.
const enough = 200 * time.Millisecond

func measure(timed func(n int) time.Duration) float64 {
	for n := 1000; ; {
		took := timed(n)
		if took >= enough {
			return float64(took) / float64(n)
		}
		more := 1.2 * float64(enough) / float64(took+1)
		if more > 100 {
			more = 100
		}
		if more < 2 {
			more = 2
		}
		n = int(float64(n) * more)
	}
}

// Of this process, in all its threads.
func cpu() time.Duration {
	const clockProcessCPU = 2
	var t syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockProcessCPU,
		uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano())
}

var started = time.Now()

// As nanoseconds() in bench.h.
func now() time.Duration {
	if runtime.GOMAXPROCS(0) == 1 {
		return cpu()
	}
	return time.Since(started)
}

func resident() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	var kilobytes float64
	at := strings.Index(string(text), "VmRSS:")
	fmt.Sscanf(string(text[at+len("VmRSS:"):]), "%f", &kilobytes)
	return kilobytes * 1024
}

const batch = 1000

func nothing() {}

func spawn(n int) time.Duration {
	start := now()
	for i := 0; i < n; i++ {
		go nothing()
		runtime.Gosched()
	}
	return now() - start
}

var ended int

func end() { ended++ }

func spawn1000(n int) time.Duration {
	start := now()
	for i := 0; i < n; i += batch {
		ended = 0
		for j := 0; j < batch; j++ {
			go end()
		}
		for ended < batch {
			runtime.Gosched()
		}
	}
	return now() - start
}

func yield(n int) time.Duration {
	back := make(chan struct{})
	go func() {
		for i := 0; i < n; i++ {
			runtime.Gosched()
		}
		back <- struct{}{}
	}()
	start := now()
	for i := 0; i < n; i++ {
		runtime.Gosched()
	}
	<-back
	return now() - start
}

func rally(n, size int) time.Duration {
	there := make(chan int, size)
	back := make(chan int, size)
	go func() {
		for i := 0; i < n; i++ {
			back <- <-there
		}
	}()
	start := now()
	for i := 0; i < n; i++ {
		there <- i
		<-back
	}
	return now() - start
}

func stream(n int) time.Duration {
	there := make(chan int, 64)
	go func() {
		for i := 0; i < n; i++ {
			there <- i
		}
	}()
	start := now()
	for i := 0; i < n; i++ {
		<-there
	}
	return now() - start
}

var gate = make(chan struct{})
var parked int

//go:noinline
func park(x int) int {
	parked++
	<-gate
	return x
}

//go:noinline
func third(x int) int { return park(x+1) + x }

//go:noinline
func second(x int) int { return third(x+1) + x }

//go:noinline
func first(x int) int { return second(x+1) + x }

func parks() { first(1) }

func bytesAParked(n int) float64 {
	before := resident()
	for i := 0; i < n; i++ {
		go parks()
	}
	for parked < n {
		runtime.Gosched()
	}
	return (resident() - before) / float64(n)
}

const (
	sleeps  = 3
	spawnMs = 5000 // longer than anybody needs to start a million
)

// A goroutine may be preempted in the middle of `ended++`.
func sleepers() float64 {
	const n = 1000000
	var slept int64
	start := cpu()
	for i := 0; i < n; i++ {
		go func(i int) {
			time.Sleep(time.Duration(spawnMs+i*7919%1000) * time.Millisecond)
			for k := 1; k < sleeps; k++ {
				time.Sleep(time.Duration(200+i*7919%1000) * time.Millisecond)
			}
			atomic.AddInt64(&slept, 1)
		}(i)
	}
	for atomic.LoadInt64(&slept) < n {
		time.Sleep(10 * time.Millisecond)
	}
	return float64(cpu()-start) / (n * sleeps)
}

func select4(n int) time.Duration {
	var c [4]chan int
	for i := range c {
		c[i] = make(chan int)
	}
	go func() {
		for i := 0; i < n; i++ {
			c[i%4] <- i
		}
	}()
	start := now()
	for i := 0; i < n; i++ {
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		}
	}
	return now() - start
}

var mutex sync.Mutex
var counter int

func mutexAlone(n int) time.Duration {
	start := now()
	for i := 0; i < n; i++ {
		mutex.Lock()
		counter++
		mutex.Unlock()
	}
	return now() - start
}

func mutexContended(n int) time.Duration {
	const rivals, holdEvery = 8, 16
	done := make(chan struct{})
	start := now()
	for r := 0; r < rivals; r++ {
		go func() {
			for i := 0; i < n/rivals; i++ {
				mutex.Lock()
				counter++
				if i%holdEvery == 0 {
					runtime.Gosched()
				}
				mutex.Unlock()
			}
			done <- struct{}{}
		}()
	}
	for r := 0; r < rivals; r++ {
		<-done
	}
	return now() - start
}

func spin(x uint64, steps int) uint64 {
	for i := 0; i < steps; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func tree(depth int, result chan uint64) {
	if depth == 0 {
		result <- spin(uint64(ended)+1, 2000)
		return
	}
	parts := make(chan uint64, 2)
	go tree(depth-1, parts)
	go tree(depth-1, parts)
	result <- <-parts + <-parts
}

func trees() float64 {
	const depth, times = 12, 20
	result := make(chan uint64, 1)
	start := time.Now()
	for i := 0; i < times; i++ {
		go tree(depth, result)
		<-result
	}
	return times * (1 << depth) / time.Since(start).Seconds()
}

func pool() float64 {
	const workers, number = 4, 5000
	tasks, results := make(chan uint64), make(chan uint64)
	for i := 0; i < workers; i++ {
		go func() {
			for x := range tasks {
				results <- spin(x, 80000)
			}
		}()
	}
	start := time.Now()
	go func() {
		for x := uint64(1); x <= number; x++ {
			tasks <- x
		}
		close(tasks)
	}()
	for i := 0; i < number; i++ {
		<-results
	}
	return number / time.Since(start).Seconds()
}

//go:noinline
func frames(n int) int {
	var room [64]byte
	room[n&63] = byte(n)
	if n <= 1 {
		return 1
	}
	return frames(n-1) + int(room[n&63])
}

// As in split.h: tasks on a fresh stack, whoever started them has the clock.
func runFresh(task func()) time.Duration {
	ended = 0
	start := now()
	go func() {
		task()
		ended = 1
	}()
	for ended == 0 {
		runtime.Gosched()
	}
	return now() - start
}

func firstGrowth(n int) time.Duration {
	var took time.Duration
	for i := 0; i < n; i++ {
		took += runFresh(func() { frames(1000) })
	}
	return took
}

func warmGrowth(n int) time.Duration {
	return runFresh(func() {
		for i := 0; i < n; i++ {
			frames(1000)
		}
	})
}

//go:noinline
func leaf(x int) int {
	var room [64]byte
	room[x&63] = byte(x)
	return x + int(room[1]) + 1
}

//go:noinline
func leafCalls(n int) int {
	x := 0
	for i := 0; i < n; i++ {
		x = leaf(x)
	}
	return x
}

//go:noinline
func deeper(depth, n int) int {
	var pad [3]int // an odd number of words: depths differ in alignment
	pad[depth%3] = depth
	if depth == 0 {
		return leafCalls(n)
	}
	return deeper(depth-1, n) + pad[n%3]
}

// On one stack all along, where the worst depth stays the worst: the one where
// the leaf's room lies across a page.
func nsACall(depth, calls int) float64 {
	start := now()
	deeper(depth, calls)
	return float64(now()-start) / float64(calls)
}

func hot() float64 {
	const depths, tries, scan, calls = 400, 3, 50000, 10000000
	worst, best := 0, 0
	var ns [depths]float64
	for d := range ns {
		ns[d] = nsACall(d, scan)
		for i := 1; i < tries; i++ {
			ns[d] = math.Min(ns[d], nsACall(d, scan))
		}
		if ns[d] > ns[worst] {
			worst = d
		}
		if ns[d] < ns[best] {
			best = d
		}
	}
	return nsACall(worst, calls) - nsACall(best, calls)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func raiseFiles() {
	var r syscall.Rlimit
	fail(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r))
	r.Cur = r.Max
	fail(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &r))
}

func echo(c net.Conn) {
	var buf [512]byte
	for {
		n, err := c.Read(buf[:])
		if err == nil {
			_, err = c.Write(buf[:n])
		}
		if err != nil {
			c.Close()
			return
		}
	}
}

// For load.c. Never returns.
func serve() {
	raiseFiles()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	fail(err)
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	for {
		c, err := l.Accept()
		fail(err)
		go echo(c)
	}
}

var timed = map[string]func(n int) time.Duration{
	"spawn":     spawn,
	"spawn1000": spawn1000,
	"yield":     yield,
	"pingpong":  func(n int) time.Duration { return rally(n, 0) },
	"buffered":  func(n int) time.Duration { return rally(n, 1) },
	"stream":    stream,
	"select":    select4,
	"mutex":     mutexAlone,
	"contended": mutexContended,
	"first":     firstGrowth,
	"warm":      warmGrowth,
}

var once = map[string]func() float64{
	"parked100k": func() float64 { return bytesAParked(100000) },
	"parked1m":   func() float64 { return bytesAParked(1000000) },
	"sleepers":   sleepers,
	"hot":        hot,
	"tree":       trees,
	"pool":       pool,
}

func main() {
	if os.Args[1] == "echo" {
		serve()
	} else if f, ok := timed[os.Args[1]]; ok {
		fmt.Printf("%.4f\n", measure(f))
	} else if f, ok := once[os.Args[1]]; ok {
		fmt.Printf("%.4f\n", f())
	} else {
		fmt.Fprintln(os.Stderr, "peer: no such work")
		os.Exit(64)
	}
}
