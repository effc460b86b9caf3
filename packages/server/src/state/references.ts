import type { StoredObject } from "./stored-resource.ts";

const ROOT = "pulumi:pulumi:Stack";

/**
 * Takes out references to resources that are not in the list before: a refresh may have removed them. As the engine does:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/backend/journal.go#L342
 */
export function withoutDangling(resources: readonly StoredObject[]): StoredObject[] {
  const known = new Set<string>();
  const pruned = resources.map((resource) => {
    const changes: Record<string, unknown> = {};
    for (const key of ["dependencies", "replaceWith"]) {
      const urns = resource.texts(key);
      const left = urns.filter((urn) => known.has(urn));
      if (left.length < urns.length) changes[key] = left.length > 0 ? left : undefined;
    }
    Object.assign(changes, prunedProperties(resource, known));
    const deletedWith = resource.text("deletedWith");
    if (deletedWith !== "" && !known.has(deletedWith)) changes.deletedWith = undefined;
    known.add(resource.text("urn"));
    return changed(resource, changes);
  });
  return pruned.map((resource) => {
    const parent = resource.text("parent");
    return parent !== "" && !known.has(parent) ? resource.with({ parent: undefined }) : resource;
  });
}

function prunedProperties(resource: StoredObject, known: ReadonlySet<string>): Record<string, unknown> {
  const properties = resource.object("propertyDependencies");
  if (!properties) return {};
  const all = properties.keys().map((key) => [key, properties.texts(key)] as const);
  const left = all
    .map(([key, urns]) => [key, urns.filter((urn) => known.has(urn))] as const)
    .filter(([, urns]) => urns.length > 0);
  const same = left.length === all.length && left.every(([, urns], index) => urns.length === all[index]?.[1].length);
  if (same) return {};
  return { propertyDependencies: left.length > 0 ? Object.fromEntries(left) : undefined };
}

/**
 * Replaces URNs that have become aliases of resources by those that the resources have now, and takes out the aliases:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/apitype/core.go#L196
 */
export function withoutAliases(resources: readonly StoredObject[]): {
  resources: StoredObject[];
  fix: (urn: string) => string;
} {
  const now = new Map<string, string>();
  for (const resource of resources) {
    const urn = resource.text("urn");
    for (const alias of resource.texts("aliases")) if (!now.has(alias)) now.set(alias, urn);
    const parent = now.get(resource.text("parent"));
    const type = parent && qualifiedType(parent);
    if (type && type !== ROOT) now.set(urn, underParent(urn, type));
  }
  const fix = (urn: string) => now.get(urn) ?? urn;
  return { resources: now.size === 0 ? [...resources] : resources.map((resource) => normalized(resource, fix)), fix };
}

function normalized(resource: StoredObject, fix: (urn: string) => string): StoredObject {
  const changes: Record<string, unknown> = {};
  for (const key of ["urn", "parent", "deletedWith", "viewOf"]) {
    const urn = resource.text(key);
    if (fix(urn) !== urn) changes[key] = fix(urn);
  }
  const provider = resource.text("provider");
  const end = provider.lastIndexOf("::");
  const fixed = end < 0 ? provider : `${fix(provider.slice(0, end))}${provider.slice(end)}`;
  if (fixed !== provider) changes.provider = fixed;
  const dependencies = resource.texts("dependencies");
  if (dependencies.some((urn) => fix(urn) !== urn)) changes.dependencies = dependencies.map(fix);
  const properties = resource.object("propertyDependencies");
  const all = (properties?.keys() ?? []).map((key) => [key, properties?.texts(key) ?? []] as const);
  if (all.some(([, urns]) => urns.some((urn) => fix(urn) !== urn)))
    changes.propertyDependencies = Object.fromEntries(all.map(([key, urns]) => [key, urns.map(fix)]));
  if (resource.json("aliases")) changes.aliases = undefined;
  return changed(resource, changes);
}

function changed(resource: StoredObject, changes: Record<string, unknown>): StoredObject {
  return Object.keys(changes).length > 0 ? resource.with(changes) : resource;
}

/** `parent$child`, which is the third part of a URN. */
export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function underParent(urn: string, parentType: string): string {
  const [head, project, type = "", ...name] = urn.split("::");
  return [head, project, `${parentType}$${type.slice(type.lastIndexOf("$") + 1)}`, ...name].join("::");
}
