import { expect, test } from "vitest";
import { reached } from "./reached.ts";
import { send } from "./send.ts";

const nowhere = "http://127.0.0.1:1";
const wanted =
  /^http:\/\/127\.0\.0\.1:1 can't be reached: connect ECONNREFUSED [\d.:]+\. Nothing was published\. Look /;

test("says which server does not answer, why, and what to do", async () => {
  await expect(reached(send(`${nowhere}/api`, { method: "GET", headers: {} }))).rejects.toThrow(wanted);
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  const asked = Promise.reject(new TypeError("fetch failed", { cause: refused }));
  await expect(reached(asked, `${nowhere}/upload?key=secret`)).rejects.toThrow(wanted);
});

test("leaves other errors and answers as they are", async () => {
  const error = new Error("No such organization.");
  await expect(reached(Promise.reject(error))).rejects.toBe(error);
  expect(await reached(Promise.resolve(1))).toBe(1);
});
