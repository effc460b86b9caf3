import { expect, test } from "vitest";
import { databaseError, folderError, listenError, temporaryFolderError } from "./start-errors.ts";

const failed = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });

test.each([
  ["EACCES", "this user may not write there"],
  ["EROFS", "it is on a read-only file system"],
  ["ENOSPC", "the disk is full"],
  ["ENOTDIR", "there is a file in its place"],
])("a folder that fails with %s: %s", (code, problem) => {
  expect(folderError("/data", failed(code)).message).toBe(
    `The data folder /data can't be used: ${problem}. Correct that, or choose another folder with --data (QUILLON_DATA).`,
  );
});

test.each([
  ["ENOENT", "it does not exist"],
  ["EROFS", "it is on a read-only file system"],
])("a folder for temporary files that fails with %s: %s", (code, problem) => {
  expect(temporaryFolderError("/tmp", failed(code)).message).toBe(
    `The folder for temporary files, /tmp, can't be used: ${problem}. Correct that, or choose another folder with the environment variable TMPDIR.`,
  );
});

test.each([
  ["EADDRINUSE", "another program listens there already. End that program, or choose another address"],
  ["EACCES", "this user may not listen on that port. Choose another address"],
  ["EADDRNOTAVAIL", "this machine does not have that address. Choose another address"],
])("an address that fails with %s", (code, sentences) => {
  expect(listenError({ host: "::1", port: 80 }, failed(code)).message).toBe(
    `Quillon can't listen on [::1]:80: ${sentences} with --listen (QUILLON_LISTEN).`,
  );
});

test("the address of the metrics names its own setting", () => {
  expect(listenError({ host: "127.0.0.1", port: 80 }, failed("EACCES"), "metricsListen").message).toBe(
    "Quillon can't listen on 127.0.0.1:80: this user may not listen on that port. Choose another address with --metrics-listen (QUILLON_METRICS_LISTEN).",
  );
});

test.each([
  ["28P01", "the user or the password is wrong"],
  ["ENOTFOUND", "there is no such host name"],
  ["57P03", "it is starting or stopping"],
  ["other", "failed with other"],
])("a PostgreSQL that fails with %s: %s", (code, problem) => {
  const databaseUrl = "postgres://me:secret@db.example:5432/quillon";
  expect(databaseError({ databaseUrl, data: "/data" }, failed(code)).message).toBe(
    `The PostgreSQL at db.example:5432, database quillon, of QUILLON_DATABASE_URL can't be used: ${problem}. Correct that, or the setting.`,
  );
});

test.each([
  [1024 * 1024 * 1024, "so it is probably damaged"],
  [20 * 1024 * 1024, "can't be used: the disk is full"],
])("an embedded database that does not open on a disk with %d bytes left: %s", (space, problem) => {
  const { message } = databaseError({ data: "/data" }, new Error("Aborted(). Build with -sASSERTIONS"), space);
  expect(message).toContain(problem);
});

test("an error that nobody knows is given as it is", () => {
  const error = failed("EWHATEVER");
  expect(folderError("/data", error)).toBe(error);
  expect(listenError({ host: "x", port: 1 }, error)).toBe(error);
});
