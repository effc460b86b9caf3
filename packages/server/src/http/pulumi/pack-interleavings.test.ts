import { createHash } from "node:crypto";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newManager } from "../../testing/group.ts";
import { archiveOf, PACKS, publication, upload } from "../../testing/pack.ts";

type Step =
  /** From reserve to complete, whatever others do in between. */
  | { do: "publish"; user: number; tag: string | undefined }
  | { do: "reserve"; user: number; tag: string | undefined }
  | { do: "upload"; reservation: number }
  | { do: "complete"; user: number; version: string }
  | { do: "remove"; version: string }
  | { do: "expire" };

const user = fc.nat(1);
const tag = fc.constantFrom("1.0.0", "1.1.0", undefined);
const version = fc.constantFrom("1.0.0", "1.1.0", "1", "2");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("publish"), user, tag }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("reserve"), user, tag }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("upload"), reservation: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("complete"), user, version }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove"), version }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire") }) },
) as fc.Arbitrary<Step>;

/** Steps of one batch are taken at once, batches one after the other. */
const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 10 });

let made = 0;

describe.each(engines)("any interleaving of publishes on $name", (engine) => {
  let t: TestApp;
  let users: string[];
  beforeAll(async () => {
    t = await startApp(engine);
    users = [`token ${t.token}`, await newManager(t)];
  });
  afterAll(() => t.close());

  /** Plays a history on a pack of its own; what the server showed on the way is held against the rules. */
  class History {
    readonly pack = `played${++made}`;
    /** Upload URLs by reservation; its serial number is in what is published, and in every archive sent to it. */
    readonly reservations: string[] = [];
    readonly archives = new Map<string, string>();
    /** What was ever seen published, by integer. */
    readonly seen = new Map<number, { tag: string; sha256: string }>();
    readonly gone = new Set<number>();
    readonly statuses: number[] = [];

    async take(one: Step): Promise<void> {
      if (one.do === "publish") return this.publish(one.user, one.tag);
      const answer = await this.send(one);
      if (answer) this.statuses.push(answer.status);
    }

    private async publish(by: number, tag: string | undefined): Promise<void> {
      const reserved = await this.reserve({ user: by, tag });
      this.statuses.push(reserved.status);
      if (reserved.status !== 200) return;
      await this.upload(reserved.body.uploadURI);
      await this.take({ do: "complete", user: by, version: tag ?? String(reserved.body.version) });
    }

    private async send(one: Exclude<Step, { do: "publish" }>): Promise<Answer | undefined> {
      if (one.do === "reserve") return this.reserve(one);
      if (one.do === "upload") return this.upload(this.reservations.at(-1 - one.reservation));
      if (one.do === "complete") {
        const as = users[one.user] ?? "";
        return t.send(`POST ${PACKS}/${this.pack}/versions/${one.version}/complete`, undefined, { as });
      }
      if (one.do === "remove") return t.send(`DELETE ${PACKS}/${this.pack}/versions/${one.version}`);
      await sql`update policy_pack_versions set reserved_until = clock_timestamp() - interval '1 second'
        where status = 'reserved' and pack_id in (select id from policy_packs where name = ${this.pack})`.execute(t.db);
      return undefined;
    }

    private async reserve({ user: by, tag: versionTag }: { user: number; tag: string | undefined }): Promise<Answer> {
      const serial = this.reservations.push("") - 1;
      const body = { ...publication(this.pack, versionTag), displayName: `reservation ${serial}` };
      const answer = await t.send(`POST ${PACKS}`, body, { as: users[by] ?? "" });
      this.reservations[serial] = answer.body.uploadURI ?? "";
      return answer;
    }

    private async upload(url: string | undefined): Promise<Answer | undefined> {
      const serial = url ? this.reservations.indexOf(url) : -1;
      if (!url || serial === -1) return undefined;
      const archive = await archiveOf(`runtime: nodejs\n# ${this.pack} ${serial} ${this.archives.size}\n`);
      this.archives.set(createHash("sha256").update(archive).digest("hex"), `reservation ${serial}`);
      return upload(t, url, archive);
    }

    /** The rules, as anybody can see from outside whether they are kept. */
    async look(): Promise<void> {
      expect(this.statuses.filter((status) => status >= 500)).toEqual([]);
      const { body } = await t.send(`GET ${PACKS}?policypack=${this.pack}`);
      const versions: number[] = body.policyPacks[0]?.versions ?? [];
      expect(new Set(versions).size).toBe(versions.length);
      for (const integer of versions) await this.lookAt(integer);
      for (const known of this.seen.keys()) if (!versions.includes(known)) this.gone.add(known);
      const tags = [...this.seen.values()].map((one) => one.tag).filter(Boolean);
      expect(new Set(tags).size, "a tag is published once, for ever").toBe(tags.length);
    }

    private async lookAt(integer: number): Promise<void> {
      const shown = (await t.send(`GET ${PACKS}/${this.pack}/versions/${integer}`)).body;
      expect(this.gone.has(integer), "a removed version never comes back").toBe(false);
      expect(this.archives.get(shown.sha256), "archive and metadata are of one reservation").toBe(shown.displayName);
      const known = this.seen.get(integer);
      if (known) expect(shown.sha256, "a version is the same bytes for ever").toBe(known.sha256);
      this.seen.set(integer, { tag: shown.versionTag, sha256: shown.sha256 });
    }
  }

  test("each version has one content, of one reservation, that never changes (invariant 1)", async () => {
    let published = 0;
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const history = new History();
        for (const batch of all) {
          await Promise.all(batch.map((one) => history.take(one)));
          await history.look();
        }
        published += history.seen.size;
      }),
      { numRuns: 25 },
    );
    expect(published, "the histories publish enough to tell").toBeGreaterThan(10);
  });
});
