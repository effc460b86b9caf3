import { expect, test } from "vitest";
import { givingWay } from "./give-way.ts";

test("others have their turn in a loop that has gone on for some time", async () => {
  const giveWay = givingWay();
  let turns = 0;
  const others = () =>
    setImmediate(() => {
      turns += 1;
    });
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    while (performance.now() - began < 20);
    others();
    await giveWay();
  }
  expect(turns).toBe(3);
});
