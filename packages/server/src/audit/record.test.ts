import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueToken } from "../people/index.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { makeToken, person } from "../testing/people.ts";

const ORG = "/api/orgs/acme";
const TIMES = 1000;

describe.each(engines)("what is recorded on $name", (engine) => {
  let t: TestApp;
  let before: number;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const events = () => t.db.selectFrom("audit_log").selectAll().orderBy("id").execute();
  const left = async () => (await events()).slice(before);
  beforeEach(async () => {
    before = (await events()).length;
  });

  /**
   * Sends 1,000 requests.
   *
   * @param together whether 100 of them are under way at the same time. All 1,000 would wait so long for a connection on a busy
   *   machine that some are answered with 503.
   * @returns the statuses that were answered, and the events that were left
   */
  async function flood(request: (n: number) => string, as: (n: number) => string, together: boolean) {
    const statuses = new Set<number>();
    const send = async (n: number) => statuses.add((await t.send(request(n), undefined, { as: as(n) })).status);
    const atOnce = together ? 100 : 1;
    for (let n = 0; n < TIMES; n += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, one) => send(n + one)));
    }
    return { statuses: [...statuses], events: (await left()).map(({ event }) => event) };
  }

  describe.each([
    ["100 at the same time", true],
    ["one after another", false],
  ])("of 1,000 requests, %s", (_, together) => {
    let n = 0;
    const someone = () => {
      n += 1;
      return person(t, `flood${n}${together}`);
    };

    test("that are denied and name something new each time, only one is", async () => {
      const as = await someone();
      expect(
        await flood(
          (n) => `DELETE ${ORG}/members/name${n}`,
          () => as,
          together,
        ),
      ).toEqual({
        statuses: [403],
        events: ["Access Denied"],
      });
    });

    test("with an expired token, only one is", async () => {
      const { id, as } = await makeToken(t, "/api/user", {}, await someone());
      await t.db
        .updateTable("tokens")
        .set({ expires_at: new Date(0) })
        .where("id", "=", id)
        .execute();
      before += 1;
      expect(
        await flood(
          (n) => `GET /api/stacks/acme/web/name${n}`,
          () => as,
          together,
        ),
      ).toEqual({
        statuses: [401],
        events: ["Sign-in Failed"],
      });
    });

    test("with tokens that nobody has, none is", async () => {
      expect(
        await flood(
          () => `GET ${ORG}/members`,
          (n) => `token nobody${n}`,
          together,
        ),
      ).toEqual({
        statuses: [401],
        events: [],
      });
    });

    test("without a token, none is", async () => {
      expect(
        await flood(
          (n) => `GET ${ORG}/teams/name${n}`,
          () => "",
          together,
        ),
      ).toEqual({ statuses: [401], events: [] });
    });
  });

  test("a token that the operator makes for a person, in each of their organizations and without the token", async () => {
    const login = "opal";
    await person(t, login);
    await t.send("POST /api/quillon/orgs", { name: "other" });
    await person(t, login, "member", "other");
    before = (await events()).length;
    const token = await issueToken(t.db, login);
    const found = await left();
    expect(new Set(found.map(({ organization_id }) => organization_id)).size).toBe(2);
    expect(found).toHaveLength(2);
    for (const event of found) {
      expect(event).toMatchObject({ event: "Access Token Created", login: "operator", user_id: null, source_ip: "" });
      expect(event.description).toContain(login);
      expect(JSON.stringify(event)).not.toContain(token);
    }
  });

  test("nothing when the operator names nobody, or an organization's token", async () => {
    await makeToken(t, ORG, { name: "ci" });
    before += 1;
    expect(await issueToken(t.db, "nobody")).toBeUndefined();
    expect(await issueToken(t.db, "acme:ci")).toBeUndefined();
    expect(await left()).toEqual([]);
  });
});
