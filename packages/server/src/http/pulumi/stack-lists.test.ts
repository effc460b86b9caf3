import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeOrganization } from "../../actions/create-organization.ts";
import { insertToken, insertUser } from "../../people/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { EMPTY_STATE, newStack, sendText, stateText } from "../../testing/stack.ts";

describe.each(engines)("lists of stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const titles = (stacks: { orgName: string; projectName: string; stackName: string }[]) =>
    stacks.map(({ orgName, projectName, stackName }) => `${orgName}/${projectName}/${stackName}`);

  /** A user of another organization, `other1` and so on, which has the stack web/dev. */
  let others = 0;
  async function otherOrganization() {
    others += 1;
    const name = `other${others}`;
    const userId = (await insertUser(t.db, { login: `${name}-user`, name })) ?? "";
    await makeOrganization(t.db, { name, adminId: userId });
    await insertToken(t.db, { userId, token: `token-of-${name}`, description: "a test" });
    const as = `token token-of-${name}`;
    await t.send(`POST /api/stacks/${name}/web`, { stackName: "dev" }, { as });
    return { name, as };
  }

  describe("the list", () => {
    test("the list is filtered by organization, project and tag", async () => {
      await t.send("POST /api/stacks/acme/listed", { stackName: "one", tags: { team: "blue" } });
      await t.send("POST /api/stacks/acme/listed", { stackName: "two", tags: { team: "red" } });
      const list = async (query: string) => titles((await t.send(`GET /api/user/stacks?${query}`)).body.stacks);
      expect(await list("organization=acme&project=listed")).toEqual(["acme/listed/one", "acme/listed/two"]);
      expect(await list("project=listed&tagName=team")).toEqual(["acme/listed/one", "acme/listed/two"]);
      expect(await list("project=listed&tagName=team&tagValue=red")).toEqual(["acme/listed/two"]);
      expect(await list("project=listed&tagName=nothing")).toEqual([]);
      expect(await list("organization=nowhere")).toEqual([]);
    });

    test("the list shows when a stack was updated and how many resources it has", async () => {
      await t.send("POST /api/stacks/acme/counted", { stackName: "dev" });
      await t.send("POST /api/stacks/acme/counted/dev/import", JSON.parse(EMPTY_STATE));
      await sendText(t, "POST /api/stacks/acme/counted/dev/import", stateText());
      const { body } = await t.send("GET /api/user/stacks?project=counted");
      const [stack] = body.stacks;
      expect(stack).toMatchObject({ resourceCount: 1, lastUpdate: expect.any(Number) });
      expect(Math.abs(stack.lastUpdate - Date.now() / 1000)).toBeLessThan(3600);
    });

    test("the list has lastUpdate 0 for a stack that is being updated, and no lastUpdate for one that never was", async () => {
      const stack = await newStack(t, {});
      const listed = async () => {
        const { body } = await t.send("GET /api/user/stacks?project=web");
        return body.stacks.find(({ stackName }: { stackName: string }) => stack.path.endsWith(`/${stackName}`));
      };
      expect(await listed()).not.toHaveProperty("lastUpdate");
      const update = await stack.run();
      expect(await listed()).toMatchObject({ lastUpdate: 0 });
      await update.complete();
      expect((await listed()).lastUpdate).toBeGreaterThan(1_700_000_000);
      await (await stack.run("preview", true)).renew();
      expect((await listed()).lastUpdate).toBeGreaterThan(1_700_000_000);
    });

    test("the list goes on where its token says, for as many pages as there are", async () => {
      const { name, as } = await otherOrganization();
      const { id } = await t.db
        .selectFrom("organizations")
        .where("name", "=", name)
        .select("id")
        .executeTakeFirstOrThrow();
      const stacks = Array.from({ length: 1100 }, (_, index) => ({
        organization_id: id,
        project: `p${index % 7}`,
        name: `s${index}`,
        tags: "{}",
        data_key: Buffer.alloc(0),
      }));
      await t.db.insertInto("stacks").values(stacks).execute();
      const seen: string[] = [];
      let token = "";
      do {
        const { body } = await t.send(`GET /api/user/stacks?continuationToken=${token}`, undefined, { as });
        seen.push(...titles(body.stacks));
        token = body.continuationToken ?? "";
      } while (token);
      expect(seen).toHaveLength(1101);
      expect(new Set(seen).size).toBe(1101);
    });

    test("the list refuses a token that this server did not make", async () => {
      const answer = await t.send("GET /api/user/stacks?continuationToken=x");
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    });
  });

  describe("invariant 9: another organization's stack", () => {
    test("another organization's stack is only in that organization's list", async () => {
      const { name, as } = await otherOrganization();
      const theirs = await t.send("GET /api/user/stacks", undefined, { as });
      expect(titles(theirs.body.stacks)).toEqual([`${name}/web/dev`]);
      const ours = await t.send(`GET /api/user/stacks?organization=${name}`);
      expect(ours.body.stacks).toEqual([]);
    });

    test.each(["GET", "DELETE"])("%s answers as if another organization's stack did not exist", async (method) => {
      const { name } = await otherOrganization();
      const there = await t.send(`${method} /api/stacks/${name}/web/dev`);
      const absent = await t.send(`${method} /api/stacks/${name}/web/absent`);
      const nowhere = await t.send(`${method} /api/stacks/nowhere/web/dev`);
      expect(there.status).toBe(404);
      expect(there.body).toEqual(absent.body);
      expect(JSON.stringify(there.body).replaceAll(name, "nowhere")).toBe(JSON.stringify(nowhere.body));
    });

    test("the message about a stack that is absent from the caller's own organization names it", async () => {
      const { status, body } = await t.send("GET /api/stacks/acme/web/absent");
      expect(status).toBe(404);
      expect(body).toMatchObject({
        code: 404,
        id: "stack_not_found",
        message: "Stack acme/web/absent does not exist.",
      });
    });
  });
});
