import { expect, test } from "vitest";
import { type CommandLine, guardedLine, readCommandLine } from "./command-line.ts";

const words = (text: string) => text.split(" ").map((word) => word.replaceAll("_", " "));
const read = (text: string, env = {}) => readCommandLine(words(text), env);

const UP = { kind: "guarded", command: "up", at: 2, packs: 0, configs: 0, skipPreview: false, flags: [] };
const PREVIEW = { ...UP, command: "preview" };

test.each<[line: string, wanted: object, env?: object]>([
  ["pulumi up", UP],
  ["pulumi update", UP],
  ["pulumi preview", PREVIEW],
  ["pulumi pre", PREVIEW],
  ["pulumi up --yes --skip-preview", { ...UP, skipPreview: true, flags: ["skip-preview", "yes"] }],
  ["pulumi up -yf", { ...UP, skipPreview: true, flags: ["skip-preview", "yes"] }],
  ["pulumi up --skip-preview=false", { ...UP, flags: ["skip-preview"] }],
  ["pulumi up", { ...UP, skipPreview: true }, { PULUMI_OPTION_SKIP_PREVIEW: "true" }],
  ["pulumi up -s dev", { ...UP, stack: "dev", flags: ["stack"] }],
  ["pulumi up -yfsdev", { ...UP, stack: "dev", skipPreview: true, flags: ["skip-preview", "stack", "yes"] }],
  ["pulumi up --stack=acme/web/dev", { ...UP, stack: "acme/web/dev", flags: ["stack"] }],
  ["pulumi up --stack a -s=b", { ...UP, stack: "b", flags: ["stack"] }],
  ["pulumi up", { ...UP, stack: "prod" }, { PULUMI_STACK: "prod" }],
  ["pulumi up -s dev", { ...UP, stack: "dev", flags: ["stack"] }, { PULUMI_STACK: "prod" }],
  ["pulumi -C web up", { ...UP, at: 4, cwd: "web", flags: ["cwd"] }],
  ["pulumi --cwd=web --color never up", { ...UP, at: 5, cwd: "web", flags: ["color", "cwd"] }],
  ["pulumi -v9 -Cweb up", { ...UP, at: 4, cwd: "web", flags: ["cwd", "verbose"] }],
  ["pulumi up -C web", { ...UP, cwd: "web", flags: ["cwd"] }],
  ["pulumi up --refresh -r --suppress-permalink", { ...UP, flags: ["refresh", "suppress-permalink"] }],
  ["pulumi up -m up", { ...UP, message: "up", flags: ["message"] }],
  ["pulumi up --message --yes", { ...UP, message: "--yes", flags: ["message"] }],
  ["pulumi up --policy-pack a --policy-pack b,c", { ...UP, packs: 3, flags: ["policy-pack"] }],
  ['pulumi up --policy-pack "a,b",c', { ...UP, packs: 2, flags: ["policy-pack"] }],
  ["pulumi preview --a-newer-flag", { ...PREVIEW, flags: ["a-newer-flag"] }],
  ["pulumi up --run-program", { ...UP, flags: ["run-program"] }],
  ["pulumi up", UP, { PULUMI_OPTION_HELP: "true" }],
  ["pulumi --otel-traces stack up", { ...UP, at: 4, flags: ["otel-traces"] }],
  ["pulumi up --coherence-window --help", { ...UP, flags: ["coherence-window"] }],
  ["pulumi up -m --help", { ...UP, message: "--help", flags: ["message"] }],
  ["pulumi up --event-log a --event-log=b", { ...UP, eventLog: "b", flags: ["event-log"] }],
  ["./wrapped.sh up --", UP],
])("%s is guarded", (line, wanted, env) => expect(read(line, env)).toEqual(wanted));

test.each([
  "pulumi",
  "/opt/bin/pulumi",
  "pulumi-3.220.0",
  "C:\\bin\\pulumi.exe",
  "pulumi -C web",
  "pulumi --version",
  "./wrapped.sh --version",
  "pulumi --help",
  "pulumi up --help",
  "pulumi up --yes --help",
  "pulumi up --message m -h",
  "pulumi up --a-newer-flag=x -h",
  "pulumi env open acme/web",
  "pulumi stack ls --all --help",
  "pulumi watch --help",
  "pulumi -h",
  "pulumi stack ls",
  "pulumi destroy --yes",
  "pulumi down",
  "pulumi refresh --run-program=false",
  "pulumi import aws:s3/bucket:Bucket a b",
  "pulumi -C web config set a b",
  "pulumi state delete up",
])("%s runs as it is", (line) => expect(read(line)).toEqual({ kind: "plain" }));

test.each<[line: string, why: RegExp, env?: object]>([
  ["pulumi up --remote https://example.com", /--remote runs at Pulumi Cloud/],
  ["pulumi up", /--remote runs at Pulumi Cloud/, { PULUMI_OPTION_REMOTE: "1" }],
  ["pulumi destroy --remote", /--remote runs at Pulumi Cloud/],
  ["pulumi destroy --run-program", /--run-program runs the program, but no policies/],
  ["pulumi refresh", /--run-program runs the program/, { PULUMI_RUN_PROGRAM: "true" }],
  ["pulumi watch", /pulumi watch deploys again and again/],
  ["pulumi deployment run update", /Deployments run at Pulumi Cloud/],
  ["pulumi do aws:s3/bucket:Bucket create", /asks no policies/],
  ["pulumi neo fix", /Pulumi Neo runs updates of its own/],
  ["pulumi env run acme/web -- pulumi up", /env run starts any command/],
  ["pulumi env --env x run acme/web pulumi up", /env run starts any command/],
  ["pulumi -eC up stack", /Write the flags of -eC one by one/],
  ["pulumi --help stack up", /Write --help after the command/],
  ["pulumi -h up", /Write -h after the command/],
  ["pulumi up --help=false", /Write --help instead of --help=false/],
  ["pulumi destroy -h=false", /Write --help instead of -h=false/],
  ["pulumi up --a-newer-flag --help", /does not know --a-newer-flag, so --help after it/],
  ["pulumi up -q -h", /does not know -q, so -h after it/],
  ["pulumi up --a-newer-flag --stack=prod", /so --stack=prod after it may be/],
  ["pulumi destroy --a-newer-flag --message --run-program", /so --message after it may be/],
  ["pulumi up -qh", /Write --help instead of -qh/],
  ["./deploy.sh", /deploy.sh is given no command of the Pulumi CLI/],
  ["./pulumi-deploy.sh", /pulumi-deploy.sh is given no command/],
  ["./deploy.sh -C web", /call[^ ]* pulumi by itself, put a guarded one on its PATH: quillon shim/],
  ["pulumi uq", /does not know the command uq/],
  ["pulumi --a-newer-flag stack up", /does not know the flag --a-newer-flag/],
  ["pulumi -y up", /does not know the flag -y/],
  ["pulumi -- up", /A -- before the command hides it/],
  ["pulumi up aws-typescript", /takes no argument "aws-typescript"/],
  ["pulumi up -- --stack dev", /takes no argument "--stack"/],
  ["pulumi up --a-newer-flag its-value", /takes no argument "its-value"/],
  ["pulumi up", /PULUMI_OPTION_POLICY_PACK is set/, { PULUMI_OPTION_POLICY_PACK: "a" }],
  [
    "pulumi up --policy-pack a --policy-pack b --policy-pack-config c",
    /has 2 --policy-pack and 1 --policy-pack-config/,
  ],
])("%s is refused", (line, why, env) => {
  const found = read(line, env);
  expect(found.kind).toBe("refused");
  expect((found as Extract<CommandLine, { kind: "refused" }>).why).toMatch(why);
});

const plainPack = { directory: "/c/1" };
const configured = { directory: "/c/2", config: "/t/2.json" };
test.each<[line: string, packs: (typeof configured | typeof plainPack)[], wanted: string]>([
  ["pulumi up --yes", [plainPack], "pulumi up --event-log=L --policy-pack=/c/1 --yes"],
  ["pulumi -C w up", [], "pulumi -C w up --event-log=L"],
  [
    "pulumi up",
    [plainPack, configured],
    "pulumi up --event-log=L --policy-pack=/c/1 --policy-pack=/c/2 --policy-pack-config=E --policy-pack-config=/t/2.json",
  ],
  ["pulumi up --policy-pack own", [plainPack], "pulumi up --event-log=L --policy-pack=/c/1 --policy-pack own"],
  [
    "pulumi up --policy-pack own",
    [configured],
    "pulumi up --event-log=L --policy-pack=/c/2 --policy-pack-config=/t/2.json --policy-pack-config=E --policy-pack own",
  ],
  [
    "pulumi up --policy-pack own --policy-pack-config own.json",
    [plainPack],
    "pulumi up --event-log=L --policy-pack=/c/1 --policy-pack-config=E --policy-pack own --policy-pack-config own.json",
  ],
  ["pulumi up --event-log x -y --event-log=z", [], "pulumi up --event-log=L -y"],
  [
    "pulumi up -m --event-log --stack dev --event-log x --",
    [],
    "pulumi up --event-log=L -m --event-log --stack dev --",
  ],
  ["pulumi up -m -- --event-log x", [], "pulumi up --event-log=L -m --"],
  ["pulumi up", [{ directory: '/a,b"c' }], 'pulumi up --event-log=L --policy-pack="/a,b""c"'],
])("%s gets what it must run", (line, packs, wanted) => {
  const found = read(line);
  if (found.kind !== "guarded") throw new Error(found.kind);
  const made = guardedLine(words(line), found, { packs, empty: "E", eventLog: "L" });
  expect(made.join(" ")).toBe(wanted);
});
