import { expect, test } from "vitest";
import {
  judgeClock,
  judgeFolder,
  judgeLogins,
  judgeNode,
  judgeNpm,
  judgePulumi,
  judgePython,
  judgeServer,
} from "./rules.ts";

const URL = "https://quillon.example.com";

test.each([
  ["the oldest Node.js", judgeNode("20.19.0"), "ok", "20.19.0"],
  ["a newer Node.js", judgeNode("24.1.0"), "ok", "24.1.0"],
  ["a Node.js before it", judgeNode("20.18.3"), "problem", "too old", "nodejs.org"],
  ["a much older Node.js", judgeNode("18.20.1"), "problem", "too old"],
  ["npm", judgeNpm("11.0.0"), "ok", "11.0.0"],
  ["no npm", judgeNpm(undefined), "warning", "not found", "comes with Node.js"],
  ["Python", judgePython("3.12.1", undefined), "ok", "3.12.1"],
  ["no Python", judgePython(undefined, "spawn python3 ENOENT"), "warning", "not found", "in Python"],
  [
    "a Python without venv",
    judgePython("3.12.1", "Traceback:\nModuleNotFoundError: No module named 'ensurepip'\n"),
    "warning",
    "can't make virtual environments (ModuleNotFoundError: No module named 'ensurepip')",
    "python3-venv",
  ],
  ["the oldest Pulumi CLI", judgePulumi("v3.200.0\n"), "ok", "3.200.0"],
  ["a build of a Pulumi CLI", judgePulumi("v3.220.0-dev.1"), "ok", "3.220.0-dev.1"],
  ["a newer Pulumi CLI", judgePulumi("v3.300.0"), "ok", "newer than those that Quillon is tested with"],
  ["an older Pulumi CLI", judgePulumi("v3.99.0"), "problem", "3.99.0 is too old", "3.200.0 or newer"],
  ["another pulumi", judgePulumi("a pulumi of mine"), "warning", "a pulumi of mine"],
  ["no Pulumi CLI", judgePulumi(undefined), "warning", "not found", "pulumi.com"],
  ["a server", judgeServer({ url: URL, status: 200, user: "alice" }), "ok", "as alice"],
  ["a server on this machine", judgeServer({ url: "http://127.0.0.1:8080", status: 200, user: "a" }), "ok", "as a"],
  [
    "a server without TLS",
    judgeServer({ url: "http://q.example.com", status: 200, user: "a" }),
    "warning",
    "without TLS",
  ],
  [
    "a certificate of one's own",
    judgeServer({ url: URL, message: "self-signed certificate", code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
    "problem",
    "is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)",
    "NODE_EXTRA_CA_CERTS",
  ],
  ["a certificate that has ended", judgeServer({ url: URL, code: "CERT_HAS_EXPIRED" }), "problem", "CERT_HAS_EXPIRED"],
  [
    "a server that is not there",
    judgeServer({ url: URL, message: `${URL} can't be reached: connect ECONNREFUSED`, code: "ECONNREFUSED" }),
    "problem",
    "ECONNREFUSED",
    "that the server runs",
  ],
  [
    "a token that is refused",
    judgeServer({ url: URL, status: 401, message: "no" }),
    "problem",
    "access token",
    `login ${URL}`,
  ],
  [
    "a server that is not ready",
    judgeServer({ url: URL, status: 503, message: "starting" }),
    "problem",
    "503: starting",
  ],
  ["something else", judgeServer({ url: URL, status: 200, message: "<html>" }), "problem", "not as Quillon does"],
  ["a clock", judgeClock(-30_000), "ok", "as the server's"],
  ["a clock that is ahead", judgeClock(90_400), "warning", "90 seconds ahead of the server's", "NTP"],
  ["a clock that is behind", judgeClock(-31_000), "warning", "31 seconds behind the server's"],
  ["a folder", judgeFolder({ path: "/a" }, "HERE"), "ok", "/a"],
  [
    "a folder of somebody else",
    judgeFolder({ path: "/a", failed: "EACCES" }, "HERE"),
    "problem",
    "/a can't be written (EACCES)",
    "another folder in HERE.",
  ],
  [
    "logins that others can read",
    judgeLogins("/a", 0o100644),
    "warning",
    "/a can be read by other users",
    "chmod 600 '/a'",
  ],
  ["logins of one's own", judgeLogins("/a", 0o100600), undefined, ""],
  ["no logins", judgeLogins("/a", undefined), undefined, ""],
])("%s", (...[, judged, status, found, todo = ""]) => {
  expect(judged?.status).toBe(status);
  expect(judged?.found ?? "").toContain(found);
  expect(judged?.todo ?? "").toContain(todo);
  // Whatever is not well says what to do.
  expect(judged?.todo === undefined).toBe(status === "ok" || status === undefined);
});
