package nodejs

import (
	"os"
	"os/exec"

	"quillon.dev/toolchain/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin starts a policy pack (kind analyzer) or a provider written in JavaScript or TypeScript. A pack
// runs in its own directory and gets that directory as its last argument. A provider gets it as its first.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	if req.GetAttachDebugger() {
		return errDebugger
	}
	dir := req.GetInfo().GetProgramDirectory()
	opts, err := readOptions(req.GetInfo().GetOptions().AsMap())
	if err != nil {
		return err
	}
	isPack := req.GetKind() == "analyzer"
	module, run := "@pulumi/pulumi/cmd/run-plugin", program.Stream
	if isPack {
		module, run = "@pulumi/pulumi/cmd/run-policy-pack", h.runPack
	}
	entry, err := resolve(server.Context(), module, dir, "Have you run npm install there?")
	if err != nil {
		return err
	}
	args := append([]string{entry}, opts.nodeArgs...)
	pwd := req.GetPwd()
	if isPack {
		args, pwd = append(append(args, req.GetArgs()...), dir), dir
	} else {
		args = append(append(args, dir), req.GetArgs()...)
	}
	cmd := exec.CommandContext(server.Context(), "node", args...)
	cmd.Dir = pwd
	cmd.Env = append(append(os.Environ(), req.GetEnv()...), opts.environment()...)
	return run(cmd, server)
}
