// pulumi-language-nodejs stands in for the Node.js language host that comes with a Pulumi CLI.
package main

import (
	"quillon.dev/toolchain/internal/nodejs"
	"quillon.dev/toolchain/internal/program"
)

func main() {
	nodejs.Main(program.Stream)
}
