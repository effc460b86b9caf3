import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Cli, newerCli, olderCli, pinnedCli } from "./clis.ts";
import { isProgram } from "./find.ts";
import { binDir, conformance, conformanceModule, echoProvider, s3Module, s3Server, unpackArchives } from "./paths.ts";

/** A program that `go build` makes. */
export interface Program {
  label: string;
  /** How long a build takes, for the person who waits. */
  duration: string;
  /** The folder of its Go module. */
  module: string;
  /** The path of the program. */
  output: string;
  /** The files and folders, relative to `module`, that it is built from. */
  sources: string[];
  args: string[];
  /** What to build, as `go build` takes it. */
  target: string;
}

export const hostNames = ["pulumi-language-nodejs", "pulumi-language-python"];

/**
 * What to build. A CLI that is already installed has its own hosts and launchers, so only the provider and the unpacker are needed then. The
 * CLIs of `--all` always use our hosts. What `--all` has built stays up to date without it.
 */
export function programsToBuild({ all, given }: { all: boolean; given: boolean }): Program[] {
  const hosts = hostNames.map((name) => ours(name, join(binDir, name)));
  const newerHosts = hostNames.map((name) => oursForNewerCli(name, join(dirname(newerCli.program), name)));
  const ofAll = [pulumi(olderCli), pulumi(newerCli), ...newerHosts, conformanceProgram, s3Program];
  return [
    ...(given ? [] : [pulumi(pinnedCli)]),
    ours("pulumi-resource-echo", echoProvider),
    ours("unpack-archives", unpackArchives),
    ...(given && !all ? [] : hosts),
    ...ofAll.filter(({ output }) => all || isProgram(output)),
  ];
}

const conformanceProgram: Program = {
  label: "conformance",
  duration: "a minute",
  module: conformanceModule,
  output: conformance,
  sources: readdirSync(conformanceModule).filter((name) => !name.endsWith("_test.go")),
  args: ["-buildvcs=false"],
  target: ".",
};

const s3Program: Program = {
  label: "versitygw",
  duration: "two minutes the first time",
  module: s3Module,
  output: s3Server,
  sources: ["go.mod", "go.sum"],
  args: [],
  target: "github.com/versity/versitygw/cmd/versitygw",
};

function pulumi({ version, module, program }: Cli): Program {
  return {
    label: `Pulumi CLI ${version}`,
    duration: "some minutes the first time",
    module,
    output: program,
    sources: ["go.mod", "go.sum"],
    args: ["-ldflags", `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
    target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  };
}

function ours(name: string, output: string): Program {
  return {
    label: name,
    duration: "seconds",
    module: pinnedCli.module,
    output,
    sources: ["go.mod", "go.sum", "internal", `cmd/${name}`],
    args: ["-buildvcs=false"],
    target: `./cmd/${name}`,
  };
}

/** The same host with its own `main`, compiled against the newer CLI's SDK. */
function oursForNewerCli(name: string, output: string): Program {
  const host = ours(name, output);
  const { module } = newerCli;
  const shared = ["go.mod", "internal"].map((source) => join(relative(module, pinnedCli.module), source));
  return { ...host, label: `${name} (newer)`, module, sources: [...host.sources, ...shared] };
}
