import type { ReportedResult } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const many = Array.from({ length: 120 }, (_, index) => `r${index}`);

describe.each(engines)("the results of a run, page by page, on $name", (engine) => {
  let t: TestApp;
  let on: TestStack;
  let own: string;

  beforeAll(async () => {
    t = await startApp(engine);
    on = await newStack(t);
    own = `/api/quillon/orgs/acme/stacks/web/${on.name}/updates/1/results`;
    const event = (policyName: string, resource: string, enforcementLevel: string) => ({
      policyEvent: {
        policyPackName: "pets",
        policyPackVersion: "1.0.0",
        policyPackVersionTag: "1.0.0",
        policyName,
        enforcementLevel,
        message: "bad",
        resourceUrn: urnOf(on.name, resource),
      },
    });
    const events = [
      ...many.map((resource) => event("length", resource, "advisory")),
      event("prefix", "r110", "mandatory"),
    ];
    const update = await on.run();
    await update.events(events.map((one, sequence) => ({ sequence, timestamp: 0, ...one })));
    await update.complete();
  });
  afterAll(() => t.close());

  async function pagesOf(query = ""): Promise<string[][]> {
    const pages: string[][] = [];
    for (let token: string | undefined = "0"; token !== undefined; ) {
      const { status, body } = await t.send(`GET ${own}/list?continuationToken=${token}${query}`);
      expect(status).toBe(200);
      pages.push(body.results.map(({ policy, urn }: ReportedResult) => `${policy} ${urn.split("::").at(-1)}`));
      token = body.continuationToken;
    }
    return pages;
  }
  const lengths = many.map((resource) => `length ${resource}`);

  test("the worst is first, and each is on one page", async () => {
    const pages = await pagesOf();
    expect(pages.map(({ length }) => length)).toEqual([100, 21]);
    expect(pages.flat()).toEqual(["prefix r110", ...lengths]);
  });

  test("results of a resource follow each other", async () => {
    const [first] = await pagesOf("&by=resource");
    expect(first?.slice(0, 3)).toEqual(["prefix r110", "length r110", "length r0"]);
  });

  test("those of one policy are listed alone", async () => {
    expect(await pagesOf("&pack=pets&version=1.0.0&policy=prefix")).toEqual([["prefix r110"]]);
    expect((await pagesOf("&pack=pets&version=1.0.0&policy=length")).flat()).toEqual(lengths);
    expect(await pagesOf("&pack=others&version=1.0.0&policy=length")).toEqual([[]]);
  });

  test("the counts are those of the report", async () => {
    const { results, ...head } = (await t.send(`GET ${own}`)).body;
    expect(results).toHaveLength(121);
    expect((await t.send(`GET ${own}/counts`)).body).toEqual(head);
    const { results: listed } = (await t.send(`GET ${own}/list`)).body;
    expect(listed).toEqual(results.slice(0, 100));
  });

  test("of a compacted run, the counts are listed", async () => {
    await t.db
      .updateTable("updates")
      .set({ ended_at: new Date(0) })
      .where("ended_at", "is not", null)
      .execute();
    await t.compact();
    expect((await t.send(`GET ${own}/counts`)).body.counts).toMatchObject({ mandatory: 1, advisory: 120 });
    const { body } = await t.send(`GET ${own}/list?pack=pets&version=1.0.0&policy=length`);
    expect(body.results).toMatchObject([
      { policy: "length", urn: "", message: expect.stringMatching(/^120 resources/) },
    ]);
  });

  test("a token that is no number is refused", async () => {
    expect(await t.send(`GET ${own}/list?continuationToken=x`)).toMatchObject({ status: 400 });
  });
});
