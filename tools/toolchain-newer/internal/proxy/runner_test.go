package proxy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"quillon.dev/toolchain/internal/plugin"
	"quillon.dev/toolchain/internal/plugintest"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The test binary is also the pack, so that the pack runs in a separate process behind the proxy.
const asPack = "TEST_AS_PACK"

func TestMain(m *testing.M) {
	switch os.Getenv(asPack) {
	case "serve":
		os.Args = os.Args[:1]
		plugin.Main(func(server *grpc.Server, _ plugin.Start) { pulumirpc.RegisterAnalyzerServer(server, &pack{}) })
	case "break":
		fmt.Fprintln(os.Stderr, "a mistake in the pack")
		os.Exit(7)
	default:
		os.Exit(m.Run())
	}
}

// pack returns the variables that it was started with as its name.
type pack struct {
	pulumirpc.UnimplementedAnalyzerServer
	tags map[string]string
}

func (p *pack) ConfigureStack(
	_ context.Context, req *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	p.tags = req.GetTags()
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

func (p *pack) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	var variables []string
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "PULUMI_") {
			variables = append(variables, variable)
		}
	}
	slices.Sort(variables)
	return &pulumirpc.AnalyzerInfo{Name: strings.Join(variables, " "), Description: p.tags["owner"]}, nil
}

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	mode string
}

func (h *host) RunPlugin(_ *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	cmd := exec.CommandContext(server.Context(), os.Args[0])
	cmd.Env = []string{asPack + "=" + h.mode}
	return Runner("PULUMI_NODEJS_")(cmd, server)
}

// start runs the pack. It returns a client of the port that the host sends first, and the host's stream.
func start(
	t *testing.T, mode string,
) (pulumirpc.AnalyzerClient, grpc.ServerStreamingClient[pulumirpc.RunPluginResponse]) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	client := plugintest.Dial(t, &host{mode: mode})
	t.Cleanup(cancel)
	stream, err := client.RunPlugin(ctx, &pulumirpc.RunPluginRequest{Kind: "analyzer"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strings.TrimSpace(string(first.GetStdout()))
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewAnalyzerClient(conn), stream
}

func TestRunnerTellsAPackItsStack(t *testing.T) {
	cases := []struct {
		name       string
		stack      *pulumirpc.AnalyzerStackConfigureRequest
		want, tags string
	}{
		{"no stack", nil, "", ""},
		{"a stack", &pulumirpc.AnalyzerStackConfigureRequest{
			Organization: "acme", Project: "pets", Stack: "dev", DryRun: true,
			Config: map[string]string{"pets:most": "3"}, Tags: map[string]string{"owner": "ann"},
		}, `PULUMI_CONFIG={"pets:most":"3"} PULUMI_NODEJS_DRY_RUN=true PULUMI_NODEJS_ORGANIZATION=acme ` +
			"PULUMI_NODEJS_PROJECT=pets PULUMI_NODEJS_STACK=dev", "ann"},
		{"a stack without names", &pulumirpc.AnalyzerStackConfigureRequest{}, "PULUMI_NODEJS_DRY_RUN=false", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, _ := start(t, "serve")
			if c.stack != nil {
				if _, err := client.ConfigureStack(t.Context(), c.stack); err != nil {
					t.Fatal(err)
				}
			}
			info, err := client.GetAnalyzerInfo(t.Context(), &emptypb.Empty{})
			if err != nil {
				t.Fatal(err)
			}
			if info.GetName() != c.want || info.GetDescription() != c.tags {
				t.Errorf("got %q with %q, want %q with %q", info.GetName(), info.GetDescription(), c.want, c.tags)
			}
		})
	}
}

func TestRunnerTellsOfAPackThatDoesNotStart(t *testing.T) {
	client, stream := start(t, "break")
	if _, err := client.GetAnalyzerInfo(t.Context(), &emptypb.Empty{}); err == nil {
		t.Error("a pack that did not start returned its info")
	}
	var stderr string
	for {
		message, err := stream.Recv()
		if err != nil {
			break
		}
		stderr += string(message.GetStderr())
	}
	if stderr != "a mistake in the pack\n" {
		t.Errorf("got %q on stderr", stderr)
	}
}
