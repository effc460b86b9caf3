import type { BundledSdk } from "@quillon/contract";
import { BILL_FILE, REPLACES_PROPERTY, SDK_PROPERTY } from "@quillon/contract/bill-of-materials";
import { isObject } from "../json/is-object.ts";
import { PACKAGE } from "./entry-names.ts";
import { at } from "./toml-table.ts";

export const BILL_ENTRY = `${PACKAGE}/${BILL_FILE}`;

/** In bytes. It has the texts of licences. */
export const LARGEST_BILL = 4 * 1024 * 1024;
const MOST_PACKAGES = 5_000;
/** Of one name. A search answers with all of them. */
const MOST_VERSIONS = 100;
/** In bytes, with its version. An index holds no more than 2,700. */
const LONGEST_NAME = 2_000;

/** A package that travels in the archive, whole or in part. */
export interface BundledPackage {
  name: string;
  /** Empty when it has none. */
  version: string;
  license: string | null;
  purl: string | null;
}

/** What is in an archive, as its publisher says it. */
export interface Bill {
  /** Valid JSON. */
  text: string;
  /** Each version of a package once. */
  packages: BundledPackage[];
  sdk: BundledSdk | null;
}

/**
 * Reads a bill of materials, which a stranger has written. What has no plain name is left out.
 *
 * @throws Error whose message says why it is none.
 */
export function readBill(text: string): Bill {
  const bill: unknown = JSON.parse(text);
  if (at(bill, "bomFormat") !== "CycloneDX") throw new Error("its bomFormat is not CycloneDX");
  const components = componentsIn(at(bill, "components"));
  const packages = new Map<string, BundledPackage>();
  const versions = new Map<string, number>();
  for (const component of components) {
    const found = packageOf(component);
    const key = found && JSON.stringify([found.name, found.version]);
    if (!found || !key || packages.has(key)) continue;
    const count = (versions.get(found.name) ?? 0) + 1;
    if (count > MOST_VERSIONS) throw new Error(`it has more than ${MOST_VERSIONS} versions of ${found.name}`);
    versions.set(found.name, count);
    packages.set(key, found);
  }
  return { text, packages: [...packages.values()], sdk: sdkIn(components) };
}

/** All of them, with those inside of others. */
function componentsIn(list: unknown): unknown[] {
  const found: unknown[] = [];
  const rest = Array.isArray(list) ? [list] : [];
  for (let next = rest.pop(); next; next = rest.pop()) {
    for (const component of next) {
      found.push(component);
      if (found.length > MOST_PACKAGES) throw new Error(`it has more than ${MOST_PACKAGES} components`);
      const inner = at(component, "components");
      if (Array.isArray(inner)) rest.push(inner);
    }
  }
  return found;
}

function packageOf(component: unknown): BundledPackage | undefined {
  const [group, name, version = ""] = ["group", "name", "version"].map((key) => plain(at(component, key)));
  if (!name) return undefined;
  const whole = group ? `${group}/${name}` : name;
  if (Buffer.byteLength(whole + version) > LONGEST_NAME) return undefined;
  return {
    name: whole,
    version,
    license: licenseOf(component) ?? null,
    purl: plain(at(component, "purl")) ?? null,
  };
}

/** An expression, or the names of all licences. */
function licenseOf(component: unknown): string | undefined {
  const licenses = at(component, "licenses");
  if (!Array.isArray(licenses)) return undefined;
  const names = licenses.flatMap((one: unknown) => {
    const name = at(one, "expression") ?? at(one, "license", "id") ?? at(one, "license", "name");
    return plain(name) ?? [];
  });
  return plain(names.join(", "));
}

function sdkIn(components: readonly unknown[]): BundledSdk | null {
  for (const component of components) {
    const properties = at(component, "properties");
    const values = new Map<unknown, string | undefined>();
    for (const one of Array.isArray(properties) ? properties : [])
      if (isObject(one)) values.set(one.name, plain(one.value));
    const found = values.has(SDK_PROPERTY) ? packageOf(component) : undefined;
    const replaces = values.get(REPLACES_PROPERTY);
    if (found) return { name: found.name, version: found.version, ...(replaces && { replaces }) };
  }
  return null;
}

/** A text that can be stored and shown in one line. */
function plain(value: unknown): string | undefined {
  return typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(value) ? value : undefined;
}
