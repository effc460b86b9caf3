// Package plugin starts a Pulumi plugin: it serves gRPC on a free local port and prints the port for the parent process.
package plugin

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"google.golang.org/grpc"
)

// Version is what every stand-in returns for GetPluginInfo. The CLI warns when a provider is older than the SDK that
// requires it, so this version is higher than that of any SDK.
// https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/plugin/host.go#L515
const Version = "999.0.0"

// Start is what the CLI passed to the plugin on its command line.
type Start struct {
	// EngineAddress is host:port of the engine, or empty when the plugin was started by hand.
	EngineAddress string
	// Tracing is the endpoint for traces, passed on to the program.
	Tracing string
}

// Main reads the command line, serves what register adds, prints the port as the first line, and returns when the parent
// interrupts it or the engine ends. If it can't serve, it ends the process with exit code 1.
func Main(register func(server *grpc.Server, start Start)) {
	if err := serve(readCommandLine(os.Args[1:]), register); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// readCommandLine ignores the log flags, and the runtime options that older CLIs pass here as -name=value, because every
// request has these options too.
func readCommandLine(args []string) Start {
	var start Start
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--tracing" && i+1 < len(args):
			i++
			start.Tracing = args[i]
		case !strings.HasPrefix(args[i], "-") && start.EngineAddress == "":
			start.EngineAddress = args[i]
		}
	}
	return start
}

func serve(start Start, register func(*grpc.Server, Start)) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if start.EngineAddress != "" {
		if err := rpcutil.Healthcheck(ctx, start.EngineAddress, 5*time.Minute, stop); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", start.EngineAddress, err)
		}
	}
	cancel := make(chan bool)
	go func() {
		<-ctx.Done()
		close(cancel)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			register(server, start)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("serving the plugin: %w", err)
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
