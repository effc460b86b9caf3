import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without any settings, the server is for this machine alone", () => {
  expect(readSettings({}, {})).toMatchObject({
    listen: { host: "127.0.0.1", port: 8080 },
    bodyLimit: 1_048_576,
    stateLimit: 268_435_456,
    archiveLimit: 268_435_456,
    archiveEntries: 20_000,
    bootstrapUser: "admin",
    bootstrapOrg: "acme",
  });
});

test("a flag wins over its variable, and an empty variable counts as not given", () => {
  const env = { QUILLON_LISTEN: "0.0.0.0:1", QUILLON_BODY_LIMIT: "5", QUILLON_PUBLIC_URL: "" };
  const settings = readSettings({ listen: "[::1]:2" }, env);
  expect(settings).toMatchObject({ listen: { host: "::1", port: 2 }, bodyLimit: 5 });
  expect(settings).not.toHaveProperty("publicUrl");
});

test("the public URL loses its slash", () => {
  expect(readSettings({ publicUrl: "https://quillon.example/" }, {}).publicUrl).toBe("https://quillon.example");
});

test.each<[Parameters<typeof readSettings>[0], string]>([
  [{ listen: "8080" }, '--listen (QUILLON_LISTEN) can\'t be "8080": write it as HOST:PORT'],
  [{ listen: "localhost:70000" }, "write it as HOST:PORT"],
  [{ bodyLimit: "1MB" }, '--body-limit (QUILLON_BODY_LIMIT) can\'t be "1MB": write a whole number above 0'],
  [{ archiveEntries: "0" }, "write a whole number above 0"],
  [{ publicUrl: "quillon.example" }, "write it as https://HOST"],
  [
    { trustProxy: "everybody" },
    '--trust-proxy (QUILLON_TRUST_PROXY) can\'t be "everybody": write addresses or networks',
  ],
  [{ trustProxy: "10.0.0.0/33" }, "write addresses or networks"],
  [{ logLevel: "loud" }, '--log-level (QUILLON_LOG_LEVEL) can\'t be "loud": write one of trace, debug'],
  [
    { auditDays: "399" },
    '--audit-days (QUILLON_AUDIT_DAYS) can\'t be "399": it must be kept for 400 days at least, so write a number from 400 to 365000, or forever',
  ],
  [{ auditDays: "a year" }, "write a number from 400 to 365000, or forever"],
  [{ auditDays: "365001" }, "write a number from 400 to 365000, or forever"],
  [{ receiptsDays: "90" }, "it must be kept for 400 days at least"],
  [{ findingsDays: "1" }, "it must be kept for 400 days at least"],
  [{ eventsDays: "0" }, "write a whole number of days, from 1 to 365000, or forever"],
  [{ deletedStacksDays: "-1" }, "write a whole number of days, from 1 to 365000, or 0"],
  [{ predictionsDays: "forever" }, "write a whole number of days, from 1 to 365000"],
  [{ stateVersions: "0" }, "write a whole number above 0, or all"],
  [{ bootstrapOrg: "a b" }, '--bootstrap-org (QUILLON_BOOTSTRAP_ORG) can\'t be "a b"'],
])("%j is refused, and the error names the setting", (flags, problem) => {
  expect(() => readSettings(flags, {})).toThrow(problem);
});

test("nothing that is proof is removed, and no state, unless somebody says when", () => {
  const names = [
    "predictionsDays",
    "eventsDays",
    "receiptsDays",
    "findingsDays",
    "auditDays",
    "stateVersions",
  ] as const;
  const of = (flags: Parameters<typeof readSettings>[0]) => names.map((name) => readSettings(flags, {})[name]);
  expect(of({})).toEqual([14, 90, undefined, undefined, undefined, undefined]);
  expect(of(Object.fromEntries(names.map((name) => [name, "400"])))).toEqual([400, 400, 400, 400, 400, 400]);
  expect(of({ eventsDays: "forever" })[1]).toBeUndefined();
});

test("proxies to trust are addresses, networks and their names", () => {
  const { trustProxy } = readSettings({ trustProxy: "loopback, 10.0.0.0/8,fd00::/8,192.0.2.1" }, {});
  expect(trustProxy).toEqual(["loopback", "10.0.0.0/8", "fd00::/8", "192.0.2.1"]);
});

test.each([
  ["s3://states", { bucket: "states", prefix: "" }],
  ["s3://states/a/b?region=eu-west-1", { bucket: "states", prefix: "a/b/", region: "eu-west-1" }],
  [
    "s3://states/?endpoint=https://minio:9000",
    { bucket: "states", prefix: "", region: "us-east-1", endpoint: "https://minio:9000" },
  ],
])("the bucket %s is read", (text, place) => {
  expect(readSettings({ blobs: text }, {}).blobs).toEqual(place);
});

test.each([
  "/srv/blobs",
  "s3:///a",
  "https://states",
  "s3://key:secret@states",
  "s3://states?regoin=x",
  "s3://a?endpoint=b",
])("%s is no bucket", (text) => {
  expect(() => readSettings({ blobs: text }, {})).toThrow("--blobs (QUILLON_BLOBS) can't be");
});
