import { verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { BACKEND as backend, events, receiptOf, stackElsewhere, startElsewhere } from "../../testing/elsewhere.ts";
import { edit, newGroup, newPack, requirePack } from "../../testing/group.ts";
import { newStack } from "../../testing/stack.ts";

interface Signed {
  requirements: string;
  signature: string;
}

describe.each(engines)("requirements of stacks whose state is elsewhere on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  const seconds = (inHours: number) => Math.floor(Date.now() / 1000) + inHours * 3600;
  const requirementsOf = (path: string) =>
    `POST ${path.replace("/stacks/acme", "/quillon/orgs/acme/stacks")}/requirements`;
  async function exported(path: string) {
    const { status, body } = await t.send(requirementsOf(path), { expires: seconds(24), program: { name: "shop" } });
    expect(status, body.message).toBe(200);
    return body;
  }
  const basisOf = ({ requirements: text, signature }: Signed, more = {}) => ({
    requirements: { text, signature },
    ...more,
  });

  test("say what it must run, signed by the key of receipts, and where the archives are", async () => {
    const path = await stackElsewhere(t);
    const { requirements, signature, archives } = await exported(path);
    const { publicKey } = (await t.send("GET /api/quillon/receipt-key")).body;
    const signed = Buffer.from(signature, "base64");
    expect(verify(null, Buffer.from(`quillon requirements 1\n${requirements}`), publicKey, signed)).toBe(true);
    // It can't be taken for the signature of a receipt.
    expect(verify(null, Buffer.from(requirements), publicKey, signed)).toBe(false);
    const said = JSON.parse(requirements);
    const [, , , , project, name] = path.split("/");
    expect(said).toMatchObject({
      organization: { name: "acme" },
      stack: { project, name },
      place: { backend, project, stack: name },
      packs: [{ name: "pets", versionTag: "1.0.0", archiveSha256: archives[0].archiveSha256 }],
    });
    expect(requirements).not.toContain("packLocation");
  });

  test.each<[what: string, hours: number, says: string]>([
    ["in the past", -1, "in the past"],
    ["too late", 31 * 24, "more than 30 days away"],
  ])("that would expire %s are refused", async (_, hours, says) => {
    const answer = await t.send(requirementsOf(await stackElsewhere(t)), { expires: seconds(hours) });
    expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect(answer.body.message).toContain(says);
  });

  test("that would expire when no date is are refused", async () => {
    const answer = await t.send(requirementsOf(await stackElsewhere(t)), { expires: Number.MAX_SAFE_INTEGER });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("expires") } });
  });

  test("are not those of a stack whose state is here", async () => {
    const answer = await t.send(requirementsOf((await newStack(t)).path), { expires: seconds(1) });
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_held" } });
  });

  test("are what a run must have run that was based on them, and its receipt says so, also when it is reported afterwards", async () => {
    const path = await stackElsewhere(t);
    const file = await exported(path);
    const ran = { from: seconds(0), to: seconds(0) };
    const { made } = JSON.parse(file.requirements);
    const update = await startElsewhere(t, path, {}, basisOf(file, { ran }));
    await update.send("POST /events/batch", { events });
    await update.send("POST /complete", { status: "succeeded" });
    const at = new Date(ran.from * 1000).toISOString();
    expect(await receiptOf(t, update.id)).toMatchObject({
      status: "complete",
      says: `complete, as reported by the client, afterwards, of a run at ${at}, which ran from a file of requirements made at ${made}`,
      packs: [{ pack: "pets", analysed: 1 }],
      basis: { requirements: { made, changed: [] }, ran: { from: at } },
    });
  });

  test("that are less than what is required now leave the receipt incomplete", async () => {
    const path = await stackElsewhere(t);
    const file = await exported(path);
    const [, , , , project, name] = path.split("/");
    const group = await newGroup(t);
    await edit(t, group, { addStack: { name, routingProject: project } });
    await edit(t, group, { addPolicyPack: { name: await newPack(t), versionTag: "1.0.0" } });
    const update = await startElsewhere(t, path, {}, basisOf(file));
    await update.send("POST /events/batch", { events });
    await update.send("POST /complete", { status: "succeeded" });
    const receipt = await receiptOf(t, update.id);
    expect(receipt).toMatchObject({ status: "incomplete" });
    expect(receipt.reasons).toEqual([expect.stringMatching(/^Policy pack \S+ 1\.0\.0 is required now, and was not/)]);
  });

  test.each<[what: string, basis: (file: Signed, other: Signed) => object, id: string]>([
    [
      "that were changed",
      ({ requirements, signature }) => basisOf({ requirements: `${requirements} `, signature }),
      "requirements_refused",
    ],
    ["of another stack", (_, other) => basisOf(other), "requirements_refused"],
    [
      "that had expired when it ran",
      (file) => basisOf(file, { ran: { from: seconds(25), to: seconds(25) } }),
      "requirements_refused",
    ],
    [
      "that were made after it ran",
      (file) => basisOf(file, { ran: { from: seconds(-1), to: seconds(0) } }),
      "requirements_refused",
    ],
    ["and a reason to break the glass", (file) => basisOf(file, { breakGlass: "fire" }), "invalid_input"],
    ["and no basis at all", () => ({}), "invalid_input"],
  ])("%s are no basis of a run", async (_, basis, id) => {
    const path = await stackElsewhere(t);
    const basedOn = basis(await exported(path), await exported(await stackElsewhere(t)));
    expect(await t.send(`POST ${path}/update`, { backend, basis: basedOn })).toMatchObject({
      status: 400,
      body: { id },
    });
  });

  test("are no way past what a stack must run whose state is here", async () => {
    const basis = basisOf(await exported(await stackElsewhere(t)));
    const answer = await t.send(`POST ${(await newStack(t)).path}/update`, { basis });
    expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });
});
