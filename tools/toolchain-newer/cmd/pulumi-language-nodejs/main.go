// pulumi-language-nodejs stands in for the Node.js language host that comes with a newer Pulumi CLI.
package main

import (
	"quillon.dev/toolchain/internal/nodejs"
	"quillon.dev/toolchain/newer/internal/proxy"
)

func main() {
	nodejs.Main(proxy.Runner("PULUMI_NODEJS_"))
}
