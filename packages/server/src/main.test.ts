import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeUserToken, readSettings, startServer } from "./main.ts";
import { makeDataFolder } from "./testing/database.ts";

let prepared: string;
beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), "quillon-main-"));
  await makeDataFolder(prepared);
});
afterAll(() => rm(prepared, { recursive: true, force: true }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-main-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Has the server of the settings start on a folder that it need not fill. */
const preparedSettings = async (env: Record<string, string> = {}) => {
  await cp(prepared, join(folder, "data"), { recursive: true });
  return settings(env);
};

const superuser = process.env.QUILLON_TEST_POSTGRES;
const quiet = { QUILLON_LOG_LEVEL: "silent" };

const settings = (env: Record<string, string> = {}) =>
  readSettings({ data: join(folder, "data"), listen: "127.0.0.1:0" }, { ...quiet, ...env });

test("requests that have begun when the server is told to end are answered, and a change is there after the next start", async () => {
  const server = await startServer(await preparedSettings({ QUILLON_BOOTSTRAP_TOKEN: "given" }));
  const late = connect(Number(new URL(server.url).port), "127.0.0.1").setEncoding("utf8");
  await once(late, "connect");
  late.write("GET /api/user HTTP/1.1\r\nhost: x\r\n");
  const body = JSON.stringify({ stackName: "dev" });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1").setEncoding("utf8");
  const head = ["POST /api/stacks/acme/web HTTP/1.1", "host: x", "authorization: token given", "expect: 100-continue"];
  socket.write(`${[...head, "content-type: application/json", `content-length: ${body.length}`].join("\r\n")}\r\n\r\n`);
  // The server has taken the request and waits for its body.
  expect(String(await once(socket, "data"))).toContain("100 Continue");
  const closed = server.close();
  late.write("\r\n");
  const answer = String(await once(late, "data"));
  expect(answer).toContain("HTTP/1.1 401");
  expect(answer).toContain("x-pulumi-request-id");
  socket.write(body);
  expect(String(await once(socket, "data"))).toContain("HTTP/1.1 200 OK");
  await closed;

  const next = await startServer(settings());
  const read = await fetch(`${next.url}/api/stacks/acme/web/dev`, { headers: { authorization: "token given" } });
  expect(await read.json()).toMatchObject({ projectName: "web", stackName: "dev" });
  expect(next.bootstrapped).toBeUndefined();
  await next.close();
});

test("no header may say who has signed in before it is said which proxies may send it", async () => {
  const wanted = settings({ QUILLON_PROXY_USER_HEADER: "X-Forwarded-User" });
  await expect(startServer(wanted)).rejects.toThrow(
    "--proxy-user-header (QUILLON_PROXY_USER_HEADER) needs --trust-proxy (QUILLON_TRUST_PROXY)",
  );
});

test("the metrics are answered on a port of their own, with those of the process and of the database", async () => {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, "close");
  const address = `127.0.0.1:${port}`;
  const server = await startServer(await preparedSettings({ QUILLON_METRICS_LISTEN: address }));
  const answer = await fetch(`http://${address}/metrics`);
  expect(answer.headers.get("content-type")).toMatch("text/plain; version=0.0.4");
  const text = await answer.text();
  for (const line of [
    /^quillon_ready 1$/m,
    /^quillon_build_info\{version="\d+\.\d+\.\d+",node="v[\d.]+"\} 1$/m,
    /^quillon_database_connections\{state="(used|idle)"\} 1$/m,
    /^process_resident_memory_bytes \d+$/m,
  ])
    expect(text).toMatch(line);
  expect(text).toContain("# HELP quillon_jobs ");
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  await server.close();
  await expect(fetch(`http://${address}/metrics`)).rejects.toThrow();
});

test("a request whose body does not come does not keep the server from ending", async () => {
  const server = await startServer(await preparedSettings({ QUILLON_BOOTSTRAP_TOKEN: "given" }), {
    lastRequestsMs: 10,
  });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1").setEncoding("utf8");
  const head = ["POST /api/stacks/acme/web HTTP/1.1", "host: x", "authorization: token given", "expect: 100-continue"];
  socket.write(`${[...head, "content-type: application/json", "content-length: 9"].join("\r\n")}\r\n\r\n`);
  expect(String(await once(socket, "data"))).toContain("100 Continue");
  const ended = once(socket.resume(), "close");
  await server.close();
  await ended;
});

test("what is old when the server starts is compacted, and the server ends at once while it waits for the next time", async () => {
  const env = { QUILLON_BOOTSTRAP_TOKEN: "given" };
  const first = await startServer(await preparedSettings(env));
  const send = async (
    on: { url: string },
    request: string,
    body?: object,
    authorization = "token given",
    // biome-ignore lint/suspicious/noExplicitAny: the shape is what is asserted
  ): Promise<any> => {
    const [method, path] = request.split(" ");
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(on.url + path, {
      method: method as string,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asserts
    return answer.json() as Promise<any>;
  };
  await send(first, "POST /api/stacks/acme/web", { stackName: "dev" });
  const { updateID } = await send(first, "POST /api/stacks/acme/web/dev/preview", {});
  const update = `/api/stacks/acme/web/dev/update/${updateID}`;
  const { token } = await send(first, `POST ${update}`, {});
  const events = [{ sequence: 0, timestamp: 0, stdoutEvent: { message: "hello", color: "" } }];
  await send(first, `POST ${update}/events/batch`, { events }, `update-token ${token}`);
  await send(first, `POST ${update}/complete`, { status: "succeeded" }, `update-token ${token}`);
  await first.close();
  const database = await PGlite.create(join(folder, "data", "database"));
  await database.exec("update updates set ended_at = now() - interval '91 days'");
  await database.close();

  const second = await startServer(settings(), { firstCompactionMs: 0 });
  await vi.waitFor(
    async () => {
      const [event] = (await send(second, `GET ${update}/events`)).events;
      expect(event.stdoutEvent.message).toMatch("compacted");
    },
    { timeout: 300_000, interval: 100 },
  );
  await second.close();
});

describe("the first start", () => {
  test("with a busy port makes nothing, so that the first user's token is shown by the start that works", async () => {
    const busy = createServer();
    await new Promise<void>((listening) => busy.listen(0, "127.0.0.1", listening));
    const { port } = busy.address() as AddressInfo;
    const taken = readSettings({ data: join(folder, "data"), listen: `127.0.0.1:${port}` }, quiet);
    await expect(startServer(taken)).rejects.toThrow(
      `Quillon can't listen on 127.0.0.1:${port}: another program listens there already. End that program, or choose another address with --listen (QUILLON_LISTEN).`,
    );
    await new Promise((closed) => busy.close(closed));
    const server = await startServer(settings());
    expect(server.bootstrapped).toMatchObject({ user: "admin", token: expect.stringMatching(/^qln_/) });
    await server.close();
  });

  test("that was interrupted is begun again, whatever it left", async () => {
    const data = join(folder, "data");
    await mkdir(join(data, "database", "base"), { recursive: true });
    await writeFile(join(data, "database", "PG_VERSION"), "17\n");
    await writeFile(join(data, "database.unfinished"), "");
    const server = await startServer(settings());
    expect(server.bootstrapped?.token).toMatch(/^qln_/);
    await server.close();
    const next = await startServer(settings());
    expect(next.bootstrapped).toBeUndefined();
    await next.close();
  });
});

describe("an access token made on the server's machine", () => {
  test("works for a person who has lost theirs", async () => {
    await (await startServer(await preparedSettings())).close();
    const token = await makeUserToken(settings(), "admin");
    await expect(makeUserToken(settings(), "nobody")).rejects.toThrow("There is no user nobody on this server.");
    const server = await startServer(settings());
    await expect(makeUserToken(settings(), "admin")).rejects.toThrow("Stop that server first");
    const headers = { authorization: `token ${token}` };
    expect(await (await fetch(`${server.url}/api/user`, { headers })).json()).toMatchObject({ githubLogin: "admin" });
    await server.close();
  });

  test("is refused where there is no database, and makes none", async () => {
    await expect(makeUserToken(settings(), "admin")).rejects.toThrow(
      `There is no Quillon database in ${join(folder, "data")}. Name its folder with --data (QUILLON_DATA).`,
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a data folder", () => {
  let template: string;
  beforeAll(async () => {
    template = await mkdtemp(join(tmpdir(), "quillon-main-"));
    await cp(prepared, template, { recursive: true });
    await (await startServer({ ...settings(), data: template })).close();
  });
  afterAll(() => rm(template, { recursive: true, force: true }));

  const started = async () => {
    const data = join(folder, "data");
    await cp(template, data, { recursive: true });
    return data;
  };

  test("whose master key is lost is refused, and no other key is written", async () => {
    const data = await started();
    await rename(join(data, "master.key"), join(folder, "kept"));
    await expect(startServer(settings())).rejects.toThrow("Put its master.key back into the folder");
    expect(await readdir(data)).toEqual(["blobs", "database"]);
    await rename(join(folder, "kept"), join(data, "master.key"));
    await (await startServer(settings())).close();
  });

  test("whose master key is not one is refused, and the error names the file", async () => {
    const data = await started();
    await writeFile(join(data, "master.key"), "");
    await expect(startServer(settings())).rejects.toThrow(`${join(data, "master.key")} must be 32 bytes in base64`);
  });

  test("that belongs to another master key is refused and not changed", async () => {
    await started();
    const other = Buffer.alloc(32, 1).toString("base64");
    await expect(startServer(settings({ QUILLON_MASTER_KEY: other }))).rejects.toThrow("belongs to master key");
    await (await startServer(settings())).close();
  });

  test.each([
    ["without its control file", (database: string) => rm(join(database, "global", "pg_control"))],
    ["without its tables", (database: string) => rm(join(database, "base"), { recursive: true })],
    ["with an empty version file", (database: string) => writeFile(join(database, "PG_VERSION"), "")],
  ])("%s is refused with one sentence", async (_, damage) => {
    const data = await started();
    await damage(join(data, "database"));
    await expect(startServer(settings())).rejects.toThrow(
      new RegExp(
        `^The embedded database in ${data} can't be opened \\(.+\\), so it is probably damaged\\. Restore the folder`,
      ),
    );
  });

  test("whose blobs are not those of its database is not served", async () => {
    const data = await started();
    for (const mark of await readdir(join(data, "blobs"))) await rm(join(data, "blobs", mark), { recursive: true });
    const server = await startServer(settings());
    const answer = await fetch(`${server.url}/api/capabilities`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 503, id: "blobs_elsewhere" });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.close();
  });

  test("that is a file is refused with one sentence", async () => {
    await writeFile(join(folder, "data"), "");
    await expect(startServer(settings())).rejects.toThrow(
      `The data folder ${join(folder, "data")} can't be used: there is a file in its place. Correct that, or choose another folder with --data (QUILLON_DATA).`,
    );
  });

  test("of a newer Quillon is refused and not changed", async () => {
    const data = await started();
    const pglite = await PGlite.create(join(data, "database"));
    await pglite.exec("insert into kysely_migration (name, timestamp) values ('9999_later', '')");
    await pglite.close();
    const newer = "This database was used by a newer Quillon: its schema is 9999_later";
    await expect(startServer(settings())).rejects.toThrow(newer);
    await expect(makeUserToken(settings(), "admin")).rejects.toThrow(newer);
  });

  test("of a version between two releases, with other migrations, is refused and not changed", async () => {
    const data = await started();
    const pglite = await PGlite.create(join(data, "database"));
    await pglite.exec("delete from kysely_migration where name > '0056'");
    await pglite.exec("insert into kysely_migration (name, timestamp) values ('0057_assigned_counts', '')");
    await pglite.close();
    await expect(startServer(settings())).rejects.toThrow(
      "This database was made by a version between two releases: its schema has 0057_assigned_counts, and this version has 0056_stacks_elsewhere in its place. Nothing was changed.",
    );
  });
});

describe("a PostgreSQL", () => {
  const withKey = (databaseUrl: string) =>
    settings({ QUILLON_DATABASE_URL: databaseUrl, QUILLON_MASTER_KEY: Buffer.alloc(32, 7).toString("base64") });

  test("needs a master key, because other servers would not have one made here", async () => {
    const databaseUrl = "postgres://nobody@127.0.0.1:1/none";
    await expect(startServer(settings({ QUILLON_DATABASE_URL: databaseUrl }))).rejects.toThrow(
      "needs QUILLON_MASTER_KEY",
    );
  });

  test.each([
    [
      "postgres://u:secret@127.0.0.1:1/none",
      "The PostgreSQL at 127.0.0.1:1, database none, of QUILLON_DATABASE_URL can't be used: nothing listens there.",
    ],
    ["not a url", "of QUILLON_DATABASE_URL can't be used: "],
    [
      "mysql://u:secret@127.0.0.1:1/none",
      "can't be used: it is not a URL such as postgres://USER:PASSWORD@HOST:5432/DATABASE.",
    ],
  ])("at %s is refused with one sentence, which does not show a password", async (databaseUrl, sentence) => {
    const refused = await startServer(withKey(databaseUrl)).catch((error: Error) => error.message);
    expect(refused).toContain(sentence);
    expect(refused).not.toContain("secret");
  });

  describe.skipIf(!superuser)("that runs", () => {
    const name = `quillon_main_${process.pid}`;
    const url = Object.assign(new URL(superuser ?? "postgres://none"), { pathname: name }).href;
    const execute = async (statement: string, at = superuser) => {
      const client = new pg.Client({ connectionString: at });
      await client.connect();
      await client.query(statement).finally(() => client.end());
    };
    beforeEach(() => execute(`create database ${name}`));
    afterEach(() => execute(`drop database if exists ${name} with (force)`));

    test("gives a person a new token, with its master key and no other", async () => {
      await expect(makeUserToken(withKey(url), "admin")).rejects.toThrow(
        "Start `quillon server` with the same settings",
      );
      const server = await startServer(withKey(url));
      const token = await makeUserToken(withKey(url), "admin");
      const headers = { authorization: `token ${token}` };
      expect(await (await fetch(`${server.url}/api/user`, { headers })).json()).toMatchObject({ githubLogin: "admin" });
      const other = { ...withKey(url), masterKey: Buffer.alloc(32, 8).toString("base64") };
      await expect(makeUserToken(other, "admin")).rejects.toThrow("belongs to master key");
      await expect(startServer(other)).rejects.toThrow("belongs to master key");
      await server.close();
    });

    test("of a newer Quillon is refused", async () => {
      await (await startServer(withKey(url))).close();
      await execute("insert into kysely_migration (name, timestamp) values ('9999_later', '')", url);
      await expect(startServer(withKey(url))).rejects.toThrow("its schema is 9999_later");
    });

    test("without the database is refused with one sentence", async () => {
      await execute(`drop database ${name}`);
      await expect(startServer(withKey(url))).rejects.toThrow(
        `database ${name}, of QUILLON_DATABASE_URL can't be used: it has no such database.`,
      );
    });
  });
});
