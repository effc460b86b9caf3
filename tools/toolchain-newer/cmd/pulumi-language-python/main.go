// pulumi-language-python stands in for the Python language host that comes with a newer Pulumi CLI.
package main

import (
	"quillon.dev/toolchain/internal/python"
	"quillon.dev/toolchain/newer/internal/proxy"
)

func main() {
	python.Main(proxy.Runner("PULUMI_"))
}
