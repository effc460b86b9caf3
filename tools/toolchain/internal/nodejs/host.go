// Package nodejs is the Node.js language host.
package nodejs

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"quillon.dev/toolchain/internal/plugin"
	"quillon.dev/toolchain/internal/program"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

var errDebugger = errors.New("this Node.js language host has no debugger support; leave --attach-debugger out")

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	start   plugin.Start
	runPack program.Runner
}

// Main serves the language host as a plugin of the CLI. runPack runs policy packs.
func Main(runPack program.Runner) {
	plugin.Main(func(server *grpc.Server, start plugin.Start) {
		pulumirpc.RegisterLanguageRuntimeServer(server, &host{start: start, runPack: runPack})
	})
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.start.EngineAddress = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: plugin.Version}, nil
}

func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	packages, err := findPackages(req.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}

func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if req.GetAttachDebugger() {
		return nil, errDebugger
	}
	info := req.GetInfo()
	opts, err := readOptions(info.GetOptions().AsMap())
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	entry, err := resolve(ctx, "@pulumi/pulumi/cmd/run", info.GetProgramDirectory(), "Have you run pulumi install?")
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	config, err := program.ConfigEnvironment(req, program.OldConfigKey)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", append(append(opts.nodeArgs, entry), h.runArguments(req)...)...)
	cmd.Env = append(append(os.Environ(), config...), opts.environment()...)
	return program.Run(cmd), nil
}

// runArguments is the command line of @pulumi/pulumi/cmd/run. It leaves out only --sync, the pipes of synchronous
// invokes, because no @pulumi/pulumi 3.x opens them.
func (h *host) runArguments(req *pulumirpc.RunRequest) []string {
	info := req.GetInfo()
	args := program.Arguments(
		"monitor", req.GetMonitorAddress(),
		"engine", h.start.EngineAddress,
		"organization", req.GetOrganization(),
		"project", req.GetProject(),
		"root-directory", info.GetRootDirectory(),
		"stack", req.GetStack(),
		"pwd", info.GetProgramDirectory(),
	)
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	args = append(args, program.Arguments(
		"parallel", strconv.Itoa(int(req.GetParallel())),
		"tracing", h.start.Tracing,
	)...)
	return append(append(args, info.GetEntryPoint()), req.GetArgs()...)
}

func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	if _, err := readOptions(req.GetInfo().GetOptions().AsMap()); err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(server.Context(), "npm", "install", "--loglevel=error")
	cmd.Dir = req.GetInfo().GetProgramDirectory()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return errors.Join(describeInstall(cmd.Run(), cmd.Dir), closer.Close())
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}

func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{
		Executable: path,
		Version:    versionOf(ctx, path),
		Metadata:   map[string]string{"packagemanager": "npm", "packagemanagerVersion": versionOf(ctx, "npm")},
	}, nil
}

// versionOf is what `command --version` prints. It is empty when the command can't be run; `pulumi about` then shows less.
func versionOf(ctx context.Context, command string) string {
	out, err := exec.CommandContext(ctx, command, "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
