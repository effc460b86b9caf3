import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { holdStack, untilWaiting } from "../testing/locks.ts";
import { person } from "../testing/people.ts";
import { newStack, sendText } from "../testing/stack.ts";

const MiB = 1024 * 1024;

describe.each(engines.filter(({ name }) => name === "PostgreSQL"))(
  "bodies that are decoded whole, on $name",
  (engine) => {
    let t: TestApp;
    beforeAll(async () => {
      t = await startApp(engine);
    });
    afterAll(() => t.close());

    test("are one caller's one after the other, while others have their turn", async () => {
      const [held, free] = [await newStack(t), await newStack(t)];
      const other = await person(t, "other");
      const setTags = ({ path }: { path: string }, as = `token ${t.token}`) =>
        t.send(`PATCH ${path}/tags`, undefined, {
          headers: { authorization: as, "content-type": "application/json" },
          payload: `{"a":"b"${" ".repeat(100_000)}}`,
        });
      const { release } = await holdStack(t, held.name);
      const first = setTags(held);
      await untilWaiting(t, 1);
      let answered = false;
      const second = setTags(free).finally(() => {
        answered = true;
      });
      const { status } = await setTags(free, other);
      const isBefore = answered;
      release();
      expect({ status, isBefore }).toEqual({ status: 200, isBefore: false });
      expect([(await first).status, (await second).status]).toEqual([200, 200]);
    });
  },
);

describe.each(engines.slice(0, 1))("large bodies", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  /** Sends 10 MiB of a body of 50, and returns when the server has them. */
  async function sendBeginning(path: string, as = `token ${t.token}`): Promise<{ socket: Socket; connection: Socket }> {
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    const [connection] = (await once(t.app.server, "connection")) as [Socket];
    const head = [`POST ${path}/import HTTP/1.1`, "host: x", `authorization: ${as}`];
    socket.write([...head, "content-type: application/json", `content-length: ${50 * MiB}`, "", ""].join("\r\n"));
    socket.write(Buffer.alloc(10 * MiB, " "));
    while (connection.bytesRead < 9 * MiB) await new Promise(setImmediate);
    return { socket, connection };
  }

  async function leaveInTheMiddle(path: string): Promise<void> {
    const { socket, connection } = await sendBeginning(path);
    const closed = new Promise((resolve) => connection.once("close", resolve));
    socket.destroy();
    await closed;
  }

  test("whose clients leave in the middle do not keep others out", async () => {
    const { path } = await newStack(t);
    for (let count = 0; count < 3; count += 1) await leaveInTheMiddle(path);
    const state = { version: 3, deployment: { resources: [], note: "x".repeat(9 * MiB) } };
    expect((await t.send(`POST ${path}/import`, state)).status).toBe(200);
  });

  test("whose clients stop in the middle do not keep others out", async () => {
    const { path } = await newStack(t);
    const stopped: Socket[] = [];
    for (const name of ["one", "two", "three"]) {
      stopped.push((await sendBeginning(path, await person(t, name, "admin"))).socket);
    }
    const state = { version: 3, deployment: { resources: [], note: "x".repeat(9 * MiB) } };
    expect((await t.send(`POST ${path}/import`, state)).status).toBe(200);
    for (const socket of stopped) socket.destroy();
  });

  test("that are larger than they say do not wait for one another", async () => {
    const { path } = await newStack(t);
    const text = JSON.stringify({ version: 3, deployment: { resources: [], note: "x".repeat(300_000) } });
    // The last member says how large it is itself.
    const packed = Buffer.concat([gzipSync(text.slice(0, 200_000)), gzipSync(text.slice(200_000))]);
    const many = Array.from({ length: 20 }, () => sendText(t, `POST ${path}/import`, text, { packed }));
    for (const { status } of await Promise.all(many)) expect([200, 409]).toContain(status);
  });

  test("with more values than the main thread can decode at once are refused", async () => {
    const policies = Array(600_000).fill({});
    expect(await t.send("POST /api/orgs/acme/policypacks", { name: "many", policies })).toMatchObject({
      status: 400,
      body: { message: "The request's body has more than 500000 values. Send fewer of them in one request." },
    });
  });
});
