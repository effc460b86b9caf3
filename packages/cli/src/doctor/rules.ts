/** What was looked at on this machine. */
export interface Finding {
  what: string;
  /** A problem is in the way of everything, a warning of what it names. */
  status: "ok" | "warning" | "problem";
  found: string;
  todo?: string;
}

const OLDEST_NODE = "20.19.0";
/** The oldest and the newest Pulumi CLI that the tests run. */
const TESTED = { oldest: "3.200.0", newest: "3.274.1" };

type Judged = Omit<Finding, "what">;

const ok = (found: string): Judged => ({ status: "ok", found });
const warning = (found: string, todo: string): Judged => ({ status: "warning", found, todo });
const problem = (found: string, todo: string): Judged => ({ status: "problem", found, todo });

/** Of two versions, without what comes after their numbers. */
function compare(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((version) => version.split(/[.+-]/, 3).map(Number));
  const [difference = 0] = left.map((number, index) => number - (right[index] ?? 0)).filter(Boolean);
  return difference;
}

export function judgeNode(version: string): Judged {
  if (compare(version, OLDEST_NODE) >= 0) return ok(version);
  return problem(`${version} is too old`, `Install Node.js ${OLDEST_NODE} or newer: https://nodejs.org`);
}

export function judgeNpm(version: string | undefined): Judged {
  if (version) return ok(version);
  return warning("not found", "Policy packs for Node.js are installed with it. It comes with Node.js.");
}

/** @param venv what `python3 -c "import ensurepip, venv"` failed with */
export function judgePython(version: string | undefined, venv: string | undefined): Judged {
  if (!version) return warning("not found", "Only policy packs in Python need it: install Python 3.");
  if (venv === undefined) return ok(version);
  const [last = ""] = venv.trim().split("\n").reverse();
  return warning(
    `${version}, which can't make virtual environments (${last})`,
    "Only policy packs in Python need them. On Debian and Ubuntu: apt-get install python3-venv",
  );
}

/** @param printed what `pulumi version` printed */
export function judgePulumi(printed: string | undefined): Judged {
  if (printed === undefined)
    return warning("not found", "Updates and previews of stacks need it: https://www.pulumi.com/docs/install/");
  const [, version] = /^v?(\d+\.\d+\.\d+(?:[^\d\s]\S*)?)$/.exec(printed.trim()) ?? [];
  if (!version)
    return warning(
      `says "${printed.trim()}" as its version`,
      `Quillon is tested with ${TESTED.oldest} to ${TESTED.newest}.`,
    );
  if (compare(version, TESTED.oldest) < 0)
    return problem(`${version} is too old`, `Install ${TESTED.oldest} or newer: https://www.pulumi.com/docs/install/`);
  if (compare(version, TESTED.newest) > 0) return ok(`${version}, newer than those that Quillon is tested with`);
  return ok(version);
}

/** What a request to the server gave: an answer, or the code and the message of an error. */
export interface Reached {
  url: string;
  status?: number;
  user?: string;
  message?: string;
  code?: string;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER|ERR_TLS/;

export function judgeServer({ url, status, user, message = "", code = "" }: Reached): Judged {
  if (status === undefined)
    return CERTIFICATE.test(code)
      ? problem(
          `the certificate of ${url} is not trusted (${code})`,
          "If it is signed by an authority of your own, set NODE_EXTRA_CA_CERTS to the file with that authority's certificate, and add it to the system's for the Pulumi CLI.",
        )
      : problem(message, "Check the address, that the server runs, and whether a proxy or a firewall is in between.");
  if (status === 401) return problem(`${url} does not take the access token`, `quillon login ${url}`);
  if (status >= 500)
    return problem(`${url} answers ${status}: ${message}`, "See the server's log, or ask who runs it.");
  if (user === undefined) return problem(`${url} answers ${status}, not as Quillon does`, "Check the address.");
  if (/^http:/.test(url) && !/^http:\/\/(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(url))
    return warning(
      `${url}, as ${user}, without TLS`,
      "Others on the network can read access tokens and states. Use an https:// address.",
    );
  return ok(`${url}, as ${user}`);
}

const SLACK_MS = 30_000;

/** @param aheadMs by how much this machine's clock is ahead of the server's, which says the time in whole seconds */
export function judgeClock(aheadMs: number): Judged {
  if (Math.abs(aheadMs) <= SLACK_MS) return ok("as the server's");
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return warning(
    `${seconds} seconds ${aheadMs > 0 ? "ahead of" : "behind"} the server's`,
    "What ends at a time, as access tokens and links to archives do, ends at another one. Set the clock by NTP, here or on the server.",
  );
}

export interface Folder {
  path: string;
  /** The code of the error that writing there gave. */
  failed?: string;
}

/** @param variable names another one */
export function judgeFolder({ path, failed }: Folder, variable: string): Judged {
  if (failed === undefined) return ok(path);
  return problem(
    `${path} can't be written (${failed})`,
    `Give this user the right to write there, or name another folder in ${variable}.`,
  );
}

/** @param mode the permissions of the file with logins, or undefined when there is none */
export function judgeLogins(path: string, mode: number | undefined): Judged | undefined {
  if (mode === undefined || (mode & 0o077) === 0) return undefined;
  return warning(`${path} can be read by other users`, `It has access tokens: chmod 600 '${path}'`);
}
