import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { remediating, resource, validating } from "../differential/one-policy.ts";
import type { ResourceValidationPolicy } from "../policy.ts";
import { Secret } from "../secret.ts";
import { packOf } from "../testing/index.ts";

// Vitest catches `console.log` before it gets to stdout; ../serving.test.ts has it in a process of its own.

const streams = [process.stdout, process.stderr];
const writes = streams.map(({ write }) => write);
let printed: string;

const capture = ((chunk: string | Uint8Array) => {
  printed += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
  return true;
}) as typeof process.stdout.write;

beforeEach(() => {
  printed = "";
  for (const stream of streams) stream.write = capture;
});
afterEach(() => {
  expect(streams.map(({ write }) => write)).toEqual([capture, capture]);
  for (const [index, stream] of streams.entries()) stream.write = writes[index] as typeof capture;
});

const key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7a\nq7bT3zxk1wdUu9cJ2o\n-----END KEY-----\n";
const secrets = { password: new Secret("hunter22"), key: new Secret(key), pin: new Secret("123"), host: "example" };

type Props = Record<string, any>;

test.each<[string, (props: Props) => string | Uint8Array, string]>([
  ["a secret in a line", (props) => `with ${props.password}!\n`, "with [secret]!\n"],
  ["bytes", (props) => Buffer.from(`with ${props.password}`), "with [secret]"],
  ["bytes that are no text", () => new Uint8Array([0xff, 0xfe]), "\xff\xfe"],
  ["JSON", (props) => JSON.stringify([props.password, props.key]), '["[secret]","[secret]"]'],
  ["a secret of several lines", (props) => props.key, "[secret]"],
  ["its lines", (props) => props.key.split("\n")[1], "[secret]"],
  [
    "its lines in an object",
    (props) => inspect({ key: props.key }),
    "{\n  key: '[secret]\\n' +\n    '[secret]\\n' +\n    '[secret]\\n' +\n    '[secret]\\n'\n}",
  ],
  ["what is not secret", (props) => `${props.host} ${props.pin}`, "example 123"],
])("what a policy prints is without secrets: %s", async (_, text, wanted) => {
  const policy = validating(({ props }) => {
    process.stdout.write(text(props));
    process.stderr.write(text(props));
  });
  await (await packOf([policy])).analyze(resource(secrets));
  expect(printed).toBe(wanted + wanted);
});

describe("so is what is printed", () => {
  const print = (text: string) => void process.stdout.write(`${text}\n`);

  test("by a remediation, also of what the one before made secret", async () => {
    const first = remediating(({ props }) => ({ ...props, token: new Secret("tok-1234") }));
    const second = remediating(({ props }) => print(`${props.password} ${props.token}`));
    const pack = await packOf([
      { ...first, name: "first" },
      { ...second, name: "second" },
    ]);
    await pack.remediate(resource(secrets));
    expect(printed).toBe("[secret] [secret]\n");
  });

  test("about a stack, until what its policies have begun has ended", async () => {
    const policy = {
      name: "s",
      description: "d",
      validateStack: ({ resources }: { resources: { props: Props }[] }) => {
        setTimeout(() => print(`later ${resources[0]?.props.password}`), 5);
        print(resources[1]?.props.password);
      },
    };
    await (await packOf([policy])).analyzeStack([resource(secrets), resource({ password: new Secret("other-one") })]);
    expect(printed).toBe("[secret]\nlater [secret]\n");
  });

  test("about a provider", async () => {
    const policy = validating(({ provider }) => print(provider?.props.token));
    const provider = { props: { token: new Secret("tok-1234") } };
    await (await packOf([policy])).analyze({ ...resource(), provider });
    expect(printed).toBe("[secret]\n");
  });

  test("by a policy that fails", async () => {
    const policy = validating(({ props }) => {
      print(props.password);
      throw new Error("no");
    });
    await expect((await packOf([policy])).analyze(resource(secrets))).rejects.toThrow("no");
    expect(printed).toBe("[secret]\n");
  });

  test("while several requests are in progress: the secrets of all", async () => {
    let resolve = () => {};
    const bothShown = new Promise<void>((done) => {
      resolve = done;
    });
    const shown: string[] = [];
    const policy = validating(async ({ props }) => {
      if (shown.push(props.password) === 2) resolve();
      await bothShown;
      print(shown.join());
    });
    const pack = await packOf([policy]);
    await Promise.all(["hunter22", "other-one"].map((it) => pack.analyze(resource({ password: new Secret(it) }))));
    expect(printed).toBe("[secret],[secret]\n[secret],[secret]\n");
  });
});

test("nothing is replaced for a request without secrets", async () => {
  const seen: unknown[] = [];
  const policy: ResourceValidationPolicy = validating(() => void seen.push(process.stdout.write));
  const pack = await packOf([policy]);
  await pack.analyze(resource({ text: "x" }));
  await pack.analyze(resource(secrets));
  expect(seen.map((write) => write === capture)).toEqual([true, false]);
});
