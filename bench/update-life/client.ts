// A process of `npm run bench -- update-life`: makes its stacks, says so, and when it is told to go, updates them all at the same time. It is
// a process of its own, so that its processor time is known.
import { once } from "node:events";
import { bodiesOf } from "./bodies.ts";
import { live, makeStack, noTimes, type Times } from "./life.ts";

export interface Done {
  seconds: number;
  /** Of processor time. */
  cpuSeconds: number;
  times: Times;
}

/** @param lives how many updates follow one another in each place. Each is of a stack of its own. */
export async function main([url = "", token = "", stacks = "", lives = "", resources = ""]: string[]): Promise<void> {
  const asking = { url, token };
  const bodies = bodiesOf(Number(resources));
  const places = await Promise.all(
    Array.from({ length: Number(stacks) }, async (_, place) => {
      const made: string[] = [];
      for (let life = 0; life < Number(lives); life += 1)
        made.push(await makeStack(asking, `s${place}-${life}-of-${resources}`));
      return made;
    }),
  );
  process.once("disconnect", () => process.exit());
  process.send?.("prepared");
  await once(process, "message");
  const times = noTimes();
  const before = process.cpuUsage();
  const from = performance.now();
  await Promise.all(
    places.map(async (paths) => {
      for (const stack of paths) await live(asking, stack, { bodies, times });
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds, cpuSeconds: (user + system) / 1e6, times } satisfies Done, () => process.exit());
}
