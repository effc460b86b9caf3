import { ARCHIVE, ASSET, SIGNATURE, UNKNOWN } from "@quillon/proto";
import { describe, expect, test } from "vitest";
import type { ResourceRemediation } from "../resource.ts";
import { Secret } from "../secret.ts";
import { chain, type Fields, secret } from "./chain.ts";

const asset = (content: object) => ({ [SIGNATURE]: ASSET, ...content });
const archive = (assets: object) => ({ [SIGNATURE]: ARCHIVE, assets });
const last = async (steps: ResourceRemediation[], given: Fields) => (await chain(steps, given)).at(-1);

const PASSWORD = "hunter22";

describe("what was secret at a path is secret there", () => {
  const given = {
    password: secret(PASSWORD),
    pin: secret(12),
    list: ["x", secret("ab")],
    db: { token: secret("cd"), host: "h" },
    whole: secret({ a: 1, b: [true] }),
  };
  test.each<[string, ResourceRemediation, Fields]>([
    ["spread", ({ props }) => ({ ...props, tags: 1 }), { ...given, tags: 1 }],
    [
      "spread by the documentation's example",
      ({ props }) => ({ ...props, pin: new Secret("generated") }),
      { ...given, pin: secret("generated") },
    ],
    ["cloned by JSON", ({ props }) => JSON.parse(JSON.stringify(props)), given],
    [
      "mapped",
      ({ props }) => ({ ...props, list: props.list.map((one: string) => `${one}!`) }),
      { ...given, list: ["x!", secret("ab!")] },
    ],
    [
      "spread below",
      ({ props }) => ({ ...props, db: { ...props.db }, whole: { ...props.whole, c: 2 } }),
      { ...given, whole: secret({ a: 1, b: [true], c: 2 }) },
    ],
    ["replaced", ({ props }) => ({ ...props, password: null }), { ...given, password: secret(null) }],
    ["written anew as a secret", () => ({ pin: new Secret(13) }), { pin: secret(13) }],
    ["removed", ({ props }) => ({ db: { host: props.db.host } }), { db: { host: "h" } }],
  ])("when %s", async (_, step, wanted) => {
    expect(await last([step], given)).toEqual(wanted);
  });

  test("also for the policies that follow, when one has removed it", async () => {
    const steps = [() => ({ other: 1 }), () => ({ pin: 13, other: 1 })];
    expect(await last(steps, { pin: secret(12) })).toEqual({ pin: secret(13), other: 1 });
  });

  test("also where an earlier policy has written a secret", async () => {
    const steps = [() => ({ pin: new Secret(12) }), () => ({ pin: 13 })];
    expect(await last(steps, {})).toEqual({ pin: secret(13) });
  });
});

describe("a secret string is secret wherever it is moved", () => {
  const given = {
    password: secret(PASSWORD),
    short: secret("abc"),
    pin: secret(1234),
    whole: secret({ a: "deep-1", b: 7 }),
  };
  test.each<[string, ResourceRemediation, Fields]>([
    ["under another key", ({ props }) => ({ other: props.password }), { other: secret(PASSWORD) }],
    [
      "in a longer string",
      ({ props }) => ({ url: `db://me:${props.password}@host` }),
      { url: secret(`db://me:${PASSWORD}@host`) },
    ],
    ["deep", ({ props }) => ({ a: [{ b: props.password }] }), { a: [{ b: secret(PASSWORD) }] }],
    ["from inside a secret", ({ props }) => ({ a: props.whole.a, b: props.whole.b }), { a: secret("deep-1"), b: 7 }],
    ["with all that is around it", ({ props }) => ({ moved: props.whole }), { moved: { a: secret("deep-1"), b: 7 } }],
    ["as JSON", ({ props }) => ({ json: JSON.stringify([props.password]) }), { json: secret(`["${PASSWORD}"]`) }],
    ["as a key", ({ props }) => ({ users: { [props.password]: 1 } }), { users: secret({ [PASSWORD]: 1 }) }],
    [
      "into all properties",
      ({ props }) => props.password,
      Object.fromEntries([...PASSWORD].map((c, i) => [i, secret(c)])),
    ],
    [
      "with all properties",
      ({ props }) => new Secret({ a: 1, b: props.short }) as never,
      { a: secret(1), b: secret("abc") },
    ],
    ["but no short ones", ({ props }) => ({ other: props.short }), { other: "abc" }],
    [
      "and nothing but strings",
      ({ props }) => ({ other: props.pin, text: `${props.pin}` }),
      { other: 1234, text: "1234" },
    ],
  ])("%s", async (_, step, wanted) => {
    expect(await last([step], given)).toEqual(wanted);
  });

  test("with its line breaks and quotes as JSON writes them", async () => {
    const step: ResourceRemediation = ({ props }) => ({ json: JSON.stringify({ key: props.key }) });
    const key = '-\n"x"\n-';
    expect(await last([step], { key: secret(key) })).toEqual({ json: secret(JSON.stringify({ key })) });
  });

  test("into or out of an asset, which is then secret as a whole", async () => {
    class StringAsset {
      readonly __pulumiAsset = true;
      readonly text: unknown;
      constructor(text: unknown) {
        this.text = text;
      }
    }
    const step: ResourceRemediation = async ({ props }) => ({
      file: new StringAsset(`password=${props.password}`),
      plain: new StringAsset("nothing"),
      kept: props.kept,
      text: await props.hidden.text,
    });
    const input = {
      password: secret(PASSWORD),
      kept: asset({ text: PASSWORD }),
      hidden: secret(asset({ text: "in a file" })),
    };
    expect(await last([step], input)).toEqual({
      file: secret(asset({ text: `password=${PASSWORD}` })),
      plain: asset({ text: "nothing" }),
      kept: asset({ text: PASSWORD }),
      text: secret("in a file"),
    });
    expect(await last([({ props }) => props], { all: archive({ a: secret(asset({ text: "x" })) }) })).toEqual({
      all: secret(archive({ a: asset({ text: "x" }) })),
    });
  });

  test("from the provider's properties", async () => {
    const step: ResourceRemediation = ({ provider }) => ({ token: provider?.props.token });
    expect(await chain([step], {}, { token: secret(PASSWORD) })).toEqual([{ token: secret(PASSWORD) }]);
  });

  test("but an unknown is not a string", async () => {
    const given = { a: secret({ inner: UNKNOWN.string }), b: { inner: UNKNOWN.string } };
    expect(await last([({ props }) => ({ a: props.a, c: props.b })], given)).toEqual({
      a: given.a,
      c: { inner: UNKNOWN.string },
    });
  });
});

describe("a string that policies wrote as a secret is secret for all of them", () => {
  const given = { password: secret(PASSWORD), db: { password: secret("x") } };
  const rotated = "rotated-1";
  test.each<[string, ResourceRemediation[], Fields]>([
    [
      "in the same result",
      [() => ({ password: rotated, copy: rotated })],
      { password: secret(rotated), copy: secret(rotated) },
    ],
    ["as a Secret", [() => ({ a: new Secret(rotated), copy: rotated })], { a: secret(rotated), copy: secret(rotated) }],
    [
      "when moved later",
      [() => ({ password: rotated }), ({ props }) => ({ b: props.password })],
      { b: secret(rotated) },
    ],
    [
      "when moved before the policy ends",
      [
        ({ props }) => {
          props.password = rotated;
          const moved = props.password;
          delete props.password;
          return Object.assign(props, { db: 1, moved });
        },
      ],
      { db: 1, moved: secret(rotated) },
    ],
    [
      "when a policy returned nothing",
      [
        ({ props }) => {
          props.db = { password: rotated };
        },
        ({ props }) => ({ b: props.db.password }),
      ],
      { b: secret(rotated) },
    ],
    [
      "when a policy changed another one's result and returned nothing",
      [
        ({ props }) => ({ ...props }),
        ({ props }) => {
          props.password = rotated;
        },
        ({ props }) => ({ b: props.password }),
      ],
      { b: secret(rotated) },
    ],
  ])("%s", async (_, steps, wanted) => {
    expect(await last(steps, given)).toEqual(wanted);
  });
});

describe("what was plain stays plain", () => {
  test.each<[string, ResourceRemediation, Fields]>([
    [
      "when unchanged, although it equals a secret",
      ({ props }) => ({ ...props }),
      { p: secret("admin"), user: "admin", list: ["admin"] },
    ],
    ["when its key is a secret string", ({ props }) => ({ ...props }), { p: secret("owner"), tags: { owner: "me" } }],
    [
      "when nothing is secret",
      ({ props }) => ({ ...props, b: [...props.b] }),
      { a: "hunter22", b: [{ c: null }], d: asset({ text: "x" }) },
    ],
  ])("%s", async (_, step, given) => {
    expect(await last([step], given)).toEqual(given);
  });

  test("but not when it moved", async () => {
    const step: ResourceRemediation = ({ props }) => ({ list: props.list.slice(1) });
    expect(await last([step], { p: secret("admin"), list: ["x", "admin"] })).toEqual({ list: [secret("admin")] });
  });
});
