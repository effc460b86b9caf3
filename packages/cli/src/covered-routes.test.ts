import { readdir, readFile } from "node:fs/promises";
import { routes } from "@quillon/contract";
import { expect, test } from "vitest";

/** Routes with a command of the Pulumi CLI, or that do what another route does. */
const WITHOUT_COMMAND = [
  /\/session$/,
  /\/policypacks(\/|$)(?!.*(follow|problems))/,
  /\/auditlogs(\/export|\/event-types)?$/,
  /^GET .*\/policy\/exceptions$/,
  /\/updates\/\{updateID\}\/exceptions$/,
  // Of the Pulumi CLI: `pulumi stack ls`, `pulumi stack history` and `pulumi stack`.
  /^GET .*\/stacks$/,
  /\/\{stackName\}\/(updates(\/\{updateID\}(\/events)?)?|resources)$/,
  /^PATCH .*\/batch$/,
  /^\w+ \/api\/stacks\//,
  /\/(stack|account)matchrule\/preview$/,
  /\/policygroups\/\{policyGroup\}\/accounts$/,
  /\/templates$/,
  /\/policyresults\//,
  // Pages of the console. Commands tell all of it.
  /\/(overview(\/stacks)?|search)$/,
  /\/results\/(counts|list)$/,
  /\/findings\/heatmap$/,
  /\/policy\/findings\/(export|filters|compliance|metadata|policies)$/,
];

test("every route for people who administer something has a command", async () => {
  const folder = new URL("./commands/", import.meta.url);
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), "utf8")));
  const parts = ["./group-edit.ts", "./run/registration.ts", "./scan/known.ts"].map((one) =>
    readFile(new URL(one, import.meta.url), "utf8"),
  );
  const called = [...files, ...(await Promise.all(parts))].join("\n");
  const administrative = Object.entries(routes)
    .filter(([, { access }]) => /^(site|org|team):|^person$/.test(access))
    .map(([key]) => key)
    .filter((key) => !WITHOUT_COMMAND.some((pattern) => pattern.test(key)));
  expect(administrative.length).toBeGreaterThan(20);
  expect(administrative.filter((key) => !called.includes(`"${key}"`))).toEqual([]);
});
