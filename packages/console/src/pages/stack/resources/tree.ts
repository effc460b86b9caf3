import type { Api, ReplyOf } from "@quillon/contract";

export type Resource = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/resources"]
>["resources"][number];

/** A resource as it is shown: how deep it is, and how many are directly below it. */
export interface TreeRow {
  key: string;
  resource: Resource;
  depth: number;
  children: number;
}

const keyOf = ({ urn, pendingDelete }: Resource, index: number) => (pendingDelete ? `${urn} ${index}` : urn);

/** Each resource followed by its children, without those below one that is not open. A parent that is not listed is none. */
export function treeRows(resources: readonly Resource[], isOpen: (urn: string, depth: number) => boolean): TreeRow[] {
  const known = new Set(resources.map(({ urn }) => urn));
  const below = new Map<string, { key: string; resource: Resource }[]>();
  for (const [index, resource] of resources.entries()) {
    const parent = known.has(resource.parent) && resource.parent !== resource.urn ? resource.parent : "";
    const siblings = below.get(parent) ?? [];
    siblings.push({ key: keyOf(resource, index), resource });
    below.set(parent, siblings);
  }
  const rows: TreeRow[] = [];
  const add = (parent: string, depth: number) => {
    for (const { key, resource } of below.get(parent) ?? []) {
      const children = resource.pendingDelete ? 0 : (below.get(resource.urn)?.length ?? 0);
      rows.push({ key, resource, depth, children });
      if (children > 0 && isOpen(resource.urn, depth)) add(resource.urn, depth + 1);
    }
  };
  add("", 0);
  return rows;
}

/** Those for which `matches` is true, as a list. */
export function flatRows(resources: readonly Resource[], matches: (resource: Resource) => boolean): TreeRow[] {
  return resources.flatMap((resource, index) =>
    matches(resource) ? [{ key: keyOf(resource, index), resource, depth: 0, children: 0 }] : [],
  );
}
