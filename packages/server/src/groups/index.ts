export { editGroup } from "./edit.ts";
export { makeOrganization } from "./make-organization.ts";
export { listGroups, requiredPolicies } from "./read.ts";
export { removePack, removePackVersion } from "./remove-pack.ts";
