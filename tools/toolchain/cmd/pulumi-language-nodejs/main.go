// pulumi-language-nodejs stands in for the Node.js language host that comes with a Pulumi CLI.
package main

import (
	"quillon.dev/toolchain/internal/plugin"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	plugin.Main(func(server *grpc.Server, start plugin.Start) {
		pulumirpc.RegisterLanguageRuntimeServer(server, &host{start: start})
	})
}
