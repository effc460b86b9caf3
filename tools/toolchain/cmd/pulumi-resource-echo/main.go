// pulumi-resource-echo stands in for a cloud provider: the outputs of a resource are its inputs. With a link to it named
// pulumi-resource-aws, programs that use @pulumi/aws run without the real provider and without a cloud.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"quillon.dev/toolchain/internal/plugin"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "pulumi-resource-")
	plugin.Main(func(server *grpc.Server, _ plugin.Start) {
		pulumirpc.RegisterResourceProviderServer(server, &provider{name: name})
	})
}
