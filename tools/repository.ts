import { join } from "node:path";

/** The root folder of this repository. */
export const repositoryDir = join(import.meta.dirname, "..");
