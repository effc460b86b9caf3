import { before, test } from "node:test";
import { assertRemediated, assertSatisfied, assertViolated, loadPack, type TestPack } from "@quillon/policy/testing";

let pack: TestPack;

before(async () => {
  pack = await loadPack(() => import("./index"));
});

function group(...ingress: object[]) {
  return { type: "aws:ec2/securityGroup:SecurityGroup", name: "web", props: { ingress } };
}

for (const [what, rule] of Object.entries({
  "SSH alone": { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
  "remote desktop in a range": { protocol: "tcp", fromPort: 3000, toPort: 4000, ipv6CidrBlocks: ["::/0"] },
  "all protocols": { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] },
})) {
  test(`a group that opens ${what} to everybody is a violation`, async () => {
    const web = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] };
    assertViolated(await pack.analyze(group(web, rule)), "no-open-administration", { path: "ingress[1]" });
  });
}

test("a group that opens SSH to a network of one's own, and the web to everybody, is none", async () => {
  const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8"] };
  const web = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] };
  assertSatisfied(await pack.analyze(group(ssh, web)), "no-open-administration");
  assertSatisfied(await pack.analyze(group()), "no-open-administration");
});

test("a database is private and encrypted", async () => {
  const database = (props: object) => ({ type: "aws:rds/instance:Instance", props });
  const open = await pack.analyze(database({ publiclyAccessible: true }));
  assertViolated(open, "database-not-public", { path: "publiclyAccessible" });
  assertViolated(open, "database-not-public", { path: "storageEncrypted" });
  assertSatisfied(await pack.analyze(database({ storageEncrypted: true })), "database-not-public");
});

test("a policy that allows everything is a violation, as a text too", async () => {
  const policy = (document: unknown) => ({ type: "aws:iam/policy:Policy", props: { policy: document } });
  const everything = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: ["*"], Resource: "*" } };
  const narrow = { ...everything, Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
  assertViolated(await pack.analyze(policy(everything)), "no-all-powerful-policy");
  assertViolated(await pack.analyze(policy(JSON.stringify(everything))), "no-all-powerful-policy");
  assertSatisfied(await pack.analyze(policy(JSON.stringify(narrow))), "no-all-powerful-policy");
});

test("a volume is encrypted, and at a lower level it is reported", async () => {
  const volume = { type: "aws:ebs/volume:Volume", props: { availabilityZone: "eu-west-1a", size: 8 } };
  assertRemediated(await pack.remediate(volume), { ...volume.props, encrypted: true });
  await pack.configure({ "volume-encrypted": "advisory" });
  assertViolated(await pack.analyze(volume), "volume-encrypted", { level: "advisory" });
  await pack.configure();
  assertSatisfied(await pack.analyze({ ...volume, props: { encrypted: true } }), "volume-encrypted");
});
