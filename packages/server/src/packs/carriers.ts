import { newError } from "@quillon/contract";
import semver from "semver";
import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { givingWay } from "../give-way.ts";
import { type Carrier, countWithoutBill, findBill, listCarriers, listPackageVersions } from "./package-queries.ts";
import { findVersion } from "./read.ts";
import { versionName } from "./versions.ts";

/** Each may carry many versions of the package. */
const PAGE = 25;

/**
 * The bill of materials of a published version, as it was published.
 *
 * @throws pack_not_found, pack_version_not_found, pack_bill_missing
 */
export async function readBillOf(ctx: OrgCtx, pack: string, wanted: string): Promise<string> {
  const version = await findVersion(ctx, pack, wanted);
  const bill = await findBill(ctx.db, version.id);
  if (bill === undefined) throw newError("pack_bill_missing", { pack, version: versionName(version) });
  return bill;
}

/**
 * One page of the published versions in which a package travels.
 *
 * @param wanted.versionIds where it is searched; everywhere when it is undefined.
 * @returns them, and how many of those searched do not say what is in them.
 * @throws invalid_input for a token that this server did not issue.
 */
export async function listCarrierPage(
  { db, org }: OrgCtx,
  wanted: { name: string; range: string; versionIds: readonly string[] | undefined; token?: string | undefined },
): Promise<{ carriers: Carrier[]; unknown: number; continuationToken: string | undefined }> {
  const { name, range, versionIds, token } = wanted;
  const [pack = "", version = "0"] = readCursor(token, 2) ?? [];
  if (!/^\d{1,9}$/.test(version)) throw newError("invalid_input", { problem: "continuation_token" });
  const searched = { organizationId: org.id, versionIds };
  const versions = await thoseInRange(await listPackageVersions(db, searched, name), range);
  const after = { pack, version: Number(version) };
  const rows = await listCarriers(db, searched, { name, versions, after, limit: PAGE + 1 });
  const { page, continuationToken } = pageOf(rows, PAGE, (last) => [last.pack, String(last.version)]);
  return { carriers: page, unknown: await countWithoutBill(db, searched), continuationToken };
}

/** No semantic version is longer: https://github.com/npm/node-semver#constants */
const LONGEST = 256;

/** @param range a version, or a range of semantic versions such as `<4.17.21`; empty for all. */
export async function thoseInRange(versions: readonly string[], range: string): Promise<string[]> {
  if (range === "") return [...versions];
  const wanted = rangeOf(range);
  const giveWay = givingWay();
  const found: string[] = [];
  for (const version of versions) {
    await giveWay();
    if (version === range || (version.length <= LONGEST && wanted?.test(withThreeParts(version)))) found.push(version);
  }
  return found;
}

/** https://packaging.python.org/en/latest/specifications/version-specifiers/ without an epoch. */
const PYTHON = /^(\d+(?:\.\d+)*)(?:(?:a|b|rc)\d+)?(?:\.post\d+)?(?:\.dev\d+)?(?:\+[a-z\d.]+)?$/;

/** Python's packages have versions that are not semantic, such as 26.3, 2.9.0.post0 and 2.32.4.20250913. Their first three numbers are compared. */
function withThreeParts(version: string): string {
  const release = semver.valid(version, { loose: true }) === null ? PYTHON.exec(version)?.[1] : undefined;
  return release === undefined ? version : [...release.split("."), "0", "0"].slice(0, 3).join(".");
}

/** @returns undefined for what is none, but may be a version of another kind. */
function rangeOf(range: string): semver.Range | undefined {
  try {
    return new semver.Range(range, { includePrerelease: true, loose: true });
  } catch {
    return undefined;
  }
}
